"""Sliders over the way to the purchase: pull one and see what a year would come to. For the notebook alone; nothing is run again."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from journeylib.figures.style import notebook_style

WEEKS = 365.25 / 7
_SCRIPT = """
(function () {
  const box = document.currentScript.closest(".what-if-sliders"), today = JSON.parse(box.dataset.today);
  const number = (value, digits) => value.toLocaleString(box.dataset.locale, {maximumFractionDigits: digits});
  const all = name => [...box.querySelectorAll("input[data-" + name + "]")];
  function year(shares, arrivals, limits) {
    return shares.reduce((flow, share, place) => Math.min(flow, limits[place] ?? Infinity) * share, arrivals);
  }
  function show() {
    const ready = all("quality")[0].value / 100, limits = {};
    all("limit").forEach(input => { if (+input.value < +input.max) limits[input.dataset.limit] = Math.max(input.value, today.served[input.dataset.limit]) * today.weeks; });
    const shares = all("share").map((input, place) => {
      const now = today.shares[place], then = input.value === input.defaultValue ? now : input.value / 100;
      return then > now ? now + ready * (then - now) : then;
    });
    [...all("share"), ...all("arrivals"), ...all("quality")].forEach(input => { input.nextElementSibling.textContent = number(+input.value, 1) + "\\u00a0%"; });
    all("limit").forEach(input => { input.nextElementSibling.textContent = +input.value < +input.max ? number(+input.value, 1) : box.dataset.free; });
    const then = year(shares, today.arrivals * all("arrivals")[0].value / 100, limits), now = year(today.shares, today.arrivals, {}), more = then - now;
    box.querySelector(".purchases").textContent = number(now, 0) + " \\u2192 " + number(then, 0);
    box.querySelector(".money").textContent = (more < 0 ? "\\u2212" : "+") + number(Math.abs(more) * today.worth, 0) + "\\u00a0" + today.currency;
  }
  box.addEventListener("input", show);
  box.querySelector("button").addEventListener("click", () => { box.querySelectorAll("input").forEach(input => { input.value = input.defaultValue; }); show(); });
  show();
})();
"""


@dataclass(frozen=True)
class Sliders:
    """What a notebook shows: a slider a share, for how many set out, how ready the additional ones are and how many can be served; and a year's sum.

    Attributes
    ----------
    shares : heading and today's share of each boundary, the last being the share that buys. arrivals : journeys a year.
    words : `purchases`, `money`, `arrivals`, `reset`, `note`, `quality`, `no_limit`, in the client's language.
    quality : of the additional journeys, the part that goes on as those of today do, at first.
    limits : heading, place among the shares, and most journeys a week there at first (None = no limit).
    """

    shares: Sequence[tuple[str, float]]
    arrivals: float
    worth: float
    currency: str
    locale: str
    words: dict[str, str]
    quality: float = 1.0
    limits: Sequence[tuple[str, int, float | None]] = ()

    def _repr_html_(self) -> str:
        served = self._served()
        today = {"shares": [round(share, 3) for _, share in self.shares], "arrivals": self.arrivals, "worth": self.worth, "currency": self.currency,
                 "weeks": WEEKS, "served": served}  # fmt: skip
        rows = "".join(_slider(heading, share * 100, 100, "data-share") for heading, share in self.shares)
        rows += _slider(self.words["arrivals"], 100, 200, "data-arrivals") + _slider(self.words.get("quality", ""), self.quality * 100, 100, "data-quality")
        for heading, place, limit in self.limits:
            most = max(3 * served[place], 1.5 * (limit or 0), 0.3)
            rows += _slider(heading, most if limit is None else max(limit, served[place]), most, f'data-limit="{place}"', least=served[place])
        data = escape(json.dumps(today), quote=True)
        return (f'{notebook_style()}<div class="finding what-if-sliders" data-today="{data}" data-locale="{escape(self.locale)}" data-free="{escape(self.words.get("no_limit", ""))}">{rows}'
                f'<p>{escape(self.words["purchases"])}: <strong class="purchases"></strong></p><p>{escape(self.words["money"])}: <strong class="money"></strong></p>'
                f'<p class="bar-note">{escape(self.words["note"])}</p><button type="button">{escape(self.words["reset"])}</button><script>{_SCRIPT}</script></div>')  # fmt: skip

    def _served(self) -> list[float]:
        """Journeys a week that come to each boundary today."""
        flow, served = self.arrivals / WEEKS, []
        for _, share in self.shares:
            served.append(round(flow, 3))
            flow *= share
        return served

    def __repr__(self) -> str:
        return self.words["note"]


def _slider(heading: str, value: float, most: float, mark: str, least: float = 0) -> str:
    return (f'<p><label>{escape(heading)} <input type="range" min="{math.floor(least * 10) / 10:g}" max="{most:.1f}" step="0.1" value="{value:.1f}" {mark}>'
            "<output></output></label></p>")  # fmt: skip
