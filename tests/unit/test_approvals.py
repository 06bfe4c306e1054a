"""An approval lies beside its pack and names the text it approves: what was approved is what is in force, or is refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from inspector.cli import fitting
from inspector.flows.office import AgencyNode
from inspector.policybook import PacksInvalid, Policybook
from inspector.policyrender import diff, render
from tests.packs import SHIPPED, after, edited, write


def approve(folder: Path, label: str, digest: str, **changes: str) -> Path:
    """An approval in the form of the how-to, some of its lines otherwise."""
    name, _, version = label.partition("@")
    told = {"pack": label, "sha256": digest, "by": "示例区司法局", "document": "示例司发〔2026〕1号"} | changes
    on = told.pop("on", "2026-11-20")
    lines = [f'{key} = "{value}"' for key, value in told.items()]
    return write(folder, "\n".join([*lines, f"on = {on}" if on else "", ""]), name=f"approval-{version}.toml", pack=name)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path, SHIPPED)
    return tmp_path


def test_the_digest_on_the_sheet_is_the_one_in_force_after_the_approval_is_written_down(folder: Path) -> None:
    before = Policybook.load(folder).get("maoji@2026.1")
    assert before.approval is None
    assert "| 批准 | 尚未批准 |" in render(before)
    approve(folder, before.label, before.digest)
    after = Policybook.load(folder).get("maoji@2026.1")
    assert after.digest == before.digest
    assert f"`{before.digest}`" in render(after)
    assert after.approval is not None
    assert (after.approval.by, after.approval.document, after.approval.on) == (
        "示例区司法局",
        "示例司发〔2026〕1号",
        date(2026, 11, 20),
    )
    assert [(change.row, change.new) for change in diff(before, after)] == [
        ("批准", "示例区司法局，示例司发〔2026〕1号，2026-11-20")
    ]
    assert [after.approved(date(2026, 11, day)) for day in (19, 20)] == [False, True]


def test_a_text_that_was_changed_after_its_approval_is_refused(folder: Path) -> None:
    digest = Policybook.load(folder).get("maoji@2026.1").digest
    approve(folder, "maoji@2026.1", digest)
    write(folder, after('id = "sample-pool-D"', 'ratio = "30%"', 'ratio = "40%"'))
    (flaw,) = refused(folder).flaws
    assert (flaw.file, flaw.code, flaw.facts["value"]) == ("maoji/approval-2026.1.toml", "approval_of_other", digest)


def test_an_approval_of_a_pack_that_builds_on_another_covers_that_one_too(folder: Path) -> None:
    child = 'id = "child"\nversion = "1"\ntitle = "c"\neffective_from = 2026-01-01\nextends = "maoji@2026.1"\n[sources]\n'
    write(folder, child, pack="child")
    approve(folder, "child@1", Policybook.load(folder).get("child@1").digest)
    assert Policybook.load(folder).get("child@1").approval is not None
    write(folder, SHIPPED + "# a change below\n")
    assert [flaw.code for flaw in refused(folder).flaws] == ["approval_of_other"]


WRONG = {
    "another pack in its line": ({"pack": "maoji@2026.2"}, "pack_misplaced"),
    "a digest that was cut": ({"sha256": "abc"}, "digest_unreadable"),
    "a dash in place of a document": ({"document": "—"}, "approval_blank"),
    "nobody": ({"by": "-"}, "approval_blank"),
    "no date": ({"on": ""}, "fields_missing"),
    "a field more": ({"valid": "ever"}, "key_stray"),
}


@pytest.mark.parametrize("name", WRONG)
def test_an_approval_that_approves_nothing_in_particular_is_refused(name: str, folder: Path) -> None:
    changes, code = WRONG[name]
    approve(folder, "maoji@2026.1", Policybook.load(folder).get("maoji@2026.1").digest, **changes)
    assert code in [flaw.code for flaw in refused(folder).flaws]


def test_an_approval_of_a_version_that_is_not_there_names_those_that_are(folder: Path) -> None:
    approve(folder, "maoji@2026.7", "0" * 64)
    (flaw,) = refused(folder).flaws
    assert (flaw.code, flaw.facts["nearest"]) == ("approval_of_nothing", "maoji@2026.1")


def test_an_approval_inside_the_pack_is_refused_with_the_file_it_belongs_in(folder: Path) -> None:
    write(folder, edited(("[sources]", '[approval]\nby = "司法局"\ndocument = "1号"\non = 2026-11-20\n\n[sources]')))
    (flaw,) = refused(folder).flaws
    assert (flaw.code, flaw.facts["value"]) == ("approval_inside", "approval-2026.1.toml")


def test_a_pack_of_before_that_has_the_section_is_still_read_for_what_cites_it(folder: Path) -> None:
    old = edited(
        ('version = "2026.1"', 'version = "2025.9"'), ("[sources]", '[approval]\nby = "司法局"\ndocument = "—"\n\n[sources]')
    )
    book = Policybook.load(folder).remembering({"maoji@2025.9": old}, ["maoji@2025.9"])
    assert book.get("maoji@2025.9").items == book.get("maoji@2026.1").items


def refused(folder: Path) -> PacksInvalid:
    with pytest.raises(PacksInvalid) as caught:
        Policybook.load(folder)
    return caught.value


def test_check_warns_of_each_version_an_agency_goes_by_or_will_go_by_that_nobody_has_approved(folder: Path) -> None:
    tree = {
        "bureau": AgencyNode(id="bureau", name="局", pack="maoji"),
        "other": AgencyNode(id="other", name="邻局", pack="maoji"),
    }

    def told(today: date) -> list[str]:
        return [one.told(0) for one in fitting.approvals(Policybook.load(folder), tree, today)]

    today = date(2026, 11, 26)
    (now,) = told(today)
    assert "is in force, and nobody has approved it" in now
    assert "policy render maoji@2026.1 --out sheet.xlsx" in now
    assert "approval-2026.1.toml" in now
    (ahead,) = told(date(2025, 12, 1))
    assert "comes into force on 2026-01-01, and nobody has approved it" in ahead
    approve(folder, "maoji@2026.1", Policybook.load(folder).get("maoji@2026.1").digest)
    assert told(today) == []
    assert "is approved only from 2026-11-20 on" in told(date(2026, 11, 19))[0]
    assert list(fitting.approvals(Policybook.load(folder), {}, today)) == [], "a pack that no agency goes by"
