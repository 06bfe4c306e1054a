"""The steps of a consequence computed again (`recompute`): which function each rule is, and what is stored of what it was given.

What officers and subjects have said stands with the consequence, so that the entries of the ledger are held to it, and not to
themselves; what stands nowhere else is taken from the entry.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, TypeVar

from inspector.domain import beside, hearing, moretime, owed, proceeding, rectification, transfer
from inspector.domain.consequence import (
    Agreement,
    Consequence,
    ConsequenceState,
    MoreTime,
    Rectification,
    Signed,
    StatementKind,
    Transfer,
    Verdict,
)
from inspector.domain.course import Setting
from inspector.domain.decision import Decision
from inspector.domain.duty import FollowRow
from inspector.domain.evidence import Evidence
from inspector.domain.proposal import Proposal
from inspector.domain.weight import Grading

T = TypeVar("T")

_DATED = frozenset({Proposal.ORDER_RECTIFY, Proposal.REVOKE})
"""Whose decision has a part that its entry does not tell before it takes effect: the date, the test of the public interest."""


class Unstored(Exception):
    """What a step was given is not stored any more: other words took its place, or a release before did not keep them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step as it is taken again: `held` as it stood before it, `last` as it is stored now, `facts` as its entry tells them."""

    held: Consequence
    last: Consequence
    facts: Mapping[str, Any]
    setting: Setting
    recheck: FollowRow | None
    evidence: Mapping[str, Evidence]

    @property
    def signed(self) -> Signed:
        """Whose name the entry tells, and in whose stead."""
        return Signed(by=self.facts["by"], token="", at=self.setting.now, stead=self.facts.get("stead", ""))


def _given(step: Step) -> Decision[Consequence]:
    held, notice = step.held, there(step.last.notice)
    if notice.basis[: len(held.basis)] != held.basis:
        raise Unstored
    own = replace(notice, served_at=None, way="", proof="", served_by="", defend_by=None, proven_at=None)
    own = replace(own, basis=notice.basis[len(held.basis) :])
    names = {"grade" if one.name == "grade" else f"grade_{one.name}": one.name for one in fields(Grading)}
    found = {names[name]: value for name, value in step.facts.items() if name in names}
    return proceeding.give(held, own, replace(held.grading, **found), step.setting)


def _served(step: Step) -> Decision[Consequence]:
    notice = there(step.last.notice)
    told = there(notice.served_at), notice.way, notice.proof, notice.served_by
    return proceeding.served(step.held, *told, step.setting)


def _stated(step: Step) -> Decision[Consequence]:
    one = step.last.statements[len(step.held.statements)]
    told = one.kind, one.words, one.digests, one.door
    return proceeding.state(step.held, *told, step.setting, one.at, one.entered, one.holders, one.stamp)


def _fixed(step: Step) -> Decision[Consequence]:
    sitting = there(step.last.hearing).sittings[len(there(step.held.hearing).sittings)]
    return hearing.fix(step.held, sitting, (), step.setting)


def _heard(step: Step) -> Decision[Consequence]:
    one = there(step.last.hearing)
    on, signed = there(one.on), there(one.entered)
    if one.held:
        return hearing.heard(step.held, on=on, record=one.record, signed=signed, setting=step.setting, proxies=one.proxies)
    if one.absent:
        told = date.fromisoformat(step.facts["told_on"])
        return hearing.absent(step.held, on=on, record=one.record, signed=signed, setting=step.setting, told_on=told)
    return hearing.waived(step.held, on=on, record=one.record, signed=signed, setting=step.setting, digests=one.digests)


def _ruled(step: Step) -> Decision[Consequence]:
    return proceeding.rule(step.held, _verdict(step), step.setting, step.recheck)


def _imposed(step: Step) -> Decision[Consequence]:
    """By the one who decides, or by the last one who agrees: the entry names them all, and the written decision those before."""
    written, agreed = step.held.verdict, step.facts["agreed"]
    if written is None or not agreed or owed.spares(step.held):
        return _ruled(step)
    names = dict(one.split(": ", 1) for one in agreed)
    (kind,) = (Agreement(one) for one in names if one not in written.agreed)
    return _agreeing(step, kind, names[kind.value], "—")  # the words of the last one are told by no entry


def _agreed(step: Step) -> Decision[Consequence]:
    return _agreeing(step, Agreement(step.facts["agreement"]), step.facts["by"], step.facts["words"])


def _agreeing(step: Step, kind: Agreement, by: str, words: str) -> Decision[Consequence]:
    if (given := _waiting(step)) is not None:
        named = _lengthened(step, given).agreed.get(kind) or Signed(by=by, token="", at=step.setting.now)
        return moretime.agree(step.held, kind, named, words, step.setting, step.recheck, turn=step.held.turn)
    agreed = step.last.verdict.agreed if step.last.verdict is not None else {}
    signed = agreed.get(kind) or Signed(by=by, token="", at=step.setting.now)
    signed = signed if signed.by == by else Signed(by=by, token="", at=step.setting.now)
    return proceeding.agree(step.held, kind, signed, words, step.setting, step.recheck)


def _dropped(step: Step) -> Decision[Consequence]:
    if step.held.proposal is Proposal.TRANSFER_JUDICIAL:
        ended = there(step.last.ended)
        head = Signed(by=ended.by, token="", at=ended.at, stead=step.facts.get("stead", ""))
        return transfer.let_stand(step.held, ended.why, head, step.setting)
    if owed.spares(step.held):
        names = dict(one.split(": ", 1) for one in step.facts["agreed"])
        (kind,) = (Agreement(one) for one in names if one not in there(step.held.verdict).agreed)
        return _agreeing(step, kind, names[kind.value], "—")
    return proceeding.drop(step.held, step.facts["reasons"], step.signed, step.setting)


def _looked(step: Step) -> Decision[Consequence]:
    under = there(step.held.rectification)
    seen = there(step.last.rectification).looks[len(under.looks)]
    cited = [step.evidence[one] for one in seen.evidence]
    return rectification.look(step.held, seen, cited, step.setting, step.recheck)


def _asked(step: Step) -> Decision[Consequence]:
    at = there(there(step.last.rectification).asked_at)
    return rectification.ask(step.held, step.facts["by"], step.facts["words"], step.setting, step.recheck, at)


def _reached(step: Step) -> Decision[Consequence]:
    on = there(there(step.last.rectification).served_on)
    return there(rectification.reached(step.held, on, step.setting, step.recheck))


def _longer(step: Step) -> Decision[Consequence]:
    """More time to rectify: by the one who gives it, or, where others had to agree, by the last of them."""
    given = _lengthened(step, None)
    written = _waiting(step)
    if written is None or not step.facts.get("agreed"):
        return moretime.give(step.held, given, step.setting, step.recheck)
    (kind,) = (one for one in given.agreed if one not in written.agreed)
    return _agreeing(step, kind, given.agreed[kind].by, "—")  # the words of the last one are told by no entry


def _waiting(step: Step) -> MoreTime | None:
    """More time that is written and waits for others."""
    under = step.held.rectification
    return under.waits if under is not None else None


def _lengthened(step: Step, written: MoreTime | None) -> MoreTime:
    """More time as it is stored; of what was written anew before it took effect, what was `written`, or what the entry tells."""
    under, kept = (
        step.held.rectification or Rectification(until=step.setting.now, recheck_by=step.setting.now),
        step.last.rectification,
    )
    given = [*there(kept).longer[len(under.longer) :], *([kept.waits] if kept is not None and kept.waits is not None else [])]
    facts = step.facts
    if written is not None:
        return given[0] if given and given[0].signed == written.signed else written
    if given and (given[0].signed.by, given[0].reasons) == (facts["by"], facts["reasons"]):
        return given[0]
    until = date.fromisoformat(facts["until"][:10])
    return MoreTime(signed=step.signed, until=until, was=under.until, reasons=facts["reasons"], law=facts["law"])


def _under(step: Step) -> tuple[Transfer, Transfer]:
    """A transfer as it stood before a step, and as it is stored now."""
    return step.held.transfer or Transfer(), there(step.last.transfer)


def _reported(step: Step) -> Decision[Consequence]:
    under, kept = _under(step)
    signed, words = kept.reports[len(under.reports)]
    return transfer.report(step.held, words, signed, step.setting)


def _headed(step: Step) -> Decision[Consequence]:
    """The head approves, refuses, or refuses before two have reported."""
    _, kept = _under(step)
    signed = there(kept.head)
    if step.held.state is ConsequenceState.PROPOSED:
        return transfer.refuse(step.held, kept.head_reasons, signed, step.setting)
    approves = kept.approved_at is not None or bool(step.facts["approved"])
    words, at = kept.head_reasons, kept.approved_at
    return transfer.head(step.held, approves=approves, reasons=words, signed=signed, setting=step.setting, at=at)


def _handed(step: Step) -> Decision[Consequence]:
    _, kept = _under(step)
    return transfer.hand(step.held, kept.bundle, kept.receipt, there(kept.handed), step.setting, kept.handed_at)


def _policed(step: Step) -> Decision[Consequence]:
    under, kept = _under(step)
    return transfer.answered(step.held, kept.answers[len(under.answers)], step.setting)


def _contested(step: Step) -> Decision[Consequence]:
    under, kept = _under(step)
    signed, to, document = kept.contested[len(under.contested)]
    return transfer.contest(step.held, to, document, signed, step.setting)


def _filed(step: Step) -> Decision[Consequence]:
    _, kept = _under(step)
    return transfer.papers(step.held, kept.papers_receipt, there(kept.papers), step.setting)


def _verdict(step: Step) -> Verdict:
    """The decision as it was written: the one that is stored; of one in whose place another came, what its entry tells."""
    kept, facts = step.last.verdict, step.facts
    mine = kept is not None and (kept.signed.by, kept.reasons) == (facts["by"], facts["reasons"]) and not kept.spares
    if kept is not None and mine and kept.signed.at <= step.setting.now:
        return replace(kept, agreed={})
    if step.held.proposal in _DATED:
        raise Unstored
    said = {name: facts[name] for name in ("content", "lighter", "performance", "discussed") if name in facts}
    return Verdict(signed=step.signed, reasons=facts["reasons"], law=facts.get("law", ""), **said)


def there(held: T | None) -> T:
    """What is stored. Raises Unstored."""
    if held is None:
        raise Unstored
    return held


RULES: Mapping[str, Callable[[Step], Decision[Consequence]]] = {
    "consequence.given": _given,
    "consequence.served": _served,
    "consequence.stated": _stated,
    "consequence.stated_beside": lambda step: beside.heard(
        step.held, StatementKind(step.facts["statement"]), step.facts["beside"], step.setting
    ),
    "consequence.hearing_fixed": _fixed,
    "consequence.hearing": _heard,
    "consequence.ruled": _ruled,
    "consequence.agreed": _agreed,
    "consequence.imposed": _imposed,
    "consequence.drop_written": _dropped,
    "consequence.dropped": _dropped,
    "consequence.superseded": lambda step: proceeding.supersede(step.held, step.facts["fallen_by"], step.setting),
    "consequence.regraded": lambda step: proceeding.regrade(
        step.held, step.facts["grade"], step.facts["fallen_by"], step.setting
    ),
    "consequence.goes_on": lambda step: proceeding.keep(step.held, step.facts["reasons"], step.signed, step.setting),
    "consequence.lifted": lambda step: proceeding.lift(step.held, step.facts["reasons"], step.signed, step.setting),
    "consequence.referred": lambda step: proceeding.refer(step.held, step.facts["document"], step.signed, step.setting),
    "consequence.reminded": lambda step: there(rectification.remind(step.held)),
    "consequence.recheck_asked": _asked,
    "consequence.reached": _reached,
    "consequence.doubted": lambda step: rectification.doubt(step.held, step.facts["fallen_by"], step.setting),
    "consequence.stands": lambda step: rectification.stand(step.held, step.setting),
    "consequence.rechecked": _looked,
    "consequence.rectified": _looked,
    "consequence.failed": _looked,
    "consequence.more_time_written": _longer,
    "consequence.more_time": _longer,
    "consequence.reported": _reported,
    "consequence.head": _headed,
    "consequence.handed": _handed,
    "consequence.police": _policed,
    "consequence.contested": _contested,
    "consequence.papers": _filed,
}
"""The function of each rule by which a consequence goes on. One that is not here is computed by none: an annulment is
a court's word, and that a decision stands an officer's."""
