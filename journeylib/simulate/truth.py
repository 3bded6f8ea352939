"""What a demo client was drawn from: the answers an analysis of its files should come back with."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Truth:
    """The truth behind one simulated client. Stages are ids of the stage model its parameters name.

    Attributes
    ----------
    sizes : what the files hold: accounts, customers, web_events, orders, answers …
    rates : stage → planted share that goes on to the next stage, sooner or later (0–1).
    reached : stage → units whose events up to the data cut reached it or a later one ("at least"). In a B2B world the units
        are accounts; people nobody can place in one (`sizes["without_account"]`) are no units.
    largest_drop_off : the stage most units leave; clearly separated from the second.
    unserved_stage : customers are there, but no activity, no content and no owner (G01).
    content_hole : stage and persona with customers and no content (G05), outside the unserved stage.
    planted : checks that must be found, `G03` or `G05:consideration:ekonomichef`. The unserved stage has no content either, so
        G05 may be found there too.
    absent : checks that must not be found.
    follow_up : buyers followed for thirty days, and those the company was in touch with in that time (G03).
    feelings : stage → mean score given, on −2 … +2, one value an answer.
    lowest_feeling : the stage that feels worst.
    flaws : flaw of the files → how many rows have it: exact_duplicates, unmatched_pages, orphans, test_rows …
    changes : change of the client's log → the verdict an analysis should come to at the data cut.
    personal : names, e-mails and phone numbers in the files that must never reach an output.
    """

    client: str
    seed: int
    stage_model: str
    sizes: dict[str, int]
    rates: dict[str, float] = field(default_factory=dict)
    reached: dict[str, int] = field(default_factory=dict)
    largest_drop_off: str | None = None
    unserved_stage: str | None = None
    content_hole: tuple[str, str] | None = None
    planted: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    follow_up: tuple[int, int] = (0, 0)
    feelings: dict[str, float] = field(default_factory=dict)
    lowest_feeling: str | None = None
    flaws: dict[str, int] = field(default_factory=dict)
    personal: tuple[str, ...] = ()
    changes: dict[str, str] = field(default_factory=dict)
