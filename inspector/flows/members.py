"""Whom the keys of a frame stand for. Private: it never leaves the house."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from inspector.domain.case import SubjectKind
from inspector.domain.identity import IdentityKind, pseudonym
from inspector.domain.rowfile import split
from inspector.domain.taking import PURGED
from inspector.store.drawtables import MEMBERS
from inspector.store.tx import Tx

_PAIR = 2
_NAME = re.compile(rb'"(?:[^"\\]|\\.)*"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """What the frame's key stands for, and the stratum it stands in. `pooled`: under daily supervision whatever its cases do.

    Where each list has rules of its own, `supervised` are the agencies of whose supervision that is true.
    """

    kind: SubjectKind
    code: str
    name: str
    cases: tuple[str, ...]
    pooled: bool = False
    stratum: str = ""
    supervised: tuple[str, ...] = ()


Members = Iterable[tuple[str, Member]]
"""Whom the keys of a frame stand for, in the order of the keys; looked through as often as one likes, and perhaps never held."""


def by_key(members: Mapping[str, Member]) -> Members:
    """Members that are held anyway."""
    return [(name, members[name]) for name in sorted(members)]


def object_id(secret: bytes, kind: SubjectKind, code: str) -> str:
    """The frame's key: a firm's normalised code; a keyed pseudonym for a natural person, which never leaves the house."""
    return code if kind is SubjectKind.FIRM else pseudonym(secret, IdentityKind.CITIZEN_ID, code)


def keep_members(tx: Tx, number: str, members: Members) -> None:
    """Keep the private key of a frame: a JSON object with a line for each key, so that one can be read without the others."""
    tx.draws.keep_rows(number, MEMBERS, _lines(members))


def count_members(tx: Tx, number: str) -> int:
    """How many keys there are: the objects of all lists, each once."""
    return sum(part.count(b"\n") for part in tx.draws.parts(number, MEMBERS))


def members_digest(secret: bytes, tx: Tx, number: str) -> str:
    """A keyed digest of what the frame's keys stand for: it says nothing to anybody outside, and nobody inside can swap a case."""
    digest = hmac.new(secret, digestmod=hashlib.sha256)
    for part in tx.draws.parts(number, MEMBERS):
        digest.update(part)
    return digest.hexdigest()


def unswapped(secret: bytes, tx: Tx, number: str, told: object) -> bool:
    """Whether what the frame's keys stand for is what was committed to (`told`), or what lawful purges have left of that (decision 224).

    A purge excuses that the numbers of natural persons are gone whose cases went, by the ledger, and no other change: each key that
    still stands for somebody is that one's own.
    """
    now = members_digest(secret, tx, number)
    if hmac.compare_digest(str(told), now):
        return True
    after = dict(_purges(tx, number))
    chain = [str(told)]
    while chain[-1] in after and after[chain[-1]] not in chain:
        chain.append(after[chain[-1]])
    return now in chain[1:] and all(_lawful(secret, tx, name, one) for name, one in members_of(tx, number).items())


def _purges(tx: Tx, number: str) -> Iterator[tuple[str, str]]:
    """The digest before and after each purge of a frame's numbers that holds itself."""
    rows, broken = tx.ledger.checked(number, (PURGED,))
    later = tx.ledger.ahead((PURGED,), number)
    for row, sound in rows:
        counts = sound and row["body"] and row["id"] not in later
        told = json.loads(row["body"])["facts"].get("members") if counts else None
        if row["seal"] not in broken and isinstance(told, list) and len(told) == _PAIR:
            yield str(told[0]), str(told[1])


def _lawful(secret: bytes, tx: Tx, name: str, one: Member) -> bool:
    """Whether a key stands for its own (the results of a second look are keyed by their visits), or for nobody, by what the ledger says."""
    visit = tx.purging.visit_there(name)
    if one.code or one.kind is SubjectKind.FIRM:
        return visit or object_id(secret, one.kind, one.code) == name
    gone = not tx.purging.cases_there(one.cases) and all(tx.purging.went(case) for case in one.cases)
    return not one.name and gone and (not visit or tx.purging.unnamed(name))


def without_number(part: bytes, names: Collection[str]) -> bytes:
    """A part of the file without number and name of those behind some keys; whatever else it says of them stays, to the byte."""
    lines = part.splitlines(keepends=True)
    for place, line in enumerate(lines):
        for name, one in read_members([line], names):
            head = json.dumps(name, ensure_ascii=False).encode()
            begins = line.index(head) + len(head)
            bare = packed(replace(one, code="", name="")).encode()
            lines[place] = b"".join((line[:begins], b": ", bare, line[line.rindex(b"]") + 1 :]))
    return b"".join(lines)


def members_of(tx: Tx, number: str, names: Collection[str] | None = None) -> dict[str, Member]:
    """What the keys that are asked for stand for, or all of them; the file is read part by part."""
    return dict(read_members(split(tx.draws.parts(number, MEMBERS)), names))


def member_of(tx: Tx, number: str, name: str) -> Member | None:
    """What one key stands for."""
    part = tx.draws.part_with(number, MEMBERS, name.encode())
    return dict(read_members(part.content.split(b"\n"), [name])).get(name) if part is not None else None


def packed(one: Member) -> str:
    """A member as one line of JSON, without its key."""
    fields = [one.kind.value, one.code, one.name, list(one.cases), one.pooled, one.stratum, list(one.supervised)]
    return json.dumps(fields, ensure_ascii=False)


def unpacked(told: str | bytes) -> Member:
    """What `packed` gives, back."""
    return _member(json.loads(told))


def _lines(members: Members) -> Iterator[tuple[bytes, bytes]]:
    begins, held = "{", None
    for name, one in members:
        if held is not None:
            yield held[0], f"{begins}{held[1]},\n".encode()
            begins = ""
        held = name.encode(), f"{json.dumps(name, ensure_ascii=False)}: {packed(one)}"
    if held is not None:
        yield held[0], f"{begins}{held[1]}}}\n".encode()


def read_members(lines: Iterable[bytes], names: Collection[str] | None = None) -> Iterator[tuple[str, Member]]:
    """The keys that are asked for, or all of them, one by one in their order."""
    wanted = {json.dumps(name, ensure_ascii=False).encode() for name in names} if names is not None else None
    for line in lines:
        plain = line.strip(b"{}, \n")  # a line's value is a list, so no brace at an end is a part of it
        if plain and (wanted is None or ((found := _NAME.match(plain)) is not None and found[0] in wanted)):
            for name, fields in json.loads(b"{" + plain + b"}").items():
                yield name, _member(fields)


def _member(fields: Sequence[Any]) -> Member:
    kind, code, called, cases, pooled, stratum, supervised = fields
    return Member(
        kind=SubjectKind(kind),
        code=code,
        name=called,
        cases=tuple(cases),
        pooled=pooled,
        stratum=stratum,
        supervised=tuple(supervised),
    )
