"""Questions answered once: a table, a picture and a sentence, made from the same numbers."""

from __future__ import annotations

import html
from dataclasses import dataclass, field

import pandas as pd

from journeylib.figures.tables import set_text

FINDING_MIME = "application/vnd.journey.finding+json"
#: Sections of the report, in order (practice D2); a finding names the one it stands in.
SECTIONS = ("essentials", "map", "numbers", "feelings", "needs", "gaps", "channels", "customers", "actions", "what_if", "since", "unknown", "appendix")
STATES = ("clear", "close", "none", "too_few", "not_checkable")


@dataclass(frozen=True)
class Finding:
    """One question, answered once.

    Attributes
    ----------
    id : stable name, e.g. `where_do_customers_leave`; the anchor in the report.
    section : one of `SECTIONS`.
    question : the question in the client's language.
    takeaway : the answer in one sentence: heading, caption and alt text.
    text : two to four further sentences, plain text.
    so_what : what it means for the client, plain text.
    picture : safe HTML of the figure(s) and main table, made by `journeylib.figures`.
    details : safe HTML folded under the text.
    folded_under : where the answer's sentence is enough for most readers: the label under which picture, text and details are folded.
    is_folded : whether the whole answer is folded under its question: for those who look for it, in a report whose body is full.
    tables : canonical tables it was made from, by name; saved beside the report.
    state : the ending of the sentence: clear, close, none, too_few or not_checkable.
    numbers : what the sentence says, as numbers, for `findings.json`.
    """

    id: str
    section: str
    question: str
    takeaway: str
    text: tuple[str, ...] = ()
    so_what: str = ""
    picture: str = field(default="", repr=False)
    details: str = field(default="", repr=False)
    tables: dict[str, pd.DataFrame] = field(default_factory=dict, repr=False)
    state: str = "clear"
    numbers: dict = field(default_factory=dict)
    details_label: str = ""
    folded_under: str = ""
    is_folded: bool = False

    def as_html(self) -> str:
        """The finding as one HTML section: heading, picture, sentences, so-what, folded details."""
        parts = [f'<section class="finding finding-{self.state}" id="{html.escape(self.id)}">',
                 f'<p class="question">{set_text(self.question)}</p>', f"<h3>{set_text(self.takeaway)}</h3>"]  # fmt: skip
        rest = [self.picture, *(f"<p>{set_text(sentence)}</p>" for sentence in self.text)]
        if self.so_what:
            rest.append(f'<p class="so-what">{set_text(self.so_what)}</p>')
        if self.details:
            rest.append(f"<details><summary>{html.escape(self.details_label or self.question)}</summary>{self.details}</details>")
        if self.folded_under and any(rest):
            rest = [f"<details><summary>{html.escape(self.folded_under)}</summary>", *rest, "</details>"]
        parts += rest
        if self.is_folded:
            head, _, *answer = parts
            parts = [head, f'<details class="question-folded"><summary>{html.escape(self.question)}</summary>', *answer, "</details>"]
        return "\n".join([*parts, "</section>"])

    def as_json(self) -> dict:
        """What `findings.json` keeps."""
        return {"id": self.id, "section": self.section, "question": self.question, "takeaway": self.takeaway,
                "text": list(self.text), "so_what": self.so_what, "state": self.state, "numbers": self.numbers}  # fmt: skip

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/html": self.as_html(), "text/plain": f"{self.question}\n{self.takeaway}", FINDING_MIME: self.as_json()}
