"""What an office without the daemon reads of its own draw: the list for those who go, and the report."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest

from tests.offline import PLAN, SEED, announce, carry_out, laptop
from tests.offlinedraws import code, listed, office, open_, redeal
from tests.operator import Operator, process


@pytest.fixture
def laptop_(tmp_path: Path) -> Operator:
    return office(tmp_path)


@pytest.mark.parametrize("excel", [False, True])
def test_the_list_has_every_visit_in_order_with_its_team_and_the_reserve(tmp_path: Path, excel: bool) -> None:
    held = office(tmp_path, excel=excel)
    result = json.loads((held.folder / "draw/result.json").read_bytes())["lists"][0]
    (one,) = listed(held)["lists"]
    assert [(visit["object"], visit["inspectors"]) for visit in one["visits"]] == list(map(tuple, result["teams"].items()))
    for name, stratum in result["strata"].items():
        mine = sorted((visit["place"], visit["object"]) for visit in one["visits"] if visit["stratum"] == name)
        assert mine == list(enumerate(stratum["selected"], 1))
        spare = [(row["place"], row["object"]) for row in one["reserve"] if row["stratum"] == name]
        assert spare == list(enumerate(stratum["reserve"], 1))
    text = held.well("draw", "show", str(held.folder / "draw")).out
    chinese = held.well("draw", "show", str(held.folder / "draw"), lang="zh-Hans").out
    assert all(visit["object"] in text and visit["object"] in chinese for visit in one["visits"])
    assert ("UNTIL THE VISITS ARE OVER" in text, "检查全部完成之前" in chinese, "候补" in chinese) == (True, True, True)


def test_the_commitment_is_told_once_the_visits_are_over_and_not_before(laptop_: Operator) -> None:
    told = listed(laptop_)
    assert (told["c"], told["waits"], told["opened_on"]) == (None, ["330106-2026-001"], None)
    assert open_(laptop_).code == 0
    told = listed(laptop_)
    assert (told["c"] is not None, told["waits"]) == (True, [])
    assert "UNTIL THE VISITS" not in laptop_.well("draw", "show", str(laptop_.folder / "draw")).out


def test_a_seat_that_has_passed_on_is_shown_where_it_is_now(laptop_: Operator) -> None:
    visit = listed(laptop_)["lists"][0]["visits"][0]
    came = redeal(laptop_, visit["object"], visit["inspectors"][1], "--json").json["line"]["in"]
    assert listed(laptop_)["lists"][0]["visits"][0]["inspectors"] == [visit["inspectors"][0], came]


def test_a_folder_that_disagrees_with_itself_shows_nothing_and_one_not_drawn_says_what_lacks(laptop_: Operator) -> None:
    where = laptop_.folder / "draw"
    kept = (where / "result.json").read_bytes()
    (where / "result.json").write_bytes(kept.replace(b'"Z0"', b'"Z9"'))
    for word in (("show",), ("report",), ("receipt", code(3))):
        said = laptop_.say("draw", word[0], str(where), *word[1:])
        assert (said.code, "does not agree with itself" in said.err, said.out.strip()) == (4, True, ""), said.err
    (where / "result.json").unlink()
    (where / "seed.json").unlink()
    said = laptop_.say("draw", "show", str(where), lang="zh-Hans")
    assert (said.code, "draw carry-out" in said.err) == (4, True), said.err


def test_the_report_tells_what_the_files_can_and_is_silent_about_the_rest(laptop_: Operator) -> None:
    where = str(laptop_.folder / "draw")
    told = laptop_.well("draw", "report", where, "--json").json
    chances = {one["stratum"]: one for one in told["chances"]}
    assert (chances["A"]["k"], chances["A"]["eligible"], chances["A"]["objects"]) == (3, 29, 30)
    assert (Fraction(chances["A"]["probability"]), chances["A"]["route"]) == (Fraction(3, 29), "FILES")
    assert {one["per_cent"] for one in told["powers"] if (one["stratum"], one["rate"]) == ("B", "1/100")} == {"3.33"}
    assert (told["share"]["random"], told["share"]["planned"]) == (4, 4)
    assert told["few"] == 2, "two objects are barred to one of six, and a team of two wants six to choose from"
    assert {"estimates", "leaves", "ticked", "imported"} <= set(told["untold"])
    text = laptop_.well("draw", "report", where).out
    chinese = laptop_.well("draw", "report", where, lang="zh-Hans").out
    assert ("Share of false promises" in text, "Leaves that began" in text, "stand in no file" in text) == (False, False, True)
    assert ("休假" not in chinese.partition("##")[2], "被抽中的概率" in chinese, "maoji@" in chinese) == (True, True, True)
    assert not any(one in text for one in (code(0), "Z0")), "it names nobody"
    out = laptop_.folder / "report"
    laptop_.well("draw", "report", where, "--out", str(out), "--pack", "demo@1")
    assert {file.name for file in out.iterdir()} == {"report.json", *(f"report.{one}" for one in _forms())}
    assert json.loads((out / "report.json").read_bytes())["pack"] == "demo@1"


def _forms() -> list[str]:
    return [f"{lang}.{form}" for lang in ("en", "zh-Hans") for form in ("md", "html")]


def test_a_class_that_is_drawn_whole_is_no_chance_and_no_surprise(tmp_path: Path) -> None:
    held = laptop(tmp_path)
    held.file("plan.toml", PLAN.replace('ratio = "1/30"', 'ratio = "100%"'))
    assert announce(held).code == 0
    assert carry_out(held, *SEED).code == 0
    told = held.well("draw", "report", str(held.folder / "draw"), "--json").json
    assert (told["share"]["random"], told["share"]["planned"], told["certain"]) == (3, 33, [])


def test_each_word_says_which_of_both_it_wants_in_both_languages(tmp_path: Path) -> None:
    held = Operator(tmp_path, f"sqlite:///{tmp_path / 'nowhere.sqlite3'}").settle_in()
    held.file("file", "x")
    for word, *more in (("show",), ("report",), ("receipt", "TEST0001"), ("export", str(tmp_path / "out")), ("verify",)):
        for lang, told in (("en", "the folder of a draw without the daemon, or a number"), ("zh-Hans", "离线抽取的文件夹，或者")):
            said = held.say("draw", word, "NOWHERE", *more, lang=lang)
            assert (said.code, told in said.err) == (3, True), (word, said.err)
        said = held.say("draw", word, str(tmp_path / "file"), *more)
        assert (said.code, "is a file; give its folder" in said.err) == (2, True), said.err
    for word, *more in (
        ("open", "--on", "2026-01-05"),
        ("redeal", "TEST0001", "Z0", "--ground", "leave", "--reason", "x"),
        ("carry-out",),
    ):
        for lang, told in (("en", "is no folder"), ("zh-Hans", "不是文件夹")):
            said = held.say("draw", word, "330106-2026-001", *more, lang=lang)
            assert (said.code, told in said.err) == (2, True), said.err
    for word, *more in (("export", str(tmp_path / "out"), "--firms"), ("report", "--pack", "demo")):
        said = held.say("draw", word, "330106-2026-001", *more)
        assert (said.code, "said of a folder alone" in said.err) == (2, True), said.err


@pytest.mark.slow
def test_on_a_laptop_without_any_settings_a_folder_is_enough(laptop_: Operator) -> None:
    folder = laptop_.folder
    assert process("draw", "show", "draw", "--lang", "zh-Hans", folder=folder).code == 0
    assert process("draw", "report", "draw", folder=folder).code == 0
    nowhere = process(
        "draw", "receipt", "NOWHERE", code(3), "--lang", "en", folder=folder, environment={"INSPECTOR_DEMO": str(folder)}
    )
    assert (nowhere.code, "the folder of a draw without the daemon, or a number" in nowhere.err) == (3, True), nowhere.err
