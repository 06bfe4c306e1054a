"""A credit platform over HTTP: levels are read there, performance records (履约记录) go there, are taken back there and accounted for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import uuid4

from connectors.config import parse, unfit
from connectors.credit import filed, paged
from connectors.credit.paged import IN_FORCE
from connectors.http import Wire, WireConfig
from connectors.patience import lain
from connectors.signers.keyed import COVERED, signing
from inspector.accounts import Role, Way
from inspector.domain.case import SubjectKind
from inspector.domain.creditrecord import Amendment
from inspector.domain.statement import Statement
from inspector.ports import CreditEntry, CreditRetraction, Rating, Receipt, Sighting
from inspector.purpose import purposeful

LONGEST = 100
"""Characters of a level; whatever is longer is no code, and the register would not take it."""

_ROWS = (1, 10_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditConfig(WireConfig):
    """The platform's endpoints under `url`. `current`: it states the level in force when it is asked, less what it lay in a cache

    (`Age`, `Date`), and so dates none.

    It tells what it has of ours page after page at `path_statement`, one by one at `path_held`, or in files that it delivers into
    `statement_folder`; empty: it does not. What becomes of an entry it is told at `path_amend`; empty: by a person.

    Requests are signed after RFC 9421 where there is a `key_file`.
    """

    current: bool = False
    path_level: str = "/level"
    path_entry: str = "/entry"
    path_retract: str = "/retract"
    path_amend: str = ""
    path_held: str = ""
    path_statement: str = ""
    statement_rows: int = 500
    statement_folder: str = ""
    statement_files: str = "statement-{as_of}.csv"
    statement_complete: str = "manifest"
    statement_encoding: str = "utf-8"
    statement_columns: Mapping[str, str] = field(default_factory=dict)
    statement_retracted: tuple[str, ...] = ("true",)
    statement_standing: tuple[str, ...] = ("false",)
    statement_amended: Mapping[str, str] = field(default_factory=lambda: {word: word for word in IN_FORCE})
    key_file: str = ""
    key_id: str = ""
    algorithm: str = "hmac-sha256"
    covered: tuple[str, ...] = COVERED
    digest: str = "sha-256"
    tag: str = ""
    expires_seconds: int = 60


class HttpCredit:
    """The credit platform."""

    def __init__(self, name: str, config: Mapping[str, object]) -> None:
        held = self._config = parse(CreditConfig, name, config)
        self._filed = _filed(held, name)
        signs, secrets = signing(held, name)
        self._wire = Wire(held, name, signs=signs, secrets=secrets)
        self.card = held.card(name, port="credit", kind="http")

    def level(self, kind: SubjectKind, code: str, *, key: str, case_id: str, basis: str) -> Rating:
        """The subject's level; None only where the platform says so itself, `"level": null`.

        Raises Unavailable, Refused, Garbled as the wire does, Refused also without a case and a basis (`question_without_purpose`),
        Garbled also for a reply without `level`, or with one that is no code.
        """
        purposeful(case_id, basis)
        asked = {"kind": kind.value, "code": code, "case": case_id, "basis": basis}
        reply = self._wire.send("POST", self._config.path_level, json=asked, key=key, case_id=case_id)
        level = reply.text("level")
        if level is not None and len(level) > LONGEST:
            raise reply.garbled("field_type", "level: too long for a code")
        as_of, current = reply.moment("as_of"), self._config.current
        if current and as_of is None:  # what a cache has kept is as old as it says, or of nobody knows when (decision 167)
            age = lain(reply.headers, reply.asked_at)
            current, as_of = age is not None, reply.asked_at - age if age else None
        return Rating(
            level=level,
            as_of=as_of,
            current=current,
            provenance=reply.provenance(self.card, as_of=as_of, version=""),
        )

    def record(self, entry: CreditEntry, *, key: str) -> Receipt:
        """Hand an entry over. Raises Unavailable, Refused, Garbled as the wire does."""
        return self._wire.deliver(self._config.path_entry, json=_told(entry), key=key, case_id=entry.case_id)

    def retract(self, retraction: CreditRetraction, *, key: str) -> Receipt:
        """Take an entry back. Raises Unavailable, Refused, Garbled as the wire does; a platform that has none answers 2xx all the same."""
        told = {
            "id": retraction.entry_id,
            "case": retraction.case_id,
            "reason": retraction.reason,
            "basis": retraction.basis,
            "decided_at": retraction.decided_at.isoformat(),
        }
        return self._wire.deliver(self._config.path_retract, json=told, key=key, case_id=retraction.case_id)

    @property
    def amends(self) -> bool:
        """Whether it is told what becomes of entries."""
        return bool(self._config.path_amend)

    def amend(self, amendment: Amendment, *, key: str) -> Receipt:
        """Tell what became of an entry. Raises Unavailable, Refused, Garbled as the wire does."""
        told = {
            "id": amendment.entry_id,
            "case": amendment.case_id,
            "kind": amendment.kind.value,
            "basis": amendment.basis,
            "decided_at": amendment.decided_at.isoformat(),
        }
        return self._wire.deliver(self._config.path_amend, json=told, key=key, case_id=amendment.case_id)

    @property
    def roles(self) -> frozenset[Role]:
        """It takes entries, and tells levels where it has a `path_level`."""
        return frozenset({Role.ENTRIES, Role.LEVELS} if self._config.path_level else {Role.ENTRIES})

    @property
    def accounts(self) -> frozenset[Way]:
        """How it tells what it has of ours."""
        whole = Way.WHOLE if self._config.path_statement or self._filed else None
        return frozenset(way for way in (whole, Way.EACH if self._config.path_held else None) if way is not None)

    def statement(self, *, key: str) -> Statement:
        """All that it has of ours. Raises Unavailable, Refused, Garbled as `paged.statement` and `filed.statement` do."""
        held = self._config
        if self._filed is not None:
            return filed.statement(self._filed, self.card.name)
        return paged.statement(self._wire, held.path_statement, held.statement_rows, held.budget_seconds, self.card.name, key=key)

    def entry(self, entry_id: str, *, key: str, case_id: str, basis: str) -> Statement:
        """What it has of one entry. Raises Unavailable, Refused, Garbled as the wire and `paged.single` do.

        Raises Refused also without a case and a basis (`question_without_purpose`).
        """
        purposeful(case_id, basis)
        asked = {"id": entry_id, "case": case_id, "basis": basis}
        reply = self._wire.send("POST", self._config.path_held, json=asked, key=f"{key}:{entry_id}", case_id=case_id)
        return paged.single(reply, entry_id, self.card.name)

    def look(self) -> Sequence[Sighting]:
        """Whether a statement can be had, whole, and of when it is. Raises Unavailable, Barred, Refused, Garbled."""
        if Way.WHOLE not in self.accounts:
            return [Sighting(code="statement_unset", fine=Way.EACH in self.accounts)]
        told = self.statement(key=f"look:{uuid4()}")  # a platform that heeds keys would tell the first one for ever
        facts = {"rows": len(told.rows), "as_of": told.as_of.isoformat(timespec="minutes"), "source": told.source}
        passed = [Sighting(code="statement_passed", facts={"file": name}, fine=False) for name in told.passed]
        return [Sighting(code="statement_whole", facts=facts), *passed]

    def close(self) -> None:
        """Let the connections go."""
        self._wire.close()


def connect(name: str, config: Mapping[str, object]) -> HttpCredit:
    """The entry point. Raises Invalid when the configuration cannot be used."""
    return HttpCredit(name, config)


def _filed(held: CreditConfig, name: str) -> filed.Filed | None:
    """How its files are read, if it delivers any. Raises Invalid (`connector_key_range`)."""
    lowest, most = _ROWS
    if not lowest <= held.statement_rows <= most:
        raise unfit(name, "statement_rows", f"{lowest}–{most}")
    if not held.statement_folder:
        return None
    if held.path_statement:
        raise unfit(name, "statement_folder", "path_statement | statement_folder")
    made = filed.Filed(
        folder=held.statement_folder,
        files=held.statement_files,
        complete=held.statement_complete,
        encoding=held.statement_encoding,
        columns=held.statement_columns,
        retracted=held.statement_retracted,
        standing=held.statement_standing,
        amended=held.statement_amended,
    )
    filed.check(made, name)
    return made


def _told(entry: CreditEntry) -> dict[str, object]:
    return {
        "id": entry.entry_id,
        "case": entry.case_id,
        "subject": {"kind": entry.subject_kind.value, "code": entry.subject_code},
        "grade": entry.grade,
        "outcome": entry.outcome,
        "basis": entry.basis,
        "decided_by": entry.decided_by,
        "decided_at": entry.decided_at.isoformat(),
        **({"act": entry.act} if entry.act else {}),
        **({"published": entry.published} if entry.published is not None else {}),
        **({"least_until": entry.least_until.isoformat()} if entry.least_until is not None else {}),
        **({"shown_until": entry.shown_until.isoformat()} if entry.shown_until is not None else {}),
    }
