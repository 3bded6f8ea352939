"""Is everybody who decides spoken to, at the right level? G30 and G31."""

from __future__ import annotations

import pandas as pd
import pytest
from statsmodels.stats.multitest import multipletests

from journeylib.client import Persona, Scope
from journeylib.gaps import say_gap
from journeylib.gaps.buying import role_of_persona
from journeylib.measures.buying_group import _won_beside_lost
from journeylib.measures.readability import readability
from journeylib.schema import ROLES, check
from journeylib.stages import load_stage_model
from journeylib.wording import Words
from tests.drawing import rows
from tests.gaps.material import a_client, ask, content

FIRM = a_client(market="b2b")
NONE_OPEN = (0, 0)


def roles(text: str) -> pd.DataFrame:
    """A table of roles anywhere from `role | won | lost | open`, each `with/of`."""
    made = []
    for row in rows(text).itertuples():
        n = {name: int(getattr(row, name).split("/")[1]) for name in ("won", "lost", "open")}
        n_with = {name: int(getattr(row, name).split("/")[0]) for name in n}
        made.append({"stage": "", "role": row.role, "n_accounts": sum(n.values()), "n_with": sum(n_with.values()), "share": sum(n_with.values()) / sum(n.values()), "n": min(n["won"], n["lost"]), "days": 30,
                     **{f"n_{name}": n[name] for name in n}, **{f"n_{name}_with": n_with[name] for name in n}, **_won_beside_lost(n, n_with)})  # fmt: skip
    table = pd.DataFrame(made)
    if table["p"].notna().all():
        table["p_adjusted"] = multipletests(table["p"], method="fdr_bh")[1]
    return check(table, ROLES)


ONE_MISSING = """
    role      | won   | lost   | open
    finance   | 60/80 | 25/100 | 30/120
    technical | 79/80 | 98/100 | 118/120
"""


def test_a_role_the_won_have_and_the_lost_lack_is_missing():
    answers = ask("G30", client=FIRM, roles=roles(ONE_MISSING))
    assert {gap_id: row["status"] for gap_id, row in answers.items()} == {"G30:consideration::finance": "found"}
    row = answers["G30:consideration::finance"]
    assert row["value"] == pytest.approx(60 / 80 - 25 / 100)
    assert say_gap(row, Words("sv"), load_stage_model(FIRM), FIRM).replace("\xa0", " ") == (
        "Hos dem ni förlorar saknas oftare rollen ekonomi. Inom 30 dagar var den med hos 60 av 80 företag som ni vann och 25 av 100 som ni förlorade. "
        "Den saknas hos 90 av 120 som är öppna.")  # fmt: skip


@pytest.mark.parametrize(("won", "lost", "status"), [
    ("60/80", "25/100", "found"),
    ("80/800", "40/800", "not_found"),  # five points, and surely less than ten
    ("6/9", "1/100", "uncertain"),  # under ten accounts
    ("12/40", "8/40", "uncertain"),  # ten points that may be chance
    ("25/100", "60/80", "not_found"),  # those lost have it
])  # fmt: skip
def test_ten_points_and_an_interval_above_nought_make_a_gap(won, lost, status):
    answers = ask("G30", client=FIRM, roles=roles(f"role | won | lost | open\nfinance | {won} | {lost} | 10/20"))
    assert [row["status"] for row in answers.values()] == [status]


def test_of_many_roles_a_chance_difference_does_not_stand():
    alone = "role | won | lost | open\nfinance | 22/40 | 13/44 | 10/20"
    others = "".join(f"\n{role} | 20/40 | 22/44 | 10/20" for role in ("technical", "buyer", "user", "influencer", "decision_maker"))
    first, among = (ask("G30", client=FIRM, roles=roles(text))["G30:consideration::finance"]["status"] for text in (alone, alone + others))
    assert (first, among) == ("found", "uncertain")


def test_without_titles_wins_or_losses_nothing_is_called_fine():
    assert ask("G30", client=FIRM)["G30:consideration"]["missing"] == "roles"
    for drawn, missing in (("5/20 | 0/0", "losses"), ("0/0 | 5/20", "orders")):
        row = ask("G30", client=FIRM, roles=roles(f"role | won | lost | open\nfinance | {drawn} | 1/9"))["G30:consideration"]
        assert (row["status"], row["missing"]) == ("not_checkable", missing)
    few = ask("G30", client=FIRM, roles=roles("role | won | lost | open\nfinance | 4/4 | 0/90 | 1/9"))["G30:consideration"]
    assert (few["status"], few["value"]) == ("uncertain", few["value"])
    assert pd.isna(few["value"])


@pytest.mark.parametrize(("n_open", "reason"), [(0, "gaps.G30.found_no_open"), (3, "gaps.common.too_few"), (120, "gaps.G30.found")])
def test_few_open_companies_are_not_told_by_what_the_won_and_the_lost_leave(n_open, reason):
    answers = ask("G30", client=FIRM, roles=roles(f"role | won | lost | open\nfinance | 60/80 | 25/100 | 0/{n_open}"))
    assert [row["reason"] for row in answers.values()] == [reason]


def test_a_role_every_lost_account_has_is_missing_at_none_and_one_the_lost_have_more_often_is_not_named():
    assert ask("G30", client=FIRM, roles=roles("role | won | lost | open\nfinance | 12/12 | 17/17 | 10/20"))["G30:consideration"]["status"] == "not_found"
    row = ask("G30", client=FIRM, roles=roles("role | won | lost | open\nfinance | 3/12 | 6/17 | 10/20"))["G30:consideration"]
    assert (row["status"], row["reason"]) == ("uncertain", "gaps.G30.unsure")


def test_six_lost_accounts_that_all_have_a_role_do_not_show_that_it_is_missing_at_none():
    row = ask("G30", client=FIRM, roles=roles("role | won | lost | open\nfinance | 12/12 | 6/6 | 10/20"))["G30:consideration"]
    assert (row["status"], row["reason"]) == ("uncertain", "gaps.G30.unsure")


def test_where_many_roles_are_unknown_no_role_is_called_missing():
    drawn = roles(ONE_MISSING + "    unknown   | 40/80 | 40/100 | 40/120\n")
    assert ask("G30", client=FIRM, roles=drawn)["G30:consideration"]["reason"] == "gaps.G30.roles_unknown"
    few = roles(ONE_MISSING + "    unknown   | 4/80 | 4/100 | 4/120\n")
    assert list(ask("G30", client=FIRM, roles=few)) == ["G30:consideration::finance"]


def test_a_consumer_decides_alone():
    row = ask("G30", roles=roles(ONE_MISSING))["G30"]
    assert (row["status"], row["reason"]) == ("not_checkable", "gaps.G30.consumers")


def test_stages_out_of_scope_are_left_alone():
    client = a_client(market="b2b", scope=Scope(from_stage="loyalty"))
    assert {next(iter(ask(check_id, client=client, roles=roles(ONE_MISSING)).values()))["reason"] for check_id in ("G30", "G31")} == {"gaps.common.out_of_scope"}


# --- G31 ------------------------------------------------------------------------------------------------------------------

CFO = Persona(id="cfo", name="Ekonomichef", role="Ekonomichef på ett mindre bolag")
CONTENT = """
    content_id | title      | stage         | type          | persona
    1          | Datablad   | consideration | product_facts |
    2          | Kundcase   | consideration | case          |
    3          | Kalkyl     | loyalty       | roi_sheet     |
    4          | Blogg      | awareness     | blog          | cfo
"""


def level(text, client=FIRM, table=None):
    table = roles(ONE_MISSING) if table is None else table
    return {gap_id: row["status"] for gap_id, row in ask("G31", client=client, roles=table, registers={"content": content(text)}).items()}


def test_who_judges_the_money_needs_figures_before_the_decision_and_not_after_it():
    assert level(CONTENT) == {"G31:consideration::technical": "not_found", "G31:consideration::finance": "found"}
    assert level(CONTENT.replace("loyalty      ", "decision     "))["G31:consideration::finance"] == "not_found"


def test_what_is_written_for_the_role_itself_is_at_its_level():
    client = a_client(market="b2b", personas=(CFO,))
    assert level(CONTENT, client)["G31:consideration::finance"] == "found"
    assert level(CONTENT.replace("case          |", "case          | cfo"), client)["G31:consideration::finance"] == "not_found"
    assert role_of_persona(Persona(id="x", name="Anna", when={"role": "Driftschef|IT-chef"})) == "technical"


def test_a_role_that_is_only_declared_makes_a_likely_gap_and_one_nobody_has_none():
    unseen = roles("role | won | lost | open\ntechnical | 9/80 | 9/90 | 1/9")
    assert level(CONTENT, a_client(market="b2b", personas=(CFO,)), unseen) == {"G31:consideration::technical": "not_found", "G31:consideration::finance": "uncertain"}
    assert level(CONTENT, FIRM, unseen) == {"G31:consideration::technical": "not_found"}


def test_without_a_list_of_content_with_kinds_the_level_cannot_be_judged():
    bare = ask("G31", client=FIRM, registers={"content": None}, roles=roles(ONE_MISSING))["G31:consideration"]
    assert (bare["status"], bare["missing"]) == ("not_checkable", "content")
    assert ask("G31", client=FIRM, roles=roles(ONE_MISSING))["G31:consideration"]["reason"] == "gaps.G31.no_types"
    nobody = ask("G31", client=FIRM, registers={"content": content(CONTENT)})["G31:consideration"]
    assert (nobody["status"], nobody["missing"]) == ("not_checkable", "roles")
    leaders = roles("role | won | lost | open\ndecision_maker | 9/80 | 9/90 | 1/9")
    assert ask("G31", client=FIRM, registers={"content": content(CONTENT)}, roles=leaders)["G31:consideration"]["reason"] == "gaps.G31.no_such_role"


EASY = "Vi hjälper dig att välja rätt. " * 8
HARD = "Leverantörsbedömningen förutsätter dokumenterade kvalitetsledningssystem, ansvarsfördelningar och uppföljningsrutiner. " * 6


def texts(n_easy, n_hard, n_without=0, kind="blog"):
    made = [EASY] * n_easy + [HARD] * n_hard + [""] * n_without
    return content("content_id | title | stage | type | text\n" + "\n".join(f"{i} | Text {i} | awareness | {kind} | {text}" for i, text in enumerate(made)))


@pytest.mark.parametrize(("n_easy", "n_hard", "n_without", "status"), [
    (8, 4, 0, "found"), (10, 2, 0, "not_found"), (8, 4, 30, "found"), (10, 2, 30, "uncertain"), (3, 1, 0, "uncertain"), (0, 0, 9, "not_checkable"),
])  # fmt: skip
def test_texts_too_hard_for_consumers_are_a_gap_when_more_than_a_fifth_are(n_easy, n_hard, n_without, status):
    listed = texts(n_easy, n_hard, n_without)
    row = ask("G31", registers={"content": listed}, readability=readability(listed))["G31"]
    assert row["status"] == status
    assert say_gap(row, Words("da"), load_stage_model(a_client()), a_client()).endswith(".")


def test_clients_of_both_kinds_are_asked_both():
    listed = texts(8, 4)
    answers = ask("G31", client=a_client(market="both"), registers={"content": listed}, readability=readability(listed), roles=roles(ONE_MISSING))
    assert set(answers) == {"G31", "G31:consideration::technical", "G31:consideration::finance"}
