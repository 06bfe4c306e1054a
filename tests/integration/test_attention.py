"""What waits for a person: asked once while it is open, and again when it happens again."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from inspector.cli import above
from inspector.domain.assistance import AssistanceState
from inspector.domain.evidence import Verdict
from inspector.domain.finding import Finding
from inspector.domain.scoreboard import gains, scores
from inspector.flows import assist, attention, dispatch
from inspector.flows.attention import facts
from inspector.labels import Lang
from inspector.store.store import Store
from inspector.store.tx import Tx
from tests.drawn import announced, carried_out, drawing, visits
from tests.edge import serving
from tests.house import Hand, Table, open_office, post, settle
from tests.integration.test_way import HOUSEHOLD, Post, person

pytestmark = pytest.mark.alike


def test_an_open_matter_takes_the_new_facts_and_keeps_its_date(store: Store, hand: Hand) -> None:
    with store.begin() as tx:
        tx.attention.open("team_short", "bureau", "v1", {"place": 0}, hand())
    first = hand()
    hand.on(days=1)
    with store.begin() as tx:
        tx.attention.open("team_short", "bureau", "v1", {"place": 1}, hand())
    with store.read() as tx:
        (row,) = tx.attention.page(None)
    assert (json.loads(row["body"]), row["opened_at"]) == ({"place": 1}, first)


def test_a_closed_matter_opens_again_with_the_new_facts_and_can_be_closed_again(store: Store, hand: Hand) -> None:
    with store.begin() as tx:
        tx.attention.open("team_short", "bureau", "v1", {"place": 0}, hand())
        assert tx.attention.close("team_short:v1", hand())
    hand.on(days=1)
    with store.begin() as tx:
        tx.attention.open("team_short", "bureau", "v1", {"place": 1}, hand())
    with store.begin() as tx:
        (row,) = tx.attention.page(None)
        assert (json.loads(row["body"]), row["opened_at"]) == ({"place": 1}, hand())
        assert tx.attention.close("team_short:v1", hand())
        assert tx.attention.page(None) == []


def test_what_waits_is_read_to_its_end_page_by_page_of_one_kind_and_of_one_agency(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    with store.begin() as tx:
        for number in range(205):
            tx.attention.open("mail_unread", "bureau", f"m{number:03}", {}, hand())  # of one moment: the id tells the order
        hand.on(days=1)
        tx.attention.open("team_short", "bureau", "a1", {}, hand())
    with serving(office) as edge, edge.as_("officer") as officer:

        def page(**asked: str | int | None) -> tuple[list[str], str | None]:
            got = officer.get("/v1/attention", params={"limit": 100, "agency": "bureau", **asked}).json()
            return [row["id"] for row in got["attention"]], got["next"]

        first, after = page()
        with store.begin() as tx:
            tx.attention.close(str(after), hand())
        second, more = page(after=after)
        third, end = page(after=more)
        assert [*first, *second, *third] == [*(f"mail_unread:m{number:03}" for number in range(205)), "team_short:a1"]
        assert end is None
        assert page(kind="team_short") == (["team_short:a1"], None)
        assert page(kind="team_short", limit=1) == (["team_short:a1"], "team_short:a1")
        refused = officer.get("/v1/attention", params={"agency": "other"})
        assert (refused.status_code, refused.json()["error"]["code"]) == (422, "agency_unknown")


def test_a_matter_says_in_the_list_what_it_is_about() -> None:
    """Not only in --json: of which source, how many and which codes; which letter, to whom and why."""

    def told(kind: str, lang: Lang, **facts: object) -> str:
        return attention.told(kind, json.dumps(facts), lang)

    garbled = {"source": "registers", "count": 3, "codes": {"E-999": 2}}
    assert told("answer_garbled", "en", **garbled) == "registers: 3 in all; codes in no list: E-999 ×2"
    letter = {"letter": "request", "to": "civil-affairs", "error": "recipient_refused", "detail": "a@b.example 550"}
    assert told("letter_undeliverable", "zh-Hans", **letter).startswith("致 civil-affairs 的协助核查函：")
    assert told("letter_undeliverable", "zh-Hans", **letter).endswith("(a@b.example 550)")
    assert told("superior_unknown", "en") == "the settings name nobody above both"
    late = {"connector": "licences", "why": "old", "hours": 60, "error": "delivery_rows", "file": "a.csv", "rows": 3, "told": 4}
    assert told("delivery_late", "en", **late).startswith("licences: the delivery in use is 60 hours old")
    assert "; a.csv holds 3 rows where 4 were said" in told("delivery_late", "en", **late)
    assert "60 小时" in told("delivery_late", "zh-Hans", **late)
    assert "；a.csv 有 3 行，而所报为 4 行" in told("delivery_late", "zh-Hans", **late)
    away = {"connector": "licences", "why": "unseen", "error": "host_unknown", "file": "", "hours": None}
    assert "the server shows a key that is not the one known of it" in told("delivery_late", "en", **away)
    lost = {"requested": "civil-affairs", "case": "c1", "superior": "county", "error": "recipient_refused"}
    assert told("superior_unknown", "en", **lost).startswith(
        "our letter to county, who was to decide the dispute, reached nobody: "
    )
    assert told("superior_unknown", "zh-Hans", **lost).startswith("提请 county 裁决争议的函件无人收到：")
    for kind in ("answer_garbled", "letter_undeliverable", "delivery_late"):
        assert told(kind, "en"), "one of an older release"


@pytest.mark.parametrize("word", ["answered", "refused", "silent"])
def test_nobody_is_asked_for_a_superior_of_a_request_that_has_ended(store: Store, hand: Hand, word: str) -> None:
    sources = {"registers": Table(default=None), "social": Table(name="social", default="=")}
    office = open_office(store, hand, sources=sources, agencies={"civil-affairs": Post("civil-affairs")})
    office = replace(
        office,
        tree={name: replace(node, connector=None) if name in ("county", "city") else node for name, node in office.tree.items()},
    )
    case_id = post(office, person(1, "relief-household", HOUSEHOLD))
    settle(office)
    for days in (3, 4):
        hand.on(days=days)
        settle(office)
    with store.begin() as tx:
        (request,) = tx.assistance.of_case(case_id)
        assert "superior_unknown" in open_matters(tx)
        (matter,) = tx.attention.page(None, kind="superior_unknown")
        words = attention.told("superior_unknown", matter["body"], "en")
        assert words == "county stands above both and has no connector: set connector under [agencies.county]"
        assert "agencies.county" in [one.name for one in above.mute(office.tree)], "`check` says so before"
        assert (request.state, request.escalated_to) == (AssistanceState.PAST_DUE, None), "nobody above was told"
        assert "assistance.escalate" not in rules(tx, case_id)
        tx.attention.open("letter_undeliverable", "bureau", f"assist.send:{request.id}:reminder:civil-affairs", {}, hand())
    if word == "answered":
        with store.begin() as tx:
            assist.answer(office, tx, request.id, Verdict.MATCH, "", "王五", hand())
    elif word == "refused":
        with store.begin() as tx:
            assist.refuse(office, tx, request.id, "无此职能", "王五", hand())
    else:
        hand.on(days=30)
        settle(office)
    with store.read() as tx:
        assert not tx.assistance.get(request.id).state.open
        assert "superior_unknown" not in open_matters(tx)
        (score,) = scores([tx.assistance.get(request.id)], office.calendar)
        (gain, *_) = gains([score]) or (None,)
        assert (gain is not None) == (word != "refused"), (
            "silence cost the case its whole term, which an interface would have saved"
        )
        assert ("letter_undeliverable" in open_matters(tx)) == (word == "silent"), "whoever answers has the letter"
        assert "assistance.past_due" in rules(tx, case_id), "and the record says so after the matter has gone"


def test_a_superior_whom_no_letter_reaches_was_not_informed(store: Store, hand: Hand) -> None:
    sources = {"registers": Table(default=None), "social": Table(name="social", default="=")}
    office = open_office(store, hand, sources=sources, agencies={"civil-affairs": Post("civil-affairs")})
    places = {"county": "county-office", "city": None}  # the settings name a connector that they do not have
    office = replace(
        office, tree={name: replace(node, connector=places.get(name, node.connector)) for name, node in office.tree.items()}
    )
    case_id = post(office, person(1, "relief-household", HOUSEHOLD))
    settle(office)
    for days in (3, 4):
        hand.on(days=days)
        settle(office)
    with store.read() as tx:
        (request,) = tx.assistance.of_case(case_id)
        assert (request.state, request.escalated_to) == (AssistanceState.PAST_DUE, None)
        assert "letter_undeliverable" in open_matters(tx), "a person is told which letter"
        assert rules(tx, case_id)[-2:] == ["assistance.escalate", "assistance.undeliverable"]


def test_what_is_said_of_a_push_and_of_a_late_visit_is_over_with_the_seat_and_the_visit(store: Store, hand: Hand) -> None:
    office, phones, _ = drawing(store, hand)
    phones.refuses = True
    _, held = announced(office, hand, cases=1)
    carried_out(office, hand, held.number)
    (visit,) = visits(office, held.number)
    with store.begin() as tx:
        first, second = tx.visits.team(visit.id)
        assert open_matters(tx).count("push_undelivered") == 2
        told = str([(one["id"], one["about"], facts(one["kind"], one["body"])) for one in tx.attention.page(None)])
        assert not [seat.inspector for seat in (first, second) if seat.inspector in told], "of matters nobody reads who is sent"
        dispatch.accept(tx, first.name, hand())
        assert open_matters(tx).count("push_undelivered") == 1, "who has accepted needs no push"
        dispatch.accept(tx, second.name, hand())
    hand.now = visit.due_at
    settle(office)
    with store.begin() as tx:
        assert open_matters(tx) == ["visit_overdue"]
        findings = [Finding(case_id=doubt.case_id, claim=doubt.claim, verdict=Verdict.MATCH) for doubt in visit.doubts]
        dispatch.report(office, tx, first.name, findings, "", hand())
        assert open_matters(tx) == []


def rules(tx: Tx, case_id: str) -> list[str]:
    """The rules of a case's ledger in order."""
    return [row["rule"] for row in tx.ledger.about(case_id)]


def open_matters(tx: Tx) -> list[str]:
    """The kinds of what waits for a person about letters, seats and visits."""
    kinds = ("superior_unknown", "letter_undeliverable", "push_undelivered", "visit_overdue", "team_short")
    return [row["kind"] for row in tx.attention.page(None) if row["kind"] in kinds]


def test_a_matter_of_an_empty_seat_does_not_tell_who_could_sit_there(store: Store, hand: Hand) -> None:
    office = open_office(store, hand)
    with store.begin() as tx:
        tx.attention.open("team_short", "bureau", "v9", {"seats": [["v9", 1]], "inspectors": ["Z004"], "capacity": 0}, hand())
    with serving(office) as edge, edge.as_("officer") as officer:
        (told,) = officer.get("/v1/attention").json()["attention"]
    assert told["facts"] == {"seats": [["v9", 1]], "capacity": 0}


def test_whoever_runs_the_machine_hears_which_matter_waits_since_when_and_by_which_error_and_nobodys_words(
    store: Store, hand: Hand
) -> None:
    office = open_office(store, hand)
    mail = {
        "request": "r1",
        "text": "经查，欧阳暗记未婚",
        "from": "li@housing.example",
        "count": 2,
        "due_at": "2026-03-09",
        "error": "unread",
    }
    word = {"reason": "该户主已搬走", "error": "欧阳暗记 13912345678", "count": True, "connector": "housing"}
    with store.begin() as tx:
        tx.attention.open("mail_unread", "bureau", "m1", mail, hand())
        tx.attention.open("draw_void_asked", "bureau", "d1", word, hand())
    with serving(office) as edge, edge.as_("ops") as ops, edge.as_("officer") as officer:
        told = ops.get("/v1/attention")
        page = officer.get("/v1/attention").text
    held = {one["about"]: one for one in told.json()["attention"]}
    assert held["m1"]["facts"] == {"count": 2, "due_at": "2026-03-09", "error": "unread"}
    assert held["d1"]["facts"] == {"count": True, "connector": "housing"}
    assert (held["m1"]["kind"], held["m1"]["id"]) == ("mail_unread", "mail_unread:m1")
    assert not {word for word in ("欧阳暗记", "搬走", "13912345678", "li@") if word in told.text}
    assert "欧阳暗记" in page, "an officer reads what is to be read"
