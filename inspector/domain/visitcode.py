"""The visit code (执法码): what an inspector shows at the gate, and a firm's phone can judge without network (issue 6; 扫码入企).

It names the draw and the witness value W of its commitment, who comes, what about, and the day and hours; the firm by a digest alone.
C itself it does not tell: with C and a public seed anybody computes who else was drawn (draw-protocol ruling 18), while W was lodged
outside before the seed. There is none before the visit is released, nor for a visit to a natural person, whose identity number a digest
would not hide. That no code was shown, or that one was shown twice, is never a finding against anybody.

The text is `SSV1.PAYLOAD.SIGNATURE`, both in base64url: the payload is one line of JSON in UTF-8, the signature ECDSA on P-256 with SHA-256
over the payload's bytes as r||s (IEEE P1363, what WebCrypto verifies).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, cast

from inspector.domain.case import SubjectKind
from inspector.domain.decision import Because, Decision
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.peace import closed
from inspector.domain.result import hindrance
from inspector.domain.signs import composed
from inspector.domain.strict import parse
from inspector.domain.visit import Seat, SeatState, Visit

VERSION = "ssv1"
MOST_DAYS = 3
"""Codes on a phone at once: today's, and those of the next days, for a phone that will have no signal."""
AHEAD = 7
"""How many days ahead they may be of."""
MOST_SCOPE, LONGEST = 3, 40
"""A code is as large as its words: so many items, each so many characters long."""
MOST_PHONES = 20
"""Phones of which a reading of one code is kept: what comes beyond says nothing new."""
_TEXT = re.compile(r"SSV1\.([A-Za-z0-9_-]{40,1600})\.([A-Za-z0-9_-]{86})")
_LEAST_TYPED = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who comes, as on the card that must be shown (Penalties Law art. 55); `until`: the last day on which it counts.

    None: a code of before told no such day.
    """

    name: str
    certificate: str
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitCode:
    """What a code says. `visit` and `firm` are digests; `people` names whoever shows it first; `first` and `last` bound its hours."""

    agency: str
    draw: str
    w: str
    visit: str
    firm: str
    people: tuple[Person, ...]
    scope: tuple[str, ...]
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryScan:
    """A firm's phone has read a code and found it good. `phone` is a random name that the phone gave itself; `at` its own clock.

    `day` is the code's; None where a release kept the reading that did not tell it. `seat`: of whoever showed it, as far as the card
    tells that the code names first; empty of nobody of the visit, None where nobody can say.
    """

    code: str
    phone: str
    visit: str
    agency: str
    at: datetime | None
    sent_at: datetime | None
    received_at: datetime
    day: date | None = None
    seat: str | None = None


def visit_mark(visit_id: str) -> str:
    """What tells a visit from every other one, and nothing of it."""
    return hashlib.sha256(f"{VERSION}/visit\n{visit_id}".encode()).hexdigest()[:16]


def firm_mark(mark: str, code: str) -> str:
    """The digest of a firm's code within one visit. It keeps a glance from telling whom; whoever has a list of firms can try them."""
    return hashlib.sha256(f"{VERSION}/firm\n{mark}\n{code.strip().upper()}".encode()).hexdigest()[:32]


def withheld(visit: Visit, team: tuple[Seat, ...], by: Seat) -> Refusal | None:
    """Why a seat has no code now: whatever keeps a result back, and that the visit is to a natural person."""
    if visit.kind is SubjectKind.PERSON:
        return Refusal("visit_code_person", visit=visit.id)
    if by.state.made and visit.state.open:  # it was made, and nobody goes there again
        return Refusal("visit_closed", visit=visit.id, state=by.state)
    return hindrance(visit, team, by)


def days(visit: Visit, today: date, due: date) -> tuple[date, ...]:
    """The days that codes are made of: today, and the next ones until the visit's date, without those on which nobody may go.

    Late is never void: after its date a visit that is still to be made has the code of the day.
    """
    ahead = (today + timedelta(days=number) for number in range(AHEAD))
    fit = (day for day in ahead if not closed(visit, day))
    return tuple(day for day in fit if day == today or day <= due)[:MOST_DAYS]


def shortened(scope: Iterable[str]) -> tuple[str, ...]:
    """The items of a code, in as many words as it can bear."""
    told = list(dict.fromkeys(one if len(one) <= LONGEST else one[: LONGEST - 1] + "…" for one in scope))
    return tuple(told if len(told) <= MOST_SCOPE else [*told[: MOST_SCOPE - 1], "…"])


def payload(code: VisitCode) -> bytes:
    """The bytes that are signed."""
    told = {
        "v": VERSION,
        "a": code.agency,
        "d": code.draw,
        "w": code.w,
        "n": code.visit,
        "f": code.firm,
        "p": [[one.name, one.certificate, *([one.until.isoformat()] if one.until else [])] for one in code.people],
        "s": list(code.scope),
        "b": code.first.isoformat(timespec="minutes"),
        "e": code.last.isoformat(timespec="minutes"),
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def text_of(signed: bytes, signature: bytes) -> str:
    """A code as it is shown."""
    return f"SSV1.{_encoded(signed)}.{_encoded(signature)}"


def taken_apart(text: str) -> tuple[bytes, bytes]:
    """The payload and signature of a code, wherever it stands in a text. Raises Invalid (`visit_code_unreadable`)."""
    found = _TEXT.search(text)
    if found is None:
        raise Invalid("visit_code_unreadable", field="code")
    try:
        signed, signature = (base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in found.groups())
    except (binascii.Error, ValueError) as error:
        raise Invalid("visit_code_unreadable", field="code") from error
    return signed, signature


def read(signed: bytes) -> VisitCode:
    """What a payload says, once its signature was found good. Raises Invalid (`visit_code_unreadable`)."""
    try:
        told = cast("dict[str, Any]", parse(signed))
        if told["v"] != VERSION:
            raise Invalid("visit_code_unreadable", field="code")
        return VisitCode(
            agency=str(told["a"]),
            draw=str(told["d"]),
            w=str(told["w"]),
            visit=str(told["n"]),
            firm=str(told["f"]),
            people=tuple(_person(*one) for one in told["p"]),
            scope=tuple(map(str, told["s"])),
            first=datetime.fromisoformat(told["b"]),
            last=datetime.fromisoformat(told["e"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise Invalid("visit_code_unreadable", field="code") from error


def lapsed(code: VisitCode, register: Iterable[Person]) -> tuple[Person, ...]:
    """Whose certificate is over on the code's day: who is on the register by what that says now, anybody else by the code itself."""
    now, day = list(register), code.first.date()
    known = (
        next((held for held in now if one.name == held.name or one.certificate == held.certificate), one) for one in code.people
    )
    return tuple(one for one in known if one.until is not None and one.until < day)


def shown_by(code: VisitCode, sat: Iterable[tuple[Seat, Person]]) -> Seat | None:
    """The seat of whoever showed a code, by the card that it names first; `sat` are all who sit or sat at the visit."""
    first = next(iter(code.people), None)
    fits = (
        seat for seat, held in sat if first is not None and (held.name == first.name or held.certificate == first.certificate)
    )
    return min(fits, key=lambda seat: not goes(seat), default=None)


def goes(seat: Seat) -> bool:
    """Whether who sits here makes the visit, or has made it."""
    return seat.state is SeatState.ACCEPTED or seat.state.made


def name_of(signed: bytes) -> str:
    """What a code is called on every phone and here: the digest of what is signed."""
    return hashlib.sha256(signed).hexdigest()


def scanned(
    visit: Visit, scan: EntryScan, late: bool, phones: int, pack: str, over: tuple[str, ...] = (), *, apart: bool = False
) -> Decision[EntryScan]:
    """A reading of a code comes in; `phones` have read it by now, this one among them. It binds nobody.

    `over`: the numbers of certificates that were over on the code's day. `apart`: who showed it goes no more, or nobody does.
    """
    facts = {
        "code": scan.code,
        "phone": hashlib.sha256(scan.phone.encode()).hexdigest()[:12],
        "at": scan.at.isoformat() if scan.at else None,
        "late": late,
        "phones": phones,
        **({"over": list(over)} if over else {}),
        **({"apart": True} if apart else {}),
    }
    return Decision(state=scan, because=Because(rule="visit.scanned", basis=(visit.basis,), pack=pack, facts=facts))


class ArrivalHow(StrEnum):
    """How an inspector has said that he or she is at the firm: its printed code scanned, or its code typed."""

    SCANNED = "SCANNED"
    TYPED = "TYPED"


def arrived(visit: Visit, how: ArrivalHow, told: str) -> ArrivalHow:
    """A check-in at the firm. Raises Refusal (`visit_code_person`) and Invalid (`arrival_elsewhere`): another firm's code is a slip.

    It proves no more than that the code was at hand, and none that is missing takes anything from a result.
    """
    if visit.kind is SubjectKind.PERSON:
        raise Refusal("visit_code_person", visit=visit.id)
    if not is_firm(visit, told):
        raise Invalid("arrival_elsewhere", field="arrival")
    return how


def is_firm(visit: Visit, told: str) -> bool:
    """Whether what was scanned at a firm's gate, or typed, is the code of the firm that the visit is to.

    A firm's printed code, or its licence, holds the unified social credit code among other words; who types may type its last six signs,
    in whichever width an input method writes them.
    """
    code, said = visit.code.upper(), "".join(composed(told).upper().split())
    return bool(code) and (code in said or (len(said) >= _LEAST_TYPED and code.endswith(said)))


def _person(name: object, certificate: object, until: str | None = None) -> Person:
    return Person(name=str(name), certificate=str(certificate), until=date.fromisoformat(until) if until is not None else None)


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")
