"""Rows of a file as applications: pure, so that the command line and the web read the same file in the same way.

One row is one case; each promised fact is a column `claim:<fact>` (`承诺:<事实>`) whose cell is the promised value. An empty cell
promises nothing. Heads may be English or Chinese, in any order.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from difflib import get_close_matches

from inspector.domain.calendar import SHANGHAI
from inspector.domain.case import Claim, MatterKind, Route, SubjectKind
from inspector.domain.errors import Invalid
from inspector.domain.signs import composed
from inspector.flows.diagnosis import of_error
from inspector.flows.intake import Application
from inspector.flows.layout import CODE, Column, Layout, RowReader
from inspector.sheets.flaw import RowFlaw
from inspector.sheets.sheet import Sheet

PREFIX, PREFIX_CHINESE = "claim:", "承诺:"
_DIGEST = re.compile(r"[0-9a-f]{64}")
_LONGEST_VALUE = 1_000

CASES = Layout(
    prefix=PREFIX,
    prefix_chinese=PREFIX_CHINESE,
    columns=(
        Column(
            name="reference",
            chinese="申请编号",
            meaning="the sender's number; the same again is the same case",
            needed=True,
            coded=True,
        ),
        Column(name="agency", chinese="办理机关", meaning="agency id; empty: that of --agency", coded=True),
        Column(name="route", chinese="办理方式", meaning="COMMITMENT (default) or CERTIFICATE"),
        Column(name="matter", chinese="事项类型", meaning="LICENCE, CONFIRMATION or BENEFIT", needed=True),
        Column(name="item", chinese="事项编码", meaning="the item's code in the policy pack", needed=True, coded=True),
        Column(name="subject_kind", chinese="主体类型", meaning="FIRM or PERSON", needed=True),
        replace(CODE, name="subject_code"),
        Column(name="subject_name", chinese="主体名称", meaning="name of the firm or person", needed=True, coded=True),
        Column(
            name="letter_text", chinese="承诺书全文", meaning="text of the letter, or its digest beside", many=True, most=100_000
        ),
        Column(name="letter_digest", chinese="承诺书摘要", meaning="SHA-256 of the letter's UTF-8 bytes", coded=True),
        Column(
            name="notice_version",
            chinese="告知书版本",
            meaning="version of the notice it answers; with a certificate and without a letter these three and the letter stay empty",
            needed=True,
        ),
        Column(name="signed_by", chinese="签署人", meaning="who signed", needed=True, coded=True),
        Column(name="signed_on", chinese="签署日期", meaning="day of signing", needed=True),
        Column(name="proxy", chinese="代理人", meaning="proxy, if any", coded=True),
        Column(name="publicity_scope", chinese="公开范围", meaning="default: none"),
        Column(name="publicity_until", chinese="公开截止日期", meaning="last day of publicity"),
        Column(name="concluded_on", chinese="办结日期", meaning="day the matter was concluded, where it is already"),
        Column(name="claims_on", chinese="承诺所指日期", meaning="day the claims speak of; empty: signed_on"),
    ),
)

_OF_LETTER = ("letter_text", "letter_digest", "notice_version", "signed_by", "signed_on", "proxy")
"""Cells of which any one says that there is a letter of commitment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """One row as an application. `spoiled` names the columns whose values are stand-ins; a row that is not `sound` is only judged."""

    row: int
    application: Application
    sound: bool
    spoiled: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """What a file holds, wrong rows too. With any flaw nothing of it may be written."""

    lines: tuple[CaseRow, ...]
    flaws: tuple[RowFlaw, ...]
    warnings: tuple[RowFlaw, ...]


def parse(sheet: Sheet, agency: str, within: Collection[str], house: Collection[str] = ()) -> Parsed:
    """Every row as an application to `agency`, or to one `within` it that the row names. Repeated references are flaws.

    `house` are all agencies there are: one elsewhere is told apart from one that is none.
    """
    found, told = CASES.heads(sheet)
    lines: list[CaseRow] = []
    seen: dict[tuple[str, str], int] = {}
    for reader in CASES.readers(sheet, found, told):
        application = _application(reader, agency, within, house)
        own = application.agency, composed(application.reference, "NFC")
        if application.reference and seen.setdefault(own, reader.number) != reader.number:
            reader.flaw("reference", "reference_twice", other=seen[own])
        line = CaseRow(row=reader.number, application=application, sound=reader.sound, spoiled=frozenset(reader.spoiled))
        lines.append(line)
    return Parsed(lines=tuple(lines), flaws=tuple(told.flaws), warnings=tuple(told.warnings))


def sender(line: Sequence[str], agency: str, systems: Iterable[tuple[str, str]]) -> str:
    """The approving system a file of `agency` is of when nobody says: the only one of the agency, or of the nearest above with any.

    `line` is the agency and those above it, `systems` the (agency, name) of every valid system token. Only that system may correct,
    withdraw or conclude what is imported, so it is not guessed. Raises Invalid (`import_sender_needed`).
    """
    held = list(systems)
    near = next((names for above in line if (names := sorted({name for of, name in held if of == above}))), [])
    if len(near) != 1:
        raise Invalid("import_sender_needed", agency=agency, known=", ".join(near) or "-")
    return near[0]


def known_sender(named: str, line: Sequence[str], systems: Iterable[tuple[str, str]]) -> None:
    """A named approving system has a token at the agency or above it: else nobody could ever correct, withdraw or conclude its cases.

    Raises Invalid: `import_sender_unknown` with the nearest name, `import_sender_none` where nobody has one.
    """
    known = sorted({name for of, name in systems if of in line})
    if not known:
        raise Invalid("import_sender_none", sender=named)
    if named not in known:
        near = "".join(get_close_matches(named, known, n=1, cutoff=0.0))
        raise Invalid("import_sender_unknown", sender=named, nearest=near, known=", ".join(known))


def heads(facts: tuple[str, ...], *, chinese: bool) -> tuple[str, ...]:
    """The first row of an empty file, with a claim column for each fact."""
    prefix = PREFIX_CHINESE if chinese else PREFIX
    named = (column.chinese if chinese else column.name for column in CASES.columns)
    return (*named, *(prefix + fact for fact in facts))


def _application(reader: RowReader, agency: str, within: Collection[str], house: Collection[str]) -> Application:
    """The row's application, with stand-ins where something was wrong."""
    named = reader.text("agency", agency)
    if named in house and named not in within:
        reader.flaw("agency", "agency_outside", agency=named, above=agency)
    elif named not in within:
        reader.flaw("agency", "agency_absent", agency=named, known=", ".join(sorted(within)))
    route = reader.choice("route", Route, Route.COMMITMENT)
    signed = route is Route.COMMITMENT or any(str(reader.cells.get(name, "")).strip() for name in _OF_LETTER)
    signed_on = reader.day("signed_on") if signed else None
    text = reader.text("letter_text")
    return Application(
        agency=named,
        reference=reader.text("reference"),
        route=route,
        matter=reader.choice("matter", MatterKind),
        item=reader.text("item"),
        subject_kind=reader.choice("subject_kind", SubjectKind),
        subject_code=reader.text("subject_code"),
        subject_name=reader.text("subject_name"),
        claims=_claims(reader, signed_on),
        letter_text=text,
        letter_digest=_digest(reader, text) if signed else "",
        notice_version=reader.text("notice_version") if signed else "",
        signed_by=reader.text("signed_by") if signed else "",
        signed_on=signed_on,
        proxy=reader.text("proxy") or None,
        publicity_scope=reader.text("publicity_scope", "none"),
        concluded_at=_start(reader.maybe_day("concluded_on")),
        publicity_until=reader.day("publicity_until") if reader.cells.get("publicity_until", "") != "" else None,
    )


def _start(day: date | None) -> datetime | None:
    """The first moment of a day."""
    return None if day is None else datetime.combine(day, time.min, SHANGHAI)


def _claims(reader: RowReader, signed_on: date | None) -> tuple[Claim, ...]:
    told = {}
    for name in reader.cells:
        fact = name.removeprefix(PREFIX)
        if fact != name and (value := reader.text(name, most=_LONGEST_VALUE)):
            told[fact] = value
    if not told and signed_on is None:
        return ()
    on = reader.day("claims_on", signed_on)
    return tuple(Claim(key=fact, fact=fact, value=value, on=on) for fact, value in told.items())


def _digest(reader: RowReader, text: str) -> str:
    """The letter's digest: stated or computed; when both are there they must agree."""
    stated = reader.text("letter_digest").lower()
    if stated and not _DIGEST.fullmatch(stated):
        reader.flaw("letter_digest", "digest_unreadable")
    elif not stated and not text:
        reader.note(of_error(reader.number, Invalid("letter_missing")))
    computed = hashlib.sha256(text.encode()).hexdigest()
    if stated and text and stated != computed and not reader.spoiled & {"letter_text", "letter_digest"}:
        reader.note(of_error(reader.number, Invalid("letter_digest_differs", expected=computed)))
    return stated or computed
