"""What the agencies of the simulated year do with a letter, and how often."""

from __future__ import annotations

from collections.abc import Mapping

HABITS: Mapping[str, int] = {
    "match": 28,
    "mismatch": 4,
    "cannot_say": 3,
    "late": 8,
    "very_late": 5,
    "silent": 14,
    "accept": 5,
    "decline": 8,
    "wordless": 4,
    "extend": 6,
    "propose": 6,
    "named": 3,
    "named_within": 3,
    "named_extended": 2,
    "named_calm": 2,
    "named_disputed": 2,
    "partly": 3,
    "halfway": 3,
    "forward": 6,
    "dispute": 4,
    "calm": 3,
    "twice": 3,
    "unclear": 2,
    "read": 4,
    "overrun_extended": 3,
    "overrun_agreed": 3,
    "overrun_calm": 3,
}
"""How often an agency does what with a letter, of a hundred or so; of the first few each once.

`wordless`: a refusal without reasons, then one with them. `halfway`: a part, and of the rest nothing.
`named`: it names another date, and says nothing more; `named_…`: but this.
`named_within`: a date inside its term, as the slip's line asks for, and then it is silent.
`overrun_…`: it answers after the later date that it has got, and before it is given up.
"""
