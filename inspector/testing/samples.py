"""What the suites ask and send; it holds nobody's real data."""

from __future__ import annotations

from datetime import UTC, date, datetime

from inspector.domain.case import SubjectKind
from inspector.domain.creditrecord import Amend, Amendment
from inspector.domain.letter import LetterKind
from inspector.ports import CreditEntry, CreditRetraction, Letter, Message, Notice, Question, Typed

CODE = "91350100M000100Y43"
"""The sample subject: the worked example of GB 32100-2015."""

QUESTION = Question(
    case_id="C-1",
    basis="《行政许可法》第三十四条",
    fact="registered",
    subject_kind=SubjectKind.FIRM,
    subject_code=CODE,
    claimed="true",
    on=date(2026, 1, 5),
)
PURPOSE = {"case_id": QUESTION.case_id, "basis": QUESTION.basis}
"""For which case, and by which article, a level is asked for."""

LETTER = Letter(
    kind=LetterKind.REQUEST,
    request_id="R-1",
    case_id="C-1",
    basis=QUESTION.basis,
    ground="no_source",
    fact="registered",
    subject_kind=SubjectKind.FIRM,
    subject_code=CODE,
    claimed="true",
    on=date(2026, 1, 5),
    due_at=datetime(2026, 1, 19, 9, tzinfo=UTC),
    reply_url="https://office.example/r/one-time-word",
    text="请协助核查",
)
MESSAGE = Message(to="card-1", title="新的核查任务", text="明天上午", link="https://office.example/v/1", data={"visit": "V-1"})
ENTRY = CreditEntry(
    entry_id="E-1",
    case_id="C-1",
    subject_kind=SubjectKind.FIRM,
    subject_code=CODE,
    grade="kept",
    outcome="TRUE",
    basis=QUESTION.basis,
    decided_by="officer-1",
    decided_at=datetime(2026, 1, 6, 9, tzinfo=UTC),
    published=True,
    least_until=date(2026, 4, 6),
    shown_until=date(2029, 1, 6),
)
RETRACTION = CreditRetraction(
    entry_id="E-1", case_id="C-1", reason="WITHDRAWN", basis=QUESTION.basis, decided_at=datetime(2026, 1, 7, 9, tzinfo=UTC)
)
AMENDMENT = Amendment(
    entry_id="E-1", case_id="C-1", kind=Amend.MARKED, basis=QUESTION.basis, decided_at=datetime(2026, 1, 7, 9, tzinfo=UTC)
)
NOTICE = Notice(
    event_id="EV-1",
    type="case.closed",
    at=datetime(2026, 1, 6, 9, tzinfo=UTC),
    case_id="C-1",
    reference="办件-1",
    data={"outcome": "TRUE"},
)
TYPED = (Typed(by="li", figures="3 1 4 1 5 6"), Typed(by="wang", figures=" 3 1  4 1 5 6"))

PRIVATE = (CODE, "one-time-word", "card-1", "新的核查任务", "office.example")
"""Words of these samples that no error and no log may repeat."""
