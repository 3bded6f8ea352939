"""Sliders over the way to the purchase: pull one and see what a year would come to. For the notebook alone; nothing is run again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from journeylib.figures.style import notebook_style

_SCRIPT = """
(function () {
  const box = document.currentScript.closest(".what-if-sliders"), today = JSON.parse(box.dataset.today);
  const number = value => value.toLocaleString(box.dataset.locale, {maximumFractionDigits: 0});
  function year(values) { return values.reduce((product, value) => product * value, today.arrivals); }
  function show() {
    const shares = [...box.querySelectorAll("input[data-share]")].map(input => input.value / 100);
    const factor = box.querySelector("input[data-arrivals]").value / 100;
    box.querySelectorAll("input").forEach(input => { input.nextElementSibling.textContent = input.value + "\\u00a0%"; });
    const then = year(shares) * factor, now = year(today.shares), more = then - now;
    box.querySelector(".purchases").textContent = number(now) + " \\u2192 " + number(then);
    box.querySelector(".money").textContent = (more < 0 ? "\\u2212" : "+") + number(Math.abs(more) * today.worth) + "\\u00a0" + today.currency;
  }
  box.addEventListener("input", show);
  box.querySelector("button").addEventListener("click", () => { box.querySelectorAll("input").forEach(input => { input.value = input.defaultValue; }); show(); });
  show();
})();
"""


@dataclass(frozen=True)
class Sliders:
    """What a notebook shows: one slider a share, one for how many set out, and what a year comes to.

    Attributes
    ----------
    shares : heading and today's share of each boundary, the last being the share that buys. arrivals : journeys a year.
    words : `purchases`, `money`, `arrivals`, `reset`, `note`, in the client's language.
    """

    shares: Sequence[tuple[str, float]]
    arrivals: float
    worth: float
    currency: str
    locale: str
    words: dict[str, str]

    def _repr_html_(self) -> str:
        today = {"shares": [round(share, 3) for _, share in self.shares], "arrivals": self.arrivals, "worth": self.worth, "currency": self.currency}
        rows = "".join(_slider(heading, share * 100, 100, "data-share") for heading, share in self.shares)
        rows += _slider(self.words["arrivals"], 100, 200, "data-arrivals")
        data = escape(json.dumps(today), quote=True)
        return (f'{notebook_style()}<div class="finding what-if-sliders" data-today="{data}" data-locale="{escape(self.locale)}">{rows}'
                f'<p>{escape(self.words["purchases"])}: <strong class="purchases"></strong></p><p>{escape(self.words["money"])}: <strong class="money"></strong></p>'
                f'<p class="bar-note">{escape(self.words["note"])}</p><button type="button">{escape(self.words["reset"])}</button><script>{_SCRIPT}</script></div>')  # fmt: skip

    def __repr__(self) -> str:
        return self.words["note"]


def _slider(heading: str, value: float, most: float, mark: str) -> str:
    return (f'<p><label>{escape(heading)} <input type="range" min="0" max="{most:.0f}" step="0.1" value="{value:.1f}" {mark}>'
            "<output></output></label></p>")  # fmt: skip
