"""Issue 8, retention per class: findings and tip-offs that no case is about go at the end of their days, too, each with a proof."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from inspector.domain.case import SubjectKind
from inspector.domain.errors import Invalid, Missing, Refusal
from inspector.domain.leadcheck import Report
from inspector.domain.purge import Hold
from inspector.domain.taking import PURGED
from inspector.domain.tipoff import Informant, TipSource
from inspector.flows import attention, caseless, leads, outside
from inspector.flows.office import Office
from inspector.flows.purges import Amiss
from inspector.store.servingtables import outside_finding, tip_off
from inspector.store.store import Store
from tests.house import Hand, open_office, settle
from tests.integration.test_leads import CODE, found
from tests.integration.test_purging import holding, night, troubles

pytestmark = pytest.mark.alike

FIRM, WORDS, NOTE, SEEN = "沉默的有限公司", "后院私设仓库", "电话核实系误报", "货架背后"
FINDING = "finding:supervision:F-1"


@pytest.fixture
def office(store: Store, hand: Hand) -> Office:
    return open_office(store, hand)


def told(office: Office, hand: Hand) -> str:
    """Somebody tells of a firm of which there is no case."""
    given = leads.Given(
        agency="bureau",
        source=TipSource.HOTLINE,
        kind=SubjectKind.FIRM,
        code=CODE,
        name=FIRM,
        words=WORDS,
        informant=Informant(name="王举报", contact="13800000000"),
    )
    with office.store.begin() as tx:
        return leads.take(office, tx, given, "hotline", hand()).id


def followed(office: Office, hand: Hand) -> str:
    """The same, with a lead check that was made and found something; the tip-off was closed then, and every matter seen to."""
    tip = told(office, hand)
    with office.store.begin() as tx:
        made = leads.propose(office, tx, tip, SEEN, WORDS, "李四", hand())
        leads.decide(office, tx, made.id, "局长", "批1", hand(), approved=True)
    with office.store.begin() as tx:
        report = Report(inspectors=("甲", "乙"), on=hand().date(), found=True, words=SEEN, by="甲")
        leads.report(office, tx, made.id, report, hand())
        attention.close(tx, f"{leads.FOUND}:{made.id}", "李四", hand(), note=NOTE)
        leads.close(office, tx, tip, "李四", WORDS, hand())
    settle(office)
    return tip


def heard(office: Office, hand: Hand) -> None:
    """Another system has found something about such a firm, and an officer has seen what it is."""
    with office.store.begin() as tx:
        outside.take(office, tx, found(words=WORDS), "supervision", hand())
        attention.close(tx, f"{outside.CASELESS}:supervision:F-1", "李四", hand(), note=NOTE)


def due(office: Office) -> dict[str, tuple[Hold, ...]]:
    with office.store.read() as tx:
        return {one.about: one.holds for one in caseless.ripe(office, tx, office.now())}


def let_go(office: Office, about: str, by: str = "王五") -> str:
    with office.store.begin() as tx:
        return caseless.let_go(office, tx, about, by, office.now())


@pytest.mark.slow
def test_what_no_case_is_about_goes_at_the_end_of_its_days_by_a_named_hand_with_every_word_of_it(
    office: Office, store: Store, hand: Hand
) -> None:
    tip = followed(office, hand)
    heard(office, hand)
    for _ in range(10):
        night(office, hand, days=360)
    assert due(office) == {}
    for about in (tip, FINDING):
        with pytest.raises(Refusal, match="retention_runs"):
            let_go(office, about)
    night(office, hand, days=60)
    assert due(office) == {tip: (), FINDING: ()}
    with pytest.raises(Invalid, match="signer_missing"):
        let_go(office, tip, " ")
    entries = {about: let_go(office, about) for about in (tip, FINDING)}
    for word in (FIRM, WORDS, NOTE, SEEN):
        assert holding(store, word) == set(), word
    with store.read() as tx:
        for about, entry in entries.items():
            (said,) = (row for row in tx.ledger.about(about) if row["rule"] == PURGED)
            assert (said["id"], '"by": "王五"' in said["body"], "P:2.8" in said["body"]) == (entry, True, True)
    assert (troubles(store), due(office)) == (set(), {})
    for about in (tip, FINDING):
        with pytest.raises(Missing):
            let_go(office, about)


def test_what_still_goes_on_is_kept_and_says_what_keeps_it(office: Office, hand: Hand) -> None:
    tip = told(office, hand)
    with office.store.begin() as tx:
        outside.take(office, tx, found(), "supervision", hand())
    hand.on(days=3_700)
    assert due(office) == {tip: (Hold.TIP_OFF, Hold.MATTER), FINDING: (Hold.MATTER,)}
    for about in (tip, FINDING):
        with pytest.raises(Refusal, match="retention_held"):
            let_go(office, about)


def test_days_count_from_the_last_word_about_it(office: Office, hand: Hand) -> None:
    tip = told(office, hand)
    hand.on(days=3_000)
    with office.store.begin() as tx:
        leads.close(office, tx, tip, "李四", "查无实据", hand())
    hand.on(days=700)
    assert due(office) == {}, "ten years from its end, and not from its beginning"


@pytest.mark.bare
def test_who_takes_one_out_by_hand_or_brings_one_back_is_found(office: Office, store: Store, hand: Hand) -> None:
    tip = followed(office, hand)
    heard(office, hand)
    kept = {}
    with store.begin() as tx:
        for table in (tip_off, outside_finding):
            kept[table.name] = dict(tx.connection.execute(sa.select(table)).mappings().one())
            tx.connection.execute(sa.delete(table))
    assert troubles(store) == {(Amiss.UNSAID, tip), (Amiss.UNSAID, FINDING)}
    with store.begin() as tx:
        for table in (tip_off, outside_finding):
            tx.connection.execute(sa.insert(table).values(**kept[table.name]))
    hand.on(days=3_700)
    for about in (tip, FINDING):
        let_go(office, about)
    assert troubles(store) == set()
    with store.begin() as tx:
        for table in (tip_off, outside_finding):
            tx.connection.execute(sa.insert(table).values(**kept[table.name]))
    assert troubles(store) == {(Amiss.STILL, tip), (Amiss.STILL, FINDING)}
