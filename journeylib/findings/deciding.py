"""The table of decisions in JupyterLab: accept, reject or park each gap, by whom, why and until when; it writes the client's file."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from journeylib.client import Client
from journeylib.errors import JourneyError
from journeylib.findings.labels import place_label
from journeylib.gaps import say_gap
from journeylib.improve.decisions import DECISIONS
from journeylib.improve.record import Decision, decisions_on_file, record_decisions
from journeylib.knowledge import load
from journeylib.wording import Words


@dataclass
class DecisionTable:
    """One line a gap that was found or is uncertain. What is chosen is written when *save* is pressed, and counts from the next run on.

    Attributes
    ----------
    lines : gap id → heading and sentence. seen : what stood in the file when the table was drawn.
    """

    client: Client
    words: Words
    lines: dict[str, tuple[str, str]] = field(repr=False)
    seen: dict[str, Decision] = field(default_factory=dict, repr=False)

    def save(self, decided: list[Decision]) -> str:
        """Write what was decided and say what became of it; a mistake is said, and nothing is written."""
        changed = [each for each in decided if each != self.seen.get(each.gap_id, Decision(each.gap_id))]
        if not changed:
            return self.words.say("deciding.nothing")
        try:
            file = record_decisions(self.client, changed, self.seen)
        except JourneyError as error:
            return str(error)
        self.seen = decisions_on_file(self.client)
        return self.words.say("deciding.saved", n=len(changed), file=f"{file.parent.name}/{file.name}")

    def _repr_mimebundle_(self, **options):
        return self._draw()._repr_mimebundle_(**options) if self.lines else {"text/plain": self.words.say("deciding.none")}

    def _draw(self):
        import ipywidgets as widgets  # only a live notebook needs them

        say, rows = self.words.say, {gap_id: self._row(widgets, gap_id) for gap_id in self.lines}
        told = widgets.HTML()
        button = widgets.Button(description=say("deciding.save"), button_style="primary")

        def press(_):
            told.value = self.save([Decision(gap_id, *(cell.value.strip() for cell in cells)) for gap_id, (_, *cells) in rows.items()])

        button.on_click(press)
        return widgets.VBox([*(widgets.VBox([heading, widgets.HBox(cells)]) for heading, *cells in rows.values()), button, told])

    def _row(self, widgets, gap_id):
        heading, sentence = self.lines[gap_id]
        on_file, say = self.seen.get(gap_id, Decision(gap_id)), self.words.say
        choices = [(say("deciding.undecided"), ""), *((say(f"deciding.{name}"), name) for name in DECISIONS)]
        label = widgets.Label(value=f"{heading}: {sentence}")
        chosen = widgets.Dropdown(options=choices, value=on_file.decision, layout={"width": "12em"})
        texts = [widgets.Text(value=getattr(on_file, name), placeholder=say(f"deciding.{name}"), layout={"width": width})
                 for name, width in (("decided_by", "12em"), ("decided_why", "28em"), ("until", "10em"))]  # fmt: skip
        return label, chosen, *texts


def decide_on_gaps(run, improved) -> DecisionTable | str:
    """The gaps found and uncertain, each to be accepted, rejected or parked by people (M082); one line where nobody sits at the notebook."""
    if not run.is_attended:
        return run.words.say("deciding.elsewhere")
    w, names, gaps = run.words, load("gaps"), improved.gaps
    asked: pd.DataFrame = gaps[gaps["status"].isin(["found", "uncertain"])]
    lines = {row["gap_id"]: (f"{w.label(names[row['check']]['name'])} · {place_label(run, row)}", say_gap(row, w, run.model, run.client))
             for _, row in asked.iterrows()}  # fmt: skip
    return DecisionTable(run.client, w, lines, decisions_on_file(run.client))
