"""Keys for the tests, an office that seals by them, and what its database holds on its disk."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import sqlalchemy as sa

from inspector.store import keys
from inspector.store.keyring import Keyring, Secret
from inspector.store.sealed import bare
from inspector.store.store import Store
from inspector.store.tables import metadata
from tests import house

OLD, NEW, CODES, OTHER_CODES = (Secret(held=bytes([n]) * 32) for n in range(1, 5))
RING = Keyring([OLD], [CODES])
TURNED = Keyring([NEW, OLD], [OTHER_CODES, CODES])
"""The same after both keys were changed."""


def sealed_store(url: str, ring: Keyring = RING) -> Store:
    """A store of this release that seals."""
    store = house.open_store(url, ring)
    keys.settle_codes(store)
    return store


def at_rest(store: Store) -> bytes:
    """Whatever lies on the disk of a database: SQLite's file and the log beside it; of a server, every row as it holds it."""
    if store.sqlite:
        file = Path(str(store.url.database))
        return b"".join(one.read_bytes() for one in file.parent.glob(f"{file.name}*"))
    told = bytearray()
    with store.read() as tx:
        for table in metadata.sorted_tables:
            for row in tx.connection.execute(sa.select(bare(table))):
                told += b"\n".join(bytes(one) if isinstance(one, bytes | memoryview) else str(one).encode() for one in row)
    return bytes(told)


def found(held: bytes, words: set[str]) -> set[str]:
    """Which of the words stand in bytes: plainly, or as JSON writes them in ASCII."""
    return {word for word in words if word.encode() in held or word.encode("unicode_escape") in held}


def used(store: Store) -> Counter[str]:
    """How many values lie under each key; under none by an empty one."""
    held = Counter[str]()
    for one in keys.status(store):
        held[one.key] += one.count
    return held
