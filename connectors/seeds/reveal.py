"""Another agency's part of a seed: it promises the hash of a nonce before the draw and reveals the nonce after (ruling 19)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from connectors.config import parse
from connectors.http import Reply, Wire, WireConfig
from inspector.domain.seed import is_promise
from inspector.domain.suite import Suite
from inspector.ports import NotYet, Origin, Typed

_HEX64 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class RevealConfig(WireConfig):
    """The party's two endpoints under `url`, and the hash the draws use (`sha256` or `sm3`)."""

    path_promise: str = "/promise"
    path_reveal: str = "/reveal"
    suite: str = "sha256"


class RevealSeed:
    """One party that reveals."""

    def __init__(self, name: str, config: Mapping[str, object]) -> None:
        self._config = parse(RevealConfig, name, config)
        self._suite = Suite(name=self._config.suite)
        self._wire = Wire(self._config, name)
        self._name = name
        self.card = self._config.card(name, port="seed", kind="reveal")

    def promise(self, draw: str, *, key: str) -> Mapping[str, object]:
        """The party's hash. Raises Unavailable, Refused, Garbled (`hash_unreadable`)."""
        reply = self._wire.send("POST", self._config.path_promise, json={"draw": draw}, key=key)
        told = _hex(reply, "hash")
        if not is_promise(told):
            raise reply.garbled("hash_unreadable", "one digit all along is nobody's hash")
        return {"kind": "reveal", "party": self._name, "hash": told}

    def reveal(
        self,
        draw: str,
        promise: Mapping[str, object],
        typed: tuple[Typed, ...],
        *,
        key: str,
        w: str = "",
    ) -> Mapping[str, object]:
        """The nonce, believed only when it hashes to the promise (draw-protocol 7.4).

        The party is told the settled figures of the ceremonies, so that it can withhold its nonce where others were thrown, and W: the
        first figures and the first W that it is told for a draw stand, and it answers others with 409. So no second daemon on a copy
        of the records can ask for the nonce first, and choose the figures here by it.

        Raises Unavailable (also `reveal_waiting` while the party answers 202), Refused, Garbled (`nonce_unreadable`,
        `nonce_differs`: whoever changes a promise is found out, and the draw is not run on it).
        """
        figures = {one.by: one.figures for one in typed}
        told = {"draw": draw, **({"w": w} if w else {}), **({"figures": figures} if figures else {})}
        reply = self._wire.send("POST", self._config.path_reveal, json=told, key=key)
        if reply.status == 202:
            raise NotYet("reveal_waiting", origin=Origin.THEM, attempts=reply.attempts)
        nonce = _hex(reply, "nonce")
        if self._suite.hex(f"ssj1/nonce\n{nonce}") != promise.get("hash"):
            raise reply.garbled("nonce_differs", "the nonce does not hash to the promise")
        return {"kind": "reveal", "nonce": nonce}

    def close(self) -> None:
        """Let the connections go."""
        self._wire.close()


def connect(name: str, config: Mapping[str, object]) -> RevealSeed:
    """The entry point. Raises Invalid when the configuration cannot be used."""
    return RevealSeed(name, config)


def _hex(reply: Reply, field: str) -> str:
    told = reply.text(field) or ""
    if not _HEX64.fullmatch(told):
        raise reply.garbled(f"{field}_unreadable", "64 lower-case hex wanted")
    return told
