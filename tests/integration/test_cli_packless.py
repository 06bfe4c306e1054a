"""A flaw in a pack on disk stops what packs decide, and nothing else."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from tests import house
from tests.operator import Operator, operated, settled, table

CONNECTOR = '\n[witnesses.notary]\nkind = "http"\nurl = "http://127.0.0.1:9/notary"\n'


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    """An operator whose folder of packs has a pack with a flaw."""
    made = settled(f"sqlite:///{tmp_path / 'inspector.sqlite3'}", tmp_path, CONNECTOR)
    packs = tmp_path / "packs"
    shutil.copytree(house.ROOT / "policies", packs)
    text = made.config.read_text(encoding="utf-8")
    made.config.write_text(re.sub(r"(?m)^policies = .*$", f"policies = {json.dumps(str(packs))}", text), encoding="utf-8")
    made.well("connector", "list")
    (packs / "demo" / "pack.toml").write_text("id = 1", encoding="utf-8")
    return made


def commands(operator: Operator) -> list[tuple[str, ...]]:
    objects = operator.file("objects.csv", table(["code", "name"], ["TESTA", "甲店"]))
    staff = operator.file(
        "staff.csv", table(["id", "name", "certificate", "certificate_until"], ["J1", "李四", "C1", "2099-01-01"])
    )
    return [
        ("connector", "pause", "notary", "--reason", "对方检修"),
        ("connector", "resume", "notary", "--reason", "检修完毕"),
        ("export", "events"),
        ("export", "cases"),
        ("token", "issue", "hall", "--agency", "bureau", "--role", "system"),
        ("roster", "import", "objects", objects, "--agency", "bureau", "--dry-run"),
        ("roster", "import", "inspectors", staff, "--agency", "bureau", "--dry-run"),
        ("roster", "import", "objects", objects, "--agency", "bureau"),
    ]


@pytest.mark.slow
def test_what_no_pack_decides_goes_on_beside_a_flawed_pack_and_says_the_flaw(operator: Operator) -> None:
    for words in commands(operator):
        said = operator.say(*words)
        assert said.code == 0, (words, said.err)
        assert said.err.count("the packs cannot be taken up") == 1, (words, said.err)
        assert "demo/pack.toml" in said.err
    with house.closing(operator.store()) as store:
        rules = [rule for rule, _ in operated(store)]
    assert rules == [
        "operator.connector.pause",
        "operator.connector.resume",
        "operator.export",
        "operator.export",
        "operator.token.issue",
        "operator.roster.import.objects",
    ]


@pytest.mark.slow
def test_what_a_pack_decides_and_what_is_wrong_elsewhere_stays_refused(operator: Operator) -> None:
    levels = operator.file("levels.csv", table(["code", "kind", "level", "as_of"], ["TESTA", "FIRM", "A", "2026-01-01"]))
    said = operator.say("credit", "import", levels)
    assert (said.code, "demo/pack.toml" in said.err) == (2, True)
    nobody = operator.say("token", "issue", "hall", "--agency", "bureu", "--role", "system")
    assert (nobody.code, "bureau" in nobody.err) == (2, True)
