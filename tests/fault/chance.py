"""The seed of what comes by chance in the tests of faults: the same one does the same again, as far as the machine lets it.

`--seed` of pytest, of `tests.fault.measure` and of `tests.fault.fleet`; where none is said it is chosen, and told with each failure.
"""

from __future__ import annotations

from random import Random, SystemRandom

SEED = SystemRandom().randrange(10**6)


def use(seed: int | None) -> int:
    """From now on it is this one, where one is said; which it is."""
    global SEED  # noqa: PLW0603 - one for a whole run, which says it once
    SEED = SEED if seed is None else seed
    return SEED


def chance(what: str) -> Random:
    """The dice of one thing, thrown by the seed: no thing moves those of another."""
    return Random(f"{SEED} {what}")
