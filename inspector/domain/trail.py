"""What the ledger tells of a visit from its opening on, and whether the visit is what came of it.

Whom it is to, the draw's own files say (`reconcile`); whether it was called off, owed or made, what was found there, which cases it
serves and by when it is to be made, the entries about it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from inspector.domain import footing
from inspector.domain.finding import Finding, Part
from inspector.domain.visit import Visit, VisitState

OPEN, JOIN, MERGE = "visit.open", "visit.join", "visit.merge"
"""Rules of the entries that say how a visit stands: as it was opened, with one more agency, with one more case."""
RESTATED = "visit.restated"
"""The rule of the entry that what was seen about one of its cases went with that case: it binds what is left."""
_RECOUNT, _SOONER, _APPOINTED = "calendar.recount", "visit.sooner", "visit.appointed"
_REPORT, _SHORT, _OWE, _CEASED = "visit.report", "visit.short", "visit.owe", "visit.ceased"
_CANCELLED = VisitState.CANCELLED.value
_CODELESS, _FILED, _FOUND = "visit.codeless", "visit.filed", "visit.code_found"
_OFF = frozenset({"visit.cancel", "visit.replace"})
RULES = frozenset(
    {
        OPEN,
        JOIN,
        MERGE,
        RESTATED,
        _RECOUNT,
        _SOONER,
        _APPOINTED,
        _REPORT,
        _SHORT,
        _OWE,
        _CODELESS,
        _FILED,
        _FOUND,
        *_OFF,
        *footing.WORDS,
    }
)
"""Rules of entries that a visit is held to."""


@dataclass(slots=True, kw_only=True)
class Trail:
    """What the ledger tells of one visit. `standing` is the last word on each fact that it tells; `sound`: all its entries hold.

    `restated` binds what is left of all its results (`left`), since what was seen about one of its cases has gone.
    """

    rules: set[str] = field(default_factory=set)
    standing: dict[str, object] = field(default_factory=dict)
    reports: list[Mapping[str, object]] = field(default_factory=list)
    words: list[tuple[str, Mapping[str, object]]] = field(default_factory=list)
    sound: bool = True
    restated: object = None

    def add(self, rule: str, facts: Mapping[str, object], standing: Mapping[str, object], *, sound: bool) -> None:
        """The next entry, in order."""
        self.rules.add(rule)
        self.sound = self.sound and sound
        if rule in (_RECOUNT, _SOONER, _APPOINTED) and "due_at" in facts:
            self.standing["due_at"] = facts["due_at"]
        if rule in (_SOONER, _APPOINTED):  # its team may hear of it sooner, too; that entry tells when, or nothing
            self.standing.pop("release_at", None)
        if rule == RESTATED:
            self.restated = facts.get("entered")
        if rule in footing.WORDS:
            self.words.append((rule, facts))
        if rule == _REPORT:
            self.reports.append({**facts, **standing})
        else:
            self.standing.update(standing)


def standing(visit: Visit) -> dict[str, object]:
    """How a visit stands when it is opened or joined, for its entry: what nobody may change beside the program.

    The cases by their digest: the ledger's entries about a visit name none (decision 32).
    """
    return {
        "state": visit.state.value,
        "check": visit.check.value,
        "stakes": [[one.agency, one.stratum, one.sampled] for one in visit.stakes],
        "partners": list(visit.partners),
        "cases": cases_digest(visit.case_ids),
        "due_at": _moment(visit.due_at),
        "release_at": _moment(visit.release_at),
        "replaces": visit.replaces,
        **({"looks_at": visit.looks_at} if visit.looks_at else {}),
    }


def cases_digest(cases: Iterable[str]) -> str:
    """What binds an entry to a visit's cases without naming any."""
    return _digest(sorted(cases))


def entered(part: Part, findings: Iterable[Finding]) -> str:
    """What binds a report's entry to all that was entered with it, without saying it twice."""
    return _digest([_own(part), _seen(findings)])


def left(visit: Visit) -> str:
    """The same of all results of a visit together, as they stand when something of it has gone."""
    return _digest([[_own(part) for part in visit.parts], _seen(visit.findings)])


def _own(part: Part) -> list[object]:
    own: list[object] = [part.agency, part.by, _moment(part.at), part.remarks, part.seen.value if part.seen else None]
    return [*own, list(part.challenged), part.on.isoformat() if part.on else None, list(part.quiet)]


def _seen(findings: Iterable[Finding]) -> list[list[str]]:
    return [[one.case_id, one.claim, one.verdict.value, one.note] for one in findings]


def born_off(trail: Trail | None) -> bool:
    """Whether a visit was called off as it was opened, by its entries."""
    return trail is not None and trail.standing.get("state") == _CANCELLED


def differs(visit: Visit, trail: Trail | None, struck: bool, manned: bool) -> bool:
    """Whether a visit is not what its entries tell: its state, what was found, its cases, stakes and dates.

    `struck`: a line of the draw's lists says that it was called off; `manned`: somebody sits or sat there. One that was called off as
    it was opened has such a line, and nobody was ever dealt to it. Of a nameless one words are not compared: whether it may be nameless
    is another question.
    """
    told = trail or Trail()
    if (
        not told.sound
        or (not visit.nameless and footing.ceased(told.words, (visit.ceased, visit.proof, visit.ceased_by)))
        or not _stands(visit, told, struck, manned)
        or not _filed(visit, told.rules)
    ):
        return True
    now = standing(visit)
    if any(_same(now[name]) != _same(value) for name, value in told.standing.items() if name in now and name != "state"):
        return True
    rebound = not visit.nameless and told.restated is not None
    return _reported(visit, told.reports, bound=not rebound) or (rebound and told.restated != left(visit))


def _stands(visit: Visit, told: Trail, struck: bool, manned: bool) -> bool:
    """Whether the state is one to which the entries lead."""
    off, ceased = bool(told.rules & _OFF), _CEASED in told.rules
    born_off = struck and told.standing.get("state", "" if manned else _CANCELLED) == _CANCELLED
    given = bool(visit.parts) and not visit.owing
    if visit.state is VisitState.CEASED:
        return ceased
    owed = _OWE in told.rules
    if visit.state is VisitState.CANCELLED:
        return off or (born_off and not owed)
    wanted = {
        VisitState.OWED: owed,
        VisitState.SHORT: _SHORT in told.rules,
        VisitState.DONE: given,
        VisitState.ASSIGNED: not (given or told.rules & {_OWE, _SHORT}),
    }[visit.state]
    back = visit.state is VisitState.OWED or told.standing.get("state") != _CANCELLED  # owed since the slot of its cap returned
    return wanted and not off and not ceased and back


def _filed(visit: Visit, rules: Collection[str]) -> bool:
    """Whether it is to be filed, was filed, or need not be since its code was read, as the entries tell."""
    held = visit.filing
    now = {
        _CODELESS: held is not None,
        _FILED: held is not None and held.filed is not None,
        _FOUND: held is not None and bool(held.read),
    }
    return all(there is (rule in rules) for rule, there in now.items())


def _reported(visit: Visit, reports: Sequence[Mapping[str, object]], *, bound: bool) -> bool:
    """Whether what was entered is not what the entries tell; of entries from before they `bound` it, as far as they do."""
    untold, rest = list(reports), list(visit.findings)
    for part in visit.parts:
        word = (part.by, part.seen.value if part.seen else None, *(() if visit.nameless else (part.remarks,)))
        said = ("by", "seen", "remarks")[: len(word)]
        one = next((held for held in untold if tuple(held.get(name) for name in said) == word), None)
        verdicts = one.get("findings") if one is not None else None
        if one is None or not isinstance(verdicts, list):
            return True
        untold.remove(one)
        own, rest = rest[: len(verdicts)], rest[len(verdicts) :]
        whole = visit.nameless or not bound or one.get("entered", entered(part, own)) == entered(part, own)
        if [found.verdict.value for found in own] != verdicts or not whole:
            return True
    return bool(untold or rest)


def _same(value: object) -> object:
    """A fact, its moment in UTC where it is one."""
    if isinstance(value, str):
        try:
            return _moment(datetime.fromisoformat(value))
        except ValueError:
            return value
    return value


def _moment(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat() if at is not None else None


def _digest(told: object) -> str:
    return hashlib.sha256(json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
