"""A penalty of a certain social influence is public in time, names no natural person, and goes where it falls (handbook 1.2.26, 1.2.27)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from inspector import gazette as pages
from inspector.domain import disclosing as domain
from inspector.domain.annulled import Annulled
from inspector.domain.case import Outcome, SubjectKind
from inspector.domain.consequence import Consequence
from inspector.domain.disclosure import Disclosed, PenaltyKind
from inspector.domain.docket import DISCLOSURE, DocketKind
from inspector.domain.errors import Invalid, Missing, Refusal
from inspector.domain.gazette import Fallen
from inspector.domain.proposal import Proposal
from inspector.domain.publicationduty import PublicationDuty, PublicationState
from inspector.domain.wayto import ServiceWay
from inspector.flows import affix, disclosing, publication, reached, repairs, unpublish
from inspector.store.store import Store
from tests.house import Hand, settle
from tests.integration.test_creditrecords import NAMES, PAPERS
from tests.proceedings import Proceeding, decided

pytestmark = pytest.mark.alike
ADDRESS = "https://example.org/results"
SECRET = "张小明举报，见 13800138000"


def fined(store: Store, hand: Hand, *, served: bool = True) -> tuple[Proceeding, Consequence]:
    """A fine of thirty thousand yuan is in force."""
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    held = case.impose(case.the(Proposal.PENALTY))
    if served:
        serve(case, held)
    return case, held


def serve(case: Proceeding, held: Consequence) -> None:
    """The decision comes to its subject."""
    with case.office.store.begin() as tx:
        proof = ServiceWay.PAPER, "回证2", "李四", case.hand()
        reached.served(case.office, tx, f"{held.id}:decision", case.hand().date(), *proof)


def rule(case: Proceeding, held: Consequence, *, public: bool = True, **more: object) -> PublicationDuty:
    """An officer says whether it is public."""
    told = {"kinds": (PenaltyKind.FINE,), "amount": 3_000_000, "reasons": SECRET, "by": "李四", "at": case.hand()} | more
    said = Disclosed(public=public, **told)  # type: ignore[arg-type]
    with case.office.store.begin() as tx:
        return disclosing.rule(case.office, tx, held.id, said, case.hand())


def duty(case: Proceeding, held: Consequence) -> PublicationDuty:
    with case.office.store.read() as tx:
        return tx.publications.get(domain.name(held.id))


def built(case: Proceeding, folder: Path, *, post: bool = True) -> disclosing.Penalties:
    """The register as a person builds it."""
    office, now = case.office, case.hand()
    held = disclosing.gather(office, now, post=post)
    told = pages.Register(
        title="云溪区 & <局>",
        lines=(),
        penalties=held.lines,
        penalties_withheld=held.withheld,
        penalties_counted=held.counted,
    )
    affix.write(folder, pages.files(told))
    if post:
        disclosing.say(office, held, ADDRESS, "李四", now)
    return held


def texts(folder: Path) -> str:
    """Everything that is public."""
    return "".join(path.read_text(encoding="utf-8-sig") for path in folder.rglob("*") if path.is_file())


def listed(case: Proceeding) -> list[str]:
    """What waits on the officers' list whether it is to be public."""
    with case.office.store.read() as tx:
        return [one.id for one in tx.docket.page(["bureau"], None, 50) if one.kind is DocketKind.DISCLOSURE]


def test_a_penalty_is_owed_by_its_decision_ruled_on_by_an_officer_and_public_with_a_proof_until_its_last_day(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    case, held = fined(store, hand)
    office, made = case.office, duty(case, held)
    day = office.calendar.local_date(hand())
    assert office.calendar.local_date(made.due_at) == office.calendar.add_working_days(day, 20)
    assert (made.state, made.basis) == (PublicationState.OWED, "S1:48;P:1.2.26")
    assert listed(case) == [held.id]
    with store.read() as tx:
        told = " ".join(tx.servings.get(f"{held.id}:decision").facts)
    assert "自然人不列名" in told, "its subject reads with the decision that it may be public, and until when"
    assert built(case, tmp_path / "early").withheld == 1, "nothing becomes public before an officer has said so"
    with store.begin() as tx, pytest.raises(Refusal, match="publication_undecided"):
        publication.publish(office, tx, made.id, day, "公告栏", "李四", hand())
    assert rule(case, held).state is PublicationState.OWED
    assert listed(case) == []
    assert built(case, tmp_path / "site", post=False).lines == ()
    (line,) = built(case, tmp_path / "site").lines
    posted = duty(case, held).posted
    assert posted is not None
    assert posted.reference == f"{ADDRESS}/penalties-00001.html#{made.id}"
    everything = texts(tmp_path / "site")
    value = json.loads((tmp_path / "site" / "data" / "penalties-00001.jsonl").read_text(encoding="utf-8"))
    assert (value["kinds"], value["amount"], value["until"]) == (["FINE"], "30000", str(line.until))
    for one in (line.name, "罚款", "30000 元", "fine", "30000 yuan"):
        assert one in everything
    for one in ("张小明", "13800138000", "罚款三万元", "某条例", "李四"):
        assert one not in everything, "no word that anybody has typed"
    assert built(case, tmp_path / "site").fresh == {}, "said again, nothing is added"
    hand.now += timedelta(days=(line.until - day).days + 1)
    with store.begin() as tx:
        disclosing.look(office, tx, hand())
    over = duty(case, held)
    assert (over.state, over.why) == (PublicationState.TO_REMOVE, Fallen.LAPSED), (
        "what was shown long enough goes without a request"
    )
    assert built(case, tmp_path / "site").gone == (made.id,)
    assert line.name not in texts(tmp_path / "site")
    assert "公示期届满" in texts(tmp_path / "site")
    assert duty(case, held).state is PublicationState.REMOVED


def test_what_is_no_code_of_the_form_is_in_no_other_province(store: Store, hand: Hand) -> None:
    case, held = fined(store, hand)
    row = case.office.book.get(duty(case, held).pack).disclosure
    assert row is not None
    told = {one: row.abroad(one) for one in ("91440100MA0000000X", "91340400MA0000000X", "TEST00000000000001", "", "9144")}
    assert list(told.values()) == ["44", "", "", "", ""]


def test_late_is_told_as_of_results_and_what_is_not_public_is_late_no_more(store: Store, hand: Hand) -> None:
    case, held = fined(store, hand)
    hand.now = duty(case, held).due_at + timedelta(seconds=1)
    settle(case.office)
    with store.read() as tx:
        assert {of: count for of, count in publication.late(tx, hand()).items() if count} == {("OWED", "penalty"): 1}
        assert [one["publication"] for one in tx.attention.standing(unpublish.MATTER)] == [f"penalty.{held.id}"]
    assert rule(case, held, public=False, kinds=(), amount=None).state is PublicationState.NOT_PUBLIC
    with store.read() as tx:
        assert set(publication.late(tx, hand()).values()) == {0}
        assert tx.attention.standing(unpublish.MATTER) == []
    assert rule(case, held).due_at == duty(case, held).due_at, "said anew, it is owed by the date of before"


def test_what_is_said_of_a_penalty_has_kinds_an_amount_where_it_is_a_fine_and_reasons(store: Store, hand: Hand) -> None:
    case, held = fined(store, hand)
    for wrong, code in (
        ({"kinds": ()}, "disclosure_kinds"),
        ({"amount": None}, "disclosure_amount"),
        ({"kinds": (PenaltyKind.WARNING,)}, "disclosure_amount"),
        ({"reasons": " "}, "reason_missing"),
    ):
        with pytest.raises(Invalid, match=code):
            rule(case, held, **wrong)
    with pytest.raises(Missing, match="publication_unknown"):
        rule(case, case.the(Proposal.RECORD_CREDIT))


def test_a_penalty_that_falls_before_it_is_public_never_is_and_one_that_is_public_goes_in_three_working_days(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    case, held = fined(store, hand)
    rule(case, held)
    built(case, tmp_path / "site")
    case.annul(held)
    gone, today = duty(case, held), hand().date()
    assert (gone.state, gone.why) == (PublicationState.TO_REMOVE, Fallen.REVOKED)
    assert gone.basis == "S1:48;P:1.2.27"
    assert case.office.calendar.local_date(gone.due_at) == case.office.calendar.add_working_days(today, 3)
    assert built(case, tmp_path / "site").gone == (gone.id,)
    assert "某某有限公司" not in texts(tmp_path / "site")
    assert "决定已经撤销" in texts(tmp_path / "site")
    removed = duty(case, held).removed
    assert removed is not None
    assert removed.reference.startswith(f"{ADDRESS}/penalties-00001.html#")


def test_what_is_annulled_while_it_is_owed_is_owed_no_more(store: Store, hand: Hand, tmp_path: Path) -> None:
    case, held = fined(store, hand)
    case.annul(held, Annulled.REVIEW_BODY)
    gone = duty(case, held)
    assert (gone.state, gone.posted, listed(case)) == (PublicationState.REMOVED, None, [])
    assert case.matters(DISCLOSURE) == []
    assert built(case, tmp_path / "site").lines == ()
    with pytest.raises(Refusal, match="publication_fallen"):
        rule(case, held)


def test_while_an_objection_is_open_nothing_new_is_public_and_what_is_bears_its_mark(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    case, held = fined(store, hand)
    rule(case, held)
    objection = case.object(held.id)
    assert (built(case, tmp_path / "site").withheld, duty(case, held).state) == (1, PublicationState.OWED)
    with store.begin() as tx, pytest.raises(Refusal, match="publication_contested"):
        publication.publish(case.office, tx, domain.name(held.id), hand().date(), "公告栏", "李四", hand())
    case.answer(objection, case.by("孙八"), upheld=False)
    assert [one.contested for one in built(case, tmp_path / "site").lines] == [False]
    again = case.object(held.id, "另有证据")
    assert [one.contested for one in built(case, tmp_path / "site").lines] == [True]
    assert "异议处理中" in texts(tmp_path / "site")
    case.answer(again, case.by("孙八"), upheld=True)
    gone = duty(case, held)
    assert (gone.state, gone.why) == (PublicationState.TO_REMOVE, Fallen.OBJECTION)


def test_what_a_court_has_stayed_is_taken_back_and_owed_anew_once_the_stay_is_over(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    case, held = fined(store, hand)
    rule(case, held)
    built(case, tmp_path / "site")
    with store.begin() as tx:
        publication.recall(case.office, tx, domain.name(held.id), Fallen.STAYED, "", "（2026）行初1号", "李四", hand())
    with pytest.raises(Refusal, match="disclosure_public"):
        rule(case, held)
    built(case, tmp_path / "site")
    assert "决定停止执行" in texts(tmp_path / "site")
    hand.on(days=30)
    again = rule(case, held)
    assert (again.state, again.turn, again.posted) == (PublicationState.OWED, 2, None)
    day = case.office.calendar.local_date(hand())
    assert case.office.calendar.local_date(again.due_at) == case.office.calendar.add_working_days(day, 20)
    hand.now = again.due_at + timedelta(seconds=1)
    settle(case.office)
    with store.read() as tx:
        assert [one["overdue"] for one in tx.attention.standing(unpublish.MATTER)] == [True], "by a clock of its own"
    assert len(built(case, tmp_path / "site").lines) == 1


def test_nothing_is_public_before_the_decision_has_come_to_its_subject(store: Store, hand: Hand, tmp_path: Path) -> None:
    case, held = fined(store, hand, served=False)
    rule(case, held)
    assert built(case, tmp_path / "site").withheld == 1
    with store.begin() as tx, pytest.raises(Refusal, match="publication_unserved"):
        publication.publish(case.office, tx, domain.name(held.id), hand().date(), "公告栏", "李四", hand())
    serve(case, held)
    assert len(built(case, tmp_path / "site").lines) == 1


def test_what_is_repaired_is_shown_no_more(store: Store, hand: Hand, tmp_path: Path) -> None:
    case, held = fined(store, hand)
    entry = case.impose(case.the(Proposal.RECORD_CREDIT)).entry
    rule(case, held)
    built(case, tmp_path / "site")
    with store.read() as tx:
        hand.now += tx.records.get(entry).repairable_from - hand().date() + timedelta(days=1)
    with store.begin() as tx:
        repairs.ask(case.office, tx, entry, "请修复", PAPERS, "窗口", hand(), names=NAMES)
        assert duty(case, held).state is PublicationState.PUBLISHED
        repairs.decide(case.office, tx, entry, "王五", "符合修复条件", hand(), grant=True)
    gone = duty(case, held)
    assert (gone.state, gone.why) == (PublicationState.TO_REMOVE, Fallen.REPAIRED)


def test_a_natural_person_is_named_nowhere_and_counted_among_enough_others_alone(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    case, held = fined(store, hand)
    with store.begin() as tx:
        whose = tx.cases.get(case.case, lock=True)
        tx.cases.put(replace(whose, subject=replace(whose.subject, kind=SubjectKind.PERSON, name="赵小明")))
    assert built(case, tmp_path / "site").withheld == 0, "that one waits is told of firms alone"
    rule(case, held)
    told = built(case, tmp_path / "site")
    assert (told.lines, dict(told.counted), told.withheld) == ((), {}, 0)
    assert duty(case, held).state is PublicationState.PUBLISHED
    everything = texts(tmp_path / "site")
    assert "赵小明" not in everything
    assert "自然人行政处罚" not in everything
    packs = tuple(
        replace(pack, disclosure=replace(pack.disclosure, least=1) if pack.disclosure else None)
        for pack in case.office.book.packs
    )
    case.office = replace(case.office, book=replace(case.office.book, packs=packs))
    built(case, tmp_path / "site")
    assert "自然人行政处罚不少于 1 项，不列名" in texts(tmp_path / "site")
    assert "赵小明" not in texts(tmp_path / "site")


def test_a_pack_without_the_row_owes_nothing_of_the_kind_and_a_minor_penalty_is_not_public(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    packs = case.office.book.packs
    without = tuple(replace(pack, disclosure=None) for pack in packs)
    case.office = replace(case.office, book=replace(case.office.book, packs=without))
    held = case.impose(case.the(Proposal.PENALTY))
    with store.read() as tx:
        assert tx.publications.find(domain.name(held.id)) is None
    assert listed(case) == []


def test_where_the_pack_asks_for_another_person_none_who_decided_it_says_that_it_is_not_public(store: Store, hand: Hand) -> None:
    case, held = fined(store, hand)
    packs = tuple(
        replace(pack, disclosure=replace(pack.disclosure, second=True) if pack.disclosure else None)
        for pack in case.office.book.packs
    )
    silent: dict[str, object] = {"kinds": (), "amount": None}
    assert rule(case, held, public=False, **silent).state is PublicationState.NOT_PUBLIC, (
        "a pack that does not ask has it as before"
    )
    assert rule(case, held).state is PublicationState.OWED
    case.office = replace(case.office, book=replace(case.office.book, packs=packs))
    for officer in ("李四", "王五", "赵六"):
        with pytest.raises(Refusal, match="disclosure_same_officer"):
            rule(case, held, public=False, by=officer, **silent)
    said = Disclosed(public=False, reasons=SECRET, by="吴十", at=hand(), kinds=(), amount=None)
    with case.office.store.begin() as tx, pytest.raises(Refusal, match="disclosure_same_officer"):
        disclosing.rule(case.office, tx, held.id, said, hand(), "t-李四")
    assert rule(case, held, by="李四").state is PublicationState.OWED, "that it is public anybody may say"
    assert rule(case, held, public=False, by="吴十", **silent).state is PublicationState.NOT_PUBLIC
