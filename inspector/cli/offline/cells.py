"""The cells of a roster as they will stand in the frame: taken as they are or refused, never mended."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date

from inspector.cli.offline.plan import ListPlan
from inspector.domain.errors import Invalid
from inspector.domain.frame import ELIGIBLE
from inspector.domain.identity import USCC_LENGTH, IdentityKind, holds_person, identify, is_firm, normalise
from inspector.domain.signs import LATER, composed
from inspector.flows.diagnosis import of_error
from inspector.flows.layout import RowReader

PARTED = re.compile(r"[\s./_-]")
"""What people put between the groups of a credit code."""
LONG = re.compile("(?:[0-9][-_]?){15}")
"""So many digits in an id may be somebody's identity number."""


def key(reader: RowReader, name: str, today: date) -> str:
    """A code, in its one written form or not at all (threat 10): two that look the same must not be two rows.

    What has the length of a credit code is one: capitals, no hyphens. Otherwise a ban or a cap on one row would not reach another.
    """
    if _card(reader, name):
        return ""
    told = reader.text(name)
    if name in reader.spoiled:
        return ""
    normal = composed(LATER.sub("", told))
    if len(whole := PARTED.sub("", normal)) == USCC_LENGTH and whole.isascii() and whole.isalnum():
        normal = normalise(whole)
    if told != normal:
        reader.flaw(name, "code_form", value=told, normal=normal)
        return ""
    try:
        read = identify(IdentityKind.USCC if len(told) == USCC_LENGTH else IdentityKind.OTHER, told, today=today)
    except Invalid as error:
        reader.note(of_error(reader.number, error, name))
        return ""
    if read.warnings:
        reader.warn(name, "code_irregular", warnings=", ".join(read.warnings))
    return told


def text(reader: RowReader, name: str, default: str = "") -> str:
    """A text as it stands, in NFC."""
    if _card(reader, name):
        return ""
    told = reader.text(name, default)
    if LATER.search(told) or not unicodedata.is_normalized("NFC", told):
        reader.flaw(name, "cell_not_nfc", normal=composed(LATER.sub("", told), "NFC"))
    return told


def single(reader: RowReader, name: str, default: str = "") -> str:
    """One name, without a comma."""
    told = text(reader, name, default)
    if "," in told:
        reader.flaw(name, "cell_several", value=told[:40])
    return told


def several(reader: RowReader, name: str) -> tuple[str, ...]:
    """Names parted as people part them."""
    text(reader, name)
    return reader.several(name) if name not in reader.spoiled else ()


def number(reader: RowReader, name: str, default: int) -> int:
    """A whole number from 0."""
    return default if _card(reader, name) else reader.number_of(name, default)


def choice(reader: RowReader, name: str, words: Mapping[str, str], default: str, unfit: str) -> str:
    """One of the codes that words stand for; anything else is told as `unfit`, without what stands there: it may be about people."""
    told = composed(str(reader.cells.get(name, "")), "NFKC").strip().casefold()
    if told and not _card(reader, name) and told not in words:
        reader.flaw(name, unfit, known=", ".join(words))
    return words.get(told, default)


def status(reader: RowReader, plan: ListPlan | None = None) -> str:
    """1 for who may be drawn or dealt, or a code. Objects have only codes that the plan declares: they are counted and published."""
    cell = reader.cells.get("status", "")
    if isinstance(cell, int | float) and cell == int(cell):
        reader.cells["status"] = str(int(cell))
    told = text(reader, "status", ELIGIBLE)
    if plan is not None and "status" not in reader.spoiled and told != ELIGIBLE and told not in plan.codes:
        reader.flaw(
            "status", "status_undeclared", value=told[:40], list=plan.name, known=", ".join((ELIGIBLE, *sorted(plan.codes)))
        )
    return told


def _card(reader: RowReader, name: str) -> bool:
    """Whether somebody's identity number stands in a cell, alone or among other words: a bundle has pseudonyms alone (threat 17).

    It is looked for before anything else, and repeated by no fault. What is right as a firm's code too is taken for one, with a remark.
    """
    told = str(reader.cells.get(name, ""))
    if not holds_person(told):
        return False
    if is_firm(normalise(told)):
        reader.warn(name, "card_number")
        return False
    reader.flaw(name, "card_number")
    return True
