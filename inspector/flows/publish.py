"""What of a draw leaves the house once its visits are over: the public bundle, and a receipt for each firm (rulings 17, 18).

A draw that was made void after it was carried out is published like any other, and marked: nobody could else see what the house
set aside (handbook scenario 23).
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import Any

from inspector.domain import draw as protocol
from inspector.domain import publicfiles
from inspector.domain.case import SubjectKind
from inspector.domain.commitment import Commitment, join, read
from inspector.domain.draw import Result, fate, veiled
from inspector.domain.errors import Invalid, Missing, Refusal
from inspector.domain.frame import ELIGIBLE, Frame
from inspector.domain.identity import holds_person, normalise
from inspector.domain.listed import Listed
from inspector.domain.plan import Draw, DrawState
from inspector.domain.publish import Voided
from inspector.domain.register import EntryKind
from inspector.domain.rowfile import Tally, eligible
from inspector.domain.selection import part
from inspector.domain.suite import Suite, climb, included, leaves
from inspector.domain.union import chance
from inspector.domain.visit import Visit
from inspector.flows import embargo, receiptwords, reconcile
from inspector.flows.embargo import awaited, closed, told_by_rows
from inspector.flows.history import names
from inspector.flows.lists import OBJECTS, find, frames, kept, objects_of, small
from inspector.flows.members import member_of, members_of
from inspector.flows.office import Office
from inspector.store.drawfiles import PART
from inspector.store.tx import Tx

_TELEPHONE = re.compile(r"\+?[0-9]{7,14}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A draw that was carried out, recomputed from its frozen bytes; `void` where that was undone.

    `files` are the short ones; see `lists.frames`.
    """

    held: Draw
    files: Mapping[str, bytes]
    commitment: Commitment
    frames: Mapping[str, Frame]
    result: Result
    void: Voided | None

    @classmethod
    def of(cls, office: Office, tx: Tx, number: str) -> Drawn:
        """Recompute it, from the seed on record. Raises Missing, and Refusal (`draw_not_finished`, `draw_contradicted`)."""
        held = tx.draws.get(number)
        if held.drawn_at is None:
            raise Refusal("draw_not_finished", draw=number, state=held.state)
        reconcile.refuse(office, tx, held, whole=True)
        files = small(tx, held)
        commitment = read(files["commit.json"])
        made = frames(tx, held, files, commitment.suite)
        result = protocol.carry_out(commitment, made, [held.parts[party] for party in held.parties])
        if files.get("result.json") != result.content():
            raise Refusal(reconcile.MATTER, draw=number, differs="records_result")
        return cls(held=held, files=files, commitment=commitment, frames=made, result=result, void=voided(tx, held))


def voided(tx: Tx, held: Draw) -> Voided | None:
    """Why a draw is void, and under which numbers of the register of draws; None for one that stands."""
    if held.state is not DrawState.VOID:
        return None
    lines = tx.register.of_agency(held.agency)
    numbers = tuple(one.number for one in lines if one.kind is EntryKind.VOID and one.draw == held.number)
    return Voided(reason=held.void_reason or "", numbers=numbers)


def void_record(office: Office, tx: Tx, held: Draw, *, public: bool) -> dict[str, object]:
    """What the record of an export says of a void, as 7.12 asks.

    `lacked` are places in the commitment's seed (ruling 12). Who signed is a person: to the public each is a mark by the office's key, so
    that two can be told apart and nobody is named. `voided_at` is the register's own time.
    """
    voids = [one for one in tx.register.of_draw(held.agency, held.number) if one.kind is EntryKind.VOID]
    return {
        "void": held.void_reason,
        "void_numbers": [one.number for one in voids],
        "voided_at": voids[0].at.isoformat() if voids else None,
        "lacked": [held.parties.index(party) for party in held.lacked if held.c is not None],
        "signed": [_mark(office, held.number, one.by) if public else one.by for one in held.signed if held.freed or not public],
    }


def _mark(office: Office, number: str, name: str) -> str:
    """What stands for a signatory's name in one draw's public record."""
    return f"signatory-{hmac.new(office.secret, f'draw.void/{number}/{name}'.encode(), sha256).hexdigest()[:16]}"


def refuse_early(office: Office, tx: Tx, held: Draw, now: datetime, others: Sequence[Visit] = ()) -> None:
    """Raise Refusal: `draw_embargoed` while the embargo holds, naming the draws whose visits are still to be made; `shadow_silent`."""
    office.earnest()
    if (why := closed(office, tx, held, now, others)) is not None:
        raise Refusal("draw_embargoed", draw=held.number, left=why.left, of=", ".join(why.of), until=why.day(office))


def commitment_of(office: Office, tx: Tx, held: Draw, now: datetime) -> str | None:
    """C of a draw that was carried out, once its embargo is over; None before: with C and a public seed anybody computes who is drawn."""
    secret = held.drawn_at is None or closed(office, tx, held, now) is not None
    return None if secret else held.c


def public_bundle(office: Office, tx: Tx, number: str, now: datetime) -> dict[str, bytes]:
    """The files of the public bundle. Raises Refusal: `draw_not_finished`, `draw_contradicted`, and `draw_embargoed` before the visits.

    Its commitment names the one before it, so it waits for the visits of earlier draws too.

    Named are drawn firms whose visit is over, where the pack says so: that of every list that has drawn it, for the ticket is the
    same in all. No person is, and no inspector.
    """
    told = Drawn.of(office, tx, number)
    refuse_early(office, tx, told.held, now)
    members = members_of(tx, number, {name for one in told.result.lists for name in one.selected})
    waiting = {one.object_id for one in awaited(tx, number) if one.state.open}
    for listed, result in zip(told.held.lists, told.result.lists, strict=True):
        if not office.book.get(told.held.pack_of(listed.agency)).publish.firms:
            waiting.update(result.selected)
    named = {
        result.name: {
            name for name in result.selected if name in members and members[name].kind is SubjectKind.FIRM and name not in waiting
        }
        for result in told.result.lists
    }
    return publicfiles.files(told.commitment, told.frames, told.result, named, told.files["seed.json"])


def void_entry(office: Office, tx: Tx, number: str, now: datetime) -> dict[str, bytes]:
    """What is told of a draw that became void before its result: its commitment, or nothing where it had none yet.

    A chain led through it has no gap then. Its commitment names the one before it, so it waits for the visits of earlier draws, for
    whomever it is made; of its own there are none. Raises Refusal (`draw_embargoed`).
    """
    held = tx.draws.get(number)
    refuse_early(office, tx, held, now)
    reconcile.refuse(office, tx, held)
    return {"commit.json": tx.draws.file(number, "commit.json")} if held.c is not None else {}


def receipt_of(
    office: Office, tx: Tx, number: str, code: str, now: datetime, *, agency: str = "", within: Collection[str] | None = None
) -> dict[str, object]:
    """A firm's receipt, with what it says in words.

    Where each list has rules of its own it is that of an `agency`'s list, or else of the first one that the firm stands in; of those
    whose agencies are `within`. How likely the firm was visited at all is told to whoever may see every list.

    Before the visits (the draw's, those of earlier ones, others that a row may be marked by) it proves only that a row is in the
    frame, by its hash: the row itself says whether the firm is certain to be visited, or will be for another draw. It names no
    commitment, for with C and a public seed anybody could compute a ticket. Where being in the frame says enough, there is none
    before: that is said before anybody looks whether the firm is there, or the refusal would tell. A receipt of a void draw says so
    (`void`), whatever else it says.

    Raises Missing (`draw_unknown`, `receipt_unknown`) and Refusal (`draw_not_committed`, `draw_embargoed`, `receipt_tells`,
    `draw_contradicted`).
    """
    office.earnest()
    held, name = tx.draws.get(number), normalise(code)
    if held.c is None:
        raise Refusal("draw_not_committed", draw=number, state=held.state)
    if early := premature(office, tx, number, now):
        _refuse_telling(office, tx, held, _asked(held, agency, within), now)
    name, listed = _standing(tx, held, name, agency, within)
    reconcile.refuse(office, tx, held)
    commitment = read(tx.draws.file(number, "commit.json"))
    told: dict[str, object] = _row(tx, commitment, held, listed, name)
    if early:
        told = veiled(commitment.suite, told)
    else:
        result, parts = (json.loads(tx.draws.file(number, file)) for file in ("result.json", "seed.json"))
        strata = {one["name"]: one["strata"] for one in result["lists"]}
        told = fate(commitment, told, strata[listed.name], join(commitment, parts["parts"]))
        if held.own and (within is None or {*held.agencies} <= {*within}):
            told["visited"] = _visited(tx, held, commitment.suite, strata, name)
    own = {"list": listed.name} if held.own else {}
    void = voided(tx, held)
    marked = {"void": {"reason": void.reason, "numbers": list(void.numbers)}} if void else {}
    return {"draw": number, **own, **told, **marked, "words": receiptwords.said({**told, **own}, name, void)}


def ask_receipt(  # noqa: PLR0913 - as `receipt_of`, and who asks
    office: Office,
    tx: Tx,
    number: str,
    code: str,
    now: datetime,
    *,
    by: str,
    door: str,
    agency: str = "",
    within: Collection[str] | None = None,
) -> dict[str, object] | Missing | Refusal:
    """A firm's receipt for somebody, or why there is none. Before its time either is an entry of the ledger.

    A refusal is given back, so that the entry is kept; whoever asked raises it once that is written. Raises Missing (`draw_unknown`).
    """
    told: dict[str, object] | Missing | Refusal
    early, what = premature(office, tx, number, now), f"{door}:{_asked_of(normalise(code))}"
    try:
        told = receipt_of(office, tx, number, code, now, agency=agency, within=within)
    except (Missing, Refusal) as error:
        told, what = error, f"{what}:{error.code}"
    if early:
        embargo.noted(tx, number, by, what, now)
    return told


def _asked_of(code: str) -> str:
    """Whose receipt was asked for, as the ledger keeps it for good: a firm's code, and nobody's number, name or telephone."""
    return "…" if not code.isascii() or holds_person(code) or _TELEPHONE.fullmatch(code) else code


def premature(office: Office, tx: Tx, number: str, now: datetime) -> bool:
    """Whether the rows of a committed draw are still secret: of all its rows alike, whoever is asked about."""
    held = tx.draws.get(number)
    if held.c is None:
        return False
    return held.drawn_at is None or _rows_closed(office, tx, held, now)


def _rows_closed(office: Office, tx: Tx, held: Draw, now: datetime) -> bool:
    return closed(office, tx, held, now, told_by_rows(tx, held.number)) is not None


def _refuse_telling(office: Office, tx: Tx, held: Draw, lists: Collection[Listed], now: datetime) -> None:
    """Raise Refusal (`draw_embargoed`, or `receipt_tells` before there are visits) where the frame alone tells who is visited.

    Where several lists could be meant, one of them that is drawn whole is enough: an answer from another would say who is in it.
    Before it is carried out nobody knows when its visits will be over, and a day that is told stands: then none is.
    """

    def refuse() -> None:
        if held.drawn_at is not None:
            refuse_early(office, tx, held, now, told_by_rows(tx, held.number))
        raise Refusal("receipt_tells", draw=held.number)

    if held.extends is not None and _rows_closed(
        office, tx, held, now
    ):  # its rows say who was drawn before, and may still be visited
        refuse()
    commitment = read(tx.draws.file(held.number, "commit.json"))
    for listed in lists:
        of_list = commitment.list_named(listed.name)
        share = part(of_list, commitment.suite, partial(_tally, tx, held, listed, commitment.suite))
        if share >= office.book.get(held.pack_of(listed.agency)).report.certain:
            refuse()


def _asked(held: Draw, agency: str, within: Collection[str] | None) -> list[Listed]:
    """The lists of which a receipt may be meant: the lead's stands for all that share its objects."""
    if not held.own:
        return [held.lists[0]]
    return [one for one in held.lists if (within is None or one.agency in within) and agency in ("", one.agency)]


def _standing(tx: Tx, held: Draw, name: str, agency: str, within: Collection[str] | None) -> tuple[str, Listed]:
    """By which key a firm stands in a frame, and in which list: its own code, else the first other one of its organisation.

    A register, or another agency's list, may go by another one (decision 170). Raises Missing (`receipt_unknown`).
    """
    for one in (name, *sorted(names(tx, name) - {name})):
        member, listed = member_of(tx, held.number, one), _listed(tx, held, one, agency, within)
        if member is not None and member.kind is SubjectKind.FIRM and listed is not None:
            return one, listed
    raise Missing("receipt_unknown", draw=held.number)


def _listed(tx: Tx, held: Draw, name: str, agency: str, within: Collection[str] | None) -> Listed | None:
    """The list whose receipt is asked for: of those that may be meant the first one that the firm stands in."""
    asked = _asked(held, agency, within)
    return next((one for one in asked if not held.own or find(tx, held, one, name) is not None), None)


def _visited(tx: Tx, held: Draw, suite: Suite, strata: Mapping[str, Mapping[str, Mapping[str, Any]]], name: str) -> str:
    """How likely a firm was visited at all, being in several lists with one ticket: exactly, or from … to ….

    It counts neighbours, so the ids of the firm's classes are held, and no more of their rows.
    """
    places = []
    for listed in held.lists:
        row = find(tx, held, listed, name)
        if row is not None and row.status == ELIGIBLE:
            able = [one.decode() for code, one in eligible(objects_of(tx, held, listed, suite)) if code == row.stratum]
            places.append((able, int(strata[listed.name][row.stratum]["k"])))
    return chance(places).told


def _row(tx: Tx, commitment: Commitment, held: Draw, listed: Listed, name: str) -> dict[str, object]:
    """One row with what shows that it is in a list's frame, from the part it lies in and the nodes above all parts.

    Raises Invalid (`REGISTER_CHANGED`) when that does not lead to the committed root, and `draw_object_unknown`.
    """
    suite, file = commitment.suite, kept(held, listed, OBJECTS)
    part, (n, expected) = tx.draws.part_with(held.number, file, name.encode()), commitment.list_named(listed.name).objects
    lines = part.content.split(b"\n")[:-1] if part is not None else []
    place = next((place for place, line in enumerate(lines) if line.startswith(f"{name}\t".encode())), None)
    if part is None or place is None:
        raise Invalid("draw_object_unknown", object=name)
    _, (lower,) = climb(suite, leaves(suite, lines), [place])
    _, (upper,) = climb(suite, tx.draws.nodes(held.number, file), [part.number])
    index, steps = part.number * PART + place, [*lower, *upper]
    if not included(suite, lines[place], index, n, steps, expected):
        raise Invalid("REGISTER_CHANGED", list=listed.name, file="objects")
    return {"line": lines[place].decode(), "index": index, "n": n, "path": steps}


def _tally(tx: Tx, held: Draw, listed: Listed, suite: Suite) -> Tally:
    return objects_of(tx, held, listed, suite).tally
