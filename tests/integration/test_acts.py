"""An officer who enters something to somebody's discredit cites a row of the pack's catalogue: by API and form, and for good."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest

from inspector.daemon import sweeps
from inspector.domain.case import SubjectKind
from inspector.domain.policy import Policy
from inspector.domain.proposal import Proposal
from inspector.domain.transition import Scope, TransitionRow
from inspector.flows.office import Office
from inspector.ports import Card, CreditEntry, CreditRetraction, Origin, Rating, Receipt, Refused
from inspector.store.store import Store
from tests.edge import Edge, serving
from tests.house import Hand, Table, open_office, settle
from tests.integration.test_forms import hidden, in_review, logged_in
from tests.proceedings import Proceeding

pytestmark = pytest.mark.alike


@dataclass
class Platform:
    """A credit platform that keeps what it is told, and knows no level."""

    card = Card(name="credit", port="credit", kind="table", owner="test", version="1")
    entries: list[CreditEntry] = field(default_factory=list)

    def level(self, kind: SubjectKind, code: str, *, key: str, case_id: str, basis: str) -> Rating:
        raise Refused("unauthorised", origin=Origin.US)

    def record(self, entry: CreditEntry, *, key: str) -> Receipt:
        self.entries.append(entry)
        return Receipt(reference="E-1", at=datetime.now(UTC), attempts=1)

    def retract(self, retraction: CreditRetraction, *, key: str) -> Receipt:
        raise AssertionError("nothing is taken back here")


def with_acts(pack: Policy, maoji: Policy) -> Policy:
    return replace(pack, sources={**maoji.sources, **pack.sources}, acts=maoji.acts, retentions=maoji.retentions)


def catalogued(office: Office) -> Office:
    """The demo's pack with the catalogue and the retention of the plan's."""
    maoji = office.book.get("maoji@2026.2")
    packs = tuple(with_acts(pack, maoji) if pack.id == "demo" else pack for pack in office.book.packs)
    return replace(office, book=replace(office.book, packs=packs))


@pytest.fixture
def platform() -> Platform:
    return Platform()


@pytest.fixture
def edge(store: Store, hand: Hand, platform: Platform) -> Iterator[Edge]:
    """An office with a catalogue, whose source contradicts."""
    office = open_office(store, hand, sources={"registers": Table(default="吊销")}, credit={"credit": platform})
    with serving(catalogued(office)) as held:
        yield held


@pytest.mark.slow
def test_the_api_asks_for_the_act_takes_it_and_tells_it_to_everybody_who_hears_of_the_decision(
    edge: Edge, platform: Platform, hand: Hand
) -> None:
    case_id = in_review(edge)
    with edge.as_("officer") as officer:
        before = officer.get(f"/v1/cases/{case_id}").json()["explanation"]
        decision = {"outcome": "FALSE_KNOWING", "reasons": "已核对", "evidence": [before["heard"][0]["id"]]}
        path = f"/v1/cases/{case_id}/review"
        lacking, other = officer.post(path, json=decision), officer.post(path, json=decision | {"act": "act-refused"})
        done = officer.post(path, json=decision | {"act": "act-false-grave"})
        after = officer.get(f"/v1/cases/{case_id}/explain?lang=en").json()
    offered = {one["row"]: one for one in before["acts"]}
    assert (offered["act-false"]["grade"], offered["act-false"]["bars"], before["act"], before["kept"]) == (
        "general",
        True,
        None,
        [],
    )
    assert [(one.status_code, one.json()["error"]["code"]) for one in (lacking, other)] == [
        (422, "act_missing"),
        (422, "act_unknown"),
    ]
    assert "act-false-grave" in lacking.json()["error"]["facts"]["known"]
    assert done.status_code == 200
    told = after["explanation"]
    assert (told["act"]["row"], told["act"]["grade"], told["acts"]) == ("act-false-grave", "serious", [])
    (decided,) = (one for one in told["decisions"] if one["rule"] == "officer.review")
    assert (decided["facts"]["act"], decided["facts"]["graded"]) == ("act-false-grave", "serious")
    assert "S0:2" in {one["code"] for one in decided["basis"]}
    assert "dishonest act: 明知与事实不符而作出承诺，造成严重危害" in after["text"]
    assert "grade of the credit entry: serious" in after["text"]
    assert (
        "the case with its evidence and decisions: 10 years, from the end of the case (row keep-case), that is until 2036-"
        in after["text"]
    )
    settle(edge.office)
    assert platform.entries == [], "a review alone enters nothing to anybody's discredit"
    case = Proceeding(office=edge.office, hand=hand, case=case_id)
    case.rule(case.noticed(case.the(Proposal.RECORD_CREDIT)))
    settle(edge.office)
    (entry,) = platform.entries
    assert (entry.grade, entry.act, entry.basis.count("S0:8")) == ("serious", "act-false-grave", 2)
    sweeps.seal(edge.office.store, edge.office)
    with edge.as_("system") as system:
        events = {one["type"]: one["data"] for one in system.get("/v1/events").json()["events"]}
    result, recorded = events["verification.result"], events["credit.record"]
    assert (result["act"], result["would_bar"], "bars" in result) == ("act-false-grave", True, False), "one review bars nobody"
    assert (recorded["entry"], recorded["record_state"], recorded["bars"]) == (entry.entry_id, "STANDING", True)
    assert events["consequence.proposed"]["act"] == "act-false-grave"


def test_what_discredits_nobody_takes_no_act(edge: Edge) -> None:
    case_id = in_review(edge)
    with edge.as_("officer") as officer:
        path, decision = f"/v1/cases/{case_id}/review", {"outcome": "DATA_ERROR", "reasons": "来源有误"}
        refused = officer.post(path, json=decision | {"act": "act-false"})
        done = officer.post(path, json=decision)
    assert (refused.status_code, refused.json()["error"]["code"], done.status_code) == (422, "act_unknown", 200)


@pytest.mark.slow
def test_the_officers_form_offers_the_acts_names_a_missing_one_with_all_else_and_keeps_the_chosen_one(edge: Edge) -> None:
    case_id = in_review(edge)
    with edge.client() as browser:
        logged_in(edge, browser)
        page = browser.get(f"/review/{case_id}?lang=en").text
        options = re.findall(r'<option value="(act-[a-z-]+)"', page)
        assert options == [one.row for one in edge.office.book.get("demo@1").acts]
        assert "by outcome Knowingly false; credit entry: serious); no further commitment until it is repaired" in page
        form = {"guard": hidden(page, "guard"), "message": hidden(page), "outcome": "UNTRUE_CURABLE"}
        lacking = browser.post(f"/review/{case_id}", data=form).text
        assert "请填写理由" in lacking
        assert "请写明认定的失信行为" in lacking
        assert re.search(r'<select id="act"[^>]*aria-invalid', lacking)
        wrong = browser.post(
            f"/review/{case_id}", data=form | {"reasons": "已核对", "act": "act-false", "evidence": evidence(edge, case_id)}
        )
        assert (wrong.status_code, 'value="act-false" selected' in wrong.text) == (422, True)
        again = form | {"message": hidden(wrong.text), "reasons": "已核对", "act": "act-untrue-curable"}
        assert browser.post(f"/review/{case_id}", data=again | {"evidence": evidence(edge, case_id)}).status_code == 303
        done = browser.get(f"/review/{case_id}").text
    assert "失信行为：承诺的内容与事实不符，可以改正" in done
    assert '<select id="act"' not in done


def test_a_case_of_before_the_catalogue_is_asked_for_an_act_only_where_a_transition_says_so(store: Store, hand: Hand) -> None:
    office = open_office(store, hand, sources={"registers": Table(default="吊销")})
    with serving(office) as edge:
        first, second = in_review(edge, 1), in_review(edge, 2)
    for given, case_id, status in ((), first, 200), ((_taken_over(),), second, 422):
        with serving(followed(office, given)) as edge, edge.as_("officer") as officer:
            told = officer.get(f"/v1/cases/{case_id}").json()["explanation"]
            decision = {"outcome": "UNTRUE_CURABLE", "reasons": "已核对", "evidence": [told["heard"][0]["id"]]}
            assert bool(told["acts"]) is bool(given)
            assert officer.post(f"/v1/cases/{case_id}/review", json=decision).status_code == status
            if given:
                done = officer.post(f"/v1/cases/{case_id}/review", json=decision | {"act": "act-untrue-curable"})
                last = officer.get(f"/v1/cases/{case_id}").json()["explanation"]
                assert (done.status_code, last["act"]["row"]) == (200, "act-untrue-curable")
                assert {one["pack"] for one in last["decisions"] if one["rule"] == "officer.review"} == {"demo@next"}


def evidence(edge: Edge, case_id: str) -> list[str]:
    with edge.office.store.read() as tx:
        return [one.id for one in tx.cases.evidence(case_id)]


def _taken_over() -> TransitionRow:
    return TransitionRow(row="before", of=frozenset({"demo@1"}), scopes=frozenset({Scope.OUTCOMES}), basis="S1:42")


def followed(office: Office, transitions: tuple[TransitionRow, ...]) -> Office:
    """The demo's pack followed since yesterday by a version with a catalogue."""
    demo, maoji = office.book.get("demo@1"), office.book.get("maoji@2026.2")
    day = office.now().date()
    yesterday = day.replace(day=1)
    later = replace(with_acts(demo, maoji), version="next", effective_from=day, effective_to=None, transitions=transitions)
    others = tuple(one for one in office.book.packs if one.id != "demo")
    return replace(office, book=replace(office.book, packs=(*others, replace(demo, effective_to=yesterday), later)))
