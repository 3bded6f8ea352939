"""The list of whom to contact, made apart from any report: written where it may be, and said in words what it is or why there is none."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from journeylib.collect.customers.own_ids import own_ids_of
from journeylib.effects.judgement import N_LEAST
from journeylib.findings.predicting import prediction_row, say_prediction
from journeylib.improve.changes import CHANGE_COLUMNS
from journeylib.predict import predict_customers
from journeylib.predict.lists import change_of, make_list, write_list
from journeylib.schema import OUTCOMES
from journeylib.steps import collect_sources


@dataclass(frozen=True)
class Listed:
    """What came of asking for a list: the file (None = no list), `written`, `added` (own ids) or `kept`, sentences, and the line for `changes.csv`."""

    file: Path | None
    state: str
    sentences: tuple[str, ...]
    change: str = ""


def list_customers(run, target: str, *, with_own_ids: bool = False) -> Listed:
    """Make the list of a target (`buy` or `leave`), where the prediction holds and somebody has consented to be contacted.

    Parameters
    ----------
    with_own_ids : also write the ids by which the client's own systems know those on the list.

    Raises
    ------
    RunError
        A list of this day with other people is there already.
    """
    w, client = run.words, run.client
    collected = collect_sources(run)
    predicted = predict_customers(collected, run.model, client)
    prediction = getattr(predicted, target)
    made = make_list(prediction, collected, client)
    if made is None:
        row = prediction_row(predicted, target)
        answer = w.say(f"predicting.{_nothing_to_ask(collected)}") if row is None else say_prediction(run, row)[1]
        return Listed(None, "none", (w.say("predicting.no_list", answer=answer),))
    if made.people.empty:
        said = "predicting.no_consents" if collected.customers["has_consent"].isna().all() else f"predicting.nobody.{target}"
        return Listed(None, "none", (w.say(said),))
    ids = own_ids_of(client, made.people["customer_id"]) if with_own_ids else None
    file, state = write_list(made, client, ids)
    said = [w.say(f"predicting.made.{target}", n=made.n["contact"], alone=made.n["leave_alone"], of=made.n_top, without=made.n_without_consent)]
    if min(made.n.values()) < N_LEAST:
        said.append(w.say("predicting.too_few_to_judge", n=N_LEAST))
    return Listed(file, state, (*said, w.say("predicting.rights")), _as_line(change_of(made, prediction, client, w.say(f"predicting.title.{target}"))))


def _nothing_to_ask(collected) -> str:
    """Why nobody can be asked about: there are no purchases, or nobody is seen long enough around one."""
    return "nobody_to_follow" if (collected.log.outcome == OUTCOMES.index("won")).any() else "no_purchase"


def _as_line(change: dict[str, str]) -> str:
    """The header of `changes.csv` and the line."""
    text = io.StringIO()
    writer = csv.DictWriter(text, CHANGE_COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerow(change)
    return text.getvalue().rstrip("\n")
