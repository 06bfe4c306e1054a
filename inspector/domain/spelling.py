"""One firm under several codes: which of them a register goes by, and when a row may be struck out or corrected.

Who mistypes a code makes no second firm of it: it would have two tickets in a draw, and be twice as likely to be visited.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache

from inspector.domain.case import Case, CaseState, Route, SubjectKind
from inspector.domain.decision import Because, Decision
from inspector.domain.duty import Rule
from inspector.domain.errors import Refusal
from inspector.domain.identity import IdentityKind, identify, organisation
from inspector.domain.policy import Policy
from inspector.domain.roster import RosterObject

TAKEN_BACK = "register.taken_back"
_PSEUDONYM = re.compile("[0-9a-f]{32}")
"""A natural person's key in a frame; signs in it that look like a credit code are chance."""


def told_of(kind: SubjectKind, code: str) -> str | None:
    """The organisation that a firm's code stands for (`identity.organisation`); None for any other code, and for every natural person's."""
    return organisation(code) if kind is SubjectKind.FIRM else None


@lru_cache(maxsize=4096)  # a frame asks for the same one several times in a row, and is not held
def party_of(name: str) -> str:
    """By what the checks of a frame's object are counted, by its key there: a firm's organisation, whichever its code; else the key.

    Two rows of one organisation have two tickets where an office has let them in, and never two caps (54号: one firm, one annual cap).
    """
    return name if _PSEUDONYM.fullmatch(name) else organisation(name) or name


def known_as(firms: Collection[str], registered: Mapping[str, Sequence[str]], today: date) -> dict[str, str]:
    """By which code each of these firms' codes counts; `registered` are the codes in force of each organisation.

    The code itself where the register has it; where it has one other code of the organisation, that one; where it has several, somebody
    has said that they are several, and a third is nobody's but its own. Where it has none, they are one by the code with nothing odd
    about it, else by the first.
    """
    alike: dict[str, list[str]] = {}
    for code in sorted(firms):
        if (told := organisation(code)) is not None:
            alike.setdefault(told, []).append(code)
    known = {code: code for code in firms}
    for told, codes in alike.items():
        there = registered.get(told, ())
        best = min(codes, key=lambda code: (odd(code, today), code)) if not there else there[0]
        if len(there) <= 1:
            known |= dict.fromkeys(codes, best)
    return known


def entered(case: Case) -> bool:
    """Whether it has put its subject under daily supervision: nothing was to be verified in it; a finding may have closed it since."""
    return case.strategy is None and case.state is not CaseState.RATING and not case.state.gone


def odd(code: str, today: date) -> bool:
    """Whether something about a firm's code looks irregular."""
    return bool(identify(IdentityKind.USCC, code, today=today).warnings)


def taken_back(case: Case, policy: Policy, *, left: bool, draw: str) -> Decision[None]:
    """Whoever is under daily supervision by this case alone is so no longer once it has left the house (the plan, item 9).

    `left`: the office's own file names the object, so it stays and only the case's mark goes. `draw`: the open draw whose frozen frame
    holds it; then nothing changes, and a person is told.
    """
    basis = policy.basis(Rule.WITHDRAW if case.route is Route.COMMITMENT else Rule.CERTIFICATE)
    facts = {"stays": left or bool(draw), "draw": draw}
    return Decision(state=None, because=Because(rule=TAKEN_BACK, basis=(basis,), pack=case.pack, facts=facts))


def corrects(row: RosterObject, right: RosterObject | str, draw: str, today: date) -> bool:
    """Whether a sender's correction of a code takes the row along that its case has entered; else an officer does, by `strike`."""
    code = right if isinstance(right, str) else right.code
    return row.unfiled and not draw and (odd(row.code, today) or not odd(code, today))


def strike(
    row: RosterObject, right: RosterObject | str | None, cases: Sequence[str], draw: str, today: date
) -> RosterObject | None:
    """What stands in the register in place of a row that an officer strikes out: the row of the same firm by its right code, or nothing.

    `right` is the firm's row in force, or the code that it is to have. Nobody leaves the pool by it: a row that any case names, a closed
    one as well, goes only where the firm stands there by another code, and what a committed frame holds is left until its draw is over.
    Nor is a code that is in order exchanged for an odd one, or a file's row for a code that stands nowhere. Raises Refusal
    (`object_of_file`, `object_in_draw`, `object_has_cases`, `object_same_code`, `object_other_firm`, `object_code_odd`).
    """
    if not row.enrolled or (not row.unfiled and not isinstance(right, RosterObject)):
        raise Refusal("object_of_file", object=row.code)
    if draw:
        raise Refusal("object_in_draw", object=row.code, draw=draw)
    if right is None:
        if cases:
            raise Refusal("object_has_cases", object=row.code, count=len(cases), case=cases[0])
        return None
    code = right if isinstance(right, str) else right.code
    if code == row.code:
        raise Refusal("object_same_code", object=row.code)
    if told_of(row.kind, code) is None or told_of(row.kind, code) != told_of(row.kind, row.code):
        raise Refusal("object_other_firm", object=row.code, other=code)
    told = identify(IdentityKind.USCC, code, today=today)
    if told.warnings and not odd(row.code, today):
        raise Refusal("object_code_odd", object=row.code, other=code)
    if isinstance(right, RosterObject):
        since = min((day for day in (row.since, right.since) if day is not None), default=None)
        return replace(right, enrolled=right.enrolled or bool(cases), since=since)
    return replace(row, code=told.normal, original=told.original, warnings=told.warnings, enrolled=bool(cases))
