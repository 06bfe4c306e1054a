"""Files that nothing would read are told: a law in a misnamed file is in force nowhere, and examples of no pack prove nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspector.calendars import load_calendars
from inspector.policybook import PacksInvalid, Policybook, idle_examples, read_examples
from tests.packs import POLICIES, SHIPPED, after, edited, write

STRAY = (
    "maoji/pack2026.3.toml",
    "maoji/Pack-2026.4.toml",
    "maoji/pack (1).toml",
    "maoji/packs.toml",
    "pack.toml",
    "maoji/pack.toml.txt",
)


@pytest.mark.parametrize("name", STRAY)
def test_a_file_whose_name_nothing_reads_is_refused_with_the_names_that_are(name: str, tmp_path: Path) -> None:
    write(tmp_path, SHIPPED)
    (tmp_path / name).write_text(SHIPPED, encoding="utf-8")
    with pytest.raises(PacksInvalid) as caught:
        Policybook.load(tmp_path)
    (flaw,) = caught.value.flaws
    assert (flaw.code, flaw.file) == ("file_stray", name)
    assert "pack-VERSION.toml" in str(flaw)


@pytest.mark.parametrize(
    "name", ["maoji/.pack.toml.swp", "maoji/._pack.toml", "maoji/pack.toml~", "maoji/README.md", "calendars/cn-2027.toml"]
)
def test_what_editors_and_people_lay_beside_and_the_calendars_are_left_alone(name: str, tmp_path: Path) -> None:
    write(tmp_path, SHIPPED)
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("", encoding="utf-8")
    assert [pack.label for pack in Policybook.load(tmp_path).packs] == ["maoji@2026.1"]


def test_examples_of_a_version_that_is_not_there_are_told(tmp_path: Path) -> None:
    write(tmp_path, 'pack = "maoji@2026.9"\n', name="examples-2026.9.toml")
    (told,) = idle_examples(tmp_path, {"maoji@2026.1", "demo@1"})
    assert (told.file, told.facts["nearest"], told.facts["known"]) == (
        "maoji/examples-2026.9.toml",
        "maoji@2026.1",
        "maoji@2026.1",
    )
    assert list(idle_examples(POLICIES, {pack.label for pack in Policybook.load(POLICIES).packs})) == []


def test_a_file_from_a_windows_editor_is_read_and_is_known_by_its_bytes(tmp_path: Path) -> None:
    mark = b"\xef\xbb\xbf"
    file = write(tmp_path, SHIPPED)
    plain = Policybook.load(tmp_path).get("maoji@2026.1")
    file.write_bytes(mark + SHIPPED.encode())
    book = Policybook.load(tmp_path)
    marked = book.get("maoji@2026.1")
    assert marked.items == plain.items
    assert marked.digest != plain.digest, "the digest is that of the bytes"
    assert book.remembering({}, ["maoji@2026.1"]).kept[0].digest == marked.digest, "and of what is kept of them"
    examples = (POLICIES / "maoji" / "examples.toml").read_bytes()
    (tmp_path / "maoji" / "examples.toml").write_bytes(mark + examples)
    assert read_examples(tmp_path / "maoji", "maoji@2026.1")
    (tmp_path / "cn-2026.toml").write_bytes(mark + (POLICIES / "calendars" / "cn-2026.toml").read_bytes())
    assert [table.year for table in load_calendars(tmp_path).tables] == [2026]


def test_a_draft_may_build_on_a_pack_of_the_office_and_be_compared_with_it(tmp_path: Path) -> None:
    office, drafts = tmp_path / "policies", tmp_path / "drafts"
    for folder in (office, drafts):
        folder.mkdir()
    write(office, SHIPPED)
    draft = 'id = "maoji"\nversion = "2026.7"\ntitle = "d"\neffective_from = 2026-07-01\nextends = "maoji@2026.1"\n[sources]\n'
    write(drafts, draft, name="pack-2026.7.toml")
    book = Policybook.load(drafts, office)
    assert [pack.label for pack in book.packs] == ["maoji@2026.7"], "what is proven and listed is the draft"
    assert book.get("maoji@2026.7").terms == book.get("maoji@2026.1").terms
    write(drafts, after('id = "sample-pool-D"', 'ratio = "30%"', 'ratio = "40%"'))
    again = Policybook.load(drafts, office)
    assert again.get("maoji@2026.1").digest != book.get("maoji@2026.1").digest, "a label in both folders is the draft's"
    assert again.beside == ()


def test_what_is_wrong_with_a_pack_of_the_other_folder_is_told_with_that_folder(tmp_path: Path) -> None:
    office, drafts = tmp_path / "policies", tmp_path / "drafts"
    for folder in (office, drafts):
        folder.mkdir()
    write(office, edited(("team = 2", "team = 1")))
    write(drafts, SHIPPED.replace('id = "maoji"', 'id = "other"'), pack="other")
    with pytest.raises(PacksInvalid) as caught:
        Policybook.load(drafts, office)
    assert [flaw.file for flaw in caught.value.flaws] == ["policies/maoji/pack.toml"]
