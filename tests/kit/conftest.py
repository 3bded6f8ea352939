"""A known salt, and a kit written for a client."""

from __future__ import annotations

import pytest

from journeylib.kit import write_kit
from journeylib.stages import load_stage_model
from tests.kit.kit_material import Hand, a_client


@pytest.fixture(autouse=True)
def _known_salt(monkeypatch):
    monkeypatch.setenv("JOURNEY_SALT", "a salt for tests")


@pytest.fixture
def hand(tmp_path):
    """A hand with a fresh kit in front of it; called with a client's settings."""

    def written(**settings) -> Hand:
        client = a_client(tmp_path, **settings)
        write_kit(client, load_stage_model(client))
        return Hand(client)

    return written
