"""Files of rather serious bad records of other authorities (较严重不良信用记录), read row by row."""

from __future__ import annotations

import hashlib
from datetime import datetime

from inspector.domain.case import SubjectKind
from inspector.domain.gate import OutsideBar
from inspector.flows.layout import Column, Layout, RowReader
from inspector.flows.registers import Read, code_named, identity, read_rows
from inspector.sheets.sheet import Sheet

BARS = Layout(
    open_ended=True,
    columns=(
        Column(name="code", chinese="主体代码", needed=True, coded=True, most=64),
        Column(name="kind", chinese="主体类型", meaning="FIRM (default) or PERSON"),
        Column(name="authority", chinese="认定机关", needed=True),
        Column(name="document", chinese="文书号", needed=True, coded=True),
        Column(name="ground", chinese="事由", needed=True, most=400),
        Column(name="since", chinese="认定日期", needed=True),
        Column(name="until", chinese="截止日期", meaning="its last day, where the document names one"),
        Column(name="repaired_on", chinese="修复日期"),
        Column(name="repaired_by", chinese="修复文书号", coded=True, meaning="needed with the day of the repair"),
    ),
)


def bar_id(kind: SubjectKind, code: str, authority: str, document: str) -> str:
    """The id of a bar as it is handed in: one document of one authority about one subject is one bar, however often it comes.

    Where the office has keys it is kept under another one that nobody can work out (`eligibility.enter`).
    """
    return hashlib.sha256(f"{kind.value}\n{code}\n{authority}\n{document}".encode()).hexdigest()[:32]


def read(sheet: Sheet, agency: str, today: datetime) -> Read[OutsideBar]:
    """The bars of a file, row by row."""

    def one(reader: RowReader) -> tuple[str, OutsideBar] | None:
        kind = reader.choice("kind", SubjectKind, SubjectKind.FIRM)
        code, _, _ = identity(reader, kind, today)
        authority, document = reader.text("authority"), reader.text("document")
        since, until, repaired = reader.day("since"), reader.maybe_day("until"), reader.maybe_day("repaired_on")
        for field, end in (("until", until), ("repaired_on", repaired)):
            if end is not None and end < since and not {field, "since"} & reader.spoiled:
                reader.flaw(field, "bar_ends_first", since=since.isoformat(), end=end.isoformat())
        repaired_by = reader.text("repaired_by")
        if repaired is not None and not repaired_by:
            reader.flaw("repaired_by", "cell_empty")
        if since > today.date() and "since" not in reader.spoiled:
            reader.flaw("since", "since_future", since=since.isoformat())
        made = OutsideBar(
            id=bar_id(kind, code, authority, document),
            kind=kind,
            code=code,
            agency=agency,
            authority=authority,
            document=document,
            ground=reader.text("ground"),
            since=since,
            until=until,
            repaired_on=repaired,
            repaired_by=repaired_by,
        )
        return (made.id, made) if reader.sound else None

    return read_rows(code_named(sheet), BARS, one, "document")
