"""The key of what is said: the same for the same words in every release, for the other side knows what it has taken by it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace
from datetime import UTC, date, datetime

import pytest

from inspector.domain.case import SubjectKind
from inspector.domain.letter import LetterKind
from inspector.flows.contents import named
from inspector.ports import Letter, Message
from inspector.testing import MESSAGE

LETTER = Letter(
    kind=LetterKind.REQUEST,
    request_id="r1",
    case_id="c1",
    basis="S20:1",
    ground="不能自行取得",
    fact="户籍",
    subject_kind=SubjectKind.PERSON,
    subject_code="110105194912310021",
    claimed="北京",
    on=date(2026, 3, 2),
    due_at=datetime(2026, 3, 16, 9, tzinfo=UTC),
    reply_url="https://inspector.example/r/1",
)
BRIEF = {
    "windows": [{"first": "2026-03-01", "last": "2026-03-20"}],
    "brief": {"checks": {"nth": 1, "cap": None}, "items": ["甲", "乙"]},
}


def worded(fields: list[tuple[str, object]]) -> dict[str, object]:
    """All of it, but for what letters of former releases do not say, where one does not."""
    return {name: value for name, value in fields if value is not None or name not in ("requester", "posted")}


@pytest.mark.parametrize(
    "told",
    [MESSAGE, replace(MESSAGE, urgent=True, data=BRIEF), LETTER, replace(LETTER, kind=LetterKind.DIGEST, enclosed=(LETTER,))],
)
def test_a_key_is_that_of_all_that_is_said_whatever_lies_within(told: Letter | Message) -> None:
    whole = json.dumps(asdict(told, dict_factory=worded), ensure_ascii=False, sort_keys=True, default=str)
    assert named("work", told) == f"work:{hashlib.sha256(whole.encode()).hexdigest()[:16]}"
