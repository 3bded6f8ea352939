# `make` lists every command. Everything runs in .venv, made from requirements.lock.
PYTHON ?= python3
BIN := .venv/bin
# Compiled byte code is the largest single speed-up of a kernel's start (docs/decisions/0005): keep it on.
export PYTHONDONTWRITEBYTECODE :=
export UV_COMPILE_BYTECODE := 1
export JOURNEY_ROOT := $(CURDIR)

.DEFAULT_GOAL := help
.PHONY: help setup report test quick check lab format lock docs readme clean

help:  ## list the commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort | awk -F'\t' '{printf "  make %-9s %s\n", $$1, $$2}'

.venv/.ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed; found " + sys.version.split()[0] + ". Try: make PYTHON=python3.12")'
	@echo "Setting up .venv from requirements.lock; a minute or two, once."
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -q --disable-pip-version-check uv && $(BIN)/uv pip install -q --python $(BIN)/python -r requirements.lock \
	  || $(BIN)/python -m pip install -q --disable-pip-version-check -r requirements.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(BIN)/python -m compileall -q journeylib
	@touch $@

setup: .venv/.ready  ## make .venv from requirements.lock

report: .venv/.ready  ## build the reports of all clients in params/ and say where to open them
	@$(BIN)/journey report --all

test: .venv/.ready  ## quick tests and the three notebooks
	$(BIN)/python -m pytest -q tests --nbval-lax notebooks

quick: .venv/.ready  ## quick tests alone, stopping at the first failure
	$(BIN)/python -m pytest -q -x tests -m "not browser and not report"

check: .venv/.ready  ## lint and test; changes nothing
	$(BIN)/ruff check journeylib tests
	$(BIN)/python -m pytest -q tests --nbval-lax notebooks

lab: .venv/.ready  ## open JupyterLab on the notebooks
	$(BIN)/jupyter lab notebooks

format: .venv/.ready  ## sort imports and mend what the linter can
	$(BIN)/ruff check --fix journeylib tests

lock: .venv/.ready  ## renew requirements.lock from pyproject.toml
	$(BIN)/uv pip compile --universal --python-version 3.11 --no-header --no-annotate pyproject.toml --group dev -o requirements.lock

docs: .venv/.ready  ## write the reference pages from the code
	$(BIN)/python -m journeylib.reference

readme: .venv/.ready  ## write the demo's own sentence into README.md
	$(BIN)/python -m journeylib.reference readme

clean:  ## remove reports and work folders (never data)
	rm -rf reports/.work reports/*/ reports/index.html
