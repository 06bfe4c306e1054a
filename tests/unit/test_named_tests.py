"""A test that the documents name is there: what they say is held by it stays held."""

from __future__ import annotations

import re

from tests.house import ROOT
from tests.unit.test_scenarios import named_in

NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def test_every_test_that_a_document_names_is_there() -> None:
    named = {
        (file.relative_to(ROOT).as_posix(), *one)
        for file in (ROOT / "docs").rglob("*.md")
        for one in NAMED.findall(file.read_text(encoding="utf-8"))
    }
    assert {name for name, *_ in named} >= {"docs/reference/reply-page.md", "docs/how-to/write-a-connector.md"}
    assert sorted(one for one in named if one[2] not in named_in(one[1])) == []
