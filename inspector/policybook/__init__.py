"""Policy packs: law as data. A lawyer edits TOML, every load proves it, and the examples beside it show what it decides."""

from inspector.policybook.book import Policybook
from inspector.policybook.examples import AnyExample, Example, check_examples, differences, read_examples
from inspector.policybook.flaws import Flaw, PacksInvalid
from inspector.policybook.haste import hasty, late

load = Policybook.load

__all__ = [
    "AnyExample",
    "Example",
    "Flaw",
    "PacksInvalid",
    "Policybook",
    "check_examples",
    "differences",
    "hasty",
    "late",
    "load",
    "read_examples",
]
