"""A decision to somebody's discredit counts towards others from its service on (送达): before it nobody hears of it, and it bars nobody."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from inspector.domain.annulled import Annulled
from inspector.domain.creditrecord import Record, RecordState
from inspector.domain.errors import Refusal
from inspector.domain.serving import NoticeKind, NoticeState, SubjectWord
from inspector.domain.wayto import ServiceWay
from inspector.flows import announcing, annulling, creditbook, reached, serving, spoken
from inspector.store.codec import dump, load
from inspector.store.store import Store
from tests import edge
from tests.house import Hand, settle
from tests.integration.test_creditrecords import Place, open_retractions, place
from tests.integration.test_forms import logged_in
from tests.proceedings import Proceeding

pytestmark = pytest.mark.alike


@pytest.fixture
def here(store: Store, hand: Hand, tmp_path: Path) -> Iterator[Place]:
    with place(store, hand, tmp_path) as made:
        yield made


def decision(here: Place, entry: str) -> str:
    """The notice of the decision that ordered an entry."""
    with here.office.store.read() as tx:
        (held,) = [one for one in tx.consequences.of_case(tx.records.get(entry).case_id) if one.entry == entry]
    return f"{held.id}:decision"


def served(here: Place, entry: str, way: ServiceWay = ServiceWay.IN_PERSON) -> None:
    """It comes, by one of the ways there are, and what is due is carried out."""
    office, hand, notice = here.office, here.hand, decision(here, entry)
    if way is ServiceWay.PUBLIC_NOTICE:
        with office.store.begin() as tx:
            serving.failed(office, tx, notice, "邮寄退回，电话停机", "李四", hand())
            put = announcing.announce(office, tx, notice, hand().date(), "区政府网站公告3号", "李四", hand())
        assert put.due_at is not None
        hand.now = put.due_at - timedelta(hours=1)
        settle(office)
        assert entry not in here.first.entries, "its days still run"
        hand.on(hours=2)
    else:
        with office.store.begin() as tx:
            reached.served(office, tx, notice, hand().date(), way, "回证1", "李四", hand(), agreed=way.electronic)
    settle(office)


def told(here: Place) -> set[str]:
    """The entries that some receiver was ever told."""
    return {json.loads(heard.body)["id"] for one in (here.first, here.second) for heard in one.taken if heard.path == "/entry"}


def events(here: Place, entry: str) -> list[dict[str, object]]:
    with here.office.store.read() as tx:
        rows = tx.events.of_case(tx.records.get(entry).case_id)
        return [json.loads(row["body"]) for row in rows if row["type"] == "credit.record"]


@pytest.mark.parametrize("way", [ServiceWay.IN_PERSON, ServiceWay.PAPER, ServiceWay.EMAIL, ServiceWay.PUBLIC_NOTICE])
def test_an_entry_is_told_to_receivers_and_bars_only_from_the_service_of_its_decision(here: Place, way: ServiceWay) -> None:
    entry = here.found(1, brought=False)
    settle(here.office)
    record = here.record(entry)
    assert (told(here), record.in_effect, record.contested) == (set(), False, False)
    assert (events(here, entry)[-1]["in_effect"], events(here, entry)[-1]["bars"]) == (False, False)
    assert here.commits(1), "and whoever was told nothing is barred from nothing"
    here.hand.on(days=5)
    settle(here.office)
    assert entry not in told(here), "however long nobody brings it"
    served(here, entry, way)
    assert entry in here.first.entries.keys() & here.second.entries.keys()
    assert (events(here, entry)[-1]["in_effect"], events(here, entry)[-1]["bars"]) == (True, True)
    with pytest.raises(Refusal, match="subject_barred"):
        here.commits(1)
    with here.office.store.read() as tx:
        (because,) = [row for row in tx.ledger.about(record.case_id) if row["rule"] == "credit.effective"]
    assert because["rule"] == "credit.effective"


def test_its_subject_confirms_the_receipt_by_the_link_and_so_it_is_served(here: Place) -> None:
    entry = here.found(1, brought=False)
    with here.office.store.begin() as tx:
        spoken.say(here.office, tx, decision(here, entry), SubjectWord.RECEIVED, "", (), here.hand())
    settle(here.office)
    assert here.first.entries.keys() == here.second.entries.keys() == {entry}


def test_whoever_dies_while_the_proof_is_written_has_told_nobody_and_the_same_proof_again_tells_once(here: Place) -> None:
    entry = here.found(1, brought=False)
    proof = decision(here, entry), here.hand().date(), ServiceWay.PAPER, "回证1", "李四", here.hand()
    with suppress(ZeroDivisionError), here.office.store.begin() as tx:
        reached.served(here.office, tx, *proof)
        raise ZeroDivisionError
    settle(here.office)
    assert (told(here), here.record(entry).in_effect) == (set(), False)
    for _ in range(2):
        with here.office.store.begin() as tx:
            reached.served(here.office, tx, *proof)
    settle(here.office)
    assert (here.first.made, here.second.made) == ({entry: 1}, {entry: 1})


def test_where_the_pack_names_an_article_for_it_an_entry_counts_with_its_decision(here: Place) -> None:
    rows = [(pack, pack.consequences) for pack in here.office.book.packs]
    law = {pack.label: {one: replace(row, at_once="S1:78") for one, row in held.items()} for pack, held in rows}
    packs = tuple(replace(pack, consequences=law[pack.label]) for pack, _ in rows)
    other = replace(here, office=replace(here.office, book=replace(here.office.book, packs=packs)))
    entry = other.found(1, brought=False)
    assert (list(other.first.entries), other.record(entry).in_effect) == ([entry], True)


def test_the_officers_page_and_the_interface_say_that_it_waits_for_the_service_and_lead_there(here: Place) -> None:
    entry = here.found(1, brought=False)
    with edge.serving(here.office) as served_by, served_by.as_("officer") as officer, served_by.client() as browser:
        shown = officer.get(f"/v1/credit/records/{entry}").json()
        assert (shown["record"]["in_effect"], shown["receivers"]) == (False, [])
        logged_in(served_by, browser)
        page = browser.get(f"/credit/records/{entry}?lang=en").text
        assert "Waits for the service of its decision" in page
        assert f"/notices/{decision(here, entry)}" in page
        served(here, entry)
        page = browser.get(f"/credit/records/{entry}?lang=en").text
        assert ("Waits for the service" in page, here.hand().date().isoformat() in page) == (False, True)
        shown = officer.get(f"/v1/credit/records/{entry}").json()
        assert (shown["record"]["in_effect"], len(shown["receivers"])) == (True, 2)


def test_the_days_of_its_publicity_are_those_of_the_document_and_nobody_is_told_of_a_repair_before_it_has_come(
    here: Place,
) -> None:
    entry = here.found(1, brought=False)
    dated = here.record(entry)
    assert (dated.decided_on, dated.least_until, dated.most_until) == (date(2026, 3, 2), date(2026, 6, 2), date(2027, 3, 2))
    here.hand.on(days=100)
    settle(here.office)
    assert here.matters(creditbook.REPAIRABLE) == []
    with here.office.store.read() as tx:
        assert tx.servings.find(f"{entry}:repairable") is None
    served(here, entry)
    late = here.record(entry)
    assert late.effective_on == here.hand().date()
    assert (late.decided_on, late.least_until, late.most_until) == (dated.decided_on, dated.least_until, dated.most_until)
    assert here.matters(creditbook.REPAIRABLE) == [entry], "the minimum was over: it may be repaired on the same day"
    with here.office.store.read() as tx:
        assert tx.servings.get(f"{entry}:repairable").kind is NoticeKind.REPAIRABLE
    (sent,) = here.first.entries.values()
    assert sent["shown_until"] == "2027-03-02"


def test_what_has_not_come_within_its_maximum_is_shown_to_nobody_and_bars_once_it_has(here: Place) -> None:
    entry = here.found(1, brought=False)
    here.hand.on(days=400)
    settle(here.office)
    assert here.record(entry).state is RecordState.LAPSED
    served(here, entry)
    assert (told(here), here.record(entry).in_effect) == (set(), True)
    assert here.matters(creditbook.REPAIRABLE) == [entry], "who is barred until a repair hears that there is one"
    with here.office.store.read() as tx:
        assert tx.servings.get(f"{entry}:repairable").kind is NoticeKind.REPAIRABLE
    with pytest.raises(Refusal, match="subject_barred"):
        here.commits(1)


@pytest.mark.parametrize("ends", ["annulled", "reopened", "objection"])
def test_of_what_falls_before_it_has_come_no_receiver_ever_hears_anything(here: Place, ends: str) -> None:
    entry = here.found(1, brought=False)
    if ends == "objection":
        here.decides(here.objects(entry), "王五", upheld=True)
    elif ends == "annulled":
        with here.office.store.begin() as tx:
            annulling.entry(here.office, tx, entry, Annulled.COURT, "（2026）行终1号", "王五", here.hand(), reasons="x")
    else:
        Proceeding(office=here.office, hand=here.hand, case=here.record(entry).case_id).speaks_for()
    for _ in range(3):
        here.hand.on(days=3)
        settle(here.office)
    assert not here.record(entry).stands_somewhere
    for one in (here.first, here.second):
        assert [heard.path for heard in one.taken if heard.path in ("/entry", "/retract", "/amend")] == []
    with here.office.store.read() as tx:
        assert tx.books.falling() == []
        assert tx.servings.get(decision(here, entry)).state is NoticeState.CANCELLED, "and nobody brings what is not in force"
    assert open_retractions(here.office) == 0


def test_what_is_entered_for_somebody_waits_for_nothing(here: Place) -> None:
    kept = here.commits(2)
    with here.office.store.read() as tx:
        entry = tx.cases.get(kept).entry
    assert here.first.entries.keys() == here.second.entries.keys() == {entry}
    assert here.record(str(entry)).in_effect


def test_a_record_of_a_release_before_stays_as_it_was(here: Place) -> None:
    entry = here.found(1)
    kept = json.loads(dump(here.record(entry)))
    for name in ("awaits", "effective_on"):
        kept.pop(name, None)
    held = load(Record, json.dumps(kept))
    assert (held.in_effect, held.barring(date.max)) == (True, True)
