"""Kill -9 at any statement of a purge: all of it went, with the entry that says so, or nothing did; and what is begun again ends."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from inspector.flows.office import Office
from inspector.store.store import Store
from tests.integration.test_purging import REMARK, answered, holding
from tests.needs import ROOT

__all__ = ["answered"]
pytestmark = [pytest.mark.fault, pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.mark.parametrize(("what", "days"), [("answers", 200), ("case", 4_000)])
def test_killed_at_any_statement_a_purge_is_whole_or_was_never_begun_and_is_done_in_the_end(
    answered: tuple[Office, str], store: Store, what: str, days: int
) -> None:
    _, case_id = answered
    assert holding(store, REMARK) != set()
    url = store.url.render_as_string(hide_password=False)
    asked = [sys.executable, "-m", "tests.letting_go", url, case_id, str(days), what]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, timeout=540, check=False)
    assert done.returncode == 0, done.stderr[-3_000:]
    told = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    *before, last = told
    assert len(before) >= (4 if what == "answers" else 10), "it was killed again and again"
    went = "worded" if what == "answers" else "there"
    for one in told:
        assert (one["troubles"], one["broken"]) == (0, False), one
        assert one["purges"] == (0 if one[went] else 1), "what went is said, and nothing else is"
    assert [one[went] for one in before] == [True] * len(before), "no kill before its end let anything go"
    assert not last[went]
    assert "evidence" not in holding(store, REMARK)
