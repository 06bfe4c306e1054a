"""`check` warns of agencies that send inspectors and have no head who could decide about a recusal (decisions 144, 148)."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from inspector import settings
from inspector.cli import fitting
from inspector.demo.office import HOLDERS
from inspector.domain.roster import InspectorRecord
from inspector.flows.office import AgencyNode
from tests.house import ROOT, closing, open_store
from tests.operator import Operator

RING = "name no telephone and no address"


def node(name: str, parent: str | None = None, *heads: str) -> AgencyNode:
    """An agency with these heads."""
    return AgencyNode(id=name, name=name, parent=parent, heads=heads)


def test_who_names_no_head_is_told_unless_an_agency_above_names_one() -> None:
    tree = {one.id: one for one in (node("city"), node("bureau", "city"), node("county", "city", "区长"), node("hall", "county"))}
    (only,) = fitting.headless(tree, ["bureau", "county", "hall", "gone"])
    assert only.name == "agencies.bureau"
    assert 'heads = ["NAME"] under [agencies.bureau]' in only.mend[0]
    assert "[agencies.bureau]" in only.mend[1]
    assert all(re.search("[\u4e00-\u9fff]", text) for text in (only.what[1], only.mend[1]))


@pytest.mark.alike
@pytest.mark.slow
def test_check_warns_of_each_agency_that_draws_or_has_inspectors_once_and_is_silent_when_they_have_heads(tmp_path: Path) -> None:
    operator = Operator(tmp_path, f"sqlite:///{tmp_path / 'inspector.sqlite3'}").settle_in()
    operator.migrated()

    def told(what: str = "names no head") -> list[str]:
        found = operator.well("check", "--json").json
        return sorted(one["name"] for one in found if what in one["message"] and one["state"] == "WARN")

    assert told() == told(RING) == ["agencies.bureau"], "whose plan draws"
    staff = InspectorRecord(agency="other", id="Z1", name="检查员", pools=(), certificate="T", certificate_until=date(2030, 1, 1))
    with closing(open_store(operator.url)) as store, store.begin() as tx:
        tx.rosters.put_inspectors([staff])
    assert told() == ["agencies.bureau", "agencies.other"]
    assert told(RING) == ["agencies.bureau", "agencies.other"], (
        "before it has a case: whom its notices name is seen at no gate first"
    )
    text = operator.config.read_text(encoding="utf-8")
    operator.config.write_text(text.replace('name = "市"\n', 'name = "市"\nheads = ["市长"]\n'), encoding="utf-8")
    assert told() == []


def test_the_demo_office_names_a_head_who_has_a_token() -> None:
    heads = settings.load(ROOT / "config" / "demo.toml").agencies["approval"].heads
    assert heads
    assert {*heads} <= {name for name, agency, role in HOLDERS if (agency, role) == ("approval", "officer")}
