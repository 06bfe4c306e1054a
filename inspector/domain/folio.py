"""A file that is handed out, and how whoever has it sees that nothing in it was changed, cut, put in another order or left out.

The folder holds pages, the entries of the ledger that they tell of with a proof each (`treehead`), and a list of all its files with their
digests. The last entry is the one that the file was made: it counts the others, names them by one digest, names each whose words are
not in the file with why, and holds the digests of the pages. So a head of the ledger from another hand than the office's vouches for
all of it, and nothing else is needed (1.1.25, 1.2.24).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from inspector.domain import treehead
from inspector.domain.calendar import SHANGHAI
from inspector.domain.ledger import body_digest, digest
from inspector.domain.signature import Signature
from inspector.domain.strict import HEX64, is_count, matches, parse
from inspector.domain.taking import PURGED, Taking, taking
from inspector.domain.treehead import Proof, TreeHead

MANIFEST = "manifest.json"
LEDGER = "ledger.json"
FORM = "inspector.file/1"
MADE = frozenset({"case.file", "duty.file"})
"""The rules of the entry that a file was made."""
_KEYS = frozenset({"id", "at", "about", "rule", "body_digest", "digest", "place", "path"})
_SAID = frozenset({"salt", "body"})
_LACKS = frozenset({"lacks"})


class Lack(StrEnum):
    """Why an entry's words are not in a file. `WITHHELD`: they would name who was sent. `ERASED`: their retention has ended."""

    WITHHELD = "WITHHELD"
    ERASED = "ERASED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry of the ledger as a file holds it. With `lacks`, `body` and `salt` are None: its digest stands in their place."""

    id: str
    at: datetime
    about: str
    rule: str
    body_digest: str
    digest: str
    place: int
    path: tuple[str, ...]
    salt: str | None = None
    body: str | None = None
    lacks: Lack | None = None

    def value(self) -> dict[str, object]:
        """As JSON."""
        said = {"lacks": self.lacks} if self.lacks is not None else {"salt": self.salt, "body": self.body}
        told = {name: getattr(self, name) for name in ("id", "about", "rule", "body_digest", "digest", "place")}
        return {**told, "at": self.at.astimezone(SHANGHAI).isoformat(), "path": list(self.path), **said}

    @classmethod
    def read(cls, told: object) -> Entry:
        """The entry of a JSON value. Raises ValueError for what is none, OverflowError for a moment that UTC has no day for."""
        if not isinstance(told, dict) or set(told) not in (_KEYS | _LACKS, _KEYS | _SAID):
            raise ValueError("no entry")
        texts = [told[name] for name in told if name not in ("place", "path")]
        steps = told["path"]
        if not all(isinstance(one, str) for one in texts) or not is_count(told["place"]) or not isinstance(steps, list):
            raise ValueError("no entry")
        if not all(matches(HEX64, one) for one in (told["body_digest"], told["digest"], *steps)):
            raise ValueError("no entry")
        at = datetime.fromisoformat(told["at"])
        if at.tzinfo is None:
            raise ValueError("no moment")
        at.astimezone(UTC), at.astimezone(SHANGHAI)  # its digest, and its text, are made of these: what has none is refused here
        lacks = Lack(told["lacks"]) if "lacks" in told else None
        return cls(**{**told, "at": at, "path": tuple(steps), "lacks": lacks})

    def sound(self, head: TreeHead) -> bool:
        """Whether it is what was written, body and all, and stands at its place in the tree of a head."""
        whole = self.lacks is not None or body_digest(self.salt or "", self.body or "") == self.body_digest
        own = digest(self.id, self.at, self.about, self.rule, self.body_digest) == self.digest
        return whole and own and treehead.included(self.digest, self.place, self.path, head)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What does not hold: a code (labels, group `file_trouble`) and the file or entry that it is about."""

    code: str
    about: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What a check has found. `younger`: so many of the entries are younger than every head that was given, and proven by none.

    `withheld` and `erased` count the entries whose words are not in the file, by why.
    """

    troubles: tuple[Trouble, ...]
    entries: int = 0
    withheld: int = 0
    erased: int = 0
    younger: int = 0

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong and nothing is left unproven."""
        return not self.troubles and not self.younger


def sums(files: Mapping[str, bytes]) -> dict[str, str]:
    """SHA-256 of each file in hex, by its name."""
    return {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())}


def listed(digests: Iterable[str]) -> str:
    """One digest for entries in their order."""
    return hashlib.sha256(json.dumps(list(digests), separators=(",", ":")).encode()).hexdigest()


def facts(entries: Sequence[str], lacking: Mapping[str, Lack], pages: Mapping[str, bytes]) -> dict[str, object]:
    """What the entry that a file was made says of it: how many entries by their digests in order, which lack their words, its pages.

    `lacking`: why, by the digest of the entry. Every other entry has its words: one that has lost them since is seen by that.
    """
    told = {why.value: sorted(one for one, because in lacking.items() if because is why) for why in Lack}
    return {"entries": len(entries), "list": listed(entries), "lacking": told, "files": sums(pages)}


def bound(
    pages: Mapping[str, bytes],
    entries: Sequence[Entry],
    head: TreeHead,
    growth: Sequence[Proof],
    sign: Callable[[bytes], Signature | None] = lambda _: None,
) -> dict[str, bytes]:
    """Every file of the folder. The last entry is the one that it was made; `growth`: that the head covers heads lodged before it.

    `sign`: the office's word over the list of all files, where it has a key.
    """
    whole = {**pages, LEDGER: _laid(entries, head, growth)}
    listing = {"form": FORM, "files": sums(whole)}
    word = sign(_signed(listing))
    return {**whole, MANIFEST: json_of({**listing, **({"key": word.key, "signature": word.value} if word is not None else {})})}


def _laid(entries: Sequence[Entry], head: TreeHead, growth: Sequence[Proof]) -> bytes:
    """The ledger of a file, as it lies there: no list holds its digest that somebody who changed it could not write again."""
    told = {
        "form": FORM,
        "head": {"size": head.size, "root": head.root},
        "entries": [one.value() for one in entries],
        "growth": [one.value() for one in growth],
    }
    return json_of(told)


def as_laid(content: bytes, laid: Callable[[], bytes], head: TreeHead, growth: Sequence[Proof]) -> list[Trouble]:
    """Whether a proof's file lies there as this program lays it: each moment in the one zone, the proofs of growth in order and of shape.

    What of it no digest binds (the layout, another zone of the same moment, a proof of growth that nobody needs) is held to that. What
    cannot be laid at all, such as half a character, was never laid by this program.
    """
    try:
        same = content == laid()
    except (ValueError, TypeError, OverflowError):
        same = False
    since = [one.since or 0 for one in growth]
    grown = since == sorted({*since}) and all(treehead.shaped(one, head) for one in growth)
    return [] if same and grown else [Trouble(code="file_changed", about=LEDGER)]


def signature(files: Mapping[str, bytes]) -> Signature | None:
    """Whose word the list of the files says that it is; None where nobody's. Whether it is, and whose key that is, is another question."""
    try:
        told = parse(files.get(MANIFEST, b""))
        listing = {"form": told["form"], "files": told["files"]} if isinstance(told, dict) else {}
        return Signature.read(told["key"], _signed(listing), told["signature"]) if isinstance(told, dict) else None
    except (ValueError, TypeError, KeyError, RecursionError):
        return None


def head_of(files: Mapping[str, bytes]) -> TreeHead | None:
    """The head that a file is proven by, as it says itself; None where it says none."""
    try:
        return _ledger(files.get(LEDGER, b""))[1]
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return None


def _signed(listing: Mapping[str, object]) -> bytes:
    """The bytes that are signed: no head, nor anything else of the house, begins so."""
    return f"{FORM}\n{hashlib.sha256(json_of(listing)).hexdigest()}\n".encode()


def judge(files: Mapping[str, bytes], held: Sequence[TreeHead], growth: Sequence[Proof] = ()) -> Judged:
    """Whether a file is what was handed out, by heads that whoever checks it holds; `growth`: proofs asked for since. Never raises.

    What was never entered, or not put into the file by the office that made it, nobody can see from the file alone.
    """
    troubles = _manifest(files)
    try:
        entries, head, within = _ledger(files.get(LEDGER, b""))
    except (ValueError, TypeError, KeyError, OverflowError):
        return Judged(troubles=(*troubles, Trouble(code="unreadable", about=LEDGER)))
    troubles += as_laid(files[LEDGER], lambda: _laid(entries, head, within), head, within)
    troubles += [Trouble(code="entry_changed", about=one.id) for one in entries if not one.sound(head)]
    troubles += _bound(files, entries)
    known = vouched(head, held, (*within, *growth))
    if known is None:
        troubles.append(Trouble(code="head_differs", about=f"{head.size}:{head.root}"))
    return Judged(
        troubles=tuple(troubles),
        entries=len(entries),
        withheld=sum(one.lacks is Lack.WITHHELD for one in entries),
        erased=sum(one.lacks is Lack.ERASED for one in entries),
        younger=sum(one.place >= (known or 0) for one in entries),
    )


def _manifest(files: Mapping[str, bytes]) -> list[Trouble]:
    """Every file is the one of the list, none lacks, and none is there beside them."""
    try:
        told = parse(files.get(MANIFEST, b""))
    except ValueError:
        told = None
    listing = told.get("files") if isinstance(told, dict) and told.get("form") == FORM else None
    if not isinstance(listing, dict):
        return [Trouble(code="unreadable", about=MANIFEST)]
    there = sums({name: content for name, content in files.items() if name != MANIFEST})
    if found := differing(there, listing):
        return found  # before the list is written again: a name that is not UTF-8 can stand in none
    word = {name: told[name] for name in ("key", "signature") if isinstance(told, dict) and name in told}
    same = files[MANIFEST] == json_of({"form": FORM, "files": there, **word}) and (not word or signature(files) is not None)
    return [] if same else [Trouble(code="file_changed", about=MANIFEST)]


def differing(there: Mapping[str, str], named: Mapping[str, str]) -> list[Trouble]:
    """Which files are not those that a list names, by their digests; the list itself is not among `there`."""
    return [
        *(Trouble(code="file_lacking", about=name) for name in sorted(named.keys() - there.keys())),
        *(Trouble(code="file_added", about=name) for name in sorted(there.keys() - named.keys())),
        *(Trouble(code="file_changed", about=name) for name in sorted(there) if named.get(name, there[name]) != there[name]),
    ]


def _ledger(content: bytes) -> tuple[list[Entry], TreeHead, list[Proof]]:
    """The entries, the head over them and the proofs of growth. Raises ValueError, TypeError, KeyError, OverflowError."""
    told = parse(content)
    if not isinstance(told, dict) or set(told) != {"form", "head", "entries", "growth"} or told["form"] != FORM:
        raise ValueError("no ledger")
    head = TreeHead.read(told["head"])
    return [Entry.read(one) for one in told["entries"]], head, [Proof.read(one) for one in told["growth"]]


def _bound(files: Mapping[str, bytes], entries: Sequence[Entry]) -> list[Trouble]:
    """Entries and pages are those that the last entry names: each, in their order, and none besides, with the words that it had then."""
    last = entries[-1] if entries else None
    if last is None or last.rule not in MADE:
        return [Trouble(code="making_lacks")]
    try:
        told = json.loads(last.body or "")["facts"]
        named = (told["entries"], told["list"], told["files"])
        lacking = {one: Lack(why) for why, some in told["lacking"].items() for one in some}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return [Trouble(code="making_lacks")]
    *others, _ = entries
    pages = sums({name: content for name, content in files.items() if name not in (MANIFEST, LEDGER)})
    return [
        *([] if named[:2] == (len(others), listed(one.digest for one in others)) else [Trouble(code="entries_differ")]),
        *(Trouble(code="words_differ", about=one.id) for one in others if one.lacks is not lacking.get(one.digest)),
        *_unpurged(others, last.at),
        *(replace(one, code="pages_differ") for one in differing(pages, named[2])),
    ]


def _unpurged(entries: Sequence[Entry], made: datetime) -> list[Trouble]:
    """Entries that are said to be erased, and of which no entry behind them shows that it was lawful, when the file was `made`.

    It names them, is of a class that takes such, and counts its days from no moment before the first entry about what went. That
    is told where the file has it: of what it is a part may be another file's, and a release before did not say of what.
    """
    first: dict[str, datetime] = {}
    for one in entries:
        first[one.about] = min(one.at, first.get(one.about, one.at))
    purged: dict[str, list[tuple[int, Taking]]] = {}
    for one in entries:
        told = taking(one.body, one.at, one.about, made) if one.rule == PURGED and one.body is not None else None
        if told is not None and (told.unnamed or first.get(told.of, told.since) <= told.since):
            for digest_ in told.entries:
                purged.setdefault(digest_, []).append((one.place, told))
    return [
        Trouble(code="erasure_unproven", about=one.id)
        for one in entries
        if one.lacks is Lack.ERASED
        and not any(
            place > one.place and told.may(one.rule) and told.about == one.about for place, told in purged.get(one.digest, ())
        )
    ]


def vouched(head: TreeHead, held: Sequence[TreeHead], growth: Sequence[Proof]) -> int | None:
    """Of how many of the first entries the given heads vouch; None where one of them contradicts the file's own head."""
    if any(one.size == head.size and one.root != head.root for one in held):
        return None
    if head in held:
        return head.size
    covered = 0
    for one in held:
        former, later = (head, one) if one.size > head.size else (one, head)
        shown = [proof for proof in growth if (proof.since, proof.size) == (former.size, later.size)]
        if any(treehead.proven(proof, (former, later)) for proof in shown):
            covered = max(covered, former.size)
        elif shown:
            return None
    return covered


def json_of(told: object) -> bytes:
    """A JSON file as it lies in a folder that can be checked."""
    return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()
