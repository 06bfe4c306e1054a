"""What shows that the files of the public register are those that were posted: a list of their digests, bound to the ledger.

The list by itself proves nothing, for who changes a file changes the list. That the register was posted is an entry of the ledger which
holds the list's own digest; its proof (RFC 6962) lies beside the files, and a head from another hand than the office's vouches for it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from inspector.domain import headlist
from inspector.domain.folio import Entry, Judged, Trouble, as_laid, differing, json_of, vouched
from inspector.domain.signature import Signature
from inspector.domain.strict import HEX64, matches, parse
from inspector.domain.treehead import Proof, TreeHead

MANIFEST = "manifest.json"
LEDGER = "ledger.json"
FORM = "inspector.register/1"
POSTED = "publication.posted"
"""The rule of the entry that a register was posted."""


def listing(sums: Mapping[str, str]) -> bytes:
    """The list of all files but itself and the proof, as it lies beside them: SHA-256 in hex by name."""
    return json_of({"form": FORM, "files": dict(sorted(sums.items()))})


def read(manifest: bytes) -> dict[str, str]:
    """The files that a list names. Raises ValueError for what is none."""
    told = parse(manifest)
    files = told.get("files") if isinstance(told, dict) and told.keys() == {"form", "files"} and told["form"] == FORM else None
    if not isinstance(files, dict) or not all(isinstance(one, str) and matches(HEX64, one) for one in files.values()):
        raise ValueError("no list of a register")
    if listing(files) != manifest:
        raise ValueError("not as it was written")
    return files


def digest(content: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(content).hexdigest()


def proof(entry: Entry, head: TreeHead, growth: Sequence[Proof], said: tuple[date, Signature] | None = None) -> bytes:
    """The proof as it lies beside the files; `said`: since which day the office says so of the head, and its signature, if it has a key."""
    told = {"form": FORM, "head": {"size": head.size, "root": head.root}, "entry": entry.value()}
    word = {} if said is None else {"signed": {"day": said[0].isoformat(), "key": said[1].key, "signature": said[1].value}}
    return json_of({**told, "growth": [one.value() for one in growth], **word})


def covers(ledger: bytes, head: TreeHead, growth: Sequence[Proof] = ()) -> bool:
    """Whether a head vouches for the posting that a proof tells of. Never raises."""
    try:
        entry, own, within = _read(ledger)
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return False
    return entry.place < (vouched(own, [head], (*within, *growth)) or 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """When a register was posted, where, and by which head its proof shows it: it says nothing of any later posting."""

    at: datetime
    address: str
    head: TreeHead


def posting(ledger: bytes) -> Posting | None:
    """What a proof says of its posting; None where it says none. Whether that holds, `judge` says."""
    try:
        entry, head, _ = _read(ledger)
        address = str(json.loads(entry.body or "")["facts"].get("address", ""))
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
        return None
    return Posting(at=entry.at, address=address, head=head) if entry.rule == POSTED else None


def outdated(ledger: bytes, newer: bytes, held: Sequence[TreeHead], growth: Sequence[Proof] = ()) -> Trouble | None:
    """Whether the proof of another posting (`ledger.json`, as it is served now) shows that this one is not the newest.

    A whole former register, served again, is as it was posted: only a later posting shows that it is none of today's. One that is
    not proven shows nothing, and that is said. Never raises.
    """
    try:
        (own, _, _), (other, head, within) = _read(ledger), _read(newer)
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return Trouble(code="newer_unproven")
    known = vouched(head, held, (*within, *growth))
    if known is None or other.place >= known or not other.sound(head) or not _named(other) or other.about != own.about:
        return Trouble(code="newer_unproven")
    return Trouble(code="not_newest", about=other.at.isoformat()) if other.place > own.place else None


def judge(
    there: Mapping[str, str], manifest: bytes, ledger: bytes, held: Sequence[TreeHead], growth: Sequence[Proof] = ()
) -> Judged:
    """Whether a folder is what was posted: the digests of its files, its list and its proof, by heads that the checker holds.

    `growth`: proofs asked for since, for another head than the proof's own. Never raises. What was posted elsewhere, or never, nobody
    can see from the folder, nor what was posted since (`outdated`).
    """
    try:
        troubles = differing(there, read(manifest))
    except (ValueError, RecursionError):
        troubles = [Trouble(code="unreadable", about=MANIFEST)]
    try:
        entry, head, within = _read(ledger)
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return Judged(troubles=(*troubles, Trouble(code="unreadable" if ledger else "unposted", about=LEDGER)))
    troubles += as_laid(ledger, lambda: proof(entry, head, within, _said(ledger, head)), head, within)
    if not entry.sound(head):
        troubles.append(Trouble(code="entry_changed", about=entry.id))
    if _named(entry) != digest(manifest):
        troubles.append(Trouble(code="list_differs"))
    known = vouched(head, held, (*within, *growth))
    if known is None:
        troubles.append(Trouble(code="head_differs", about=f"{head.size}:{head.root}"))
    return Judged(troubles=tuple(troubles), entries=1, younger=int(entry.place >= (known or 0)))


def head_of(ledger: bytes) -> TreeHead | None:
    """The head that a folder is proven by, as it says itself; None where it says none."""
    try:
        return _read(ledger)[1]
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return None


def _said(ledger: bytes, head: TreeHead) -> tuple[date, Signature] | None:
    """Since which day the office says so of the head, and its signature. Raises ValueError for what is none."""
    told = parse(ledger)
    signed = told.get("signed") if isinstance(told, dict) else None
    word = headlist.word(head, signed)
    return (date.fromisoformat(str(signed["day"])), word) if word is not None and isinstance(signed, dict) else None


def _named(entry: Entry) -> str:
    """The digest of the list that an entry says was posted; empty where it says none."""
    try:
        return str(json.loads(entry.body or "")["facts"]["manifest"]) if entry.rule == POSTED else ""
    except (ValueError, TypeError, KeyError, RecursionError):
        return ""


def _read(ledger: bytes) -> tuple[Entry, TreeHead, list[Proof]]:
    told = parse(ledger)
    if not isinstance(told, dict) or told.keys() - {"signed"} != {"form", "head", "entry", "growth"} or told["form"] != FORM:
        raise ValueError("no proof of a register")
    return Entry.read(told["entry"]), TreeHead.read(told["head"]), [Proof.read(one) for one in told["growth"]]
