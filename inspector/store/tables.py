"""Every table of the house, once; those of draws are in `drawtables`. Times are aware; bodies are JSON text of frozen domain values."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from inspector.domain.calendar import SHANGHAI
from inspector.store.sealed import Digest, Salt, Sealed, SubjectCode


class Moment(TypeDecorator[datetime]):
    """An aware time: UTC at rest, in the office's zone when read, so that whatever people see is their own clock.

    Refuses naive values: a time without a zone is a bug waiting for a deadline.
    """

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC. Raises ValueError for a naive time."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive time {value!r} refused")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - the base class's signature
        """To the office's zone."""
        if value is None:
            return None
        return (value.replace(tzinfo=UTC) if value.tzinfo is None else value).astimezone(SHANGHAI)


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Serial = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Code = sa.String(200)

office = sa.Table(
    "office",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("machine_anchor", Moment, nullable=False),
    sa.Column("office_anchor", Moment, nullable=False),
    sa.Column("rate", sa.Float, nullable=False),
    sa.Column("skip_closed", sa.Boolean, nullable=False),
    sa.Column("secret", Sealed("office.secret", "id"), nullable=False),
    sa.Column("shadow", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("rests_until", Moment),
)

subject = sa.Table(
    "subject",
    metadata,
    sa.Column("id", Serial, primary_key=True),
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column("code", SubjectCode(), nullable=False),
    sa.Column("body", Sealed("subject.body", "kind", "code"), nullable=False),
    sa.Column("organisation", SubjectCode(), nullable=True, index=True),
    sa.UniqueConstraint("kind", "code"),
)

case_file = sa.Table(
    "case_file",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("agency", Code, nullable=False),
    sa.Column("sender", Code, nullable=False),
    sa.Column("reference", Code, nullable=False),
    sa.Column("digest", Digest(64), nullable=False),
    sa.Column("route", sa.String(20), nullable=False),
    sa.Column("item", Code, nullable=False),
    sa.Column("subject_kind", sa.String(10), nullable=False),
    sa.Column("subject_code", SubjectCode(), nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("outcome", sa.String(30)),
    sa.Column("level", sa.String(20)),
    sa.Column("stratum", Code),
    sa.Column("wants_visit", sa.Boolean, nullable=False),
    sa.Column("drawn", Code),
    sa.Column("pack", Code, nullable=False),
    sa.Column("opened_at", Moment, nullable=False),
    sa.Column("due_at", Moment),
    sa.Column("provisional", sa.Boolean, nullable=False),
    sa.Column("ended_at", Moment),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("body", Sealed("case_file.body", "id"), nullable=False),
    sa.UniqueConstraint("agency", "sender", "reference"),
)
sa.Index("ix_case_file_agency_opened", case_file.c.agency, case_file.c.id)
sa.Index("ix_case_file_state_outcome", case_file.c.state, case_file.c.outcome, case_file.c.due_at)
sa.Index("ix_case_file_subject", case_file.c.subject_kind, case_file.c.subject_code)
ADVERSE = sa.text("outcome NOT IN ('TRUE', 'WITHDRAWN')")
REVIEW = "officer.review"
REVIEWED = sa.text(f"rule = '{REVIEW}'")
"""Written out, in the index and in whoever asks: a database takes a partial index only for a condition it can see to be the same."""
sa.Index("ix_case_file_adverse", case_file.c.id, sqlite_where=ADVERSE, postgresql_where=ADVERSE)
PROVISIONAL = sa.text("provisional")
sa.Index("ix_case_file_provisional", case_file.c.id, sqlite_where=PROVISIONAL, postgresql_where=PROVISIONAL)
_undrawn = case_file.c.drawn.is_(None) & case_file.c.stratum.is_not(None)
sa.Index("ix_case_file_undrawn", case_file.c.agency, sqlite_where=_undrawn, postgresql_where=_undrawn)
_drawn = case_file.c.drawn.is_not(None)
sa.Index("ix_case_file_drawn", case_file.c.drawn, sqlite_where=_drawn, postgresql_where=_drawn)

evidence = sa.Table(
    "evidence",
    metadata,
    sa.Column("id", sa.String(200), primary_key=True),
    sa.Column("case_id", sa.String(40), nullable=False, index=True),
    sa.Column("claim", Code, nullable=False),
    sa.Column("verdict", sa.String(20), nullable=False),
    sa.Column("asked_at", Moment, nullable=False),
    sa.Column("body", Sealed("evidence.body", "id"), nullable=False),
    sa.Column("carries", sa.String(10), nullable=True),  # `domain.evidence.carries` of the body, which may be sealed
    sa.Column("of_at", Moment),  # of when it is: its source's date, else when it was heard (`grounds`)
    sa.Column("heard_at", Moment),
    sa.Column("claim_from", Moment),  # when the day begins that its claim speaks of; empty: the case has no such claim
)

visit = sa.Table(
    "visit",
    metadata,
    sa.Column("id", sa.String(200), primary_key=True),
    sa.Column("draw", Code, nullable=False, index=True),
    sa.Column("agency", Code, nullable=False),
    sa.Column("object_id", Code, nullable=False, index=True),
    sa.Column("check_type", sa.String(20), nullable=False),
    sa.Column("replaces", sa.String(200), nullable=False, index=True),
    sa.Column("opened_at", Moment, nullable=False),
    sa.Column("done_at", Moment),
    sa.Column("made_on", sa.Date),  # the day of the visit itself, whenever its result was entered
    sa.Column("file_by", Moment),  # by when it is to be filed, for no visit code was read; while that waits for its proof
    sa.Column("state", sa.String(20), nullable=False, index=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("body", Sealed("visit.body", "id", judged=True), nullable=False),
)

sa.Index("ix_visit_agency_opened", visit.c.agency, visit.c.opened_at)
_unfiled = visit.c.file_by.is_not(None)
sa.Index("ix_visit_file_by", visit.c.file_by, visit.c.id, sqlite_where=_unfiled, postgresql_where=_unfiled)
SECOND_LOOK = sa.text("check_type = 'OFF_SITE'")
"""Nobody goes: no other visit of the house is of this type. Written out as `REVIEWED` is."""
sa.Index("ix_visit_second_look", visit.c.agency, visit.c.opened_at, sqlite_where=SECOND_LOOK, postgresql_where=SECOND_LOOK)

visit_case = sa.Table(
    "visit_case",
    metadata,
    sa.Column("visit", sa.String(200), primary_key=True),
    sa.Column("case_id", sa.String(40), primary_key=True),
)
sa.Index("ix_visit_case_case_id", visit_case.c.case_id)

seat = sa.Table(
    "seat",
    metadata,
    sa.Column("visit", sa.String(200), primary_key=True),
    sa.Column("place", sa.Integer, primary_key=True),
    sa.Column("turn", sa.Integer, primary_key=True),
    sa.Column("agency", Code, nullable=False),
    sa.Column("inspector", Code, nullable=False, index=True),
    sa.Column("state", sa.String(20), nullable=False, index=True),
    sa.Column("body", Sealed("seat.body", "visit", "place", "turn", judged=True), nullable=False),
)

roster_object = sa.Table(
    "roster_object",
    metadata,
    sa.Column("agency", Code, primary_key=True),
    sa.Column("kind", sa.String(10), primary_key=True),
    sa.Column("code", SubjectCode(), primary_key=True),
    sa.Column("body", Sealed("roster_object.body", "agency", "kind", "code"), nullable=False),
    sa.Column("pool", Code, nullable=True),
    sa.Column("qualification", Code, nullable=True),
    sa.Column("organisation", SubjectCode(), nullable=True, index=True),
    sa.Column("stands_as", SubjectCode(), nullable=True),
    sa.Column("struck_at", Moment, nullable=True),
    sa.Column("removed_at", Moment),
)

inspector = sa.Table(
    "inspector",
    metadata,
    sa.Column("agency", Code, primary_key=True),
    sa.Column("id", Code, primary_key=True),
    sa.Column("body", Sealed("inspector.body", "agency", "id"), nullable=False),
    sa.Column("removed_at", Moment),
)

recusal = sa.Table(
    "recusal",
    metadata,
    sa.Column("agency", Code, primary_key=True),
    sa.Column("object", SubjectCode(), primary_key=True),
    sa.Column("inspector", Code, primary_key=True),
    sa.Column("reason", Code, nullable=False),
    sa.Column("declared_by", sa.String(400), nullable=False),
    sa.Column("ended_at", Moment),
)

credit_level = sa.Table(
    "credit_level",
    metadata,
    sa.Column("kind", sa.String(10), primary_key=True),
    sa.Column("code", SubjectCode(), primary_key=True),
    sa.Column("level", Code, nullable=False),
    sa.Column("as_of", Moment, nullable=False),
    sa.Column("source", Code, nullable=False),
    sa.Column("organisation", SubjectCode(), nullable=True, index=True),
)

event = sa.Table(
    "event",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("position", sa.BigInteger, unique=True),
    sa.Column("agency", Code, nullable=False),
    sa.Column("case_id", sa.String(40), nullable=False, index=True),
    sa.Column("type", Code, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("body", Sealed("event.body", "id"), nullable=False),
)
_unplaced = event.c.position.is_(None)
sa.Index("ix_event_unplaced", event.c.id, sqlite_where=_unplaced, postgresql_where=_unplaced)

ledger = sa.Table(
    "ledger",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("seal", sa.BigInteger, index=True),
    sa.Column("at", Moment, nullable=False),
    sa.Column("about", sa.String(200), nullable=False, index=True),
    sa.Column("rule", Code, nullable=False),
    sa.Column("body", Sealed("ledger.body", "id", judged=True), nullable=False),
    sa.Column("cites", sa.Text, nullable=True),  # of a review: the evidence it names, each id between line feeds
    sa.Column("adverse", sa.Boolean, nullable=True),  # of a review: whether it goes against its subject
    sa.Column("salt", Salt("ledger.salt", "id", judged=True), nullable=False),
    sa.Column("body_digest", sa.String(64), nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
)
sa.Index("ix_ledger_unsealed", ledger.c.id, sqlite_where=ledger.c.seal.is_(None), postgresql_where=ledger.c.seal.is_(None))
sa.Index("ix_ledger_reviewed", ledger.c.about, sqlite_where=REVIEWED, postgresql_where=REVIEWED)

seal = sa.Table(
    "seal",
    metadata,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("entries", sa.Integer, nullable=False),
    sa.Column("head", sa.String(64), nullable=False),
    sa.Column("size", sa.BigInteger),
    sa.Column("root", sa.String(64)),
)

ledger_tree = sa.Table(
    "ledger_tree",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("seal", sa.BigInteger, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("peaks", sa.Text, nullable=False),
)

work = sa.Table(
    "work",
    metadata,
    sa.Column("id", Serial, primary_key=True),
    sa.Column("key", sa.String(300), nullable=False, unique=True),
    sa.Column("kind", sa.String(30), nullable=False),
    sa.Column("lane", Code, nullable=False),
    sa.Column("case_id", sa.String(40), index=True),
    sa.Column("payload", Sealed("work.payload", "key", judged=True), nullable=False),
    sa.Column("state", sa.String(12), nullable=False),
    sa.Column("due_at", Moment, nullable=False),
    sa.Column("urgent_by", Moment, nullable=False),
    sa.Column("expires_at", Moment),
    sa.Column("lease_until", Moment, nullable=False),
    sa.Column("owner", Code),
    sa.Column("fence", sa.Integer, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),  # tries that have ended and count
    sa.Column("unheard", sa.Integer, nullable=False, server_default=sa.text("0")),  # claims without a word of it since
    sa.Column("error", sa.String(400)),
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("done_at", Moment),
)
_ready, _waiting, _held = work.c.state == "ready", work.c.state == "waiting", work.c.state == "quarantined"
sa.Index("ix_work_ready", work.c.lane, work.c.urgent_by, work.c.id, sqlite_where=_ready, postgresql_where=_ready)
_dated = sa.and_(_ready, work.c.expires_at.is_not(None))
sa.Index("ix_work_patience", work.c.lane, work.c.expires_at, work.c.id, sqlite_where=_dated, postgresql_where=_dated)
sa.Index("ix_work_waiting", work.c.due_at, sqlite_where=_waiting, postgresql_where=_waiting)
sa.Index("ix_work_quarantined", work.c.id, sqlite_where=_held, postgresql_where=_held)

lane = sa.Table(
    "lane",
    metadata,
    sa.Column("name", Code, primary_key=True),
    sa.Column("open_until", Moment, nullable=False),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("paused", sa.Boolean, nullable=False),
    sa.Column("paused_at", Moment),
    sa.Column("failing_since", Moment),
    sa.Column("error", sa.String(400)),
    sa.Column("barred", sa.Boolean, nullable=False),
)

calendar_year = sa.Table(
    "calendar_year",
    metadata,
    sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("seen_at", Moment, nullable=False),
)

tick = sa.Table(
    "tick",
    metadata,
    sa.Column("name", Code, primary_key=True),
    sa.Column("slot", Code, primary_key=True),
    sa.Column("at", Moment, nullable=False),
    sa.Column("replica", Code, nullable=False),
)

schedule = sa.Table(
    "schedule",
    metadata,
    sa.Column("name", Code, primary_key=True),
    sa.Column("trigger", sa.String(400), nullable=False),
    sa.Column("next_at", Moment),
    sa.Column("last_at", Moment),
    sa.Column("lag_seconds", sa.Float),
)

inbox = sa.Table(
    "inbox",
    metadata,
    sa.Column("source", Code, primary_key=True),
    sa.Column("message_id", Code, primary_key=True),
    sa.Column("at", Moment, nullable=False, index=True),
    sa.Column("digest", Digest(64), nullable=False),
    sa.Column("answer", Sealed("inbox.answer", "source", "message_id"), nullable=False),
)

attention = sa.Table(
    "attention",
    metadata,
    sa.Column("id", sa.String(200), primary_key=True),
    sa.Column("kind", Code, nullable=False),
    sa.Column("agency", Code, nullable=False),
    sa.Column("about", sa.String(200), nullable=False, index=True),
    sa.Column("names", sa.Text, nullable=False, server_default=sa.text("''")),
    sa.Column("opened_at", Moment, nullable=False),
    sa.Column("closed_at", Moment),
    sa.Column("body", Sealed("attention.body", "id"), nullable=False),
)
_open = attention.c.closed_at.is_(None)
sa.Index("ix_attention_open", attention.c.opened_at, attention.c.id, sqlite_where=_open, postgresql_where=_open)
sa.Index("ix_attention_kind", attention.c.kind, attention.c.closed_at)

token = sa.Table(
    "token",
    metadata,
    sa.Column("id", Code, primary_key=True),
    sa.Column("digest", sa.String(64), nullable=False, unique=True),
    sa.Column("name", Code, nullable=False),
    sa.Column("agency", Code, nullable=False),
    sa.Column("role", sa.String(20), nullable=False),
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("expires_at", Moment, nullable=False),
    sa.Column("revoked_at", Moment),
)

replica = sa.Table(
    "replica",
    metadata,
    sa.Column("id", Code, primary_key=True),
    sa.Column("started_at", Moment, nullable=False),
    sa.Column("seen_at", Moment, nullable=False),
    sa.Column("version", Code, nullable=False),
    sa.Column("schedules", sa.Text, nullable=False),
    sa.Column("pulse_heard_at", Moment),
    sa.Column("pulse_failed_at", Moment),
    sa.Column("pulse_error", Code),
)
