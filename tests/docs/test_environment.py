"""Dependencies stand once: environment.yml and the lock repeat pyproject.toml and nothing else."""

import re
import tomllib
from pathlib import Path

from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
WANTED = PROJECT["project"]["dependencies"] + PROJECT["dependency-groups"]["dev"]


def tidy(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def test_the_conda_list_is_the_same_list():
    environment = YAML(typ="safe", pure=True).load((ROOT / "environment.yml").read_text())
    listed = next(item["pip"] for item in environment["dependencies"] if isinstance(item, dict))
    assert listed == [*WANTED, "-e ."]
    assert f"python{PROJECT['project']['requires-python']}" in environment["dependencies"]


def test_the_lock_pins_every_dependency_and_names_no_address():
    lock = (ROOT / "requirements.lock").read_text()
    pinned = set(re.findall(r"^([A-Za-z0-9._-]+)==", lock, re.M))
    names = {re.split(r"[\[<>=!~]", wanted)[0] for wanted in WANTED}
    assert {tidy(name) for name in names} <= {tidy(name) for name in pinned}
    assert "://" not in lock


def test_the_packages_the_product_is_built_on_are_there():
    names = " ".join(WANTED)
    for package in ("jupyterlab", "papermill", "nbconvert", "pandas", "seaborn", "pytest", "nbval"):
        assert package in names
