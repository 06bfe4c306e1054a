"""Freeze the rosters, commit to them, and write the bundle with what is to be lodged. Nothing is known of the seed yet."""

from __future__ import annotations

import hashlib
import secrets
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from inspector.cli.offline import beside, folder, papers, plan, rosters
from inspector.cli.offline.plan import DrawPlan
from inspector.cli.offline.rosters import Roster
from inspector.domain.commitment import Commitment, Listing, Rules, commit
from inspector.domain.frame import ELIGIBLE, Ban, Frame, InspectorRow, ObjectRow, freeze, lines
from inspector.domain.suite import SUITES, Suite
from inspector.flows.diagnosis import RowFlaw
from inspector.verifier import programs

Step = Callable[[str], AbstractContextManager[rosters.Advance]]
"""A long step by its name, as something that shows how far it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """The files that were handed in, and the folder to be made."""

    plan: Path
    objects: Path
    inspectors: Path | None
    bans: Path | None
    out: Path

    def private(self, name: str) -> Path:
        """A private file beside the folder."""
        return self.out.with_name(f"{self.out.name}.{name}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """What was read of them. `flaws` are those of the plan."""

    plan: DrawPlan
    flaws: Sequence[RowFlaw]
    objects: Roster[ObjectRow]
    inspectors: Roster[InspectorRow] | None
    bans: Roster[Ban] | None
    secret: str

    @property
    def rosters(self) -> tuple[Roster[Any], ...]:
        """Those that there are."""
        return tuple(held for held in (self.objects, self.inspectors, self.bans) if held is not None)

    @property
    def faults(self) -> int:
        """How many faults there are in all; with any, nothing may be written."""
        return len(self.flaws) + sum(held.faults for held in self.rosters)


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """The commitment, its frame, and the private files that were written."""

    commitment: Commitment
    frame: Frame
    private: tuple[Path, ...]


def read(given: Given, now: datetime, step: Step) -> Handed:
    """Read everything before anything is judged: people mend their files once. Raises Invalid for what cannot be read at all."""
    told, flaws = plan.read(given.plan.read_bytes())
    folder.refuse_taken(given.out, _private(given, told))
    beside.refuse_announced(told.number, told.sources, given.out.parent, given.plan.parent)
    secret = secrets.token_hex(32)
    salt = _salter(secret, told)
    today = now.date()
    with step(given.objects.name) as advance:
        things = rosters.objects(given.objects, told, salt, today, advance)
    staff = barred = None
    if given.inspectors is not None:
        with step(given.inspectors.name) as advance:
            staff = rosters.inspectors(given.inspectors, told, salt, today, advance)
    if given.bans is not None:
        with step(given.bans.name) as advance:
            barred = rosters.bans(given.bans, salt, today, advance)
        rosters.ignored(barred, things.rows, staff.rows if staff else ())
    return Handed(plan=told, flaws=flaws, objects=things, inspectors=staff, bans=barred, secret=secret)


def announce(given: Given, handed: Handed, now: datetime, step: Step) -> Announced:
    """Commit and write. Raises Invalid (also where the commitment itself is refused) and OSError; then nothing is there."""
    told = handed.plan
    with step("freezing"):
        frame = freeze(
            handed.objects.rows,
            handed.inspectors.rows if handed.inspectors else (),
            handed.bans.rows if handed.bans else (),
        )
    sources, nonces = _sources(told)
    shares, derivation = told.shares(
        Counter(row.stratum for row in frame.objects if told.base == "all" or row.status == ELIGIBLE)
    )
    rules = Rules(base=told.base, rounding=told.rounding, reserve=told.reserve, team=told.team, strata=shares, codes=told.codes)
    with step("committing"):
        made = commit(
            number=told.number,
            prev=told.prev,
            blind=secrets.token_hex(16),
            made=now.isoformat(timespec="seconds"),
            sources=sources,
            listings=[
                Listing(
                    name=told.list_name,
                    frame=frame,
                    rules=rules,
                    extra={"derivation": derivation},
                    deals=handed.inspectors is not None,
                )
            ],
            suite=Suite(name=told.suite),
        )
    private = {given.private("salt-secret.txt"): papers.salt_secret(told, handed.secret)}
    private |= {_nonce_file(given, place): papers.nonce(told, place, nonce) for place, nonce in nonces.items()}
    with step("writing"):
        folder.make(given.out, _files(made, frame, told.list_name), private)
    return Announced(commitment=made, frame=frame, private=tuple(private))


def _files(made: Commitment, frame: Frame, name: str) -> Mapping[str, Iterator[bytes]]:
    """The bundle's files; verifiers lie beside them, so that a stranger needs nothing but Python, or a browser."""
    return {
        "commit.json": iter([made.content]),
        f"{name}.objects.tsv": (line + b"\n" for line in lines(frame.objects)),
        f"{name}.inspectors.tsv": (line + b"\n" for line in lines(frame.inspectors)),
        f"{name}.bans.tsv": (line + b"\n" for line in lines(frame.bans)),
        papers.WITNESS: iter([papers.witness(made)]),
        **{verifier: iter([text]) for verifier, text in programs().items()},
    }


def _sources(told: DrawPlan) -> tuple[list[Mapping[str, object]], dict[int, str]]:
    """(sources as committed, secrets that were made here by the place of their source)."""
    suite, nonces = Suite(name=told.suite), dict[int, str]()
    sources: list[Mapping[str, object]] = []
    for place, source in enumerate(told.sources, 1):
        if source.get("make"):
            nonces[place] = secrets.token_hex(32)
            kept = {name: value for name, value in source.items() if name != "make"}
            sources.append({**kept, "hash": suite.hex(f"ssj1/nonce\n{nonces[place]}")})
        else:
            sources.append(source)
    return sources, nonces


def _private(given: Given, told: DrawPlan) -> list[Path]:
    made = [_nonce_file(given, place) for place, source in enumerate(told.sources, 1) if source.get("make")]
    return [given.private("salt-secret.txt"), *made]


def _nonce_file(given: Given, place: int) -> Path:
    return given.private(f"nonce-{place}.txt")


def _salter(secret: str, told: DrawPlan) -> rosters.Salt:
    """Ruling 8: a row's salt follows from the secret, the draw, the list and the row's key, and from nothing else."""
    known = f"{secret}{told.number}/{told.list_name}/".encode(errors="replace")
    start = hashlib.new(told.suite if told.suite in hashlib.algorithms_available else SUITES[0], known)

    def salt(key: str) -> str:
        hashed = start.copy()
        hashed.update(key.encode())
        return hashed.hexdigest()[:32]

    return salt
