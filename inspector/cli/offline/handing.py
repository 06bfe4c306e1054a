"""What leaves the house of a draw without the daemon: a firm's receipt, and the public bundle. The documents are the daemon's."""

from __future__ import annotations

import json
from datetime import datetime
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any, cast

from inspector.cli.bundle import AFTER, RECORD, log_of, void_of
from inspector.cli.offline import folder, papers
from inspector.cli.offline.carry import COMMIT, SEED
from inspector.cli.offline.drawn import Drawn, refuse_exported
from inspector.cli.offline.opening import closed, opened, refuse_closed
from inspector.domain import publicfiles
from inspector.domain.draw import fate, shown, veiled
from inspector.domain.errors import Missing, Refusal
from inspector.domain.frame import ELIGIBLE, Frame, ObjectRow
from inspector.domain.identity import IdentityKind, normalise, of_another, organisation
from inspector.domain.rowfile import eligible, tally
from inspector.domain.selection import part
from inspector.domain.spelling import party_of
from inspector.domain.strict import HEX32, matches
from inspector.domain.union import chance
from inspector.flows import receiptwords
from inspector.verifier import programs

_TOKENS = (".tsr", ".tst")
_LARGEST = 1 << 16
_DER = b"\x30"
"""How a time-stamp token (RFC 3161) begins."""
_KEPT = ("receipt", "announced_at", "witnessed_at", "seeded_at", "voided_at")
"""What of a folder's own record the public reads as it is."""


def receipt(drawn: Drawn, code: str, listed: str, certain: Fraction, now: datetime) -> dict[str, object]:
    """A firm's receipt, with what it says in words: of the list named, or else of the first one that the firm stands in.

    While the draw is closed (`opening`) it proves only that a row is in the frame, by its hash, and where that says enough (of a list
    so much is drawn as `certain` says) there is none, for whomever it is asked. Natural persons get none.

    Raises Missing (`receipt_unknown`), Refusal (`receipt_tells`, `draw_folder_exported`), Invalid and OSError.
    """
    refuse_exported(drawn)
    commitment, names = drawn.commitment, [one.name for one in drawn.commitment.lists]
    asked = [drawn.list_named(listed)] if listed else names
    if early := drawn.result is None or bool(closed(drawn)):
        for name in asked:
            counted = partial(tally, drawn.frames[name].objects)
            if part(commitment.list_named(name), commitment.suite, counted) >= certain:
                raise Refusal("receipt_tells", draw=commitment.number)
    name, row = _standing(drawn, asked, code, now)
    (told,) = shown(commitment, drawn.frames[name], [row.id], name)
    if early or drawn.result is None:
        told = veiled(commitment.suite, told)
    else:
        strata = {one["name"]: one["strata"] for one in cast("list[dict[str, Any]]", drawn.result.value()["lists"])}
        told = fate(commitment, told, strata[name], drawn.result.seed)
        if len(names) > 1:
            told["visited"] = _visited(drawn, row.id)
    own = {"list": name} if len(names) > 1 else {}
    marked = {"void": {"reason": drawn.void.reason, "numbers": []}} if drawn.void else {}
    words = receiptwords.said({**told, **own}, row.id, drawn.void)
    return {"draw": commitment.number, **own, **told, **marked, "words": words}


def export(drawn: Drawn, out: Path, *, firms: bool) -> tuple[list[str], list[str]]:
    """Write the public bundle into a new folder, whole or not at all: (the names of its files, those of `witness/` that stay in the house).

    `firms`: drawn firms are named, by the office's decision; whoever is no firm by a credit code is not, nor is any inspector. Of a draw
    that was made void before its result: its commitment and why it is void. Raises Refusal (`draw_unopened`,
    `draw_folder_exported`), Invalid (`folder_not_empty`) and OSError.
    """
    refuse_exported(drawn)
    stopped = drawn.void is not None and drawn.result is None
    result = None if stopped else drawn.finished
    refuse_closed(drawn)
    if result is None:
        files = {COMMIT: drawn.commitment.content}
    else:
        named = {one.name: {name for name in one.selected if firms and organisation(name) is not None} for one in result.lists}
        files = publicfiles.files(drawn.commitment, drawn.frames, result, named, drawn.bundle.files[SEED])
        files |= programs()
    held, stays = _witnessed(drawn.where)
    if papers.WITNESS in held and result is not None:
        files[papers.WITNESS] = papers.witness(drawn.commitment)  # as it was made: nobody's note on it goes along
    files |= {name: content for name, content in held.items() if name != papers.WITNESS}
    files[RECORD] = (json.dumps(_record(drawn), ensure_ascii=False, indent=2) + "\n").encode()
    folder.make(out, {name: iter([content]) for name, content in files.items()}, {})
    return list(files), stays


def _witnessed(where: Path) -> tuple[dict[str, bytes], list[str]]:
    """(what the witness gave that is everybody's, the other files): our own paper and time-stamp tokens, which are DER and no text.

    Anything else may name people: papers of re-deals, scans, mails.
    """
    held, stays = dict[str, bytes](), list[str]()
    for file in sorted((where / "witness").iterdir()) if (where / "witness").is_dir() else ():
        name = f"witness/{file.name}"
        if name == RECORD:
            continue
        token = file.suffix.lower() in _TOKENS and file.is_file() and file.stat().st_size <= _LARGEST
        content = file.read_bytes() if token or name == papers.WITNESS else b""
        if name == papers.WITNESS or content.startswith(_DER):
            held[name] = content
        else:
            stays.append(name)
    return held, stays


def _record(drawn: Drawn) -> dict[str, object]:
    """The house's record as the public gets it: who signed is a person, so a mark stands for each, and nobody is named."""
    told, (reason, signed) = drawn.bundle.record, void_of(drawn.bundle.record)
    day = opened(told)
    return {
        "draw": drawn.commitment.number,
        "w": drawn.commitment.w,
        **{name: told[name] for name in _KEPT if name in told},
        "void": reason or None,
        **({"signed": [f"signatory-{place}" for place, _ in enumerate(signed, 1)]} if reason else {}),
        **({"opened_on": day.on.isoformat()} if day else {}),
        "after": log_of({AFTER: b"", **_logs(drawn)}) if drawn.result is not None else None,
    }


def _logs(drawn: Drawn) -> dict[str, bytes]:
    """The files of what followed, and no other of such a name."""
    names = {AFTER, *(f"{one.name}.{AFTER}" for one in drawn.commitment.lists)}
    return {name: content for name, content in drawn.bundle.files.items() if name in names}


def _standing(drawn: Drawn, asked: list[str], code: str, now: datetime) -> tuple[str, ObjectRow]:
    """In which list a firm stands, by which row: its own code, else another one of its organisation. Raises Missing."""
    told, party = normalise(code), party_of(normalise(code))
    fits = (lambda row: row.id == code, lambda row: row.id == told, lambda row: party_of(row.id) == party)
    for fit in fits:
        for name in asked:
            row = next((row for row in drawn.frames[name].objects if fit(row)), None)
            if row is not None and not _person(row.id, now):
                return name, row
    raise Missing("receipt_unknown", draw=drawn.commitment.number)


def _person(name: str, now: datetime) -> bool:
    """Whether an object is a natural person: by its pseudonym, or by a citizen number that is right in every sign."""
    return matches(HEX32, name) or of_another(IdentityKind.USCC, normalise(name), now.date())


def _visited(drawn: Drawn, name: str) -> str:
    """How likely a firm was visited at all, whose one ticket counts in several lists."""
    places = []
    for one in drawn.finished.lists:
        row = _row(drawn.frames[one.name], name)
        if row is not None and row.status == ELIGIBLE:
            able = [held.decode() for code, held in eligible(drawn.frames[one.name].objects) if code == row.stratum]
            places.append((able, one.strata[row.stratum].k))
    return chance(places).told


def _row(frame: Frame, name: str) -> ObjectRow | None:
    return next((row for row in frame.objects if row.id == name), None)
