"""What must be true of a pack as a whole before it decides about anybody. A proof is left out where its tables lost a row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date

from inspector.domain.case import Method, Outcome
from inspector.domain.errors import Invalid
from inspector.domain.fence import fence
from inspector.domain.policy import Fact, Item, OutcomeRow, Policy, Profile
from inspector.domain.proposal import ALTERNATIVES, Proposal
from inspector.domain.strategy import steps
from inspector.domain.timer import OPTIONAL, Timer
from inspector.domain.transition import Scope
from inspector.policybook.axes import PROOFS as AXES
from inspector.policybook.clauses import PROOFS as CLAUSES
from inspector.policybook.contradictions import PROOFS as CONTRADICTIONS
from inspector.policybook.flaws import Flaw
from inspector.policybook.legaltime import repeated_reasons, repeated_units, useless
from inspector.policybook.listed import PROOFS as LISTED
from inspector.policybook.minimums import PROOFS as MINIMUMS
from inspector.policybook.notices import PROOFS as NOTICES
from inspector.policybook.part import YEARS, strange
from inspector.policybook.permits import LATER as PERMITS
from inspector.policybook.records import PROOFS as RECORDS
from inspector.policybook.rows import Draft
from inspector.policybook.shows import PROOFS as SHOWS
from inspector.policybook.sizes import PROOFS as SIZES
from inspector.policybook.sizes import PROPOSALS, Found, lacking_and_repeated
from inspector.policybook.vague import vague
from inspector.policybook.ways import LATER as WAYS

CITED = ("S0", "S1")
"""Sources that rules of the domain cite by themselves: the plan, and the Penalties Law. Without them a decision's basis says nothing."""

_SILENT = frozenset({Outcome.UNVERIFIABLE, Outcome.DATA_ERROR, Outcome.IMMATERIAL, Outcome.CEASED, Outcome.NOT_ACTIVE})
_NO_PROPOSAL: Mapping[Outcome, frozenset[Proposal]] = {outcome: frozenset() for outcome in (*_SILENT, Outcome.TRUE)}
_ALLOWED = {**_NO_PROPOSAL, Outcome.UNREACHABLE: frozenset({Proposal.REFER_REGISTER})}
_UNGRADED = _SILENT | {Outcome.UNREACHABLE}


def prove(draft: Draft, file: str, *, kept: bool = False) -> list[Flaw]:
    """Every flaw that shows only when rows are held against each other; a pack that is `kept` is spared `contradictions`."""
    flaws: list[Flaw] = []

    def found(code: str, row: str, field: str, **facts: object) -> None:
        told = {name: str(value) for name, value in facts.items()}
        flaws.append(Flaw(code=code, file=file, row=row, field=field, facts=told))

    for tables, proof in _PROOFS if kept else (*_PROOFS, *CONTRADICTIONS, *WAYS, *NOTICES, *PERMITS):
        if not draft.broken.intersection(tables):
            proof(draft, found)
    if not flaws and not draft.broken:
        _ways(draft, found)
    return flaws


def _head(draft: Draft, found: Found) -> None:
    for source in CITED:
        if source not in draft.sources:
            found("source_needed", "", f"sources.{source}", value=source)


def _dates(draft: Draft, found: Found) -> None:
    if draft.effective_from.year not in YEARS:
        return  # it has been refused, and what is counted from it would be told as somebody else's fault
    if draft.effective_to is not None and draft.effective_to < draft.effective_from:
        found("dates_reversed", "", "effective_to", value=draft.effective_from)
    for item in draft.items:
        if item.exempt and item.exempt_review_by is not None:
            _review_date(item.code, item.exempt_review_by, draft.effective_from, found)


def _review_date(item: str, review: date, effective_from: date, found: Found) -> None:
    latest = _a_year_after(effective_from)
    if review > latest:
        found("exempt_review_late", f"item {item}", "exempt_review_by", value=latest)
    if review < effective_from:
        found("exempt_review_early", f"item {item}", "exempt_review_by", value=effective_from)


def _levels(draft: Draft, found: Found) -> None:
    unrated = [level.code for level in draft.levels if level.unrated]
    if len(unrated) != 1:
        found("unrated_count", "level", "unrated", value=len(unrated), known=", ".join(unrated) or "-")


def _strategies(draft: Draft, found: Found) -> None:
    known = [level.code for level in draft.levels]
    scale = frozenset(known)
    for row in draft.strategies:
        for level in sorted(row.levels - scale):
            code, told = strange(level, known)
            found(code, f"strategy {row.row}", "levels", **told)
    used = {(item.profile, item.insured) for item in draft.items}
    _every_combination(draft, used, known, found)
    for row in draft.strategies:
        if row.profile not in {profile for profile, _ in used}:
            found("strategy_unreachable", f"strategy {row.row}", "profile", value=row.profile)
        elif row.insured is not None and (row.profile, row.insured) not in used:
            facts = {"value": row.profile, "insured": str(row.insured).lower()}
            found("strategy_insured_unreachable", f"strategy {row.row}", "insured", **facts)


def _every_combination(draft: Draft, used: Collection[tuple[Profile, bool]], levels: Sequence[str], found: Found) -> None:
    """Exactly one row for every profile, insured or not, that some item has, at every level."""
    held = defaultdict[tuple[Profile, bool, str], list[str]](list)
    for row in draft.strategies:
        for level in row.levels:
            for insured in (False, True) if row.insured is None else (row.insured,):
                held[row.profile, insured, level].append(row.row)
    kinds = [(profile, insured) for profile in Profile for insured in (False, True) if (profile, insured) in used]
    told = {
        f"{profile}/{level}{'/insured' if insured else ''}": held[profile, insured, level]
        for profile, insured in kinds
        for level in levels
    }
    missing = ", ".join(name for name, rows in told.items() if not rows)
    twice = ", ".join(f"{name} ({', '.join(rows)})" for name, rows in told.items() if len(rows) > 1)
    if missing:
        found("strategy_missing", "strategy", "profile × levels", value=missing)
    if twice:
        found("strategy_twice", "strategy", "profile × levels", value=twice)


def _timers(draft: Draft, found: Found) -> None:
    missing, twice = lacking_and_repeated((row.timer for row in draft.terms), Timer)
    missing = ", ".join(name for name in missing.split(", ") if name and name not in OPTIONAL)
    if missing:
        found("timer_missing", "term", "timer", value=missing)
    if twice:
        found("timer_twice", "term", "timer", value=twice)


def _outcomes(draft: Draft, found: Found) -> None:
    wanted = [outcome for outcome in Outcome if outcome is not Outcome.WITHDRAWN]
    missing, twice = lacking_and_repeated((row.outcome for row in draft.outcomes), wanted)
    if missing:
        found("outcome_missing", "outcome", "outcome", value=missing)
    if twice:
        found("outcome_twice", "outcome", "outcome", value=twice)


def _consequences(draft: Draft, found: Found) -> None:
    for row in draft.outcomes:
        _consequence(row, found)


def _consequence(row: OutcomeRow, found: Found) -> None:
    """Silence, a faulty source or an honest promise lead to nothing adverse (handbook 2.7: outage is never guilt)."""
    here = f"outcome {row.row}"
    if row.outcome is Outcome.WITHDRAWN:
        found("withdrawal_has_row", here, "outcome")
    allowed = _ALLOWED.get(row.outcome)
    for field, proposals in (("undecided", row.undecided or ()), ("proposals", row.proposals)):
        for proposal in proposals:
            if allowed is not None and proposal not in allowed:
                known = f"allowed: {', '.join(sorted(allowed)) or '-'}"
                found("proposal_not_allowed", here, field, outcome=row.outcome, value=proposal, known=known)
        both = [proposal for proposal in proposals if proposal in ALTERNATIVES]
        if len(both) > 1:
            found("proposals_alternative", here, field, outcome=row.outcome, value=", ".join(both))
    for field, grade in (("undecided_grade", row.undecided_grade), ("grade", row.grade)):
        if grade is not None and (row.outcome in _UNGRADED or (grade == "kept") is not (row.outcome is Outcome.TRUE)):
            known = {Outcome.TRUE: "kept"}.get(row.outcome, "-" if row.outcome in _UNGRADED else "minor, general, serious")
            found("grade_not_allowed", here, field, outcome=row.outcome, value=grade, known=f"allowed: {known}")
    if row.undecided_grade is not None and row.grade is None:
        found("fields_missing", here, "grade", value="grade")


def _items(draft: Draft, found: Found) -> None:
    for item in draft.items:
        _fence(item, draft.statutes, found)
        _item(item, found)


def _fence(item: Item, statutes: frozenset[str], found: Found) -> None:
    here = f"item {item.code}"
    try:
        fence(item, statutes)
    except Invalid:
        categories = ", ".join(sorted(item.excluded))
        if item.override_basis is None:
            found("item_excluded", here, "excluded", value=categories)
        else:
            known = ", ".join(sorted(statutes)) or "-"
            found("override_no_statute", here, "override_basis", value=item.override_basis, categories=categories, known=known)


def _item(item: Item, found: Found) -> None:
    here = f"item {item.code}"
    _exemption(item, found)
    if word := vague(item.standard):
        found("standard_vague", here, "standard", value=word)
    if item.publicity is not None and (word := vague(item.publicity.scope)):
        found("publicity_vague", here, "publicity.scope", value=word)
    for fact in item.facts:
        _fact(item, fact, found)


def _exemption(item: Item, found: Found) -> None:
    """Handbook 2.5: a basis, one of the four factors as the reason, a review within twelve months; never at profile high."""
    here = f"item {item.code}"
    stated = {"exempt_basis": item.exempt_basis, "exempt_factor": item.exempt_factor, "exempt_review_by": item.exempt_review_by}
    if not item.exempt:
        for field in (field for field, value in stated.items() if value is not None):
            found("exempt_unstated", here, field)
        return
    missing = ", ".join(field for field, value in stated.items() if value is None)
    if missing:
        found("exempt_incomplete", here, missing, value=missing)
    if item.profile is Profile.HIGH:
        found("exempt_high", here, "exempt")


def _a_year_after(day: date) -> date:
    """Twelve months on (29 February: the month's last day, Civil Code art. 202)."""
    return day.replace(year=day.year + 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


def _fact(item: Item, fact: Fact, found: Found) -> None:
    here = f"item {item.code} · fact {fact.code}"
    if fact.premises_fact and Method.ON_SITE not in item.methods:
        found("premises_without_visit", here, "premises_fact")
    if (fact.agency is None) is not (fact.ground is None):
        missing = "ground" if fact.ground is None else "agency"
        found("ground_without_agency", here, missing, value=missing)

    unused = {
        "source": fact.source is not None and Method.ONLINE_QUERY not in item.methods,
        "result": fact.result is not None and Method.OTHER_RESULT not in item.methods,
        "self_proof": fact.self_proof is not None and Method.DOCUMENT not in item.methods,
        "agency": fact.agency is not None and (Method.ASSISTANCE not in item.methods or fact.premises_fact),
    }
    for field in (field for field, is_unused in unused.items() if is_unused):
        found("way_unreachable", here, field)


def _grounds(draft: Draft, found: Found) -> None:
    for item in draft.items:
        for ground in (fact.ground for fact in item.facts if fact.ground is not None and fact.ground not in draft.grounds):
            code, told = strange(ground, list(draft.grounds))
            found(code, f"item {item.code}", "fact.ground", **told)


def _clock(draft: Draft, found: Found) -> None:
    """One row for a reason, and one for the terms of a unit that some item has."""
    if twice := repeated_reasons(draft.suspensions):
        found("suspension_twice", "suspension", "reason", value=twice)
    if twice := repeated_units(draft.extensions):
        found("extension_twice", "extension", "term", value=twice)
    for row in useless(draft.extensions, frozenset(item.verify.unit for item in draft.items)):
        found("extension_unreachable", f"extension {row.row}", "term", value=row.term)


def _transitions(draft: Draft, found: Found) -> None:
    """Only for earlier versions of this pack, one row for each and what it speaks of; no outcome or hearing changes by a proposal."""
    seen = dict[tuple[str, str], str]()
    for row in draft.transitions:
        here = f"transition {row.row}"
        for label in sorted(row.of):
            if not label.startswith(f"{draft.id}@") or label == f"{draft.id}@{draft.version}":
                found("transition_of_another", here, "of", value=label, known=f"{draft.id}@…")
            for scope in sorted(row.scopes):
                if (other := seen.setdefault((label, scope), row.row)) != row.row:
                    found("transition_twice", here, "of", value=f"{label} ({scope})", other=other)
        cited = {one.partition(":")[0].strip() for one in row.basis.split(";")}
        if {Scope.OUTCOMES, Scope.PROCEEDINGS} & row.scopes and cited <= PROPOSALS:
            found("transition_uncited", here, "basis", value=row.basis)


def _ways(draft: Draft, found: Found) -> None:
    """A fact without any way would land on a person's desk with nothing asked; only exempt items may have such facts."""
    policy: Policy = draft.policy("")
    for item in draft.items:
        for fact in () if item.exempt else item.facts:
            barren = [
                f"{row.profile}/{level}"
                for row in draft.strategies
                for level in sorted(row.levels)
                if row.fits(item) and not steps(policy, item, fact, row)
            ]
            if barren:
                found("way_missing", f"item {item.code} · fact {fact.code}", "source, agency", value=", ".join(barren))


_PROOFS: tuple[tuple[tuple[str, ...], Callable[[Draft, Found], None]], ...] = (
    ((), _head),
    (("effective",), _dates),
    (("level",), _levels),
    *AXES,
    (("level", "strategy", "item"), _strategies),
    *SIZES,
    *MINIMUMS,
    *CLAUSES,
    (("term",), _timers),
    (("outcome",), _outcomes),
    ((), _consequences),
    ((), _items),
    (("transition",), _transitions),
    (("ground",), _grounds),
    (("suspension", "extension", "item"), _clock),
    *RECORDS,
    *LISTED,
    *SHOWS,
)
"""Each proof with the tables it needs whole: counting rows says nothing where one was dropped."""
