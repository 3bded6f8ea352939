"""Who was heard: every stage and persona, those who left and never bought, whether more interviews would tell more (M025, M046, C16)."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from journeylib.figures.bars import draw_matrix
from journeylib.figures.shares import Step, draw_steps
from journeylib.findings import Finding
from journeylib.findings.labels import persona_label, say_people
from journeylib.findings.texts import suggested_topics
from journeylib.journeymap.evidence import source_kind
from journeylib.measures.coding import coder_agreement, saturation
from journeylib.measures.heard import heard, people_asked, with_known_relations
from journeylib.measures.subtraction import parts_to_hide_in

#: The last interviews looked at for new topics; interviews needed before the curve says anything; columns drawn at most.
_LAST, _LEAST, _MOST = 3, 4, 40


def who_was_heard(run, collected) -> Finding:
    """How many people were heard about each stage, from which personas, and whether anybody but customers was asked."""
    w, (table, asked) = run.words, _counted(run, collected)
    found = Finding("who_was_heard", "appendix", w.say("heard.question"), w.say("heard.nobody"), state="not_checkable")
    if not asked["all"]:
        return replace(found, text=tuple(_say_personas(run, collected)))
    takeaway = _say_heard(run, table, asked)
    interviews = _interviews(collected)
    text = [*_say_asked(w, asked), *_say_silent_personas(run, table), *_say_personas(run, collected), *_say_coding(w, interviews)]
    return replace(found, takeaway=takeaway, state="clear", text=tuple(text), picture=_draw_heard(run, table) + _draw_saturation(w, interviews), tables={"heard": table},
                   details=suggested_topics(run, collected), details_label=w.say("topics.details"),
                   numbers={f"n_{who}": n for who, n in asked.items()})  # fmt: skip


def say_heard(run, collected) -> list[str]:
    """For the body of a report: who was heard, in one sentence; nothing where nobody was."""
    table, asked = _counted(run, collected)
    return [_say_heard(run, table, asked)] if asked["all"] else []


def _counted(run, collected) -> tuple[pd.DataFrame, dict[str, int]]:
    """HEARD of the client's stages and personas, and how many people were asked by what they are to the company."""
    voices = with_known_relations(collected.voices, collected.journeys)
    return heard(voices, run.model, [persona.id for persona in run.client.personas]), people_asked(voices)


# --- sentences ------------------------------------------------------------------------------------------------------


def _say_heard(run, table, asked) -> str:
    w, everybody = run.words, table[table["persona"] == ""]
    silent = [w.label(run.model.stage(stage).label) for stage in everybody.loc[everybody["n_customers"] == 0, "stage"]]
    n, left = asked["all"], asked["lost"] + asked["never"]
    if silent:
        return w.say("heard.silent", n=n, stages=w.list(silent))
    if left:
        return w.say("heard.clear", n=n, left=w.count(left))
    return w.say("heard.only_customers" if asked["unknown"] == 0 else "heard.unknown_relation", n=n)


def _say_asked(w, asked):
    known = asked["all"] - asked["unknown"]
    if not known:
        return
    yield w.say("heard.asked", **{who: w.count(asked[who]) for who in ("customer", "lost", "never", "unknown")})
    if known >= 10:
        yield w.say("heard.share", share=w.percent((asked["lost"] + asked["never"]) / known))


def _say_silent_personas(run, table):
    of_personas = table[table["persona"] != ""].groupby("persona", sort=False)["n_customers"].sum()
    unheard = [persona_label(run, persona) for persona in of_personas.index[of_personas == 0]]
    if unheard:
        yield run.words.say("heard.silent_personas", personas=run.words.list(unheard))


def _say_personas(run, collected):
    """How many customers fit no persona or several, and personas nobody belongs to (M046)."""
    w, personas, customers = run.words, run.client.personas, collected.customers
    if not personas or customers.empty:
        return
    known = customers[customers["customer_id"].isin(collected.log.names["customer"])] if len(collected.log) else customers
    n_none, n_several = int(known["persona"].isna().sum()), int(collected.facts.get("n_several_personas", 0))
    if n_none:
        yield w.say("heard.no_persona", n=n_none, of=say_people(run, len(known)))
    if n_several:
        yield w.say("heard.several_personas", n=n_several)
    met = set(customers["persona"].dropna())
    nobody = [persona.name for persona in personas if persona.id not in met]
    if nobody:
        yield w.say("heard.empty_personas", personas=w.list(nobody))


def _interviews(collected) -> pd.DataFrame:
    """Quotes of interviews: voices of the sources that are interviews."""
    formats = dict(zip(collected.sources["source"], collected.sources["format"], strict=True))
    kinds = {source: source_kind(name) for source, name in formats.items()}
    return collected.voices[collected.voices["source"].map(kinds) == "interview"]


def _say_coding(w, interviews):
    curve = saturation(interviews)
    if len(curve) >= _LEAST:
        n_new = int(curve["n_new"].tail(_LAST).sum())
        yield w.say("heard.saturation.text" if n_new else "heard.saturation.full", n=n_new, last=w.count(_LAST), interviews=w.count(len(curve)))
    yield from _say_agreement(w, interviews, has_curve=len(curve) > 0)


def _say_agreement(w, interviews, has_curve):
    table = coder_agreement(interviews["code"], interviews["second_code"]) if "second_code" in interviews else pd.DataFrame()
    if table.empty:
        if has_curve:
            yield w.say("heard.agreement.none")
        return
    row = table.iloc[0]
    if pd.isna(row["kappa"]):
        yield w.say("heard.agreement.one_code", quotes=w.count(row["n_quotes"]))
    else:
        yield w.say("heard.agreement.clear", quotes=w.count(row["n_quotes"]), kappa=w.number(row["kappa"], 2), span=w.span(row["lo"], row["hi"], 2))


# --- pictures -------------------------------------------------------------------------------------------------------


def _draw_heard(run, table):
    """A matrix: personas down, stages across, how many people were heard in each."""
    w, k = run.words, run.client.privacy.k
    own = table[table["persona"] != ""]
    beside = parts_to_hide_in(own, ["stage"], "n_customers", k).reindex(table.index, fill_value=False)
    cells = table.assign(is_hidden=beside & (table["n_customers"] > 0)).set_index(["stage", "persona"])
    rows = [(persona_label(run, persona), [_heard_cell(run, cells.loc[(stage.id, persona)]) for stage in run.model.in_scope])
            for persona in ("", *(persona.id for persona in run.client.personas))]  # fmt: skip
    return draw_matrix([w.label(stage.label) for stage in run.model.in_scope], rows, caption=w.say("heard.matrix.caption"))


def _heard_cell(run, row) -> tuple[str, str]:
    w, k, n = run.words, run.client.privacy.k, int(row["n_customers"])
    left = int(row["n_lost"] + row["n_never"])
    if n == 0:
        return w.say("heard.matrix.nobody"), "hole"
    if n < k:
        return w.say("joins.matrix.under", n=k), "thin"
    if row["is_hidden"]:  # the personas add up to everybody
        return "–", "thin"
    text = w.say("heard.matrix.left", n=n, left=w.count(left)) if left >= k else w.count(n)
    return text, "covered" if n >= 10 else "thin"


def _draw_saturation(w, interviews):
    curve = saturation(interviews).tail(_MOST)
    if len(curve) < _LEAST:
        return ""
    steps = [Step(row.n_so_far - row.n_new, row.n_new, w.say("heard.saturation.column", interview=w.count(row.interview), so_far=w.count(row.n_so_far), n=int(row.n_new)))
             for row in curve.itertuples()]  # fmt: skip
    return draw_steps(steps, caption=w.say("heard.saturation.caption"), before=w.say("heard.saturation.known"), added=w.say("heard.saturation.new"))
