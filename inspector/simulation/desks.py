"""What a simulated office's people do behind a review: notices, their service, decisions, others' words, re-checks, publication.

Each takes, on each working day, the next step of whatever is due with them, by the flows that the pages and the API call.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from inspector.domain.annulled import Annulled
from inspector.domain.consequence import Agreement, Consequence, Look, Notice, Signed, Stage, StatementKind, Verdict
from inspector.domain.disclosure import Disclosed, PenaltyKind
from inspector.domain.docket import DISCLOSURE
from inspector.domain.gazette import CheckResult
from inspector.domain.proposal import Proposal
from inspector.domain.publicationduty import PublicationState
from inspector.domain.striking import TO_STRIKE
from inspector.domain.wayto import ServiceWay
from inspector.flows import annulling, codeless, consequences, disclosing, proceedings, publication, reached, rectifying, recusing
from inspector.flows.office import Office
from inspector.simulation.agenda import Agenda
from inspector.store.tx import Tx

SECOND, LEGAL, HEAD = "示例复核员", "示例法制审核员", "示例负责人"
WAYS = {StatementKind.WAIVER: 60, StatementKind.DEFENCE: 20, None: 20}
"""What a subject says to a notice, in the hundred; the last one says nothing, and its time passes."""
WORDS = {StatementKind.WAIVER: "我放弃陈述申辩", StatementKind.DEFENCE: "情况已经改正，请求从轻"}
LAW = "示例用法第1条"
POSTED = 1 / 3
"""So much of what is to be public is put up, or taken down, on a day."""
_MANY = 10_000


@dataclass
class Desks:
    """The officers, the legal review, the head; and the subjects, as far as they speak."""

    agenda: Agenda
    office: Office
    agency: str
    officer: str

    def begin(self) -> None:
        """Each has a daily round of his or her own."""
        self.agenda.daily(self.officer, self._decides)
        self.agenda.daily("postroom", self._serves)
        self.agenda.daily(SECOND, self._second)
        self.agenda.daily(HEAD, self._head)

    # --- consequences

    def _decides(self, tx: Tx, now: datetime) -> None:
        for held in tx.consequences.page([self.agency], _MANY):
            self.agenda.plan(now, partial(self._step, held.id))
        for row in tx.attention.page([self.agency], _MANY, kind=DISCLOSURE):
            self.agenda.plan(now, partial(self._discloses, str(row["about"])))

    def _step(self, about: str, tx: Tx, now: datetime) -> None:
        """The next step of one of them, as far as it is the officer's, or of whoever agrees."""
        held, signed = tx.consequences.get(about), self._signed(self.officer, now)
        match consequences.step(tx, held):
            case Stage.GIVE:
                proceedings.give(self.office, tx, about, _notice(held, signed), held.grading, now)
            case Stage.SERVE if held.verdict is None:
                told = now.date(), ServiceWay.IN_PERSON, f"回证-{about}", self.officer, now
                reached.noticed(self.office, tx, about, *told)
                self._speaks(about, tx, now)
            case Stage.DECIDE if _may_be_decided(held, now):
                proceedings.rule(self.office, tx, about, _verdict(held, signed), now, turn=held.turn)
            case Stage.AGREE:
                for kind, by in ((Agreement.SECOND, SECOND), (Agreement.LEGAL, LEGAL), (Agreement.HEAD, HEAD)):
                    self.agenda.plan(now, partial(self._agrees, about, kind, by))
            case Stage.RECHECK if held.rectification is not None:
                good = self._chance("corrected", about) < 0.8
                day = now.date() if good else None
                seen = Look(
                    signed=signed, good=good, corrected_on=day, evidence=(), documents=(f"照片-{about}",), words="复查所见"
                )
                rectifying.look(self.office, tx, about, seen, now)
            case Stage.WEIGH:
                annulling.consequence(self.office, tx, about, Annulled.CORRECTION, f"更正-{about}", self.officer, now)
            case Stage.REFER:
                proceedings.refer(self.office, tx, about, f"函-{about}", signed, now)
            case _:
                pass

    def _speaks(self, about: str, tx: Tx, now: datetime) -> None:
        """The subject has the notice, and says what it says within two working days, or nothing."""
        kind = self.agenda.days.scene.chance.pick(WAYS, "defence", about)
        if kind is None:
            return

        def say(tx: Tx, now: datetime) -> None:
            consequences.state(self.office, tx, about, kind, WORDS[kind], (), "system:hall", now)

        tx.committed.append(lambda: self.agenda.plan(self.agenda.days.at(now.date(), 2, "speaks", about), say))

    def _agrees(self, about: str, kind: Agreement, by: str, tx: Tx, now: datetime) -> None:
        held = tx.consequences.get(about)
        if consequences.step(tx, held) is Stage.AGREE:
            proceedings.agree(self.office, tx, about, kind, "同意", self._signed(by, now), now, turn=held.turn)

    def _discloses(self, about: str, tx: Tx, now: datetime) -> None:
        public = self._chance("disclosure", about) < 0.8
        kinds, amount = ((PenaltyKind.FINE,), 100_000) if public else ((), None)
        said = Disclosed(public=public, kinds=kinds, amount=amount, reasons="社会影响已经评估", by=self.officer, at=now)
        disclosing.rule(self.office, tx, about, said, now)

    # --- what reaches subjects and the public

    def _serves(self, tx: Tx, now: datetime) -> None:
        """What is on its way to a subject is handed over; a visit without a code is filed; what is to be public is put up."""
        for notice in tx.servings.open_of([self.agency], _MANY):
            self.agenda.plan(now, partial(self._hands, notice.id))
        for one in tx.visits.unfiled([self.agency], after="", limit=_MANY):
            self.agenda.plan(now, partial(self._files, one.id))
        for state in (PublicationState.OWED, PublicationState.TO_REMOVE):
            for duty in tx.publications.page([self.agency], state, "", _MANY):
                if self._chance("posts", duty.id, now.date().isoformat()) < POSTED:
                    self.agenda.plan(now, partial(self._posts, duty.id, state), partial(self._ruled, duty.id, now))

    def _hands(self, about: str, tx: Tx, now: datetime) -> None:
        reached.served(self.office, tx, about, now.date(), ServiceWay.IN_PERSON, f"回证-{about}", self.officer, now)

    def _files(self, visit: str, tx: Tx, now: datetime) -> None:
        codeless.file(self.office, tx, visit, by=self.officer, number=f"补录-{visit}", on=None, now=now)

    def _posts(self, duty: str, state: PublicationState, tx: Tx, now: datetime) -> None:
        do = publication.publish if state is PublicationState.OWED else publication.remove
        do(self.office, tx, duty, now.date(), f"公告栏-{duty}", self.officer, now)

    def _ruled(self, duty: str, at: datetime, code: str) -> None:
        """Of what a visit has found in words, an officer says what it came to before it is public."""
        if code == "publication_undecided":
            found = CheckResult.PROBLEM if self._chance("problem", duty) < 0.5 else CheckResult.NOTHING

            def rule(tx: Tx, now: datetime) -> None:
                publication.rule(self.office, tx, duty, found, "已核对现场记录", self.officer, now)

            self.agenda.plan(at, rule)

    # --- others

    def _second(self, tx: Tx, now: datetime) -> None:
        """A kept promise is struck where its case was decided otherwise, once a second officer has said so."""
        for row in tx.attention.page([self.agency], _MANY, kind=TO_STRIKE):
            self.agenda.plan(now, partial(self._strikes, str(row["about"])))

    def _strikes(self, entry: str, tx: Tx, now: datetime) -> None:
        held = tx.records.get(entry)
        document = held.striking.document if held.striking is not None else ""
        annulling.entry(self.office, tx, entry, Annulled.CORRECTION, document, SECOND, now, reasons="复核后认定有误")

    def _head(self, tx: Tx, now: datetime) -> None:
        """Whether an inspector be recused the head decides (Penalties Law art. 43)."""
        for asked in tx.challenges.open_of([self.agency]):
            self.agenda.plan(now, partial(self._recuses, asked.visit, asked.inspector))

    def _recuses(self, visit: str, staff: str, tx: Tx, now: datetime) -> None:
        granted = self._chance("recusal", visit, staff) < 0.7
        recusing.decide(self.office, tx, visit, staff, granted=granted, by=HEAD, why="已查明", now=now)

    def _chance(self, *about: str) -> float:
        return self.agenda.days.scene.chance.of(*about)

    def _signed(self, by: str, now: datetime) -> Signed:
        return Signed(by=by, token="", at=now)


def _notice(held: Consequence, signed: Signed) -> Notice:
    rights = ("陈述、申辩，可以要求听证",) if held.proposal in (Proposal.REVOKE, Proposal.PENALTY) else ("陈述、申辩",)
    told = Notice(given=signed, facts=("核查结果与承诺不符",), reasons="已核对原始材料", rights=rights, basis=())
    return replace(told, content="罚款一千元", basis=(LAW,)) if held.proposal is Proposal.PENALTY else told


def _may_be_decided(held: Consequence, now: datetime) -> bool:
    """Whether the time for a statement is over, or its subject needs none: before that no officer decides."""
    waived = any(one.kind is StatementKind.WAIVER for one in held.statements)
    until = held.notice.defend_by if held.notice is not None else None
    return waived or until is None or now > until


def _verdict(held: Consequence, signed: Signed) -> Verdict:
    paid = "自收到本决定之日起十五日内缴至指定银行" if held.proposal is Proposal.PENALTY else ""
    until = held.due_at.date() if held.proposal is Proposal.ORDER_RECTIFY and held.due_at is not None else None
    told = Verdict(signed=signed, reasons="事实清楚", law=LAW, public_interest="不损害公共利益", until=until)
    return replace(told, performance=paid)
