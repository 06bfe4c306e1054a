"""Self-proof as pure rules: what a pack may ask for, in which turn, and that nobody is held to be untruthful who shows nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from inspector.calendars import load_calendars
from inspector.domain import exhibit, selfproof
from inspector.domain.almanac import NamedDay
from inspector.domain.assistance import Door
from inspector.domain.calendar import SHANGHAI, WorkingCalendar
from inspector.domain.case import Case, CaseState, Claim, ClaimFile, MatterKind, Method, Route, Step, Subject, SubjectKind
from inspector.domain.decision import Order, OrderKind
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.evidence import Verdict
from inspector.domain.material import MaterialKind
from inspector.domain.notice import Notice
from inspector.domain.policy import Compare, Policy
from inspector.domain.recounting import recount_proof
from inspector.domain.selfproof import Material, ProofState, Reading, SelfProof, Unable
from inspector.domain.strategy import steps
from inspector.policybook import PacksInvalid, Policybook
from inspector.policyrender import render
from tests import packs
from tests import selfproof as given

NOW = datetime(2026, 3, 2, 9, tzinfo=SHANGHAI)
CALENDAR = WorkingCalendar()


@pytest.fixture(scope="module")
def policy(tmp_path_factory: pytest.TempPathFactory) -> Policy:
    folder = tmp_path_factory.mktemp("packs")
    packs.write(folder, given.pack(), pack="demo")
    return Policybook.load(folder).packs[0]


def a_case(policy: Policy, state: CaseState = CaseState.VERIFYING) -> Case:
    claim = Claim(key="office", fact="office-in-use", value="是", on=date(2026, 2, 27))
    step = Step(method=Method.DOCUMENT, via="", ground="", basis="S0:7")
    return Case(
        id="c" * 32,
        agency="bureau",
        sender="hall",
        reference="R-1",
        route=Route.COMMITMENT,
        matter=MatterKind.LICENCE,
        item="dispatch-premises",
        subject=Subject(kind=SubjectKind.FIRM, code="TEST", original="TEST", name="某某有限公司"),
        letter=None,
        claims=(ClaimFile(claim=claim, steps=(step,)),),
        state=state,
        pack=policy.label,
        opened_at=NOW,
    )


def asked(policy: Policy) -> SelfProof:
    said = {"item": "dispatch-premises", "claim": "office", "fact": "office-in-use", "claimed": "是", "on": "2026-02-27"}
    said |= {"kind": "FIRM", "code": "TEST", "basis": "S0:7", "step": 0}  # type: ignore[dict-item]
    order = Order(kind=OrderKind.SELF_PROOF_ASK, key="k", due_at=NOW, urgent_by=NOW, payload=said)
    return selfproof.ask(a_case(policy), order, policy, NOW, CALENDAR).state


def a_file(word: str = "a", at: datetime = NOW) -> Material:
    return Material(
        digest=f"kept-{word}", received=f"came-{word}", kind=MaterialKind.PNG, size=9, remark="", at=at, door="subject"
    )


def shown(policy: Policy) -> SelfProof:
    return selfproof.receive(asked(policy), a_file(), policy, NOW, CALENDAR).state


def reading(verdict: Verdict, **said: object) -> Reading:
    told: dict[str, object] = {"value": "", "on": date(2026, 3, 1), "reasons": "看过照片", "by": "李四", "at": NOW}
    return Reading(verdict=verdict, **{**told, **said})  # type: ignore[arg-type]


def test_the_way_is_open_only_to_a_fact_whose_row_has_an_article_for_it_and_whose_notice_announced_it(policy: Policy) -> None:
    item = policy.item("dispatch-premises")
    row = policy.strategy(item, "U")
    former = Notice(version="2024-01", methods=frozenset({Method.ONLINE_QUERY, Method.ON_SITE}), basis="S0:5")
    told = {
        fact.code: [[one.method for one in steps(policy, item, fact, row, announced)] for announced in (None, former.methods)]
        for fact in item.facts
    }
    assert told["office-in-use"] == [[Method.DOCUMENT, Method.ON_SITE], [Method.ON_SITE]]
    assert told["registered-address"] == [[Method.ONLINE_QUERY], [Method.ONLINE_QUERY]]
    assert f"当事人自证：{given.SHOWS}（依据 S0:7" in render(policy)


@pytest.mark.slow  # each reads a pack
@pytest.mark.parametrize(("text", "code"), given.BROKEN, ids=[code for _, code in given.BROKEN])
def test_a_pack_that_asks_for_the_certificate_or_without_an_article_a_term_or_its_turn_is_refused(
    tmp_path: pytest.TempPathFactory, text: str, code: str
) -> None:
    packs.write(tmp_path, text, pack="demo")  # type: ignore[arg-type]
    with pytest.raises(PacksInvalid) as refused:
        Policybook.load(tmp_path)  # type: ignore[arg-type]
    assert code in {flaw.code for flaw in refused.value.flaws}


def test_the_term_runs_from_the_handing_over_of_the_link_and_has_a_reminder(policy: Policy) -> None:
    proof = asked(policy)
    assert (proof.state, proof.due_at.date()) == (ProofState.ASKED, date(2026, 3, 9))
    later = NOW + timedelta(days=2)
    handed = selfproof.hand(proof, "王五", policy, later, CALENDAR)
    assert (handed.state.state, handed.state.due_at.date()) == (ProofState.HANDED, date(2026, 3, 11))
    assert [(one.kind, one.due_at.date()) for one in handed.orders] == [
        (OrderKind.SELF_PROOF_REMIND, date(2026, 3, 9)),
        (OrderKind.SELF_PROOF_DUE, date(2026, 3, 11)),
    ]
    assert handed.ends == {OrderKind.SELF_PROOF_REMIND, OrderKind.SELF_PROOF_DUE}
    again = selfproof.hand(handed.state, "赵六", policy, later + timedelta(days=1), CALENDAR)
    assert (again.state.due_at, again.orders) == (handed.state.due_at, ()), "who lost the link gets it, and no new term"


def test_whose_link_was_called_back_has_not_been_asked_and_the_next_one_begins_the_term(policy: Policy) -> None:
    handed = selfproof.seen(selfproof.hand(asked(policy), "王五", policy, NOW, CALENDAR).state, NOW)
    back = selfproof.call_back(handed, "李四", "发错了人", NOW, policy.label).state
    assert (back.state, back.handed_at, back.handed_by, back.seen_at) == (ProofState.ASKED, None, "", None)
    silent = selfproof.silent(back, back.due_at, policy.label).state
    assert exhibit.ended(silent, NOW).note == exhibit.UNASKED, "whoever had it was somebody else"
    late = back.due_at - timedelta(hours=2)
    again = selfproof.hand(back, "赵六", policy, late, CALENDAR)
    assert (again.state.state, again.state.turn, again.state.due_at > handed.due_at) == (ProofState.HANDED, handed.turn + 1, True)
    assert again.ends == selfproof.ASKED
    shown_already = selfproof.call_back(shown(policy), "李四", "发错了人", NOW, policy.label)
    assert shown_already.state == shown(policy), "what came is read all the same"


def test_silence_and_i_will_not_say_nothing_about_anybody(policy: Policy) -> None:
    handed = selfproof.hand(asked(policy), "王五", policy, NOW, CALENDAR).state
    for proof, note in (
        (handed, exhibit.SILENT),
        (selfproof.seen(asked(policy), NOW), exhibit.SILENT),
        (asked(policy), exhibit.UNASKED),
    ):
        silent = selfproof.silent(proof, NOW, policy.label).state
        found = exhibit.ended(silent, NOW)
        assert (silent.state, found.verdict, found.note) == (ProofState.UNANSWERED, Verdict.NO_ANSWER, note)
    for why in Unable:
        unable = selfproof.decline(asked(policy), why, "因故", NOW, policy.label, Door()).state
        found = exhibit.ended(unable, NOW)
        assert (unable.state, found.verdict, found.note) == (ProofState.UNABLE, Verdict.CANNOT_SAY, exhibit.UNABLE)
    with pytest.raises(Invalid, match="unable_words_missing"):
        selfproof.decline(asked(policy), Unable.OTHER, " ", NOW, policy.label, Door())
    with pytest.raises(Refusal, match="self_proof_over"):
        selfproof.decline(shown(policy), Unable.UNWILLING, "", NOW, policy.label, Door())


def test_what_was_shown_is_no_verdict_until_a_person_has_read_it(policy: Policy) -> None:
    proof = shown(policy)
    found = exhibit.shown(proof)
    assert (proof.state, found.verdict, found.note) == (ProofState.RECEIVED, Verdict.CANNOT_SAY, exhibit.UNREAD)
    assert proof.read_by is not None
    for verdict in (Verdict.MATCH, Verdict.MISMATCH, Verdict.CANNOT_SAY):
        read = selfproof.read(proof, reading(verdict), Compare.EXACT, policy.label).state
        judged = exhibit.judged(read, None)
        assert (read.state, judged.verdict, judged.fresh, judged.token) == (ProofState.READ, verdict, True, "李四")


def test_a_reading_that_leaves_files_out_or_names_others_is_told_which(policy: Policy) -> None:
    proof = selfproof.receive(shown(policy), a_file("b"), policy, NOW, CALENDAR).state
    for of, code, named in (
        ((), "reading_of_others", {"missing": "kept-a, kept-b"}),
        (("kept-a",), "reading_of_others", {"missing": "kept-b"}),
        (("kept-a", "kept-b", "kept-c"), "reading_of_none", {"unknown": "kept-c"}),
        (("kept-c",), "reading_of_none", {"unknown": "kept-c"}),
    ):
        with pytest.raises(Refusal) as refused:
            selfproof.read(proof, reading(Verdict.MATCH, of=of), Compare.EXACT, policy.label)
        assert (refused.value.code, refused.value.facts) == (code, {**named, "files": "kept-a, kept-b"})


def test_the_same_bytes_twice_are_one_file_and_more_than_ten_are_refused(policy: Policy) -> None:
    proof = shown(policy)
    assert selfproof.receive(proof, a_file(), policy, NOW, CALENDAR).because.rule == selfproof.AGAIN
    for number in range(selfproof.MOST - 1):
        proof = selfproof.receive(proof, a_file(str(number)), policy, NOW, CALENDAR).state
    with pytest.raises(Refusal, match="materials_many"):
        selfproof.receive(proof, a_file("one more"), policy, NOW, CALENDAR)
    assert len(proof.materials) == selfproof.MOST


LACKING: tuple[tuple[Reading, str], ...] = (
    (reading(Verdict.MISMATCH, reasons=""), "reading_words_missing"),
    (reading(Verdict.CANNOT_SAY, reasons=" "), "reading_words_missing"),
    (reading(Verdict.MATCH, on=None), "material_day_missing"),
    (reading(Verdict.MATCH, on=date(2026, 3, 3)), "material_day_ahead"),
    (reading(Verdict.MATCH, value="否"), "match_contradicts"),
    (reading(Verdict.MISMATCH, value="是"), "value_contradicts"),
    (reading(Verdict.NOT_FOUND), "reading_unfit"),
    (reading(Verdict.MATCH, by=" "), "officer_nameless"),
)


@pytest.mark.parametrize(("told", "code"), LACKING, ids=[f"{number}-{code}" for number, (_, code) in enumerate(LACKING)])
def test_a_reading_has_its_day_its_reasons_and_a_name_and_does_not_contradict_itself(
    policy: Policy, told: Reading, code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        selfproof.read(shown(policy), told, Compare.EXACT, policy.label)
    assert refused.value.code == code


def test_material_of_before_the_promised_day_contradicts_nobody(policy: Policy) -> None:
    """Handbook scenario 13."""
    old = reading(Verdict.MISMATCH, on=date(2026, 1, 5))
    found = exhibit.judged(selfproof.read(shown(policy), old, Compare.EXACT, policy.label).state, None)
    assert (found.verdict, found.fresh, found.note) == (Verdict.MISMATCH, False, "as_of_before")


def test_what_comes_after_the_date_is_late_and_kept_while_the_case_is_not_over(policy: Policy) -> None:
    silent = selfproof.silent(asked(policy), NOW, policy.label).state
    late = selfproof.receive(silent, a_file(), policy, NOW + timedelta(days=9), CALENDAR).state
    assert (late.state, late.moved_on, late.ended_at) == (ProofState.RECEIVED, True, None)
    heard = {state: selfproof.hears(a_case(policy, state), silent) for state in CaseState}
    assert {state for state, yes in heard.items() if yes} == {CaseState.VERIFYING, CaseState.REVIEW}
    proven = selfproof.read(shown(policy), reading(Verdict.MATCH), Compare.EXACT, policy.label).state
    assert not selfproof.hears(a_case(policy), proven), "what is proven need not be shown again"


def test_every_open_state_has_a_next_step_and_every_end_has_none(policy: Policy) -> None:
    begun = asked(policy)
    decisions = [
        selfproof.hand(begun, "王五", policy, NOW, CALENDAR),
        selfproof.receive(begun, a_file(), policy, NOW, CALENDAR),
        selfproof.decline(begun, Unable.UNWILLING, "", NOW, policy.label, Door()),
        selfproof.silent(begun, NOW, policy.label),
        selfproof.read(shown(policy), reading(Verdict.MATCH), Compare.EXACT, policy.label),
        selfproof.cancel(begun, NOW, policy.label),
    ]
    for made in decisions:
        assert made.state.state.open is bool({one.kind for one in made.orders} & selfproof.WAITS), made.because.rule
        assert made.ends >= selfproof.ASKED
    assert selfproof.remind(replace(begun, state=ProofState.UNABLE), NOW, "p").because.rule == selfproof.OBSOLETE
    assert selfproof.unread(begun, "p").because.rule == selfproof.OBSOLETE


def test_a_new_calendar_puts_a_subjects_date_off_and_never_brings_it_forward(policy: Policy) -> None:
    years = load_calendars(packs.POLICIES / "calendars")
    told = {table.year: table for table in years.tables}
    off = (*told[2026].days_off, NamedDay(day=date(2026, 3, 3), name="调休"))
    fewer = WorkingCalendar(
        tables=(*(one for year, one in told.items() if year != 2026), replace(told[2026], version=2, days_off=off))
    )
    proof = selfproof.hand(asked(policy), "王五", policy, NOW, years).state
    later = recount_proof(proof, fewer)
    assert later is not None
    assert (later[1], later[0].state.due_at.date()) == ("later", date(2026, 3, 10))
    back = recount_proof(later[0].state, years)
    assert back is not None
    assert (back[1], back[0].state.due_at) == ("kept", later[0].state.due_at)
    received = selfproof.receive(proof, a_file(), policy, NOW, years).state
    read = recount_proof(received, fewer)
    assert read is not None
    assert received.read_by is not None
    assert (read[1], (read[0].state.read_by or NOW) > received.read_by) == ("later", True)


def test_that_nobody_has_read_it_is_decided_by_the_packs_rule(policy: Policy) -> None:
    told = selfproof.unread(shown(policy), policy.label)
    assert (told.because.rule, told.because.pack) == ("self_proof.unread", policy.label)
    assert told.state == shown(policy), "it is awaited as before"
