"""Whether a source answers otherwise than it used to: an exact test of two samples, window by window. Pure.

What is looked at is the kind of answer and the shape of the value, never whose it is. A jump speaks against nobody: it says that a
person should look at the source.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import comb

from inspector.domain.evidence import Verdict

_SHAPES = 8
"""So many shapes of values are told apart, the most frequent ones of before; all others are one more."""
_LONGEST = 24
OTHER = "other"

Counts = Mapping[str, int]
"""How often each kind of answer came: `verdict:not_found`, `shape:9-9-9`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """`window` answers are compared with those of before, of which there are at least `least` and at most `most` windows.

    `chance`: the greatest probability with which a window of answers like those before is taken for a jump.
    """

    window: int
    least: int
    most: int
    chance: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Jump:
    """A kind of answer that came `now` times of `of` and `before` times of `out_of`: as probable as `chance` by itself."""

    what: str
    now: int
    of: int
    before: int
    out_of: int
    chance: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """What is known of one fact of one source: the windows it is compared with, the one that fills, and the alarm that stands.

    `since`: the windows of the alarm, which are the new custom once a person says so.
    """

    before: tuple[Counts, ...] = ()
    filling: Counts = field(default_factory=dict)
    alarm: Jump | None = None
    since: tuple[Counts, ...] = ()
    compared: int = 0


def kinds(verdict: Verdict, value: str) -> tuple[str, ...]:
    """What of an answer is counted; nothing of one that did not come, for an outage has its breaker."""
    if verdict is Verdict.NO_ANSWER:
        return ()
    return (f"verdict:{verdict.value}", *([f"shape:{shape(value)}"] if value.strip() else []))


def shape(value: str) -> str:
    """What a value looks like, without what it says: runs of digits as 9, of Chinese characters as H, of other letters as a."""
    told = ""
    for sign in value.strip():
        seen = "9" if sign.isdecimal() else sign if not sign.isalpha() else "H" if 0x4E00 <= ord(sign) <= 0x9FFF else "a"
        seen = " " if sign.isspace() else seen if sign.isprintable() else "?"
        told += "" if told.endswith(seen) and seen in "9Ha " else seen
        if len(told) >= _LONGEST:
            return told + "…"
    return told


def seen(drift: Drift, answers: Sequence[tuple[str, ...]], rules: Rules) -> Drift:
    """What is known when these answers (`kinds` of each) have come, in their order."""
    for answer in answers:
        filling = Counter(drift.filling)
        filling.update([*answer, "all"])
        drift = replace(drift, filling=dict(filling))
        if filling["all"] >= rules.window:
            drift = _full(drift, rules)
    return drift


def accepted(drift: Drift) -> Drift:
    """A person has looked: what came since the alarm is what is to be expected from now on."""
    return replace(drift, before=drift.since, since=(), alarm=None)


def _full(drift: Drift, rules: Rules) -> Drift:
    window, empty = drift.filling, replace(drift, filling={})
    if len(drift.before) < rules.least:
        return replace(empty, before=(*drift.before, window))
    found = jump(_sum(drift.before), window, rules.chance)
    compared = drift.compared + 1
    if found is not None:
        since = (*drift.since, window)[-rules.most :]
        return replace(empty, alarm=drift.alarm or found, since=since, compared=compared)
    return replace(empty, before=(*drift.before, window)[-rules.most :], alarm=None, since=(), compared=compared)


def jump(before: Counts, window: Counts, chance: float) -> Jump | None:
    """The least probable difference between a window and what came before, if one is as improbable as `chance` or less.

    Where the answers of both are alike in distribution and independent, no more than `chance` of all windows have one: each of the kinds
    compared gets its part of it (Bonferroni), half of that for each side, and the test of each is exact (hypergeometric: Fisher 1935).
    """
    before, window = _merged(before, window)
    names = sorted({*before, *window} - {"all"})
    found: list[Jump] = []
    for name in names:
        now, of, was, out_of = window.get(name, 0), window["all"], before.get(name, 0), before["all"]
        probable = 2 * len(names) * min(at_least(now, of, was, out_of), at_least(of - now, of, out_of - was, out_of))
        if probable <= chance:
            found.append(Jump(what=name, now=now, of=of, before=was, out_of=out_of, chance=probable))
    return min(found, key=lambda one: (one.chance, one.what), default=None)


def at_least(now: int, of: int, before: int, out_of: int) -> float:
    """The probability that of `of` answers at least `now` are of a kind, when all `of + out_of` are shuffled: exact."""
    total, kind = of + out_of, now + before
    ways = sum(comb(kind, count) * comb(total - kind, of - count) for count in range(now, min(of, kind) + 1))
    return ways / comb(total, of)


def _merged(before: Counts, window: Counts) -> tuple[dict[str, int], dict[str, int]]:
    """Both with the rare shapes as one: which are rare is said by what came before alone, or the test would choose what it looks at."""
    shapes = sorted((name for name in before if name.startswith("shape:")), key=lambda name: (-before[name], name))
    known = set(shapes[:_SHAPES])

    def one(counts: Counts) -> dict[str, int]:
        told: Counter[str] = Counter()
        for name, count in counts.items():
            told[name if not name.startswith("shape:") or name in known else f"shape:{OTHER}"] += count
        return dict(told)

    return one(before), one(window)


def _sum(windows: Sequence[Counts]) -> dict[str, int]:
    told: Counter[str] = Counter()
    for window in windows:
        told.update(window)
    return dict(told)
