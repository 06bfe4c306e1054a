"""What each of the three verifiers says of a bundle, as the exit code that all of them share: 0 agrees, 1 differs, 2 unreadable."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from inspector.cli.bundle import Bundle, judge, needed
from inspector.domain.errors import Invalid
from inspector.verifier import verify_draw
from tests.second import opinions

RECORD = "witness/record.json"
_SAID = {"agrees": 0, "DIFFERS": 1, "UNREADABLE": 2}


def bundle(files: Mapping[str, bytes]) -> Bundle:
    """The files of a folder as the house reads them."""
    flat = {name: content for name, content in files.items() if "/" not in name}
    return Bundle(files=flat, record=Bundle.record_of(files.get(RECORD)))


def house(files: Mapping[str, bytes]) -> int:
    """The house's own; nothing but an expected error may come of any bundle."""
    flat = {name: content for name, content in files.items() if "/" not in name}
    try:
        record = Bundle.record_of(files.get(RECORD))
        whole = flat.keys() >= {*needed(flat.keys(), record)}
        return int(not judge(Bundle(files=flat, record=record), None).verdict.holds) if whole else 2
    except Invalid:
        return 2


def python(files: Mapping[str, bytes]) -> int:
    """The program of one file that lies beside each bundle."""
    code, _ = verify_draw.opinion(dict(files))
    return code


VOIDS = {
    "void_lacks": "!! THE VOID'S RECORD LACKS",
    "stopped_withheld": "! A PART OF THE SEED LACKED",
    "stopped_late": "!! STOPPED WHEN ITS SEED COULD BE KNOWN",
    "stopped_unknown": "!! WHO STOPPED IT MAY KNOW THE OUTCOME",
    "stopped_dated": "! Stopped before its seed, by the house's word",
}
"""What is said of a void beside its reason: the code of house and page, and the words of the one file."""


def voids(bundles: Sequence[Mapping[str, bytes]]) -> list[tuple[set[str], set[str], set[str]]]:
    """What the house, the one file and the page say of the void in each of these bundles, which all three can read."""
    told = list[tuple[set[str], set[str], set[str]]]()
    for files, page in zip(bundles, opinions([{**files, "remarks": b"1"} for files in bundles]), strict=True):
        remarks = {one.code.removeprefix("draw."): one.grave for one in judge(bundle(files), None).verdict.remarks}
        _, lines = verify_draw.opinion(dict(files))
        own = {code for code, words in VOIDS.items() if any(line.startswith(words) for line in lines)}
        assert all(remarks.get(code) in (None, words.startswith("!!")) for code, words in VOIDS.items()), "as grave to both"
        told.append(({*remarks} & {*VOIDS}, own, {*page.split()} & {*VOIDS}))
    return told


def browser(bundles: Iterable[Mapping[str, bytes]]) -> Iterator[int]:
    """The page's. A mistake of its own is none of the three answers."""
    for line in opinions(bundles):
        assert not line.startswith("UNREADABLE program "), f"it expects whatever a file may hold: {line}"
        yield _SAID[line.split(" ", 1)[0]]
