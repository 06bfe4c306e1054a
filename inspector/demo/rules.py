"""How a test or an operator scripts the outside world while it runs, and what the world has seen.

A rule belongs to one peer (`registers`, `phones`, …) or to `*`, all of them. What was seen is kept by idempotency key, so that a
test can ask the question that matters: did any key ever come with two different contents?
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

EVERY = "*"


class Mode(StrEnum):
    """How a peer behaves. `LOST` does its work and then breaks the connection: the reply is lost, the effect is not."""

    OK = "ok"
    ERROR = "error"
    BUSY = "busy"
    GARBAGE = "garbage"
    RESET = "reset"
    LOST = "lost"
    HANG = "hang"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """`latency` seconds; `share` of the calls the mode applies to; `until` machine seconds (monotonic), None for good.

    `calm` silences the peer's own moods (outages, slow subjects, passing failures); `say` makes a source or agency answer
    the same to everybody: match, mismatch, not_found, stale.
    """

    mode: Mode = Mode.OK
    latency: float = 0.0
    share: float = 1.0
    until: float | None = None
    calm: bool = False
    say: str | None = None


class Rulebook:
    """The rules in force."""

    def __init__(self, *, latency: float = 0.0, calm: bool = False) -> None:
        self._usual = Rule(latency=latency, calm=calm)
        self._rules: dict[str, Rule] = {}
        self._calls: dict[str, int] = {}

    def of(self, peer: str) -> Rule:
        """The rule that holds for a peer now."""
        rule = self._rules.get(peer) or self._rules.get(EVERY) or self._usual
        if rule.until is not None and time.monotonic() >= rule.until:
            return replace(rule, mode=Mode.OK, until=None)
        return rule

    def mode(self, peer: str, rule: Rule) -> Mode:
        """The mode for this very call: with a share of 1/4 it is every fourth call, in a fixed order."""
        if rule.mode is Mode.OK or rule.share >= 1:
            return rule.mode
        count = self._calls[peer] = self._calls.get(peer, 0) + 1
        return rule.mode if int(count * rule.share) > int((count - 1) * rule.share) else Mode.OK

    def put(self, given: dict[str, Any]) -> Rule:
        """Take a rule: {"peer", "mode", "latency", "share", "for", "calm", "say"}; what is left out keeps its usual value.

        Raises ValueError for an unknown field or mode.
        """
        known = {"peer", "mode", "latency", "share", "for", "calm", "say"}
        if unknown := set(given) - known:
            raise ValueError(f"unknown {', '.join(sorted(unknown))}; a rule has {', '.join(sorted(known))}")
        lasts = given.get("for")
        rule = replace(
            self._usual,
            mode=Mode(given.get("mode", Mode.OK)),
            latency=float(given.get("latency", self._usual.latency)),
            share=float(given.get("share", 1)),
            until=None if lasts is None else time.monotonic() + float(lasts),
            calm=bool(given.get("calm", self._usual.calm)),
            say=given.get("say"),
        )
        self._rules[str(given.get("peer", EVERY))] = rule
        return rule

    def clear(self) -> None:
        """Back to the usual."""
        self._rules.clear()


@dataclass(slots=True)
class Sight:
    """One idempotency key: the digest of its first content, how often it came, how often it was answered well."""

    digest: bytes
    times: int = 0
    served: int = 0


@dataclass(slots=True)
class PeerSeen:
    """What one peer has seen."""

    calls: int = 0
    without_key: int = 0
    keys: dict[str, Sight] = field(default_factory=dict)
    conflicts: list[str] = field(default_factory=list)

    def summary(self) -> dict[str, Any]:
        """The counts."""
        repeats = self.calls - self.without_key - len(self.keys)
        served = sum(1 for sight in self.keys.values() if sight.served)
        return {
            "calls": self.calls,
            "keys": len(self.keys),
            "served": served,
            "repeats": repeats,
            "without_key": self.without_key,
            "conflicts": self.conflicts,
        }


class Seen:
    """What the whole world has seen."""

    def __init__(self) -> None:
        self.peers: dict[str, PeerSeen] = {}

    def note(self, peer: str, key: str, content: bytes) -> Sight | None:
        """Keep one call; a key that comes again with other content is a conflict. None for a call without a key."""
        held = self.peers.setdefault(peer, PeerSeen())
        held.calls += 1
        if not key:
            held.without_key += 1
            return None
        digest = hashlib.sha256(content).digest()
        sight = held.keys.setdefault(key, Sight(digest))
        sight.times += 1
        if sight.digest != digest and key not in held.conflicts:
            held.conflicts.append(key)
        return sight

    def summary(self) -> dict[str, Any]:
        """All counts, and how many keys came with two contents."""
        peers = {name: held.summary() for name, held in sorted(self.peers.items())}
        return {"peers": peers, "conflicts": sum(len(held.conflicts) for held in self.peers.values())}

    def keys(self, peer: str) -> dict[str, dict[str, int]]:
        """Every key one peer has seen, with how often it came and was answered well."""
        held = self.peers.get(peer, PeerSeen())
        return {key: {"times": sight.times, "served": sight.served} for key, sight in held.keys.items()}
