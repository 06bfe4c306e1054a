"""A seat that falls free in a draw without the daemon: it passes on by the rule, every verifier recomputes it, and nobody is picked."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest

from inspector.cli.offline import folder as files
from tests.offline import BANS, names, strangers_agree
from tests.offlinedraws import BOTH, code, lines, listed, office, open_, redeal, two_agencies
from tests.operator import Operator, Said

pytestmark = pytest.mark.needs("node")


@pytest.fixture
def laptop_(tmp_path: Path) -> Operator:
    return office(tmp_path)


def seats(held: Operator) -> list[tuple[str, list[str | None]]]:
    return [(one["object"], one["inspectors"]) for one in listed(held)["lists"][0]["visits"]]


@pytest.mark.slow
def test_the_seat_of_one_who_is_ill_goes_to_whom_the_rule_names_and_three_verifiers_agree(laptop_: Operator) -> None:
    where = laptop_.folder / "draw"
    (first, team), (second, other), *_ = seats(laptop_)
    said = redeal(laptop_, first, team[1], "--json")
    assert said.code == 0, said.err
    line = said.json["line"]
    assert lines(where) == [line]
    assert (line["seq"], line["kind"], line["object"], line["seat"], line["out"], line["reason"]) == (
        1,
        "redeal",
        first,
        1,
        team[1],
        "leave",
    )
    assert line["in"] not in (*team, None)
    judged = laptop_.well("draw", "verify", str(where), "--after", said.json["after"], "--json").json
    assert (judged["holds"], judged["replayed"]) == (True, 1)
    strangers_agree(where)
    assert redeal(laptop_, second, other[0]).code == 0
    assert [one["seq"] for one in lines(where)] == [1, 2]
    assert laptop_.well("draw", "verify", str(where), "--json").json["replayed"] == 2
    strangers_agree(where)


def test_any_other_substitute_than_the_rules_is_refused_by_every_verifier(laptop_: Operator) -> None:
    where = laptop_.folder / "draw"
    first, team = seats(laptop_)[0]
    line = redeal(laptop_, first, team[1], "--json").json["line"]
    other = next(f"Z{k}" for k in range(6) if f"Z{k}" not in (*team, line["in"]))
    (where / "after.jsonl").write_text(json.dumps({**line, "in": other}) + "\n", encoding="utf-8")
    assert laptop_.say("draw", "verify", str(where)).code == 1
    assert laptop_.say("draw", "show", str(where)).code == 4
    with pytest.raises(AssertionError):
        strangers_agree(where)


def test_the_words_and_both_names_stay_in_a_private_paper_that_the_line_binds(laptop_: Operator) -> None:
    first, team = seats(laptop_)[0]
    said = redeal(laptop_, first, team[0], "--json")
    paper = Path(said.json["paper"])
    content = paper.read_bytes()
    assert (paper.parent, paper.stat().st_mode & 0o777) == (laptop_.folder, 0o600)
    assert said.json["line"]["evidence"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
    assert all(
        one in content.decode()
        for one in ("李科长", "王主任", "住院，无法到场", first, str(team[0]), "On leave, ill", "休假、患病")
    )
    inside = b"".join(
        file.read_bytes() for file in (laptop_.folder / "draw").rglob("*") if file.is_file() and file.suffix != ".html"
    )
    assert not any(one.encode() in inside for one in ("李科长", "住院"))


def test_a_second_seat_of_a_visit_does_not_pass_on_and_an_empty_or_foreign_one_cannot_be_given_up(laptop_: Operator) -> None:
    first, team = seats(laptop_)[0]
    came = redeal(laptop_, first, team[1], "--json").json["line"]["in"]
    before = names(laptop_.folder)
    for staff in (team[0], came):
        said = redeal(laptop_, first, staff)
        assert (said.code, "has passed on once already" in said.err) == (4, True), said.err
    for visit, staff in ((first, team[1]), (first, "Z77"), ("TEST0001", team[0])):
        said = redeal(laptop_, visit, staff)
        assert (said.code, "holds no seat" in said.err) == (2, True), said.err
    assert (names(laptop_.folder), len(lines(laptop_.folder / "draw"))) == (before, 1)


def test_two_different_persons_say_so_with_a_reason_before_the_visits_are_over(laptop_: Operator) -> None:
    first, team = seats(laptop_)[0]
    before = names(laptop_.folder)
    for by in (BOTH[:2], ("--by", "李科长", "--by", "李 科长"), ()):
        said = redeal(laptop_, first, team[0], by=by)
        assert (said.code, "two different persons" in said.err) == (4, True), said.err
    assert redeal(laptop_, first, team[0], reason=" ").code == 2
    assert (
        laptop_.say(
            "draw", "redeal", str(laptop_.folder / "draw"), first, str(team[0]), "--ground", "convenience", "--reason", "x"
        ).code
        == 2
    )
    assert names(laptop_.folder) == before
    assert open_(laptop_).code == 0
    said = redeal(laptop_, first, team[0])
    assert (said.code, "no seat passes on any more" in said.err) == (4, True), said.err


def test_where_nobody_is_left_the_seat_stays_empty_and_the_next_number_is_named(tmp_path: Path) -> None:
    held = office(tmp_path, staff=2)
    first, team = next((name, team) for name, team in seats(held) if None not in team)
    said = redeal(held, first, team[1])
    assert (said.code, "nobody is left" in said.out, "under the next number" in said.out) == (0, True, True), said.err
    assert lines(held.folder / "draw")[0]["in"] is None
    assert dict(seats(held))[first] == [team[0], None]
    assert held.well("draw", "verify", str(held.folder / "draw"), "--json").json["holds"]
    strangers_agree(held.folder / "draw")


@pytest.mark.parametrize("ground", ["departed", "uncertified"])
def test_nobody_who_was_said_to_be_gone_is_named_for_another_seat_and_the_next_number_is(tmp_path: Path, ground: str) -> None:
    held = office(tmp_path, staff=3)

    def gone(visit: str, staff: str | None) -> Said:
        words = ("draw", "redeal", str(held.folder / "draw"), visit, str(staff), "--ground", ground, "--reason", "x", *BOTH)
        return held.say(*words)

    (first, team), *others = [(name, team) for name, team in seats(held) if None not in team]
    out = team[0]
    passed = gone(first, out)
    assert passed.code == 0
    left = [name for name, seated in seats(held) if out in seated]
    assert ("still stands for these visits" in passed.out + passed.err) is bool(left)
    assert all(name in passed.out + passed.err for name in left), "whoever is gone is told to be passed on everywhere"
    barred = {code(int(one[4:])) for one, staff, *_ in BANS if staff == out}  # there nobody at all would be left
    visit, other = next((name, team) for name, team in others if out not in team and name not in barred)
    before = names(held.folder)
    for lang in ("en", "zh-Hans"):
        words = ("draw", "redeal", str(held.folder / "draw"), visit, str(other[0]), "--ground", "leave", "--reason", "x", *BOTH)
        said = held.say(*words, lang=lang)
        told = "under the next number at once" in said.err or "请即在下一编号下" in said.err
        assert (said.code, told, str(out) in said.err) == (4, True, True), said.err
    assert (names(held.folder), len(lines(held.folder / "draw"))) == (before, 1)


def test_a_redeal_is_whole_or_not_there_and_is_given_again_after_a_stop(
    laptop_: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    where, sync = laptop_.folder / "draw", os.fsync
    first, team = seats(laptop_)[0]
    for stop in range(1, 4):
        left = [stop]

        def broken(descriptor: int, left: list[int] = left) -> None:
            sync(descriptor)
            left[0] -= 1
            if not left[0]:
                raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", broken)
            assert redeal(laptop_, first, team[0]).code == 130
        assert not (where / "after.jsonl").exists()
        assert laptop_.say("draw", "verify", str(where)).code == 0
    with files.held(where):
        assert redeal(laptop_, first, team[0]).code == 4
    assert redeal(laptop_, first, team[0]).code == 0
    assert laptop_.say("draw", "verify", str(where)).code == 0


def test_what_the_daemon_exported_is_the_daemons(laptop_: Operator) -> None:
    record = laptop_.folder / "draw/witness/record.json"
    record.write_text('{"draw":"330106-2026-001","void":null,"void_numbers":[]}', encoding="utf-8")
    first, team = seats(laptop_)[0]
    said = [
        redeal(laptop_, first, team[0]),
        open_(laptop_),
        laptop_.say("draw", "receipt", str(laptop_.folder / "draw"), first),
        laptop_.say("draw", "export", str(laptop_.folder / "draw"), str(laptop_.folder / "public"), "--public"),
    ]
    assert [(one.code, "ask the daemon" in one.err) for one in said] == [(4, True)] * 4


@pytest.mark.slow
def test_of_several_lists_the_line_lies_in_the_list_whose_seat_it_is(tmp_path: Path) -> None:
    held = two_agencies(tmp_path)
    where = held.folder / "draw"
    told = {one["list"]: one["visits"] for one in listed(held)["lists"]}
    visit = next(
        one for one in told["yjj"] if one["object"] in {other["object"] for other in told["scjg"]} or one is told["yjj"][-1]
    )
    said = redeal(held, visit["object"], visit["inspectors"][2], "--json")
    assert (said.code, said.json["list"], said.json["line"]["seat"]) == (0, "yjj", 2), said.err
    assert ((where / "yjj.after.jsonl").is_file(), (where / "scjg.after.jsonl").exists()) == (True, False)
    nowhere = redeal(held, visit["object"], "X0", "--list", "none")
    assert (nowhere.code, "it has: scjg, yjj" in nowhere.err) == (2, True), nowhere.err
    assert held.well("draw", "verify", str(where), "--after", said.json["after"], "--json").json["holds"]
    strangers_agree(where)
    assert open_(held).code == 0
    text = held.well("draw", "receipt", str(where), "TEST0006").json
    assert (text["list"], "visited" in text, text["words"]["en"][0].startswith("This is its part")) == ("scjg", True, True)
    assert held.well("draw", "receipt", str(where), "TEST0006", "--agency", "yjj").json["list"] == "yjj"
    report = held.well("draw", "report", str(where), "--agency", "yjj", "--json").json
    assert (report["agency"], report["after"], bool(report["unions"])) == ("yjj", {"redeal:leave": 1}, True)
    held.well("draw", "export", str(where), str(held.folder / "public"), "--public")
    strangers_agree(held.folder / "public")
    assert "list yjj" in held.well("draw", "show", str(where)).out
