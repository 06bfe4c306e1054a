"""What a credit platform is asked about the entries that it has of ours; see `wire`."""

from __future__ import annotations

from connectors.credit.http import HttpCredit
from inspector.domain.creditrecord import Amend, Amendment
from tests.wire import CASE, CODE, ENTRY, LATER, RECEIPT, RETRACTION, Exchange

HAD = {
    "id": ENTRY.entry_id,
    "case": CASE,
    "subject": {"kind": "FIRM", "code": CODE},
    "grade": ENTRY.grade,
    "outcome": ENTRY.outcome,
    "retracted": False,
    "receipt": "CR-000017",
}
AMENDMENT = Amendment(
    entry_id=ENTRY.entry_id, case_id=CASE, kind=Amend.MARKED, basis=RETRACTION.basis, decided_at=RETRACTION.decided_at
)
AS_OF = "2026-03-05T00:00:00+08:00"
_NEXT = "nothing is concluded and a person is told; the next night asks again"

STATEMENT = Exchange(
    name="statement",
    title="A statement of what you have of ours",
    about="To `path_statement`, each night, and page after page: what you have from this office, held against its books "
    "([how](../how-to/reconcile-credit.md)). Not set: it is not asked. All pages are of one moment: whoever cannot keep one still delivers "
    "a file instead. A list that was cut off must not look like a list of fewer: `total` is compared with what came.",
    connector=HttpCredit,
    call=lambda held: held.statement(key="credit.compare:platform:2026-03-05T05:00:00+08:00"),
    config={"path_statement": "/statement"},
    sent={"after": "null for the first page, then the `next` of the page before", "limit": "at most so many entries on a page"},
    reply={"as_of": AS_OF, "total": 1, "entries": [HAD], "next": None},
    told={
        "as_of": "of when the statement is, the same on all pages; ISO 8601 with an offset",
        "total": "how many entries there are on all pages together, the same on all of them",
        "entries": "each with the `id` that we gave it, and as far as you have it `case`, `subject.kind`, `subject.code`, `grade`, "
        "`outcome`, `act` as they were sent, your `receipt`, `retracted` (true: you still list what was taken back), "
        "and `amended`: of what you were told of it since the codes that hold now, any of `MARKED`, `LAPSED`, `REPAIRED`; `[]`: nothing. "
        "What is left out is not compared",
        "next": "what leads to the next page; null: this was the last one",
    },
    others=(
        {"as_of": AS_OF, "total": 0, "entries": [], "next": None},
        {"as_of": AS_OF, "total": 2, "entries": [HAD], "next": None},
        {"as_of": None, "total": 1, "entries": [HAD], "next": None},
        {"as_of": AS_OF, "entries": [HAD], "next": None},
    ),
    fates={
        "Unavailable": LATER.format(until="the next night", then="nothing is concluded, and a person is told"),
        "Refused": _NEXT,
        "Garbled": _NEXT,
    },
    demo="/credit/statement",
)
HELD = Exchange(
    name="held",
    title="What you have of one entry",
    about="To `path_held`: what seems to differ is asked about once more, entry by entry, before anything is concluded; without a "
    "`path_statement` the entries are asked about in turn. Not set: it is not asked.",
    connector=HttpCredit,
    call=lambda held: held.entry(
        ENTRY.entry_id, key="credit.compare:platform:2026-03-05T05:00:00+08:00", case_id=ENTRY.case_id, basis=ENTRY.basis
    ),
    config={"path_held": "/held"},
    sent={"id": "id of the entry", "case": "its case", "basis": "by what it was entered, or its item is verified"},
    reply={"as_of": AS_OF, "entry": None},
    told={
        "as_of": "of when the answer is; ISO 8601 with an offset",
        "entry": "the entry as in a statement; null: you have none of this id. Left out is unreadable, never “none”",
    },
    others=({"as_of": AS_OF, "entry": HAD}, {"as_of": AS_OF}),
    fates={
        "Unavailable": LATER.format(until="the next night", then="nothing is concluded, and a person is told"),
        "Refused": _NEXT,
        "Garbled": _NEXT,
    },
    demo="/credit/held",
)

AMEND = Exchange(
    name="amend",
    title="What became of a record that stands",
    about="To `path_amend`; not set: a person of the office tells you. The newest of a record counts; an id that you do not "
    "have is answered 2xx as well.",
    connector=HttpCredit,
    call=lambda held: held.amend(AMENDMENT, key=f"credit.amend:{AMENDMENT.entry_id}:1:MARKED:platform"),
    config={"path_amend": "/amend"},
    sent={
        "id": "id of the record",
        "case": "id of the case",
        "kind": "`MARKED` (somebody objects: show it as contested, use it for nothing adverse), `UNMARKED` (the objection was rejected), "
        "`LAPSED` (its longest time of publicity is over: show it no more), `REPAIRED` (show it, share it and use it no more)",
        "basis": "legal basis",
        "decided_at": "since when; ISO 8601 with an offset",
    },
    reply={"receipt": "CA-000002"},
    told=RECEIPT,
    fates={
        "Unavailable": LATER.format(until="the pack's date", then="a person is told; tried each working day until you take it"),
        "Refused": "a person is told at once; tried each working day until you take it",
        "Garbled": "a person is told at once; tried each working day until you take it",
    },
    demo="/credit/amend",
)

ACCOUNTS = (AMEND, STATEMENT, HELD)
