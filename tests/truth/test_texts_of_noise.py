"""In texts without any order nothing is found: no feeling is called usable, no topic is suggested."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from journeylib.measures.sentiment import text_feelings
from journeylib.measures.topics import suggest_topics
from journeylib.schema import VOICES, check
from tests.drawing import FIVE

pytestmark = pytest.mark.truth
WORDS = [f"ord{chr(97 + i % 26)}{chr(97 + i // 26)}x" for i in range(150)]


def noise(seed, n=120):
    """Texts of eight words drawn by Zipf's law, each with a score that has nothing to do with them."""
    rng = np.random.default_rng(seed)
    chance = 1 / np.arange(1, len(WORDS) + 1)
    texts = [" ".join(rng.choice(WORDS, 8, p=chance / chance.sum())) for _ in range(n)]
    return check(pd.DataFrame({
        "voice_id": [f"s:{i:05d}" for i in range(n)], "customer_id": [f"c{i}" for i in range(n)], "row": "emotion", "metric": "csat", "kind": "stated",
        "atom": "a7_use", "source": "s", "text": texts, "score": rng.integers(1, 6, n).astype(float), "scale_min": 1.0, "scale_max": 5.0,
    }), VOICES)  # fmt: skip


def test_noise_is_called_usable_in_at_most_five_of_a_hundred():
    usable = [bool(text_feelings(noise(seed), FIVE, language="sv")[0].loc[0, "is_usable"]) for seed in range(200)]
    assert np.mean(usable) <= 0.05


def test_noise_gives_a_topic_in_at_most_five_of_a_hundred():
    found = [len(suggest_topics(noise(seed), language="sv", seed=seed)) > 0 for seed in range(60)]
    assert np.mean(found) <= 0.05
