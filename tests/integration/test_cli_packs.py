"""A lawyer at the command line with a pack, its examples or its approval half right: each slip is told, and hides nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from inspector.policybook import Policybook
from tests.house import ROOT
from tests.operator import Operator, one_database, settled

database_url = one_database
PACKS = ("demo", "maoji")


@pytest.fixture
def operator(database_url: str, tmp_path: Path) -> Operator:
    return settled(database_url, tmp_path)


@pytest.fixture
def folder(operator: Operator) -> Path:
    """A folder of its own beside the settings, with two of the shipped packs."""
    own = operator.folder / "policies"
    own.mkdir()
    for name in PACKS:
        shutil.copytree(ROOT / "policies" / name, own / name)
    for name in ("calendars", "documents"):
        (own / name).symlink_to(ROOT / "policies" / name)
    text = operator.config.read_text("utf-8")
    operator.config.write_text(text.replace(str(ROOT / "policies"), str(own)), "utf-8")
    return own


@pytest.mark.slow
def test_a_mistyped_fact_of_one_example_is_told_by_its_place_and_every_other_pack_is_still_reported(
    operator: Operator, folder: Path
) -> None:
    file = folder / "demo" / "examples.toml"
    file.write_text(file.read_text("utf-8").replace("registration-status = [", "registration-statu = [", 1), "utf-8")
    said = operator.say("policy", "check")
    assert (said.code, "Traceback" in said.out + said.err) == (1, False)
    assert "demo/examples.toml · example " in said.out
    assert "answers.registration-statu: registration-statu is unknown; nearest is registration-status" in said.out
    assert "maoji@2026.1: agrees with its examples" in said.out
    file.write_text(file.read_text("utf-8").replace('route = "COMMITMENT"', 'route = "COMITMENT"', 1), "utf-8")
    said = operator.say("policy", "check")
    assert (said.code, "COMITMENT is unknown" in said.out, "maoji@2026.1: agrees" in said.out) == (1, True, True)
    checked = operator.say("check")
    assert (checked.code, "COMITMENT is unknown" in checked.out, "policies.maoji@2026.1" in checked.out) == (1, True, True)
    assert "database" in checked.out.partition("COMITMENT")[2], "the self-check goes on to its last line"


def test_with_a_wrong_approval_in_the_folder_the_sheet_that_tells_the_right_digest_is_still_printed(
    operator: Operator, folder: Path
) -> None:
    digest = Policybook.load(folder).get("maoji@2026.1").digest
    told = 'pack = "maoji@2026.1"\nby = "示例局"\ndocument = "1号"\non = 2026-01-01\nsha256 = '
    approval = folder / "maoji" / "approval-2026.1.toml"
    approval.write_text(f'{told}"{"0" * 64}"\n', "utf-8")
    said = operator.well("policy", "render", "maoji@2026.1")
    assert (f"`{digest}`" in said.out, "| 批准 | 尚未批准 |" in said.out) == (True, True)
    assert "maoji/approval-2026.1.toml · sha256" in said.err, "and what is wrong with the approval is said"
    assert operator.say("policy", "check").code == 1
    approval.write_text(f'{told}"{digest.upper()}"\n', "utf-8")
    assert "示例局" in operator.well("policy", "render", "maoji@2026.1").out, "capital letters are the same digest"


def test_a_pack_alone_in_a_folder_of_its_own_is_told_to_bring_the_shipped_ones(operator: Operator, folder: Path) -> None:
    for name in PACKS:
        shutil.rmtree(folder / name)
    (folder / "qingxi").mkdir()
    head = 'id = "qingxi"\nversion = "2027.1"\ntitle = "草案"\neffective_from = 2027-01-01\nextends = "maoji@2026.1"\n[sources]\n'
    (folder / "qingxi" / "pack.toml").write_text(head, "utf-8")
    told = operator.say("policy", "check").out
    assert ("copy that folder whole" in told, "qingxi@2027.1" in told) == (True, False)
    assert "请先整个复制过来" in told
