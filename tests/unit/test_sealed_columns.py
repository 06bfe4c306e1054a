"""A column that nobody has thought of: whatever can hold something of a subject is sealed, or stands here with the reason why not."""

from __future__ import annotations

import importlib
import pkgutil

import pytest
import sqlalchemy as sa

import inspector.store
from inspector.store.sealed import Sealed, SealedFile, SubjectCode
from inspector.store.tables import metadata

for module in pkgutil.iter_modules(inspector.store.__path__, "inspector.store."):
    if not module.name.endswith(".migrations"):
        importlib.import_module(module.name)  # each table is there, whoever else has been read

KEYS = frozenset(
    {
        "about",
        "agency",
        "authority",
        "basis",
        "case_id",
        "channel",
        "check_type",
        "claim",
        "connector",
        "draw",
        "entry",
        "fact",
        "id",
        "item",
        "key",
        "kind",
        "lane",
        "level",
        "message_id",
        "number",
        "object_id",
        "owner",
        "pack",
        "plan",
        "pool",
        "port",
        "proposal",
        "qualification",
        "reference",
        "replaces",
        "request",
        "requested",
        "route",
        "seat",
        "sender",
        "slot",
        "source",
        "state",
        "step",
        "stratum",
        "subject_kind",
        "system",
        "tip_off",
        "type",
        "verdict",
        "visit",
        "word",
    }
)
"""Names that are a key, a kind or a state in every table that has them: our own ids, codes of packs and settings, words of the program."""

MARKS = frozenset(
    {
        "body_digest",
        "digest",
        "first",
        "head",
        "mark",
        "node",
        "once",
        "peaks",
        "prev",
        "root",
        "salt",
    }
)
"""Names that are a hash, or a mark made of one."""

COURSE = frozenset(
    {
        "attempts",
        "carries",
        "code",
        "door",
        "error",
        "issuer",
        "label",
        "outcome",
        "purpose",
        "role",
        "rule",
        "shown",
        "via",
        "way",
        "drawn",
        "last_rule",
    }
)
"""Names by which the program goes on; an error is a code (`tests/integration/test_hunt.py` looks), `code` a channel's or a visit code's."""

OFFICIALS = frozenset(
    {"by", "declared_by", "deputy", "ended_by", "grounds", "inspector", "inspectors", "named_by", "officer", "party", "phone"}
)
"""Who of the house: officers stand by name or number in every list; `phone` is a device's number without its person."""

PLAIN = {
    "admission.name": "a member of the house, as the identity provider calls him",
    "admission.subject": "the provider's number of a member of the house",
    "annual_plan.body": "a plan, which is published",
    "assistance.echo": "whether an answer fits what was asked, as a word",
    "attention.names": "requests by our own ids",
    "browser_session.name": "a member of the house",
    "catalogue_entry.body": "a list of items, which is published",
    "catalogue_rereview.body": "what a list of items is held to",
    "challenge.reason": "a word of the program",
    "credit_copy.receipt": "the platform's number, which the hunt reads",
    "credit_entry.receipt": "the platform's number, which the hunt reads",
    "doorway.name": "a door of the house, by its connector",
    "draw.body": "what strangers recompute: natural persons by pseudonym",
    "draw_file.name": "the name of a file of a draw",
    "draw_register.facts": "what strangers recompute: natural persons by pseudonym",
    "drift.body": "numbers about a source",
    "inspection.inspectors": "officers by their numbers",
    "inspection.items": "items of the packs",
    "lane.name": "a connector of the settings",
    "ledger.cites": "ids of evidence",
    "pace.name": "a limit of the settings",
    "calendar_kept.body": "days off, which are published, and the office hours",
    "pack.body": "rules",
    "pledge_shown.body": "a letter that is public, natural persons never named",
    "recusal.reason": "a word of the program",
    "replica.pulse_error": "a code of an error",
    "replica.schedules": "names of schedules",
    "replica.version": "the program's version",
    "schedule.name": "a schedule of the program",
    "schedule.trigger": "a schedule of the settings",
    "tick.name": "a schedule of the program",
    "tick.replica": "a daemon",
    "tick.slot": "a time",
    "token.name": "a system or a member of the house",
    "work.owner": "a daemon",
}
"""Columns that are plain though their name could mean anything, and why."""

THOUGHT_OF = KEYS | MARKS | COURSE | OFFICIALS
FREE = {"Text", "LargeBinary"}
"""Types that hold whatever is written into them: a well-known name is no reason there."""


def unthought_of(tables: sa.MetaData) -> set[str]:
    """The columns of text that are neither sealed nor known to hold nothing of a subject."""
    found = set()
    for table in tables.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, Sealed | SealedFile | SubjectCode) or not isinstance(
                column.type, sa.String | sa.LargeBinary | sa.JSON
            ):
                continue
            free = type(column.type).__name__ in FREE
            known = column.name in MARKS if free else column.name in THOUGHT_OF
            if not known and f"{table.name}.{column.name}" not in PLAIN:
                found.add(f"{table.name}.{column.name}")
    return found


def test_every_column_of_text_is_sealed_or_was_thought_of() -> None:
    assert unthought_of(metadata) == set(), (
        "seal it (`Sealed`, `SubjectCode`), or name it above and say why it holds nothing of a subject"
    )


@pytest.mark.parametrize(
    "column", [sa.Column("telephone", sa.String(40)), sa.Column("body", sa.Text), sa.Column("about", sa.Text)], ids=str
)
def test_a_new_column_of_somebody_s_data_is_seen(column: sa.Column[str]) -> None:
    planted = sa.MetaData()
    sa.Table("household", planted, column)
    assert unthought_of(planted) == {f"household.{column.name}"}


def test_what_stands_here_is_there() -> None:
    there = {f"{table.name}.{column.name}" for table in metadata.sorted_tables for column in table.columns}
    assert set(PLAIN) <= there
    assert {place.rpartition(".")[2] for place in there} >= THOUGHT_OF


def test_what_is_sealed_is_bound_to_a_place_of_its_own_and_to_its_row() -> None:
    held = {
        f"{table.name}.{column.name}": (column.type.place, set(column.type.row) - {one.name for one in table.primary_key.columns})
        for table in metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, Sealed | SealedFile)
    }
    assert (
        {name: place for name, (place, _) in held.items() if place != name}
        == {
            "credit_copy.retraction": "credit_entry.retraction"  # one query reads both, and the same entry is taken back for one reason
        }
    ), "moved to another column it would open"
    assert {name: row for name, (_, row) in held.items() if row} == {
        "subject.body": {"kind", "code"},
        "work.payload": {"key"},
    }, "a key of its own, by which the row is found"
