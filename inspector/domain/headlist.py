"""The ledger's heads as the public register tells them: whoever keeps a copy of the file can show later that nothing before was cut.

A head is how many entries there are and a hash over them, and tells nothing of anybody. One is told for each day on which the register
was posted, as the ledger stood when that day began, so that the same day posted twice says the same. A signature says that it was this
office that said it; that it says no other one to somebody else, only two copies show (decision 106).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from inspector.domain.folio import json_of
from inspector.domain.signature import Signature
from inspector.domain.strict import parse
from inspector.domain.treehead import TreeHead

FILE = "data/heads.json"
"""Where in the register's folder the heads lie for programs."""
FORM = "inspector.heads/1"
_PROOF = "inspector.register/1"
_PARTS = frozenset({"size", "root", "day", "signature", "lodged"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Lodged:
    """That a witness keeps a head, too: by its own receipt, since when it says so (None: it dates none)."""

    witness: str
    receipt: str
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicHead:
    """A head, as the ledger stood when `day` began; `signature`: r||s in hex by the key that the file names, empty where there is none."""

    head: TreeHead
    day: date
    signature: str = ""
    lodged: tuple[Lodged, ...] = ()

    @property
    def signed(self) -> bytes:
        """The bytes that are signed: no visit code, nor anything else of this house, begins so."""
        return f"{FORM}\n{self.day.isoformat()}\n{self.head.size}:{self.head.root}\n".encode()

    @property
    def line(self) -> str:
        """As people write it, and as `ledger verify --head` takes it."""
        return f"{self.head.size}:{self.head.root}"

    def by(self, signature: bytes) -> PublicHead:
        """The same, signed."""
        return replace(self, signature=signature.hex())

    def value(self) -> dict[str, object]:
        """As programs read it."""
        kept = [
            {"witness": one.witness, "receipt": one.receipt, "at": one.at.isoformat() if one.at else None} for one in self.lodged
        ]
        told = {"size": self.head.size, "root": self.head.root, "day": self.day.isoformat()}
        return {**told, "signature": self.signature, "lodged": kept}


def content(heads: Sequence[PublicHead], key: str) -> bytes:
    """The file for programs, the newest head first; `key`: the public point of who signs in hex, empty where nobody does."""
    return json_of({"form": FORM, "key": key, "heads": [one.value() for one in heads]})


def kept(content: bytes) -> list[TreeHead]:
    """The heads of a file that somebody has kept: this one, or the proof beside a register. Raises ValueError for any other."""
    told = parse(content)
    if isinstance(told, dict) and told.get("form") == _PROOF:
        return [TreeHead.read(told.get("head"))]
    return [one.head for one in read(content)[0]]


def words(content: bytes) -> list[tuple[TreeHead, Signature | None]]:
    """The same heads, each with the signature under it, if there is one. Raises ValueError for any other file."""
    told = parse(content)
    if isinstance(told, dict) and told.get("form") == _PROOF:
        head = TreeHead.read(told.get("head"))
        return [(head, word(head, told.get("signed")))]
    heads, key = read(content)
    return [(one.head, Signature.read(key, one.signed, one.signature) if one.signature else None) for one in heads]


def word(head: TreeHead, told: object) -> Signature | None:
    """The signature of a head in a proof; None where the proof has none. Raises ValueError for what is none."""
    if told is None:
        return None
    if not isinstance(told, dict) or told.keys() != {"day", "key", "signature"}:
        raise ValueError("no signature")
    day = date.fromisoformat(str(told["day"]))
    return Signature.read(told["key"], PublicHead(head=head, day=day).signed, told["signature"])


def read(content: bytes) -> tuple[list[PublicHead], str]:
    """(heads, key) of the file for programs, without who keeps them. Raises ValueError for what is none."""
    told = parse(content)
    named = isinstance(told, dict) and told.keys() == {"form", "key", "heads"} and told["form"] == FORM
    heads, key = (told["heads"], told["key"]) if isinstance(told, dict) and named else (None, None)
    if not isinstance(heads, list) or not isinstance(key, str):
        raise ValueError("no heads")  # noqa: TRY004 - as every reader here says it
    return [_head(one) for one in heads], key


def _head(told: object) -> PublicHead:
    if not isinstance(told, Mapping) or told.keys() != _PARTS or not isinstance(told["signature"], str):
        raise ValueError("no head")
    head = TreeHead.read({name: told[name] for name in ("size", "root")})
    return PublicHead(head=head, day=date.fromisoformat(str(told["day"])), signature=told["signature"])
