"""What the machines on the way make of a value, over real sockets and out of real files, and what the case hears of it."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.sources import files, http
from inspector.domain.case import Claim
from inspector.domain.evidence import Evidence, Verdict
from inspector.domain.policy import Compare
from inspector.flows.verify import judge
from inspector.ports import Answer
from inspector.testing import QUESTION
from inspector.testing.peer import answer, peer
from tests.facts import REGISTERED

CODE = "330102199001011234"


def judged(told: Answer, claimed: str, rule: Compare) -> Evidence:
    """The answer as evidence for a promise, by a rule and without a list."""
    claim = Claim(key="c", fact=QUESTION.fact, value=claimed, on=QUESTION.on)
    return judge("k", claim, replace(REGISTERED, compare=rule, values=()), told, datetime.now(UTC))


@pytest.mark.parametrize(
    ("found", "verdict"), [(330102199001011200, "cannot_say"), (int(CODE), "match"), (330102199002011200, "mismatch")]
)
def test_a_code_as_a_number_of_json_that_went_through_a_double_contradicts_nobody(found: int, verdict: str) -> None:
    body = {"code": 0, "data": {"value": found, "as_of": datetime.now(UTC).isoformat()}}
    with peer(answer(200, body)) as there, closing(http.connect("registers", {"url": there.url, "owner": "o"})) as source:
        told = source.ask(replace(QUESTION, claimed=CODE), key="k")
    evidence = judged(told, CODE, Compare.NORMALISED)
    assert (evidence.verdict, evidence.found) == (verdict, str(found)), "kept as it came"


def test_a_code_out_of_a_delivery_that_a_spreadsheet_has_saved_contradicts_nobody(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    rows = f"code,certificate\n{QUESTION.subject_code},{CODE[:15]}000\n"
    (folder / f"r-{datetime.now(UTC):%Y%m%d}.csv").write_text(rows, encoding="utf-8")
    held: dict[str, object] = {
        "folder": str(folder),
        "keep": str(tmp_path / "keep"),
        "owner": "o",
        "files": "r-{as_of}.csv",
        "complete": "rename",
    }
    held |= {"code_column": "code", "facts": {QUESTION.fact: "certificate"}}
    with closing(files.connect("registers", held)) as source:
        told = source.ask(replace(QUESTION, claimed=CODE), key="k")
    assert judged(told, CODE, Compare.NORMALISED).verdict is Verdict.CANNOT_SAY
    assert judged(told, "330102199002011234", Compare.NORMALISED).verdict is Verdict.MISMATCH
