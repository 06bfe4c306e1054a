"""A case's self-proofs as its explanation tells them: what was asked, by when, what came, and what a person has read in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from inspector.domain.calendar import Counting
from inspector.domain.counting import Tallied, tally
from inspector.domain.evidence import Verdict
from inspector.domain.policy import Policy
from inspector.domain.selfproof import ProofState, SelfProof, Unable
from inspector.flows import wording
from inspector.flows.articles import Article, articles
from inspector.flows.office import Office
from inspector.flows.wording import at
from inspector.labels import Lang, label, of


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownFile:
    """One file: the SHA-256 of what is kept of it and of what came, and what was written beside it."""

    digest: str
    received: str
    kind: str
    size: int
    remark: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadSo:
    """What somebody has read in it."""

    verdict: Verdict
    value: str
    on: date | None
    reasons: str
    by: str
    at: datetime
    late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Showed:
    """A self-proof. `read_by`: by when what came is to be read."""

    id: str
    claim: str
    shows: str
    basis: tuple[Article, ...]
    state: ProofState
    opened_at: datetime
    due_at: datetime
    due_provisional: bool
    due_counted: Counting
    due_days: tuple[Tallied, ...]
    handed_at: datetime | None
    seen_at: datetime | None
    read_by: datetime | None
    unable: Unable | None
    reasons: str
    materials: tuple[ShownFile, ...]
    readings: tuple[ReadSo, ...]


def showed(office: Office, held: SelfProof, policy: Policy) -> Showed:
    """A self-proof as it is told."""

    def local(moment: datetime | None) -> datetime | None:
        return office.calendar.local(moment) if moment is not None else None

    return Showed(
        id=held.id,
        claim=held.claim,
        shows=held.shows,
        basis=articles(policy, held.basis),
        state=held.state,
        opened_at=office.calendar.local(held.opened_at),
        due_at=office.calendar.local(held.due_at),
        due_provisional=held.due_provisional,
        due_counted=held.due_counted,
        due_days=tally(held.due_counted),
        handed_at=local(held.handed_at),
        seen_at=local(held.seen_at),
        read_by=local(held.read_by),
        unable=held.unable,
        reasons=held.reasons,
        materials=tuple(
            ShownFile(
                digest=one.digest,
                received=one.received,
                kind=one.kind.value,
                size=one.size,
                remark=one.remark,
                at=office.calendar.local(one.at),
            )
            for one in held.materials
        ),
        readings=tuple(
            ReadSo(
                verdict=one.verdict,
                value=one.value,
                on=one.on,
                reasons=one.reasons,
                by=one.by,
                at=office.calendar.local(one.at),
                late=one.late,
            )
            for one in held.readings
        ),
    )


def _words(lang: Lang) -> Callable[..., str]:
    return lambda name, **facts: label(f"explain.{name}", lang, **facts)


def lines(number: int, held: Showed, lang: Lang) -> Iterator[str]:
    """A self-proof as lines of text."""
    say = _words(lang)
    yield say("shown", number=number, at=at(held.opened_at), state=of(held.state, lang))
    yield "  " + say("shown_what", shows=held.shows)
    yield "  " + say("basis", articles=say("then").join(wording.article(one, lang) for one in held.basis))
    yield "  " + say("due_by", at=at(held.due_at))
    yield "    " + say("how_counted", counted=wording.counted(held.due_counted, lang))
    if held.handed_at is not None:
        yield "  " + say("shown_handed", at=at(held.handed_at))
    yield from (f"  {line}" for line in _said(held, lang))
    yield from (f"  {line}" for line in _read(held, lang))


def _said(held: Showed, lang: Lang) -> Iterator[str]:
    """What came, or why nothing did."""
    say = _words(lang)
    for one in held.materials:
        yield say("shown_file", at=at(one.at), kind=one.kind, size=one.size, digest=one.digest)
        if one.remark:
            yield "  " + say("remark", remark=one.remark)
    if held.unable is not None:
        yield say("shown_unable", why=of(held.unable, lang))
        if held.reasons:
            yield "  " + say("remark", remark=held.reasons)


def _read(held: Showed, lang: Lang) -> Iterator[str]:
    """What was read in it, or that nobody has read it yet."""
    say = _words(lang)
    if held.state is ProofState.RECEIVED and held.read_by is not None:
        yield say("shown_unread", at=at(held.read_by))
    for told in held.readings:
        yield say("shown_read", at=at(told.at), by=told.by, verdict=of(told.verdict, lang), day=told.on or "—")
        if told.value:
            yield "  " + say("found", found=told.value)
        if told.reasons:
            yield "  " + say("remark", remark=told.reasons)
