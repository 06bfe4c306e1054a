"""Who is to review and to decide by a pack that comes is named before its day (Penalties Law art. 57, 58)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from inspector.cli import deciders
from inspector.domain.proposal import Proposal
from inspector.flows.office import AgencyNode
from inspector.policybook import Policybook
from tests.house import ROOT

DAY = date(2026, 11, 1)


def book(begins: date, ends: date | None = None) -> Policybook:
    """A pack that asks for reviewers and for the head, from a day on, beside one that asks for neither."""
    now = next(one for one in Policybook.read(ROOT / "policies").packs if one.consequences)
    rows = {one: replace(row, reviewers=False, by_head=False) for one, row in now.consequences.items()}
    asks = rows | {Proposal.PENALTY: replace(rows[Proposal.PENALTY], legal=True, reviewers=True, by_head=True)}
    old = replace(now, consequences=rows)
    return replace(
        Policybook.read(ROOT / "policies"), packs=(old, replace(old, consequences=asks, effective_from=begins, effective_to=ends))
    )


def names(held: Policybook, reviewers: tuple[str, ...] = (), heads: tuple[str, ...] = ()) -> list[str]:
    pack = held.packs[0].id
    city = AgencyNode(id="city", name="市", pack=pack, reviewers=reviewers, heads=heads)
    tree = {"city": city, "hall": AgencyNode(id="hall", name="厅", parent="city")}
    return [one.name for one in deciders.unnamed(held, tree, DAY, tree.keys())]


def test_agencies_hear_before_the_day_that_nobody_could_review_or_decide() -> None:
    comes = book(DAY + timedelta(days=40))
    missing = ["agencies.city.reviewers", "agencies.city.heads", "agencies.hall.reviewers", "agencies.hall.heads"]
    assert names(comes) == missing
    assert names(book(DAY)) == missing, "and while it rules"
    assert names(book(DAY - timedelta(days=9), DAY - timedelta(days=1))) == [], "not of what is over"
    assert names(comes, reviewers=("赵六",)) == ["agencies.city.heads", "agencies.hall.heads"]
    assert names(comes, reviewers=("赵六",), heads=("陈局长",)) == [], "named above, it is named"


def test_who_only_answers_requests_is_told_from_who_takes_cases_sends_inspectors_or_names_who_decides() -> None:
    only = AgencyNode(id="archives", name="馆", parent="city", connector="archives")
    tree = {
        "city": AgencyNode(id="city", name="市", pack="maoji", connector="city-office"),
        "hall": AgencyNode(id="hall", name="厅", parent="city"),
        "archives": only,
        "civil": replace(only, id="civil", pack="demo"),
        "housing": replace(only, id="housing"),
        "tax": replace(only, id="tax", heads=("陈局长",)),
        "court": replace(only, id="court", reviewers=("赵六",)),
    }
    assert deciders.answering(tree, {"housing"}) == {"archives"}
    assert [*deciders.unnamed(book(DAY), {**tree}, DAY, ())] == []
