"""`[[consequence]]`: by which steps what is proposed may become true; `[[remedy]]`, `[[reapply]]`, `[[outcome]]`."""

from __future__ import annotations

from collections.abc import Mapping

from inspector.domain import hearing
from inspector.domain.act import GRAVITY, KEPT
from inspector.domain.calendar import Term, Unit
from inspector.domain.case import Outcome
from inspector.domain.policy import OutcomeRow
from inspector.domain.proposal import UNSERVED, ConsequenceRow, Proposal
from inspector.domain.reapply import After, ReapplyRow
from inspector.domain.remedy import Remedy, RemedyRow
from inspector.policybook.part import Part

_OF: Mapping[Proposal, tuple[str, ...]] = {
    Proposal.ORDER_RECTIFY: ("least", "most", "remind"),
    Proposal.PENALTY: ("law", "within", "uncounted", "found", "found_grave", "by_head", "collective"),
    Proposal.TRANSFER_JUDICIAL: ("head", "hand", "answer", "contest", "papers"),
}
"""The keys that one proposal alone has; all but those of `_MAY` are needed."""
_MAY = ("remind", "law", "within", "uncounted", "found", "found_grave", "by_head", "collective")
_COUNTS = frozenset({Proposal.RECORD_CREDIT, Proposal.REVOKE, Proposal.TERMINATE})
"""Proposals of which something counts towards others: an entry, a bar on applying again."""
_CALENDAR = (Unit.DAY, Unit.MONTH, Unit.YEAR)
GRADES = (KEPT, *GRAVITY)
"""Grades of a credit entry: a kept promise, and the three of handbook 1.7.1."""


def remedy(part: Part) -> RemedyRow:
    """`[[remedy]]`, in the order in which they are told."""
    part.keys(("id", "remedy", "to", "term", "basis"))
    row = RemedyRow(
        row=part.text("id"),
        remedy=part.choice("remedy", Remedy),
        to=part.text("to"),
        term=part.term("term"),
        basis=part.basis("basis"),
    )
    if part.clean and row.term.unit not in _CALENDAR:
        part.flaw("term_not_calendar", "term", value=row.term)
    return row


def reapply(part: Part) -> ReapplyRow:
    """`[[reapply]]`. `term`: a stretch of the calendar; left out: until the end of the year."""
    part.keys(("id", "after", "items", "basis"), ("term",))
    part.some("items")
    row = ReapplyRow(
        row=part.text("id"),
        after=part.choice("after", After),
        items=frozenset(part.texts("items")),
        term=part.maybe_term("term"),
        basis=part.basis("basis"),
    )
    if part.clean and row.term is not None and row.term.unit not in _CALENDAR:
        part.flaw("term_not_calendar", "term", value=row.term)
    return row


def consequence(part: Part) -> ConsequenceRow:
    """`[[consequence]]`."""
    named = part.content.get("proposal")
    proposal = Proposal(named) if isinstance(named, str) and named in set(Proposal) else None
    own = _OF.get(proposal, ()) if proposal is not None else ()
    served = () if proposal in UNSERVED else ("defend",)
    apart = () if proposal is Proposal.REFER_REGISTER else ("deputy_apart",)
    agreed = (*apart, *(() if proposal in UNSERVED else ("second", "legal", "reviewers", "hearing", "hearing_notice")))
    agreed = (*agreed, *(("at_once",) if proposal in _COUNTS else ()))
    needed = tuple(key for key in own if key not in _MAY)
    others = [key for keys in _OF.values() for key in keys if key not in own]
    for key in others:
        if key in part.content and proposal is not None:
            only = next(one.value for one, keys in _OF.items() if key in keys)
            part.flaw("consequence_key", key, value=only)
    part.keys(("id", "proposal", *served, "decide", *needed, "basis"), (*agreed, *(key for key in own if key in _MAY), *others))
    row = ConsequenceRow(
        row=part.text("id"),
        proposal=part.choice("proposal", Proposal),
        decide=part.term("decide"),
        basis=part.basis("basis"),
        defend=part.maybe_term("defend"),
        second="second" in part.content and part.flag("second"),
        legal="legal" in part.content and part.flag("legal"),
        deputy_apart="deputy_apart" in part.content and part.flag("deputy_apart"),
        hearing="hearing" in part.content and part.flag("hearing"),
        hearing_notice=part.maybe_term("hearing_notice"),
        law=part.maybe_basis("law") or "",
        at_once=part.maybe_basis("at_once") or "",
        least=part.maybe_term("least"),
        most=part.maybe_term("most"),
        remind=part.maybe_term("remind"),
        head=part.maybe_term("head"),
        hand=part.maybe_term("hand"),
        answer=part.maybe_term("answer"),
        contest=part.maybe_term("contest"),
        papers=part.maybe_term("papers"),
        within=part.maybe_term("within"),
        uncounted=part.maybe_basis("uncounted") or "",
        found=part.maybe_term("found"),
        found_grave=part.maybe_term("found_grave"),
        by_head="by_head" in part.content and part.flag("by_head"),
        collective=frozenset(part.words("collective", GRAVITY)) if "collective" in part.content else frozenset(),
        reviewers="reviewers" in part.content and part.flag("reviewers"),
    )
    _of_penalty(part, row)
    if part.clean and row.remind is not None and row.remind.unit is not Unit.WORKING_DAY:
        part.flaw("remind_not_working_days", "remind", value=row.remind)
    if part.clean and row.hearing_notice is not None and not row.hearing:
        part.flaw("hearing_notice_alone", "hearing_notice", value=row.hearing_notice)
    if part.clean and row.hearing_notice is not None and not _long_enough(row.hearing_notice):
        part.flaw("hearing_notice_short", "hearing_notice", value=row.hearing_notice)
    if part.clean and row.least is not None and row.most is not None:
        same = row.least.unit is row.most.unit
        if not same or row.least.amount > row.most.amount:
            part.flaw("consequence_limits", "least", value=row.least, other=row.most)
    return row


def _of_penalty(part: Part, row: ConsequenceRow) -> None:
    """What cannot be right about the times of a penalty, and who reviews it."""
    for name in ("within", "found", "found_grave"):
        term = getattr(row, name)
        if part.clean and term is not None and term.unit not in _CALENDAR:
            part.flaw("term_not_calendar", name, value=term)
    if part.clean and row.reviewers and not row.legal:
        part.flaw("reviewers_alone", "reviewers", value="reviewers")
    if part.clean and row.uncounted and row.within is None:
        part.flaw("uncounted_alone", "uncounted", value=row.uncounted)
    if part.clean and row.found_grave is not None and row.found is None:
        part.flaw("found_grave_alone", "found_grave", value=row.found_grave)


def _long_enough(term: Term) -> bool:
    """Whether a hearing is told at least as long before as the law has it, in working days (Penalties Law art. 64, 85)."""
    return term.unit is hearing.LEAST.unit and term.amount >= hearing.LEAST.amount


def outcome(part: Part) -> OutcomeRow:
    """`[[outcome]]`."""
    part.keys(("id", "outcome", "proposals", "basis"), ("grade", "undecided", "undecided_grade"))
    return OutcomeRow(
        row=part.text("id"),
        outcome=part.choice("outcome", Outcome),
        proposals=part.choices("proposals", Proposal),
        grade=part.word("grade", GRADES) if "grade" in part.content else None,
        basis=part.basis("basis"),
        undecided=part.choices("undecided", Proposal) if "undecided" in part.content else None,
        undecided_grade=part.word("undecided_grade", GRADES) if "undecided_grade" in part.content else None,
    )
