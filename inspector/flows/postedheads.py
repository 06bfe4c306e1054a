"""The heads that the public register tells: of each day on which it was posted, and of this one; who else keeps them, and our signature."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime, time
from pathlib import Path

from inspector.domain import headlist, manifest
from inspector.domain.headlist import FILE, Lodged, PublicHead
from inspector.domain.manifest import MANIFEST, POSTED
from inspector.domain.treehead import TreeHead
from inspector.flows import affix, lodging
from inspector.flows.office import Office
from inspector.store.tx import Tx

MOST = 30
"""So many days are told, the newest first: who wants more keeps the files of before."""
REGISTER = "register"
"""Who keeps a head that stands on the register, as a matter tells it: everybody."""


def gather(office: Office, now: datetime) -> tuple[PublicHead, ...]:
    """The heads to be told, the newest first; of two days with the same head the earlier one.

    Beside the heads of its days those that a witness was given before today: of them it is said who else keeps them.
    """
    today = office.calendar.local_date(now)
    with office.store.read() as tx:
        days = sorted({office.calendar.local_date(at) for at in _posted(tx)} | {today}, reverse=True)[:MOST]
        told: dict[TreeHead, date] = {}
        for day in days:
            begun = datetime.combine(day, time(), office.calendar.zone)
            if (head := tx.tree.before(begun)) is not None:
                told[head] = day
        lodged = _lodged(tx, office)
        for head, (day, _) in lodged.items():
            if day < today:
                told.setdefault(head, day)
    newest = sorted(told.items(), key=lambda one: (one[0].size, one[1]), reverse=True)[:MOST]
    kept = {head: held for head, (_, held) in lodged.items()}
    return tuple(_signed(office, PublicHead(head=head, day=day, lodged=kept.get(head, ()))) for head, day in newest)


def key(office: Office) -> str:
    """The public point of the key that signs heads, in hex: the house's own; empty where it has none."""
    mine = office.keys.signing.get(office.house)
    return mine.public.point.hex() if mine is not None else ""


def hold(office: Office, folder: Path, now: datetime) -> list[TreeHead]:
    """Hold the heads that stand in a folder to what is here, before others take their place; those that differ are a matter for a person.

    A file that cannot be read is none of the register's, unless the folder's list names it (`lost`): that is a matter likewise.
    """
    try:
        before = [one.head for one in headlist.read((folder / FILE).read_bytes())[0]]
    except (OSError, ValueError):
        if lost(folder):
            with office.store.begin() as tx:
                tx.attention.open(lodging.DIFFERS, office.house, REGISTER, {"witness": REGISTER, "file": FILE}, now)
        return []
    with office.store.read() as tx:
        off = lodging.differing(tx, before)
    if off:
        told = {"witness": REGISTER, "size": off[0].size, "root": off[0].root}
        with office.store.begin() as tx:
            tx.attention.open(lodging.DIFFERS, office.house, REGISTER, told, now)
    return off


def lost(folder: Path) -> bool:
    """Whether a folder's list names the heads, and they are not there, or cut: somebody has taken away what would be held to the ledger."""
    try:
        named = FILE in manifest.read((folder / MANIFEST).read_bytes())
    except (OSError, ValueError):
        return False
    try:
        headlist.read((folder / FILE).read_bytes())
    except (OSError, ValueError):
        return named
    return False


def _posted(tx: Tx) -> Sequence[datetime]:
    return [row["at"] for row in tx.ledger.about(affix.ABOUT) if row["rule"] == POSTED]


def _lodged(tx: Tx, office: Office) -> dict[TreeHead, tuple[date, tuple[Lodged, ...]]]:
    """Who keeps which head by its own receipt, and since which day."""
    held: dict[TreeHead, tuple[date, tuple[Lodged, ...]]] = {}
    for row in tx.ledger.about(lodging.ABOUT):
        if row["rule"] == lodging.LODGED and row["body"]:
            told = json.loads(row["body"])["facts"]
            at = datetime.fromisoformat(told["witnessed_at"]) if told.get("witnessed_at") else None
            one = Lodged(witness=told["witness"], receipt=str(told.get("receipt") or ""), at=at)
            head = TreeHead(size=told["size"], root=told["root"])
            day, before = held.get(head, (office.calendar.local_date(row["at"]), ()))
            held[head] = (day, (*before, one))
    return held


def _signed(office: Office, one: PublicHead) -> PublicHead:
    word = office.keys.word(office.house, one.signed)
    return one.by(bytes.fromhex(word.value)) if word is not None else one
