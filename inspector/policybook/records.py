"""What must be true of a pack's rows about what is put on record: acts, the insurance behind an item, and how long records are kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from inspector.domain.act import GRAVITY, KEPT, ActRow
from inspector.domain.attempt import AttemptWay
from inspector.domain.calendar import Term, Unit
from inspector.domain.case import Outcome
from inspector.domain.evidence import span
from inspector.domain.proposal import Proposal
from inspector.domain.remedy import Remedy
from inspector.domain.retention import Record
from inspector.domain.seeking import SHIPPED
from inspector.domain.wayto import ServiceWay
from inspector.policybook.rows import Draft
from inspector.policybook.sizes import PROPOSALS, Found, lacking_and_repeated
from inspector.policybook.vague import vague


def _acts(draft: Draft, found: Found) -> None:
    """Where a pack has a catalogue, every outcome that discredits has an act of its grade in it, and no act says less."""
    grades = {row.outcome: row.grade for row in draft.outcomes if row.grade not in (None, KEPT)}
    for row in draft.acts:
        here = f"act {row.row}"
        _defined(row, here, found)
        for outcome in sorted(row.outcomes):
            grade = grades.get(outcome)
            if grade is None:
                found("act_outcome_ungraded", here, "outcomes", value=outcome)
            elif GRAVITY.index(row.grade) < GRAVITY.index(grade):
                found("act_lighter", here, "grade", value=row.grade, other=grade, outcome=outcome)
        if row.bars and not _cited(row) & draft.statutes and (untrue := sorted(row.outcomes - {Outcome.FALSE_KNOWING})):
            known = ", ".join(sorted(draft.statutes)) or "-"
            found("act_bars_uncited", here, "bars", value=", ".join(untrue), known=known)
    for outcome, grade in grades.items() if draft.acts else ():
        if not any(outcome in row.outcomes and row.grade == grade for row in draft.acts):
            found("act_graded_missing", "act", "outcomes", outcome=outcome, value=grade)


def _defined(row: ActRow, here: str, found: Found) -> None:
    """A dishonest act is defined by a document, in words that leave nothing open."""
    if word := vague(row.name):
        found("act_vague", here, "name", value=word)
    if _cited(row) <= PROPOSALS:
        found("act_uncited", here, "basis", value=row.basis)


def _cited(row: ActRow) -> set[str]:
    return {one.partition(":")[0].strip() for one in row.basis.split(";") if one.strip()}


def _insured(draft: Draft, found: Found) -> None:
    for item in draft.items:
        if (item.insured_value is None) is not (item.insured_basis is None):
            missing = "insured_basis" if item.insured_basis is None else "insured_value"
            found("insured_incomplete", f"item {item.code}", missing, value=missing)


def _retentions(draft: Draft, found: Found) -> None:
    missing, twice = lacking_and_repeated((row.record for row in draft.retentions), Record)
    if missing and draft.retentions:
        found("retention_missing", "retention", "record", value=missing)
    if twice:
        found("retention_twice", "retention", "record", value=twice)
        return
    held = {row.record: row for row in draft.retentions}
    answer, case = held.get(Record.ANSWER), held.get(Record.ENFORCEMENT)
    if answer is None or case is None or case.keep is None or answer.since is not case.since:
        return
    if answer.keep is None or _length(answer.keep) > _length(case.keep):
        kept = answer.keep if answer.keep is not None else "permanent"
        found("retention_outlasts", f"retention {answer.row}", "keep", value=kept, other=case.keep)


def _sheet(draft: Draft, found: Found) -> None:
    for row in draft.sheet:
        if sum((one.list, one.code) == (row.list, row.code) for one in draft.sheet) > 1:
            found("sheet_twice", f"sheet {row.row}", "code", value=row.code, other=row.list.value)


def _seeking(draft: Draft, found: Found) -> None:
    row = draft.seeking
    if row is None:
        return
    if row.ways > min(row.least, len(AttemptWay)) or row.days > row.least:
        found("seeking_endless", "seeking", "least", value=row.least, ways=row.ways, days=row.days, known=len(AttemptWay))
    fewer = any(own < shipped for own, shipped in zip(row.numbers, SHIPPED.numbers, strict=True))
    if fewer and {one.partition(":")[0].strip() for one in row.basis.split(";")} <= PROPOSALS:
        least, ways, days = SHIPPED.numbers
        found("seeking_uncited", "seeking", "basis", value=row.basis, least=least, ways=ways, days=days)


def _publicities(draft: Draft, found: Found) -> None:
    """Where a pack says how long entries are shown, it says so of every grade, once, and no minimum outlasts its maximum."""
    missing, twice = lacking_and_repeated((row.grade for row in draft.publicities), GRAVITY)
    if missing and draft.publicities:
        found("publicity_missing", "publicity", "grade", value=missing)
    if twice:
        found("publicity_twice", "publicity", "grade", value=twice)
    for row in draft.publicities:
        if row.least is not None and _length(row.least) > _length(row.most):
            found("publicity_reversed", f"publicity {row.row}", "least", value=row.least, other=row.most)


def _objection(draft: Draft, found: Found) -> None:
    row = draft.objection
    if row is not None and _length(row.own) > _length(row.others):
        found("objection_reversed", "objection", "own", value=row.own, other=row.others)


def _services(draft: Draft, found: Found) -> None:
    """Each way once, and one that serves whoever has agreed to nothing: paper, or from hand to hand."""
    missing, twice = lacking_and_repeated((row.way for row in draft.services), ServiceWay)
    if twice:
        found("service_twice", "service", "way", value=twice)
    if draft.services and not any(row.way in (ServiceWay.PAPER, ServiceWay.IN_PERSON) for row in draft.services):
        found("service_no_paper", "service", "way", value=missing)


def _remedies(draft: Draft, found: Found) -> None:
    """Each once, and by a law: a proposal opens nobody a court."""
    _, twice = lacking_and_repeated((row.remedy for row in draft.remedies), Remedy)
    if twice:
        found("remedy_twice", "remedy", "remedy", value=twice)
    for row in draft.remedies:
        if {one.partition(":")[0].strip() for one in row.basis.split(";")} <= PROPOSALS:
            found("remedy_proposal", f"remedy {row.row}", "basis", value=row.basis)


def _length(term: Term) -> timedelta:
    """A year is twelve months here, so that the same time in other words is no longer one."""
    return span(Term(amount=12 * term.amount, unit=Unit.MONTH) if term.unit is Unit.YEAR else term)


def _consequences(draft: Draft, found: Found) -> None:
    """One row a proposal; where rectification is ordered, the pack says how its failing goes on; a law is no proposal of ours."""
    held = [row.proposal for row in draft.consequences]
    for proposal in sorted({one for one in held if held.count(one) > 1}):
        found("consequence_twice", "consequence", "proposal", value=proposal)
    if Proposal.ORDER_RECTIFY in held and Proposal.REVOKE not in held:
        found("consequence_revoke_missing", "consequence", "proposal", value=Proposal.REVOKE)
    for row in draft.consequences:
        for field in ("law", "at_once", "uncounted"):
            cited = getattr(row, field)
            if cited and {one.partition(":")[0].strip() for one in cited.split(";")} <= PROPOSALS:
                found(f"consequence_{field}_proposal", f"consequence {row.row}", field, value=cited)


PROOFS: tuple[tuple[tuple[str, ...], Callable[[Draft, Found], None]], ...] = (
    (("act", "outcome"), _acts),
    (("item",), _insured),
    (("retention",), _retentions),
    (("sheet",), _sheet),
    (("seeking",), _seeking),
    (("consequence",), _consequences),
    (("publicity",), _publicities),
    (("objection",), _objection),
    (("service",), _services),
    (("remedy",), _remedies),
)
"""Each proof with the tables it needs whole."""
