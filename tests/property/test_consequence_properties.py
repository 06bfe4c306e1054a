"""Over random histories of steps in any order nothing takes effect without officer, basis, evidence and served notice (handbook 2.7)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, timedelta
from random import Random

import pytest

from inspector.domain import hearing, moretime, proceeding, rectification, transfer
from inspector.domain.annulled import Annulled
from inspector.domain.bundle import Part
from inspector.domain.case import Outcome
from inspector.domain.consequence import (
    Agreement,
    Consequence,
    ConsequenceState,
    Look,
    MoreTime,
    Notice,
    Police,
    Signed,
    Sitting,
    StatementKind,
    Verdict,
)
from inspector.domain.course import Setting, clock_key
from inspector.domain.decision import Decision, OrderKind
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.proposal import UNSERVED, Proposal
from inspector.domain.weight import Grading
from tests.house import START
from tests.unit.test_conduct import CALENDAR, MAOJI

EVER_IMPOSED = {
    ConsequenceState.IMPOSED,
    ConsequenceState.RECTIFIED,
    ConsequenceState.FAILED,
    ConsequenceState.LIFTED,
}
"""What took effect at some time."""
Step = Callable[[Consequence, Setting, Random], Decision[Consequence]]


def signed(setting: Setting, chance: Random) -> Signed:
    """Somebody, now and then nobody, by a login of his own or another's."""
    name = chance.choice(["李四", "李 四", "王五", "赵六", "局长", "孙七", "周八", " "])
    return Signed(by=name, token=chance.choice(["", f"t-{name}", f"t-{name}", "t-1"]), at=setting.now)


LAW = "某条例第8条"
"""What a penalty rests on; the subject has read it, and of another law it is not decided (Penalties Law art. 44)."""


def words(chance: Random) -> str:
    """Words, now and then none."""
    return chance.choice(["理由", "说明", "内容", "经过", "  "])


def day(setting: Setting, chance: Random) -> date:
    """A day near now."""
    return setting.now.date() + timedelta(days=chance.choice([-20, -3, 0, 0, 3, 9, 30, 200]))


def give(held: Consequence, at: Setting, chance: Random) -> Decision[Consequence]:
    told = Notice(
        given=signed(at, chance),
        facts=(words(chance),),
        reasons=words(chance),
        rights=("陈述、听证",),
        basis=(LAW,),
        content="罚款",
    )
    return proceeding.give(held, told, held.grading, at)


def rule(held: Consequence, at: Setting, chance: Random) -> Decision[Consequence]:
    test, law = words(chance), chance.choice([LAW, LAW, "另一条例第1条", "  "])
    how = chance.choice(["十五日内", "十五日内", ""]) if held.proposal is Proposal.PENALTY else ""
    verdict = Verdict(
        signed=signed(at, chance), reasons=words(chance), law=law, public_interest=test, until=day(at, chance), performance=how
    )
    return proceeding.rule(held, verdict, at)


def look(held: Consequence, at: Setting, chance: Random) -> Decision[Consequence]:
    good = chance.random() < 0.5
    seen = Look(
        signed=signed(at, chance), good=good, corrected_on=day(at, chance), evidence=(), documents=("照片",), words="看过"
    )
    return rectification.look(held, seen, (), at, None)


def longer(held: Consequence, at: Setting, chance: Random) -> Decision[Consequence]:
    given = MoreTime(signed=signed(at, chance), until=day(at, chance), was=at.now, reasons=words(chance), law=LAW)
    return moretime.give(held, given, at, None)


def police(held: Consequence, at: Setting, chance: Random) -> Decision[Consequence]:
    accepted = chance.random() < 0.5
    said = Police(signed=signed(at, chance), accepted=accepted, document=words(chance), on=day(at, chance), reasons=words(chance))
    return transfer.answered(held, said, at)


def fix(held: Consequence, at: Setting, chance: Random) -> Decision[Consequence]:
    begins = at.now + timedelta(days=chance.choice([0, 5, 14, 20]))
    told = Sitting(
        begins=begins, place="听证室", presides=chance.choice(["郑九", "李四"]), fixed=signed(at, chance), reasons="改期"
    )
    return hearing.fix(held, told, (), at)


def heard(held: Consequence, at: Setting, chance: Random) -> Decision[Consequence]:
    fixed = held.hearing.sittings[-1].begins.date() if held.hearing is not None and held.hearing.sittings else at.now.date()
    told = {"on": chance.choice([fixed, day(at, chance)]), "record": words(chance), "signed": signed(at, chance), "setting": at}
    if chance.random() < 0.3:
        return hearing.absent(held, told_on=day(at, chance), **told)  # type: ignore[arg-type]
    return hearing.heard(held, **told)  # type: ignore[arg-type]


STEPS: tuple[Step, ...] = (
    give,
    give,
    lambda held, at, chance: proceeding.served(
        held, at.now - timedelta(days=chance.choice([-1, 0, 1])), "送达", "回证", "李四", at
    ),
    lambda held, at, chance: proceeding.state(held, chance.choice(list(StatementKind)), words(chance), (), "link", at),
    fix,
    heard,
    rule,
    rule,
    lambda held, at, chance: proceeding.agree(held, chance.choice(list(Agreement)), signed(at, chance), words(chance), at),
    lambda held, at, chance: proceeding.agree(held, chance.choice(list(Agreement)), signed(at, chance), words(chance), at),
    lambda held, at, chance: proceeding.lift(held, words(chance), signed(at, chance), at),
    lambda held, at, chance: proceeding.refer(held, words(chance), signed(at, chance), at),
    lambda held, at, chance: rectification.ask(held, "张三", words(chance), at, None, at.now),
    longer,
    look,
)
HANDING: tuple[Step, ...] = (
    lambda held, at, chance: transfer.report(held, words(chance), signed(at, chance), at),
    lambda held, at, chance: transfer.report(held, words(chance), signed(at, chance), at),
    lambda held, at, chance: transfer.head(
        held, approves=chance.random() < 0.8, reasons=words(chance), signed=signed(at, chance), setting=at
    ),
    lambda held, at, chance: transfer.hand(held, dict.fromkeys(Part, words(chance)), "回执", signed(at, chance), at),
    police,
    lambda held, at, chance: transfer.contest(held, "police", words(chance), signed(at, chance), at),
    lambda held, at, chance: transfer.papers(held, words(chance), signed(at, chance), at),
)
RARE: tuple[Step, ...] = (
    lambda held, at, chance: proceeding.drop(held, words(chance), signed(at, chance), at),
    lambda held, at, chance: proceeding.annul(held, chance.choice(list(Annulled)), words(chance), "李四", at),
    lambda held, at, chance: (
        proceeding.supersede(held, "REOPENED", at) if held.open else proceeding.lift(held, "", signed(at, chance), at)
    ),
)


def fresh(proposal: Proposal) -> Consequence:
    """A proposal as a review makes it."""
    row = MAOJI.consequences[proposal]
    return Consequence(
        id="c-1",
        case_id="c",
        agency="bureau",
        proposal=proposal,
        state=ConsequenceState.PROPOSED,
        pack=MAOJI.label,
        row=row.row,
        origin="consequence.proposed",
        basis=(row.basis,),
        evidence=("e1",),
        grading=Grading(outcome=Outcome.FALSE_KNOWING, concluded=True, knowing=True, curable=None),
        proposed_at=START.astimezone(UTC),
        proposed_by="李四",
    )


def holds(held: Consequence, made: Decision[Consequence]) -> None:
    """What must be true after every step."""
    assert held.open is (held.due_at is not None), held.state
    if held.open:
        assert clock_key(OrderKind.CONSEQUENCE_DUE, held) in {order.key for order in made.orders}, made.because.rule
    if held.state not in EVER_IMPOSED and not (held.state is ConsequenceState.ANNULLED and held.imposed_at is not None):
        return
    verdict, notice, row = held.verdict, held.notice, MAOJI.consequences[held.proposal]
    assert held.proposal not in UNSERVED
    assert held.basis
    assert held.evidence
    assert verdict is not None
    assert verdict.signed.by.strip()
    assert verdict.reasons.strip()
    assert notice is not None
    assert notice.served_at is not None
    assert notice.defend_by is not None
    assert held.imposed_at is not None
    assert held.waivers or held.imposed_at > notice.defend_by
    assert not held.awaits_hearing
    people = [verdict.signed, *verdict.agreed.values()]
    assert len(verdict.agreed) >= row.second + row.legal
    assert not any(one.is_of(other) for at, one in enumerate(people) for other in people[:at])


@pytest.mark.slow
def test_no_history_imposes_without_officer_basis_evidence_and_a_served_notice_and_every_open_one_has_a_date() -> None:
    reached = set[tuple[Proposal, ConsequenceState]]()
    for seed in range(1_000):
        chance = Random(seed)
        held, now = fresh(chance.choice(list(Proposal))), START
        at = Setting(row=MAOJI.consequences[held.proposal], calendar=CALENDAR, now=now)
        held = proceeding.opened(held, at).state
        for _ in range(60):
            now += timedelta(hours=chance.choice([0, 1, 5, 30, 200]))
            at = Setting(row=at.row, calendar=CALENDAR, now=now)
            own = HANDING if held.proposal is Proposal.TRANSFER_JUDICIAL and chance.random() < 0.8 else (*STEPS, *HANDING[:1])
            take = chance.choice(RARE if chance.random() < 0.01 else own)
            try:
                made = take(held, at, chance)
            except (Invalid, Refusal):
                continue
            held = made.state
            holds(held, made)
            reached.add((held.proposal, held.state))
    served = {one for one in Proposal if one not in UNSERVED}
    assert {one for one, state in reached if state is ConsequenceState.IMPOSED} == served
    assert {state for _, state in reached} == set(ConsequenceState)
