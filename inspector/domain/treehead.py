"""The head of the ledger's Merkle tree: what is lodged elsewhere, and proofs that an entry is in it and that it only ever grew (RFC 6962).

Beside the chain of seals, which shows the whole ledger to whoever holds it whole, the tree shows a part of it to whoever holds a head:
that this entry was there then (2.1.1), and that what is here now is the same with more behind it (2.1.2). Leaves are the digests of
entries in the order of their seals, so that nothing of what was said, and nothing about anybody, leaves the house with a proof.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from inspector.domain.errors import Invalid
from inspector.domain.strict import HEX64, is_count, matches
from inspector.domain.suite import Suite, leads, leaf, leaves

_NODE = b"\x01"
_SUITE = Suite()
EMPTY = _SUITE.digest(b"").hex()
"""The root of a tree of no entries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeHead:
    """A head: how many entries, and the root over them in hex."""

    size: int
    root: str

    @classmethod
    def read(cls, told: object) -> TreeHead:
        """The head of a JSON value. Raises ValueError for what is none."""
        if not isinstance(told, dict) or told.keys() != {"size", "root"}:
            raise ValueError("no head")
        if not is_count(told["size"]) or not matches(HEX64, told["root"]):
            raise ValueError("no head")
        return cls(size=told["size"], root=told["root"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Frontier:
    """What has to be kept of a tree so that it can grow: the roots of its whole parts, the largest first, one for each bit of `size`."""

    size: int = 0
    peaks: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(self.peaks) != self.size.bit_count():
            raise Invalid("ledger_tree_broken", size=self.size, peaks=len(self.peaks))

    def grown(self, digests: Iterable[str]) -> Frontier:
        """The same with more entries behind it, by their digests in hex."""
        size, peaks = self.size, [bytes.fromhex(peak) for peak in self.peaks]
        for node in leaves(_SUITE, map(bytes.fromhex, digests)):
            above, rest = node, size
            while rest & 1:
                above, rest = _join(peaks.pop(), above), rest >> 1
            peaks.append(above)
            size += 1
        return Frontier(size=size, peaks=tuple(peak.hex() for peak in peaks))

    @property
    def head(self) -> TreeHead:
        """The head over all of it."""
        if not self.peaks:
            return TreeHead(size=0, root=EMPTY)
        *others, node = map(bytes.fromhex, self.peaks)
        while others:
            node = _join(others.pop(), node)
        return TreeHead(size=self.size, root=node.hex())


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A proof as it is handed out: of an entry (`digest` at `place`), or that the ledger has only grown `since` so many entries."""

    size: int
    root: str
    path: tuple[str, ...]
    place: int | None = None
    digest: str = ""
    since: int | None = None

    @property
    def sizes(self) -> frozenset[int]:
        """Of which sizes whoever checks it must hold the heads: the proof's own head proves nothing."""
        return frozenset({self.size} if self.since is None else {self.size, self.since})

    def value(self) -> dict[str, object]:
        """As JSON."""
        about = {"digest": self.digest, "place": self.place} if self.since is None else {"since": self.since}
        return {"size": self.size, "root": self.root, **about, "path": list(self.path)}

    @classmethod
    def read(cls, told: object) -> Proof:
        """The proof of a JSON value. Raises ValueError for what is none."""
        keys = set(told) if isinstance(told, dict) else set()
        if not isinstance(told, dict) or keys not in ({*_SHARED, "digest", "place"}, {*_SHARED, "since"}):
            raise ValueError("no proof")
        numbers = [told[name] for name in ("size", "place", "since") if name in told]
        path = told["path"]
        if not all(is_count(one) for one in numbers) or not isinstance(path, list):
            raise ValueError("no proof")
        if not all(matches(HEX64, one) for one in (told["root"], told.get("digest", told["root"]), *path)):
            raise ValueError("no proof")
        return cls(**{**told, "path": tuple(path)})


_SHARED = ("size", "root", "path")


def proven(proof: Proof, held: Sequence[TreeHead]) -> bool:
    """Whether a proof holds by heads that whoever checks it holds. A head that contradicts the proof's own is no proof."""
    now = TreeHead(size=proof.size, root=proof.root)
    if now not in held:
        return False
    if proof.since is None:
        return proof.place is not None and included(proof.digest, proof.place, proof.path, now)
    return any(grew(one, now, proof.path) for one in held if one.size == proof.since)


def included(digest: str, index: int, steps: Sequence[str], head: TreeHead) -> bool:
    """Whether the entry of this digest is the one at `index`, by its path (RFC 6962, 2.1.1). Never raises, whatever the path holds."""
    return matches(HEX64, digest) and leads(_SUITE, leaf(_SUITE, bytes.fromhex(digest)), index, head.size, steps, head.root)


def consistency(digests: Sequence[str], former: int) -> tuple[str, ...]:
    """The proof that a tree of all these entries begins with the first `former` of them (RFC 6962, 2.1.2).

    Raises Invalid (`ledger_size_beyond`) where it has not so many.
    """
    if not 0 <= former <= len(digests):
        raise Invalid("ledger_size_beyond", size=former, held=len(digests))
    if former in (0, len(digests)):
        return ()
    nodes = leaves(_SUITE, map(bytes.fromhex, digests))
    return tuple(node.hex() for node in _part(nodes, former, whole=True))


def _part(nodes: Sequence[bytes], former: int, *, whole: bool) -> list[bytes]:
    """SUBPROOF(m, D[n], b) of RFC 6962."""
    if former == len(nodes):
        return [] if whole else [_root(nodes)]
    left = 1 << (len(nodes) - 1).bit_length() - 1
    if former <= left:
        return [*_part(nodes[:left], former, whole=whole), _root(nodes[left:])]
    return [*_part(nodes[left:], former - left, whole=False), _root(nodes[:left])]


def _root(nodes: Sequence[bytes]) -> bytes:
    held = list(nodes)
    while len(held) > 1:
        held = [_join(*held[at : at + 2]) if at + 1 < len(held) else held[at] for at in range(0, len(held), 2)]
    return held[0]


def grew(former: TreeHead, now: TreeHead, steps: Sequence[str]) -> bool:
    """Whether the tree of `now` begins with that of `former`, by a proof of it (RFC 9162, 2.1.4.2). Never raises."""
    if former.size in (0, now.size):
        return not steps and former.root == (now.root if former.size else EMPTY)
    path = [bytes.fromhex(step) for step in steps if matches(HEX64, step)]
    if former.size > now.size or former.size < 0 or len(path) != len(steps):
        return False
    if former.size & (former.size - 1) == 0:
        path.insert(0, bytes.fromhex(former.root))
    return bool(path) and _climbed(former.size - 1, now.size - 1, path) == (former.root, now.root)


def shaped(proof: Proof, head: TreeHead) -> bool:
    """Whether a proof says that a head's tree has grown, as far as whoever does not hold the former head can tell.

    Of a former tree that is one whole part, its root begins the proof and stands nowhere in it: then only the length is known.
    """
    since, path = proof.since or 0, [bytes.fromhex(step) for step in proof.path]
    if (proof.size, proof.root) != (head.size, head.root) or not 0 < since < head.size:
        return False
    whole = since & (since - 1) == 0
    climbed = _climbed(since - 1, head.size - 1, [bytes(32), *path] if whole else path) if whole or path else None
    return climbed is not None and (whole or climbed[1] == head.root)


def _climbed(inner: int, last: int, path: Sequence[bytes]) -> tuple[str, str] | None:
    """The roots of both trees, from the last node that they share upwards; None where the path is too short or too long."""
    while inner & 1:
        inner, last = inner >> 1, last >> 1
    before = after = path[0]
    for step in path[1:]:
        if last == 0:
            return None
        if inner & 1 or inner == last:
            before, after = _join(step, before), _join(step, after)
            while inner and not inner & 1:
                inner, last = inner >> 1, last >> 1
        else:
            after = _join(after, step)
        inner, last = inner >> 1, last >> 1
    return (before.hex(), after.hex()) if last == 0 else None


def _join(left: bytes, right: bytes) -> bytes:
    return _SUITE.digest(_NODE + left + right)
