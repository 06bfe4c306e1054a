"""What of a draw leaves the house once its visits are over: the public bundle, and a receipt for each firm (rulings 17, 18).

A draw that was made void after it was carried out is published like any other, and marked: nobody could else see what the house
set aside (handbook scenario 23).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from inspector.domain import draw as protocol
from inspector.domain.case import SubjectKind
from inspector.domain.commitment import Commitment, read
from inspector.domain.draw import Result, receipt, shown
from inspector.domain.errors import Missing, Refusal
from inspector.domain.exclusion import CODES, Exclusion
from inspector.domain.frame import ELIGIBLE, Frame
from inspector.domain.identity import normalise
from inspector.domain.plan import Draw, DrawState
from inspector.domain.public import published
from inspector.domain.publish import Voided, opens
from inspector.domain.register import EntryKind
from inspector.domain.visit import Visit
from inspector.flows.lists import frames, frozen
from inspector.flows.members import load_members
from inspector.flows.office import Office
from inspector.labels import LANGS, label, of
from inspector.store.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A draw that was carried out, recomputed from its frozen bytes; `void` where that was undone."""

    held: Draw
    files: Mapping[str, bytes]
    commitment: Commitment
    frames: Mapping[str, Frame]
    result: Result
    void: Voided | None

    @classmethod
    def of(cls, tx: Tx, number: str) -> Drawn:
        """Recompute it. Raises Missing, and Refusal (`draw_not_finished`)."""
        held, files = tx.draws.get(number), tx.draws.files(number)
        if held.drawn_at is None:
            raise Refusal("draw_not_finished", draw=number, state=held.state)
        commitment, made = read(files["commit.json"]), frames(held, files)
        result = protocol.carry_out(commitment, made, json.loads(files["seed.json"])["parts"])
        return cls(held=held, files=files, commitment=commitment, frames=made, result=result, void=voided(tx, held))

    @property
    def frame(self) -> Frame:
        """The lead's: its objects are those of every list."""
        return self.frames[self.held.lists[0].name]


def voided(tx: Tx, held: Draw) -> Voided | None:
    """Why a draw is void, and under which numbers of the register of draws; None for one that stands."""
    if held.state is not DrawState.VOID:
        return None
    lines = tx.register.of_agency(held.agency)
    numbers = tuple(one.number for one in lines if one.kind is EntryKind.VOID and one.draw == held.number)
    return Voided(reason=held.void_reason or "", numbers=numbers)


def closed_until(office: Office, held: Draw, visits: list[Visit], now: datetime) -> datetime | None:
    """Until when the embargo holds at the latest; None when it is over."""
    row = office.book.get(held.pack).publish
    at = opens([one.due_at for one in visits if one.state.open], row, office.calendar)
    return at if at is not None and now < at else None


def refuse_early(office: Office, held: Draw, visits: list[Visit], now: datetime) -> None:
    """Raise Refusal (`draw_embargoed`) while the embargo holds."""
    if (until := closed_until(office, held, visits, now)) is not None:
        left = sum(one.state.open for one in visits)
        raise Refusal("draw_embargoed", draw=held.number, left=left, until=f"{office.calendar.local(until):%Y-%m-%d %H:%M}")


def public_bundle(office: Office, tx: Tx, number: str, now: datetime) -> dict[str, bytes]:
    """The files of the public bundle. Raises Refusal: `draw_not_finished`, and `draw_embargoed` before the visits.

    Named are drawn firms whose visit is over, where the pack says so. No person is, and no inspector.
    """
    told = Drawn.of(tx, number)
    visits = tx.visits.of_selection(number)
    refuse_early(office, told.held, visits, now)
    firms = office.book.get(told.held.pack).publish.firms
    members, waiting = load_members(told.files["members.json"]), {one.object_id for one in visits if one.state.open}
    named = {
        name
        for name in told.result.lists[0].selected  # the same in every list
        if firms and name in members and members[name].kind is SubjectKind.FIRM and name not in waiting
    }
    value = published(told.commitment, told.result, dict.fromkeys(told.frames, named))
    drawn = {
        f"{name}.drawn.jsonl": b"".join(_json(row) + b"\n" for row in shown(told.commitment, frame, named, name))
        for name, frame in told.frames.items()
    }
    return {
        "commit.json": told.files["commit.json"],
        "seed.json": told.files["seed.json"],
        "result.json": _json(value),
        **drawn,
    }


def receipt_of(office: Office, tx: Tx, number: str, code: str, now: datetime) -> dict[str, object]:
    """A firm's receipt, with what it says in words.

    Before the visits it says only that the row was in the frame, and names no commitment: with C and a public seed anybody could
    compute a ticket. A receipt of a void draw says so (`void`), whatever else it says. Raises Missing (`draw_unknown`,
    `receipt_unknown`) and Refusal (`draw_not_committed`).
    """
    held, name = tx.draws.get(number), normalise(code)
    if held.c is None:
        raise Refusal("draw_not_committed", draw=number, state=held.state)
    member = load_members(tx.draws.file(number, "members.json")).get(name)
    if member is None or member.kind is not SubjectKind.FIRM:
        raise Missing("receipt_unknown", draw=number)
    listed, void = held.lists[0], voided(tx, held)
    early = held.drawn_at is None or closed_until(office, held, tx.visits.of_selection(number), now) is not None
    if early:
        files = tx.draws.files(number)
        (told,) = shown(read(files["commit.json"]), frozen(held, files, listed), [name], listed.name)
    else:
        drawn = Drawn.of(tx, number)
        told = receipt(drawn.commitment, drawn.frame, name, listed.name, drawn.result)
    marked = {"void": {"reason": void.reason, "numbers": list(void.numbers)}} if void else {}
    return {"draw": number, **told, **marked, "words": _words(told, void)}


def _words(told: Mapping[str, object], void: Voided | None) -> dict[str, list[str]]:
    """What a receipt says, by language."""
    line, index = str(told["line"]).split("\t"), int(str(told["index"]))
    facts = {**told, "id": line[0], "stratum": line[1], "status": line[2], "row": index + 1}
    limit = told.get("limit")
    if "limit" not in told:
        said = ["frame", *([] if void else ["early"])]
    elif line[2] != ELIGIBLE:
        said = ["frame", "excluded"]
    else:
        facts |= dict(zip(("k", "eligible"), str(told["chance"]).split("/"), strict=True))
        facts |= {"limit": limit or "—"}
        said = ["frame", "chance", "drawn" if isinstance(limit, str) and str(told["ticket"]) <= limit else "undrawn"]
    if void:
        said.append("void")
        facts |= void.facts
    if line[2] not in CODES:
        return {lang: [label(f"receipt.{one}", lang, **facts) for one in said] for lang in LANGS}
    why = Exclusion(line[2])
    return {lang: [label(f"receipt.{one}", lang, **{**facts, "status": of(why, lang)}) for one in said] for lang in LANGS}


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
