"""What each of the three verifiers says of a bundle, as the exit code that all of them share: 0 agrees, 1 differs, 2 unreadable."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

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


def browser(bundles: Iterable[Mapping[str, bytes]]) -> Iterator[int]:
    """The page's. A mistake of its own is none of the three answers."""
    for line in opinions(bundles):
        assert not line.startswith("UNREADABLE program "), f"it expects whatever a file may hold: {line}"
        yield _SAID[line.split(" ", 1)[0]]
