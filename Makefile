# `make` lists every command. Everything runs in .venv, made from requirements.lock.
PYTHON ?= python3
BIN := .venv/bin
# Compiled byte code is the largest single speed-up of a kernel's start (docs/decisions/0005): keep it on.
export PYTHONDONTWRITEBYTECODE :=
export UV_COMPILE_BYTECODE := 1

#: Raw events of the benchmarks.
ROWS ?= 10000000

.DEFAULT_GOAL := help
.PHONY: help setup report test truth oracles whole check lab format bench lock docs readme clean

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

test: .venv/.ready  ## the quick tests and the three notebooks, under three minutes
	@$(BIN)/python -m pytest -q -n 2 --dist loadfile tests -m "not report and not browser and not truth" --nbval-lax notebooks

truth: .venv/.ready  ## simulate known truths and print the tables of docs/method.md; ten minutes
	@OMP_NUM_THREADS=1 $(BIN)/python -m pytest -q -p no:warnings -m truth tests

.venv-oracles/.ready: tests/oracles/requirements.txt
	@echo "Setting up .venv-oracles from $<; a minute, once."
	@$(PYTHON) -m venv .venv-oracles
	@.venv-oracles/bin/python -m pip install -q --disable-pip-version-check -r $<
	@touch $@

oracles: .venv-oracles/.ready  ## ask other libraries the same questions anew; fails where an answer is not the one kept
	@.venv-oracles/bin/python tests/oracles/ask.py

whole: .venv/.ready  ## whole reports: built, read in four languages, opened in Chromium; about four minutes
	@$(BIN)/python -m pytest -q tests -m "report or browser"

check: .venv/.ready  ## lint, quick tests, notebooks and whole reports; changes nothing
	$(BIN)/ruff check journeylib tests
	@$(MAKE) --no-print-directory test whole

lab: .venv/.ready  ## open JupyterLab on the notebooks
	$(BIN)/jupyter lab notebooks

format: .venv/.ready  ## sort imports and mend what the linter can
	$(BIN)/ruff check --fix journeylib tests

bench: .venv/.ready  ## what preparing and measuring a large client cost; ROWS=1000000 for a quick look
	@$(BIN)/python benchmarks/prepare.py $(ROWS) benchmarks/.data
	@$(BIN)/python benchmarks/measures.py benchmarks/.data/raw_$(ROWS).parquet benchmarks/.data/work_$(ROWS) $(if $(OTHERS),--others $(OTHERS))

lock: .venv/.ready  ## renew requirements.lock from pyproject.toml
	$(BIN)/uv pip compile --universal --python-version 3.11 --no-header --no-annotate pyproject.toml --group dev -o requirements.lock

docs: .venv/.ready  ## write the reference pages from the code
	$(BIN)/python -m journeylib.reference

readme: .venv/.ready  ## write the demo's own sentence into README.md
	$(BIN)/python -m journeylib.reference readme

clean:  ## remove reports and work folders (never data)
	rm -rf reports/.work reports/*/ reports/index.html
