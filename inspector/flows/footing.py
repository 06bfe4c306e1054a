"""What an act on a draw rests on, held to the sealed ledger before the act is carried out (`domain.footing`, decision 61).

The caller holds the draw's row, or reads one moment: between two of them somebody may lawfully have typed or revealed.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from inspector.domain import entries, footing
from inspector.domain.audit import AuditLine
from inspector.domain.commitment import Commitment, read
from inspector.domain.entries import Said
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.frame import Frame
from inspector.domain.plan import PROMISED_BY, Draw
from inspector.domain.reconcile import marked, marks
from inspector.domain.visit import Visit
from inspector.flows.holders import frozen as stands_for
from inspector.flows.lists import AFTER, FRAME, OBJECTS, keep, kept
from inspector.flows.members import Members, keep_members, members_digest
from inspector.flows.office import Office
from inspector.store.draws import CONTRADICTED
from inspector.store.drawtables import HOLDERS
from inspector.store.tx import Tx

_PREPARE, _AFTER = "draw.prepare", "draw.after"
_SEED = ("draw.lodge", "draw.typed", "draw.asked", "draw.halted", "draw.reveal")
_RESTS = (_PREPARE, "draw.promise", "draw.announce", *_SEED, "draw.carry_out")
_WORDS = ("draw.void_asked", "draw.void_signed", "draw.altered", "draw.void", "draw.extension_asked", "draw.extension_signed")


def freeze(
    office: Office, tx: Tx, made: Draw, frames: Mapping[str, Frame], members: Members, files: Mapping[str, object]
) -> dict[str, object]:
    """Keep a draw's frame, whom its keys and staff codes stand for and the further `files`, as JSON; what binds them, for the entry."""
    files = {**files, HOLDERS: stands_for(office, tx, made.agencies)}
    roots = keep(tx, made, frames)
    keep_members(tx, made.number, members)
    for name, told in files.items():
        tx.draws.keep_file(made.number, name, json.dumps(told, ensure_ascii=False).encode())
    names = [*files, *(kept(made, listed, kind) for listed in made.lists for kind in FRAME[1:])]
    return {
        "files": {name: footing.digest(tx.draws.file(made.number, name)) for name in names},
        "roots": {listed.name: roots[kept(made, listed, OBJECTS)] for listed in made.lists},
        "members": members_digest(office.secret, tx, made.number),
    }


def uncommitted(tx: Tx, held: Draw, files: Mapping[str, bytes]) -> None:
    """Hold what is about to be committed to to what was promised and frozen. Raises Invalid (`draw_contradicted`)."""
    said, found = _resting(tx, held)
    _invalid(held, (*found, *footing.frozen(files, said)))


def unfrozen(tx: Tx, held: Draw, made: Commitment) -> None:
    """Hold a commitment that was just written to what was frozen. Raises Invalid (`draw_contradicted`)."""
    _invalid(held, tuple(footing.bound(made, told(tx, held.number, (_PREPARE,))[0])))


def altered(tx: Tx, held: Draw, files: Mapping[str, bytes] | None = None) -> str | None:
    """What was altered of a committed draw that is not carried out: then it is void by rule, and nobody has withheld anything.

    `files`: its small files, where they are about to be read, too.
    """
    return footing.altered(differing(tx, held, files))


def differing(tx: Tx, held: Draw, files: Mapping[str, bytes] | None = None) -> list[AuditLine]:
    """The same, all that differs."""
    said, found = _resting(tx, held)
    try:
        made = read(tx.draws.file(held.number, "commit.json") if files is None else files.get("commit.json", b""))
    except Invalid:
        return [AuditLine(code="draw.records_commitment")]
    lines = [*found, *footing.committed(held, made, said), *footing.revealed(held, said)]
    lines += marked(held, {name: tx.draws.user(name) for name in marks(held).values()})
    lines += footing.frozen(files, said) if files is not None else ()
    return lines


def unsealed(tx: Tx, held: Draw) -> bool:
    """Whether an entry by which a draw gathers its promises was altered: then it is no party's silence that it lacks any."""
    return bool([*footing.written(*told(tx, held.number, _RESTS))])


def stands(tx: Tx, held: Draw) -> None:
    """Hold the state of a draw and the names under it to what was said. Raises Refusal (`draw_contradicted`).

    A name that somebody wrote there is no signature: nobody signs beside it, and nothing follows from it.
    """
    said, broken = told(tx, held.number, (*_RESTS, *_WORDS))
    found = (*footing.written(said, broken), *footing.stands(held, said), *footing.signed(held, said))
    refuse(held.number, (*found, *footing.approved(held, said), *entries.voided(held, said)))


def unsaid(tx: Tx, held: Visit) -> None:
    """Hold what a visit says of its object's being no more to who has said so. Raises Refusal (`draw_contradicted`)."""
    said, broken = told(tx, held.id, footing.WORDS)
    found = [*footing.written(said, broken)]
    if footing.ceased([(one.rule, one.facts) for one in said], (held.ceased, held.proof, held.ceased_by)):
        found.append(AuditLine(code="draw.records_visit", facts={"visit": held.id}))
    refuse(held.draw, found)


def unled(tx: Tx, held: Draw, files: Mapping[str, bytes]) -> None:
    """Hold what became of a draw's lists, line by line, to the ledger. Raises Refusal (`draw_contradicted`).

    Reserve, budget and loads are counted from those lines and from the result.
    """
    said, broken = told(tx, held.number, (_PREPARE, "draw.carry_out", _AFTER))
    found = [*footing.written(said, broken), *footing.resulted(files.get("result.json", b""), said)]
    for name, lines in lines_of(held, files).items():
        found += footing.followed(name, lines, said)
    refuse(held.number, found)


def rules(tx: Tx, held: Draw) -> dict[str, Any]:
    """The rules by which a draw's frame was made, as they were frozen. Raises Refusal (`draw_contradicted`)."""
    content = tx.draws.file(held.number, footing.RULES)
    said, broken = told(tx, held.number, (_PREPARE,))
    found = [*footing.written(said, broken), *footing.ruled(content, tx.draws.file(held.number, "commit.json"), said)]
    refuse(held.number, found)
    told_: dict[str, Any] = json.loads(content)
    return told_


def lines_of(held: Draw, files: Mapping[str, bytes]) -> dict[str, list[bytes]]:
    """The lines of each list's after.jsonl, as the bytes they are, by its name."""
    return {one.name: files.get(kept(held, one, AFTER), b"").splitlines() for one in held.lists}


def refuse(number: str, found: Collection[AuditLine]) -> None:
    """Raise Refusal (`draw_contradicted`), naming what differs, if anything does."""
    if found:
        raise Refusal(CONTRADICTED, draw=number, differs=named(found))


def named(found: Collection[AuditLine]) -> str:
    """What differs in a line: codes, and by which visit or party; no object, for a matter is read by more people than the list."""
    return ", ".join(" ".join([one.code.split(".", 1)[1], *map(str, one.facts.values())]) for one in found)


def told(tx: Tx, about: str, by_rules: Sequence[str] = ()) -> tuple[list[Said], set[int]]:
    """The ledger's entries about something, by these rules (all where none is named), and the seals over them that do not hold."""
    rows, broken = tx.ledger.checked(about, by_rules)
    return [said(row, sound=sound) for row, sound in rows], broken


def promised_by(tx: Tx, number: str) -> datetime | None:
    """The last moment for promises, as it was entered when the draw was prepared; None for one of an older release."""
    told_by = told(tx, number, (_PREPARE,))[0]
    moment = told_by[0].facts.get(PROMISED_BY) if told_by else None
    return datetime.fromisoformat(str(moment)) if moment is not None else None


def said(row: Mapping[str, object], *, sound: bool) -> Said:
    """An entry as it is stored."""
    try:
        body = json.loads(str(row["body"]))
    except ValueError:
        body = None
    body, at = body if isinstance(body, dict) else {}, row["at"]
    facts = body.get("facts")
    return Said(
        rule=str(row["rule"]),
        facts=facts if isinstance(facts, dict) else {},
        at=at if isinstance(at, datetime) else None,
        pack=str(body.get("pack", "")),
        state=str(body.get("draw_state", "")),
        told={name: value for name, value in body.items() if name not in ("facts", "pack", "basis")},
        sound=sound and bool(body),
    )


def _resting(tx: Tx, held: Draw) -> tuple[list[Said], tuple[AuditLine, ...]]:
    """The entries that a draw's seed and its commitment rest on, and what they say differently of its row."""
    told_, broken = told(tx, held.number, _RESTS)
    register = tx.register.of_draw(held.agency, held.number)
    return told_, tuple(_row(held, told_, broken, entries.prepared(held, told_, register)))


def _row(held: Draw, said: Sequence[Said], broken: Collection[int], prepared: Iterator[AuditLine]) -> Iterator[AuditLine]:
    yield from footing.written(said, broken)
    yield from footing.promised(held, said)
    yield from prepared
    yield from footing.stands(held, said)
    yield from entries.timed(held, said)


def _invalid(held: Draw, found: Collection[AuditLine]) -> None:
    if found:
        raise Invalid(CONTRADICTED, draw=held.number, differs=named(found))
