"""Who cites a document whose duties are listed answers each of them, or says that it only cites it: asked by the loader, of any pack."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspector.policybook import PacksInvalid, Policybook
from inspector.policybook.founding import DOCUMENTS, Duty, documents
from inspector.policyrender import render
from tests.packs import POLICIES, SHIPPED, after, edited, loaded, refused, without, write

LIST = (POLICIES / DOCUMENTS / "maoji-2021-4.toml").read_text(encoding="utf-8")
PLAN = "毛管办〔2021〕4号《毛集实验区全面推行证明事项告知承诺制实施方案》（2021年2月24日）"
MARKED = f'S0 = {{ title = "{PLAN}", duties = "maoji-2021-4" }}'
(DOCUMENT,) = documents((POLICIES,), []).values()
NO_CLAUSES = SHIPPED[: SHIPPED.index("[[clause]]")] + SHIPPED[SHIPPED.index("[[term]]") :]


def codes(error: PacksInvalid) -> set[str]:
    return {flaw.code for flaw in error.flaws}


@pytest.mark.parametrize("duty", DOCUMENT.duties, ids=lambda duty: duty.code)
def test_a_pack_that_leaves_a_duty_of_its_document_out_is_refused(duty: Duty, tmp_path: Path) -> None:
    error = refused(tmp_path, without(f'says = "{duty.says}"'))
    told = f"maoji/pack.toml · clause · says: no clause answers duty {duty.code} of 毛管办〔2021〕4号: cite S0:{duty.article} and quote"
    assert told in str(error)
    assert f"没有条款落实毛管办〔2021〕4号的义务 {duty.code}" in str(error)


def test_a_pack_without_any_clause_leaves_out_every_duty(tmp_path: Path) -> None:
    left = [flaw.facts["value"] for flaw in refused(tmp_path, NO_CLAUSES).flaws if flaw.code == "duty_left_out"]
    assert left == [duty.code for duty in DOCUMENT.duties]
    assert len(left) == 50


def test_a_clause_in_other_words_is_none_of_the_document_s(tmp_path: Path) -> None:
    error = refused(tmp_path, edited(("并纳入信用记录", "并可以纳入信用记录")))
    assert codes(error) == {"duty_left_out", "clause_no_duty"}
    assert (
        "clause 7.7 · says: “并可以纳入信用记录” (S0:7) is none of the listed duties of 毛管办〔2021〕4号; nearest is “并纳入信用记录”"
        in str(error)
    )


@pytest.mark.parametrize("title", [PLAN, "毛管办（2021） 4 号的通知", "《毛集实验区全面推行证明事项告知承诺制实施方案》"])
def test_who_cites_the_document_without_its_list_is_told_to_name_it_or_to_say_that_it_only_cites_it(
    title: str, tmp_path: Path
) -> None:
    error = refused(tmp_path, edited((MARKED, f'S0 = "{title}"')))
    assert (
        f'sources.S0: {title} asks for duties that are listed here: write S0 = {{ title = "…", duties = "maoji-2021-4" }}'
        in str(error)
    )


def test_a_pack_that_only_cites_it_says_so_and_the_sheet_shows_which_it_is(tmp_path: Path) -> None:
    held = loaded(tmp_path, edited(("[sources]", 'cites_only = ["S0"]\n[sources]'), text=NO_CLAUSES))
    assert held.founding == {}
    assert "| S0 | 毛管办〔2021〕4号《" in (page := render(held))
    assert "逐条落实" not in page
    assert "逐条落实（清单 maoji-2021-4）" in render(loaded(tmp_path, SHIPPED))


def test_nobody_only_cites_what_his_clauses_carry_out(tmp_path: Path) -> None:
    error = refused(tmp_path, edited(("[sources]", 'cites_only = ["S0"]\n[sources]')))
    assert codes(error) == {"cited_only_carried_out"}
    error = refused(tmp_path, edited(("[sources]", 'cites_only = ["S00"]\n[sources]')))
    assert "cites_only: S00 is unknown; nearest is S0" in str(error)


def test_a_later_version_that_builds_on_one_carries_out_what_that_one_does(tmp_path: Path) -> None:
    write(tmp_path, SHIPPED)
    clause = '[[clause]]\nid = "7.1"\ncites = "S0:7"\nsays = "要针对事项特点等分类确定核查办法"\nrows = ["strategy"]\n'
    head = 'id = "maoji"\nversion = "2027.1"\ntitle = "t"\neffective_from = 2026-06-01\nextends = "maoji@2026.1"\n[sources]\n'
    write(tmp_path, head + clause, "pack-2027.1.toml")
    with pytest.raises(PacksInvalid) as caught:
        Policybook.load(tmp_path)
    left = [flaw.file for flaw in caught.value.flaws if flaw.code == "duty_left_out"]
    assert left == ["maoji/pack-2027.1.toml"] * 49


def test_a_pack_that_cites_no_such_document_loads(tmp_path: Path) -> None:
    (tmp_path / DOCUMENTS).mkdir()
    assert loaded(tmp_path, edited((MARKED, 'S0 = "某县〔2026〕1号实施方案"'), text=NO_CLAUSES)).founding == {}


BROKEN = {
    "a list that is not there": (LIST, MARKED.replace("maoji-2021-4", "maoji-2021"), "duties_unknown", "nearest is maoji-2021-4"),
    "a list of another document": (
        LIST.replace("毛管办〔2021〕4号", "毛管办〔2021〕5号").replace('title = "毛集', 'title = "另一'),
        MARKED,
        "duties_of_another",
        "the list maoji-2021-4 is that of 毛管办〔2021〕5号",
    ),
    "a duty twice": (LIST.replace('id = "7.2"', 'id = "7.1"'), MARKED, "row_twice", "documents/maoji-2021-4.toml · duty 7.1"),
    "a duty without its article": (LIST.replace('article = "G"\n', ""), MARKED, "fields_missing", "duty G.1 · article: missing"),
    "no TOML": ("[[", MARKED, "file_unreadable", "documents/maoji-2021-4.toml: not TOML"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_list_that_says_nothing_lets_no_pack_pass_for_it(what: str, tmp_path: Path) -> None:
    listed, source, code, told = BROKEN[what]
    (tmp_path / DOCUMENTS).mkdir()
    (tmp_path / DOCUMENTS / "maoji-2021-4.toml").write_text(listed, encoding="utf-8")
    error = refused(tmp_path, edited((MARKED, source)))
    assert code in codes(error)
    assert told in str(error)


def test_a_row_that_answers_a_duty_cannot_be_taken_out_with_its_clause(tmp_path: Path) -> None:
    """The row, its clause, and whatever needs both are gone: what is left cites the document, and the list asks for the duty."""
    text = without('id = "follow-catalogue-filing"', without('id = "3.2"'))
    assert "duty_left_out" in codes(error := refused(tmp_path, text))
    assert "answers duty 3.2 of 毛管办〔2021〕4号" in str(error)


def test_drafts_are_held_against_the_lists_of_the_office(tmp_path: Path) -> None:
    drafts = tmp_path / "drafts"
    drafts.mkdir()
    (drafts / "maoji").mkdir()
    text = after("[sources]", MARKED, MARKED, edited(('version = "2026.1"', 'version = "2026.9"'), text=without('id = "7.7"')))
    (drafts / "maoji" / "pack.toml").write_text(text, encoding="utf-8")
    with pytest.raises(PacksInvalid, match=r"answers duty 7\.7"):
        Policybook.load(drafts, POLICIES)
