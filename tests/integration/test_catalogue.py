"""The catalogue of items among the records: each step is kept, each filing is watched, and what was withdrawn takes in no commitment."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from inspector.cli import fitting
from inspector.daemon import sweeps
from inspector.domain.case import CaseState, Route
from inspector.domain.catalogue import Entry, EntryState, Exit, Meeting, Opinion, Standing
from inspector.domain.errors import InspectorError, Invalid, Missing, Refusal
from inspector.domain.policy import Excluded
from inspector.domain.repeal import Word
from inspector.flows import attention, catalogue, intake, repeals
from inspector.flows.catalogue import Proposal
from inspector.flows.office import Office
from inspector.policybook import Policybook
from inspector.store.cataloguetables import catalogue_entry
from inspector.store.room import Row
from inspector.store.store import Store
from inspector.telemetry.metrics import Metrics
from tests.house import Hand, Table, application, open_office, post, settle
from tests.integration.test_draw_rivals import at_once
from tests.integration.test_recount import amended, started
from tests.integration.test_way import LICENCE

pytestmark = pytest.mark.alike

ITEM = "business-licence"
OPINION = Opinion(by="李主任", bureau="区司法局", document="区司审〔2026〕1号")
GONE = Exit(by="李主任", reason="登记数据已全部共享", document="区司审〔2026〕9号")
WORD = Word(by="李主任", document="区司审〔2026〕7号", reason="上位依据仍然有效")


@pytest.fixture
def office(store: Store, hand: Hand) -> Office:
    return open_office(store, hand, sources={"registers": Table(default="=")})


def applied(office: Office, item: str = ITEM, agency: str = "city", **more: Any) -> Entry:
    """Wang applies."""
    with office.store.begin() as tx:
        return catalogue.apply(office, tx, Proposal(agency=agency, item=item, by="王科员", **more), office.now())


def reviewed(office: Office, item: str = ITEM, agency: str = "city", given: Opinion = OPINION) -> Entry:
    """Director Li of the justice bureau reviews."""
    with office.store.begin() as tx:
        return catalogue.review(office, tx, agency, item, given, office.now())


def published(office: Office, item: str = ITEM, agency: str = "city") -> Entry:
    """Zhao publishes."""
    with office.store.begin() as tx:
        return catalogue.publish(office, tx, agency, item, by="赵科员", reference="政务公开平台", on=None, now=office.now())


def filed(office: Office, item: str = ITEM, agency: str = "city") -> Entry:
    """The bureau above gives a receipt."""
    with office.store.begin() as tx:
        return catalogue.file(office, tx, agency, item, by="赵科员", receipt="回执12号", on=None, now=office.now())


def public(office: Office, item: str = ITEM, agency: str = "city", **more: Any) -> Entry:
    """All steps up to the publication."""
    applied(office, item, agency, **more)
    reviewed(office, item, agency)
    return published(office, item, agency)


def withdrawn(office: Office, item: str = ITEM, agency: str = "city", edition: int | None = None) -> Entry:
    with office.store.begin() as tx:
        return catalogue.withdraw(office, tx, agency, item, GONE, office.now(), edition)


def repealed(office: Office, source: str = "S0", on: date = date(2026, 3, 1)) -> list[str]:
    """Zhou enters a repeal; the items that are to be looked at again."""
    with office.store.begin() as tx:
        return [
            one.item for one in repeals.enter(office, tx, source, on=on, by="周科员", document="废止决定", now=office.now())[1]
        ]


def matters(office: Office, kind: str = catalogue.UNFILED) -> list[Row]:
    with office.store.read() as tx:
        return [row for row in tx.attention.page(None, 500) if row["kind"] == kind]


def standing(office: Office, agency: str, item: str = ITEM) -> Standing:
    with office.store.read() as tx:
        return catalogue.listed(office, tx, agency, item).standing


def refused(do: Callable[[], object]) -> InspectorError:
    with pytest.raises(InspectorError) as told:
        do()
    return told.value


def late(office: Office) -> float | None:
    """What the gauge of late filings says."""
    metrics = Metrics()
    sweeps.snapshot(office, metrics)
    return metrics.registry.get_sample_value("inspector_catalogue_filings_late")


def test_an_item_goes_from_its_application_to_its_filing_and_the_ledger_keeps_who_and_by_which_article(office: Office) -> None:
    held = applied(office)
    assert (held.content.name, held.content.basis) == (office.book.get("demo@1").item(ITEM).name, "S0:1;S0:5"), "the pack's"
    assert held.content.sources["S0"].startswith("毛管办")
    reviewed(office, given=replace(OPINION, digest=held.digest[:12]))
    published(office)
    told = filed(office)
    assert (told.state, told.digest, told.filed and told.filed.late) == (EntryState.FILED, held.digest, False)
    with office.store.read() as tx:
        assert tx.catalogue.editions("city", ITEM) == [told]
        entries = [(row["rule"], json.loads(row["body"])) for row in tx.ledger.about("catalogue:city:business-licence")]
    assert [(rule, body["facts"]["by"]) for rule, body in entries] == [
        ("catalogue.apply", "王科员"),
        ("catalogue.review", "李主任"),
        ("catalogue.publish", "赵科员"),
        ("catalogue.file", "赵科员"),
    ]
    assert {tuple(body["basis"]) for _, body in entries} == {("S0:3",)}


@pytest.mark.differs
def test_two_who_apply_at_once_are_one_application(office: Office) -> None:
    (wrong,) = at_once([lambda: applied(office), lambda: applied(office)])
    assert isinstance(wrong, Refusal)
    assert wrong.code == "catalogue_open"
    with office.store.read() as tx:
        assert [one.state for one in tx.catalogue.editions("city", ITEM)] == [EntryState.APPLIED]


def test_what_no_pack_has_is_applied_for_with_its_name_and_a_basis_that_the_pack_can_cite(office: Office) -> None:
    assert refused(lambda: applied(office, "new-item")).code == "catalogue_item_not_in_pack"
    assert refused(lambda: applied(office, "new item", name="新事项", basis="S0:1")).code == "catalogue_item_unusable"

    def citing(basis: str) -> str:
        return refused(lambda: applied(office, "new-item", name="新事项", basis=basis)).code

    assert {citing(basis) for basis in ("S77:1", "《民法典》", "S0")} == {"catalogue_basis_unknown"}
    fenced: dict[str, Any] = {"name": "新事项", "basis": "S0:1", "excluded": (Excluded.FINPRU,)}
    assert refused(lambda: applied(office, "new-item", **fenced)).code == "item_excluded"
    assert refused(lambda: applied(office, "new-item", **fenced, statute="S0:1")).code == "item_excluded", (
        "the plan is no statute"
    )
    assert isinstance(refused(lambda: reviewed(office, "new-item")), Missing), "nothing of it was written"
    assert applied(office, "new-item", name="新事项", basis="S0:1").content.edition == 1


def test_a_technical_item_waits_for_its_experts(office: Office) -> None:
    applied(office, technical=True)
    assert refused(lambda: reviewed(office)).code == "catalogue_meeting_missing"
    meeting = Meeting(on=office.now().date(), experts=3, minutes="纪要1号")
    assert reviewed(office, given=replace(OPINION, meeting=meeting)).state is EntryState.REVIEWED


def test_a_filing_is_reminded_of_before_it_is_due_told_again_when_late_and_over_with_its_proof(
    office: Office, hand: Hand
) -> None:
    """Published on Monday 2 March 2026: due on Wednesday the 11th, a reminder at the opening of Monday the 9th."""
    held = public(office)
    assert held.duty is not None
    assert held.duty.due_at.isoformat() == "2026-03-11T17:30:00+08:00"
    hand.on(days=6)
    settle(office)
    assert (matters(office), late(office)) == ([], 0)
    hand.on(days=1)
    settle(office)
    (matter,) = matters(office)
    facts = json.loads(matter["body"])
    assert (matter["agency"], facts["item"], facts["change"], facts["overdue"]) == ("city", ITEM, "published", False)
    hand.on(days=3)
    settle(office)
    (matter,) = matters(office)
    assert (json.loads(matter["body"])["overdue"], late(office)) == (True, 1)
    told = filed(office)
    assert (told.filed and told.filed.late, matters(office), late(office)) == (True, [], 0)


def test_what_is_filed_in_time_bothers_nobody(office: Office, hand: Hand) -> None:
    public(office)
    filed(office)
    hand.on(days=30)
    settle(office)
    with office.store.read() as tx:
        assert [row["error"] for row in tx.work.page(kind="catalogue.due", limit=9)] == ["obsolete"]
    assert matters(office) == []


def test_a_new_calendar_moves_the_filing_and_its_reminder_and_lists_what_it_moved(office: Office) -> None:
    started(office)
    public(office)
    anew = amended(office, ("2026-03-05",))
    started(anew)
    settle(anew)
    with anew.store.read() as tx:
        (held,) = tx.catalogue.unfiled()
        dates = {
            row["kind"]: row["due_at"].isoformat()
            for row in tx.work.page(state="waiting", limit=50)
            if "catalogue" in row["kind"]
        }
    assert held.duty is not None
    assert held.duty.due_at.isoformat() == dates["catalogue.due"] == "2026-03-12T17:30:00+08:00"
    assert dates["catalogue.remind"] == "2026-03-10T08:30:00+08:00"
    (moved,) = matters(anew, "dates_moved")
    assert json.loads(moved["body"])["later_ids"] == ["catalogue:city:business-licence"]


def test_an_adjusted_item_is_a_new_edition_by_the_same_steps_and_the_former_stands_until_then(office: Office) -> None:
    public(office)
    applied(office, reason="期限调整")
    reviewed(office)
    assert refused(lambda: published(office)).code == "catalogue_former_unfiled"
    filed(office)
    assert standing(office, "bureau") is Standing.PUBLISHED
    published(office)
    with office.store.read() as tx:
        told = [(one.content.edition, one.state) for one in tx.catalogue.editions("city", ITEM)]
    assert told == [(1, EntryState.REPLACED), (2, EntryState.PUBLISHED)]


def test_where_an_application_and_a_public_edition_stand_the_withdrawal_says_which(office: Office) -> None:
    public(office)
    filed(office)
    applied(office)
    assert refused(lambda: withdrawn(office)).code == "catalogue_edition_needed"
    assert refused(lambda: withdrawn(office, edition=7)).code == "catalogue_edition_unknown"
    assert withdrawn(office, edition=2).content.edition == 2
    assert standing(office, "bureau") is Standing.PUBLISHED, "the application alone is gone"
    assert withdrawn(office).content.edition == 1
    assert standing(office, "bureau") is Standing.WITHDRAWN
    assert refused(lambda: withdrawn(office)).code == "catalogue_state"


def test_a_withdrawn_item_takes_in_no_commitment_and_goes_on_with_those_it_has_and_by_the_ordinary_way(
    office: Office, hand: Hand
) -> None:
    under_way = post(office, application(1, ITEM, LICENCE))
    public(office)
    withdrawn(office)
    error = refused(lambda: post(office, application(2, ITEM, LICENCE)))
    assert isinstance(error, Refusal)
    assert (error.code, error.facts["agency"], error.facts["on"], error.facts["document"]) == (
        "item_withdrawn",
        "city",
        "2026-03-02",
        "区司审〔2026〕9号",
    )
    assert post(office, application(1, ITEM, LICENCE)) == under_way, "a message sent again is the case it was"
    settle(office)
    with office.store.begin() as tx:
        assert tx.cases.get(under_way).state is CaseState.CLOSED
    paper = application(
        3, ITEM, {}, route=Route.CERTIFICATE, signed_on=None, letter_text="", letter_digest="", notice_version="", signed_by=""
    )
    with office.store.begin() as tx:
        assert intake.take(office, tx, paper, "hall", office.now()).case.state is CaseState.POOLED
    settle(office)
    hand.on(days=10)
    settle(office)
    assert json.loads(matters(office)[0]["body"])["change"] == "withdrawn", "the withdrawal is filed too"
    assert filed(office).state is EntryState.WITHDRAWN
    assert matters(office) == []


def test_no_case_is_corrected_into_a_withdrawn_item_and_one_of_it_is_corrected_as_before(office: Office) -> None:
    office = replace(office, connectors=replace(office.connectors, sources={}))
    held, other = (
        post(office, application(1, ITEM, LICENCE)),
        post(office, application(2, "dispatch-premises", {"office-in-use": "是"})),
    )
    public(office)
    withdrawn(office)

    def corrected(case_id: str, number: int, value: str) -> str:
        with office.store.begin() as tx:
            given = application(number, ITEM, {"registration-status": value})
            return intake.correct(office, tx, case_id, given, "hall", office.now()).item

    assert corrected(held, 1, "在营") == ITEM
    assert refused(lambda: corrected(other, 2, "存续")).code == "item_withdrawn"


def test_the_nearest_catalogue_that_has_the_item_speaks_and_a_neighbours_says_nothing(office: Office) -> None:
    assert standing(office, "bureau") is Standing.SILENT
    applied(office, agency="bureau")
    assert standing(office, "bureau") is Standing.SILENT, "nothing was ever published"
    public(office, agency="city", item="stable-jobs")
    assert (standing(office, "bureau"), standing(office, "bureau", "stable-jobs")) == (Standing.UNPUBLISHED, Standing.PUBLISHED)
    reviewed(office, agency="bureau")
    published(office, agency="bureau")
    assert (standing(office, "bureau"), standing(office, "other")) == (Standing.PUBLISHED, Standing.UNPUBLISHED)
    withdrawn(office, agency="bureau")
    assert standing(office, "bureau") is Standing.WITHDRAWN
    public(office)
    assert standing(office, "bureau") is Standing.WITHDRAWN, "its own catalogue is nearer"
    assert standing(office, "other") is Standing.PUBLISHED


def test_check_names_items_that_a_kept_catalogue_lacks_and_an_office_without_one_hears_nothing(office: Office) -> None:
    def warned() -> dict[str, str]:
        return {one.name.rpartition(".")[2]: one.what[0] for one in fitting.catalogue(office)}

    assert warned() == {}
    public(office)
    every = set(office.book.get("demo@1").items)
    assert set(warned()) == every - {ITEM}
    withdrawn(office)
    assert "Withdrawn" in warned()[ITEM]


def test_a_repealed_document_asks_about_each_item_that_rests_on_it_and_a_new_edition_or_a_word_is_the_answer(
    office: Office,
) -> None:
    public(office, "new-item", agency="bureau", name="新事项", basis="S0:1;P:2.4")
    filed(office, "new-item", agency="bureau")
    public(office, basis="P:2.4")
    filed(office)
    every = set(office.book.get("demo@1").items)
    assert set(repealed(office, "毛管办〔2021〕4号")) == every | {"new-item"}
    assert refused(lambda: repealed(office)).code == "catalogue_repeal_known"
    assert {(row["agency"], json.loads(row["body"])["item"]) for row in matters(office, repeals.REREVIEW)} == {
        *(("city", item) for item in every),
        ("bureau", "new-item"),
    }
    applied(office, "new-item", agency="bureau", name="新事项", basis="S0:1")
    assert refused(lambda: reviewed(office, "new-item", agency="bureau")).code == "catalogue_basis_repealed"
    withdrawn(office, "new-item", agency="bureau", edition=2)
    assert len(matters(office, repeals.REREVIEW)) == len(every) + 1, "it would rest on it as well"
    public(office, "new-item", agency="bureau", name="新事项", basis="P:2.4")
    assert {row["agency"] for row in matters(office, repeals.REREVIEW)} == {"city"}
    with office.store.begin() as tx:
        (told,) = repeals.confirm(office, tx, "city", ITEM, WORD, office.now())
    assert (told.ended, told.ended_by) == ("CONFIRMED", "李主任")
    left = {json.loads(row["body"])["item"] for row in matters(office, repeals.REREVIEW)}
    assert left == every - {ITEM}
    told_of = {one.name.rpartition(".")[2] for one in fitting.catalogue(office) if "repealed" in one.what[0]}
    assert told_of == left, "check names what still cites it, and not what somebody answers for"
    with office.store.begin() as tx, pytest.raises(Missing, match="catalogue_rereview_unknown"):
        repeals.confirm(office, tx, "city", ITEM, WORD, office.now())


def test_a_re_review_is_not_waved_away_with_the_other_matters(office: Office) -> None:
    repealed(office)
    (first, *_) = matters(office, repeals.REREVIEW)
    with office.store.begin() as tx, pytest.raises(Refusal, match="attention_needs_confirmation"):
        attention.close(tx, first["id"], "周科员", office.now(), note="看过了")


def test_a_document_that_no_item_rests_on_asks_about_nothing_and_an_unknown_one_is_refused(office: Office) -> None:
    assert repealed(office, "S35") == []
    assert isinstance(refused(lambda: repealed(office, "《不存在的文件》")), Invalid)
    assert matters(office, repeals.REREVIEW) == []


def test_what_was_reviewed_and_altered_among_the_records_is_not_published(office: Office) -> None:
    applied(office)
    held = reviewed(office)
    with office.store.begin() as tx:
        text = tx.connection.execute(sa.select(catalogue_entry.c.body)).scalar_one()
        tx.connection.execute(sa.update(catalogue_entry).values(body=text.replace(held.content.name, "别的事项")))
    assert refused(lambda: published(office)).code == "catalogue_altered"


def test_a_pack_that_has_no_row_about_filing_publishes_without_a_date(office: Office, hand: Hand) -> None:
    packs = tuple(replace(pack, follows={}) for pack in office.book.packs)
    office = replace(office, book=Policybook(packs=packs))
    assert public(office).duty is None
    hand.on(days=60)
    settle(office)
    assert (matters(office), late(office), filed(office).state) == ([], 0, EntryState.FILED)
