"""What is our own word about a source is not told as its own, and its lists of codes do not contradict each other."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from connectors.sources import http as source
from inspector.domain.case import Claim
from inspector.domain.errors import Invalid
from inspector.domain.evidence import NOTED, Verdict
from inspector.flows.judge import judge
from inspector.ports import AnswerStatus
from inspector.testing import QUESTION
from inspector.testing.peer import answer
from tests.facts import REGISTERED
from tests.frontends import SHANGHAI
from tests.integration.test_sources import FOUND, asking


def test_a_code_that_stands_in_two_lists_is_refused_by_its_key() -> None:
    with pytest.raises(Invalid) as refused:
        source.connect("one", {"url": "http://127.0.0.1:9", "owner": "o", "ok_codes": [0], "not_found_codes": ["0"]})
    assert (refused.value.code, refused.value.facts["key"]) == ("connector_key_range", "not_found_codes")


@pytest.mark.parametrize("note", NOTED)
def test_what_our_connectors_note_themselves_is_not_told_as_the_sources_words(note: str) -> None:
    with asking(answer(200, FOUND)) as (made, _):
        found = replace(made.ask(QUESTION, key="k-1"), status=AnswerStatus.CANNOT_SAY, value=None)
    claim, now = Claim(key="c1", fact="registered", value="存续", on=QUESTION.on), datetime(2026, 1, 6, tzinfo=SHANGHAI)
    ours, theirs = (judge("k", claim, REGISTERED, replace(found, note=said), now) for said in (note, "该户已转出"))
    assert (ours.note, ours.remark) == (note, "")
    assert (theirs.verdict, theirs.remark) == (Verdict.CANNOT_SAY, "该户已转出")
