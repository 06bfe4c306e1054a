"""`credit reconcile` and what goes with it: an operator compares by hand, and an exit code says how it came out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from inspector.flows import books
from inspector.testing.peer import peer
from tests import house
from tests.creditplatform import SECRET, CreditPlatform
from tests.operator import Operator, one_database, operated, settled

pytestmark = pytest.mark.alike

database_url = one_database

SAYS = {"kind": "FIRM", "code": "91000000MA0000001R", "grade": "minor", "outcome": "UNTRUE_CURABLE", "act": "a"}
CREDIT = """
[credit.platform]
kind = "http"
owner = "示例信用平台"
url = "{url}"
path_statement = "/statement"
key_file = "{key}"
key_id = "inspector"
tries = 1
"""


@pytest.mark.slow
def test_a_platform_that_has_copies_is_not_to_be_taken_out(tmp_path: Path) -> None:
    sections = "".join(
        f'\n[credit.{name}]\nkind = "http"\nurl = "http://127.0.0.1:9/{name}"\n' for name in ("platform", "sector", "idle")
    )
    operator = Operator(tmp_path, f"sqlite:///{tmp_path / 'inspector.sqlite3'}").settle_in(
        sections + '\n[reconciliation]\ncopies = ["sector"]\n'
    )
    operator.migrated()
    found = operator.say("check", "--json").json
    told = {one["name"]: str(one) for one in found if "the first that takes records" in str(one)}
    assert [*told] == ["credit.idle"]
    assert "reconciliation.copies" in told["credit.idle"]


@pytest.mark.slow
def test_an_operator_compares_by_hand_and_the_exit_code_says_how_it_came_out(database_url: str, tmp_path: Path) -> None:
    outside = CreditPlatform(now=lambda: datetime.now(UTC))
    key = tmp_path / "credit.key"
    key.write_text(SECRET, encoding="ascii")
    key.chmod(0o600)
    with peer(beside=outside.paths()) as side:
        outside.url = side.url
        operator = settled(database_url, tmp_path, CREDIT.format(url=side.url, key=key))
        enter(operator, outside)
        alike = operator.well("credit", "reconcile", "--json").json
        assert (alike["alike"], alike["differ"], alike["moving"], alike["differences"]) == (4, 0, 0, [])
        del outside.entries["credit:c1:1"]
        outside.entries["credit:c2:1"]["grade"] = "serious"
        looked = operator.say("credit", "reconcile", "platform", "--dry-run", "--json")
        assert (looked.code, looked.json["missing"], looked.json["different"], looked.json["dry_run"]) == (1, 1, 1, True)
        assert operator.well("credit", "differences", "--json").json == [], "a dry run writes nothing"
        told = operator.say("credit", "reconcile", lang="zh-Hans")
        assert (told.code, "不一致 2 条" in told.out, "平台已确认收到，现在没有" in told.out) == (1, True, True)
        rows = operator.well("credit", "differences", "--json").json
        assert [(row["entry"], row["kind"], row["step"]) for row in rows] == [
            ("credit:c1:1", "MISSING", "SEND"),
            ("credit:c2:1", "DIFFERENT", "SPEAK"),
        ]
        assert rows[1]["says"] == {"grade": ["minor", "serious"]}
        outside.cut = 1
        flawed = operator.say("credit", "reconcile")
        assert (flawed.code, "the statement has fewer rows than it says" in flawed.err) == (4, True)
        outside.cut, outside.mode = 0, "away"
        assert operator.say("credit", "reconcile").code == 5
        matters = [row["id"] for row in operator.well("attention", "list", "--json").json]
        assert {f"{books.DIFFERS}:platform:bureau", f"{books.UNCOMPARED}:platform"} <= set(matters)
        outside.mode = "ok"
        assert operator.say("credit", "decide", "credit:c1:1", "--reason", "x").code == 2
        assert operator.say("credit", "decide", "credit:c9:1", "--send", "--reason", "x").code == 3
        assert operator.say("credit", "decide", "credit:c1:1", "--retract", "--reason", "x").code == 4
        assert operator.say("credit", "reconcile", "other").code == 3
        checked = operator.say("connector", "check", "platform")
        assert "its statement of our entries is whole: 3 rows" in checked.out
        with house.closing(operator.store()) as store:
            assert [rule for rule, _ in operated(store)].count("operator.credit.reconcile") == 2


def enter(operator: Operator, outside: CreditPlatform) -> None:
    """Entries that both sides have, of yesterday."""
    with house.closing(operator.store()) as store, store.begin() as tx:
        before = datetime.now(UTC) - timedelta(days=1)
        for number in range(4):
            entry = f"credit:c{number}:1"
            tx.books.ordered(entry, f"c{number}", "bureau", "platform", SAYS, before)
            tx.books.entered(entry, "platform", f"R-{number}", before)
            subject = {"kind": SAYS["kind"], "code": SAYS["code"]}
            told = {name: SAYS[name] for name in ("grade", "outcome", "act")}
            outside.entries[entry] = {"id": entry, "case": f"c{number}", "subject": subject, **told}
