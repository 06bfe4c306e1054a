"""The heads of the ledger that the notary holds: each is the head of what stands here, and each that was lodged lies there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from inspector.domain.treehead import Frontier, TreeHead
from inspector.flows.lodging import LODGED, name
from tests.fault.inside import Inside, told

_NAMED = name(TreeHead(size=0, root="")).rstrip("0")


def heads(witnessed: Mapping[str, str]) -> dict[str, str]:
    """Of what a notary holds, the heads by their names."""
    return {one: root for one, root in witnessed.items() if one.startswith(_NAMED)}


def committed(witnessed: Mapping[str, str]) -> dict[str, str]:
    """Of what a notary holds, the witness values of draws, by their numbers."""
    return {one: value for one, value in witnessed.items() if not one.startswith(_NAMED)}


def calls(witnessed: Mapping[str, str], lane: str = "notary") -> set[str]:
    """The keys that the notary was called with for the heads it holds."""
    return {f"{LODGED}:{lane}:{one.removeprefix(_NAMED)}:{root[:16]}" for one, root in heads(witnessed).items()}


def problems(inside: Inside, witnessed: Mapping[str, str]) -> Iterator[str]:
    """What is wrong of them, in words. A head of which no entry tells was lodged by a daemon that died before it could write so."""
    held = heads(witnessed)
    wrong = [one for one, root in held.items() if _root(inside, int(one.removeprefix(_NAMED))) != root]
    yield from told("heads at the notary that are not this ledger's", wrong)
    yield from told("heads said to be lodged that the notary does not have", dict(inside.lodged.items() - held.items()))


def _root(inside: Inside, size: int) -> str:
    return Frontier().grown(inside.digests[:size]).head.root
