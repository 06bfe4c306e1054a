"""The program that lies beside every exported draw: one file, Python alone, of one mind with the engine."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from inspector import verifier
from inspector.verifier import verify_draw
from tests import minds
from tests.bundles import NAMES, RE_DEALS, random_bundle, re_deals, vector
from tests.published import public
from tests.tampering import encode, fitted, packed

PROGRAM = Path(verifier.__file__).with_name(verifier.PROGRAM)


def test_it_imports_nothing_but_pythons_standard_library() -> None:
    named = {
        name.partition(".")[0]
        for node in ast.walk(ast.parse(PROGRAM.read_bytes()))
        for name in (
            [one.name for one in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert named <= sys.stdlib_module_names


def test_a_stranger_runs_it_by_itself_on_every_published_vector(tmp_path: Path) -> None:
    folders = [vector(name).write(tmp_path / name) for name in NAMES]
    copy = tmp_path / "verify_draw.py"
    copy.write_bytes(PROGRAM.read_bytes())
    told = subprocess.run(
        [sys.executable, "-I", "-S", str(copy), *map(str, folders)], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, told.stdout + told.stderr
    assert told.stdout.count("agrees") == len(NAMES)
    for name in NAMES:
        assert f"C = {vector(name).commitment.c}\n  W = {vector(name).commitment.w}\n" in told.stdout
    assert "!! The signature of the drand source was not checked" in told.stdout
    assert told.stdout.count("!! The time is not proven") == len(NAMES)


def test_who_reads_the_first_line_alone_sees_nothing_of_pythons_own(tmp_path: Path) -> None:
    """`python3 verify_draw.py DIR | head -1`: the reader is gone before the rest is written."""
    folder = vector("1").write(tmp_path / "draw")
    with subprocess.Popen(
        [sys.executable, "-I", "-S", "-u", str(PROGRAM), *[str(folder)] * 9], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as run:
        assert run.stdout is not None
        assert run.stderr is not None
        run.stdout.close()
        assert run.stderr.read() == b""


def test_it_replays_re_deals_and_names_the_line_the_rule_does_not_give(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, line, chosen, right in (("after", 2, "Z002", "Z001"), ("repair", 3, "Z006", "Z005")):
        folder = vector(RE_DEALS[name]).write(tmp_path / name)
        events = re_deals(name)["events"]

        def judged(folder: Path = folder, events: Any = events) -> int:
            (folder / "after.jsonl").write_text("".join(json.dumps(event) + "\n" for event in events), encoding="utf-8")
            return verify_draw.main([str(folder)])

        assert judged() == 0
        events[line - 1]["in"] = chosen
        assert judged() == 1
        assert f"line {line}: the rule.in is {chosen!r}, recomputed {right!r}" in capsys.readouterr().out
    assert {"after", "repair", "replace"} == RE_DEALS.keys()


def test_it_replays_replacements_and_names_the_object_that_somebody_chose(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = vector("1").write(tmp_path / "after")
    events = re_deals("replace")["events"]

    def judged() -> int:
        (folder / "after.jsonl").write_text("".join(json.dumps(event) + "\n" for event in events), encoding="utf-8")
        return verify_draw.main([str(folder)])

    assert judged() == 0
    events[1]["in"], rule = "Z001", events[1]["in"]
    assert judged() == 1
    assert f"line 2: the rule.in is 'Z001', recomputed {rule!r}" in capsys.readouterr().out
    events[0]["in"] = "91330100MA00010053"
    assert judged() == 1
    assert "line 1: the rule.in is '91330100MA00010053', recomputed" in capsys.readouterr().out


@pytest.mark.slow
def test_it_agrees_with_the_engine_on_random_draws(tmp_path: Path) -> None:
    folders = [str(random_bundle(number).write(tmp_path / str(number))) for number in range(60)]
    assert verify_draw.main(folders) == 0


def test_it_explains_every_empty_seat_by_the_set_that_the_engine_names_and_equal_sets_once(tmp_path: Path) -> None:
    told = grouped = 0
    for number in range(40):
        held = random_bundle(number)
        code, lines = verify_draw.opinion(packed(held))
        dealt = [(listed.name, listed.dealt) for listed in held.carry_out().lists if listed.dealt]
        expected = [
            f"! {name}: {len(one.empty)} seats are empty, the first {one.empty[0][0]}:{one.empty[0][1]}: for them and "
            f"{len(one.others)} filled seats there are {[*one.inspectors]}, who can take {len(one.others)}."
            for name, deal in dealt
            for one in deal.lacks()
        ]
        assert (code, [line for line in lines if "seats are empty" in line]) == (0, expected)
        told += sum(len(deal.shortages) for _, deal in dealt)
        grouped += len(expected)
    assert told > 40
    assert grouped < told


DICE = {"dice": 26, "sides": 6}
BALLS = {"balls": [[20, 80], [1, 16]]}
DRAWN = "1 2 3 5 8 13 21 34 40 41 42 43 44 50 51 52 53 54 79 80 16"


def thrown(figures: str | None, **source: object) -> Mapping[str, bytes]:
    """Vector 2 with another ceremony, made to fit."""
    files = packed(vector("2"))
    commit, seed = json.loads(files["commit.json"]), json.loads(files["seed.json"])
    commit["seed"][2] |= source
    seed["parts"][2] |= {"text": figures} if figures is not None else {}
    return fitted(files | {"commit.json": encode(commit), "seed.json": encode(seed)})


@pytest.mark.parametrize(
    ("source", "figures", "code"),
    [
        ({"form": DICE, "bits": 67}, None, 0),
        ({"form": DICE, "bits": 68}, None, 1),
        ({"form": DICE}, None, 0),
        ({"form": DICE}, "3 5 1", 1),
        ({"form": {**DICE, "lowest": 0}}, None, 1),
        ({"form": {**DICE, "dice": 25}}, None, 1),
        ({"form": {**DICE, "colour": 1}, "bits": 999}, None, 0),
        ({"form": {"dice": 1, "sides": 1}, "bits": 999}, None, 0),
        ({"form": None, "bits": 999}, None, 0),
        ({"form": BALLS, "bits": 65}, DRAWN, 0),
        ({"form": BALLS, "bits": 66}, DRAWN, 1),
        ({"form": BALLS}, DRAWN.replace("1 2", "2 1"), 1),
        ({"form": BALLS}, DRAWN.replace("1 2", "2 2"), 1),
        ({"form": BALLS}, DRAWN.replace("1 2", "01 2"), 1),
        ({"form": BALLS}, DRAWN.replace("16", "17"), 1),
        ({"form": {"balls": [[2, 2]]}, "bits": 999}, None, 0),
    ],
)
def test_it_holds_figures_and_declared_chance_to_the_form_that_the_ceremony_states(
    source: dict[str, object], figures: str | None, code: int
) -> None:
    files = thrown(figures, **source)
    assert (minds.python(files), minds.house(files)) == (code, code)


@pytest.mark.parametrize(("hours", "zone", "code"), [(-1, 14, 0), (1, -11, 1), (-1, 0, 0), (1, 0, 1), (-9_999, 0, 1)])
def test_a_pulse_is_to_come_by_the_instant_and_not_by_the_letters_and_never_from_before_the_commitment(
    hours: int, zone: int, code: int
) -> None:
    at = datetime.now(timezone(timedelta(hours=zone))).replace(microsecond=0) + timedelta(hours=hours)
    files = packed(vector("3"))
    commit, seed = json.loads(files["commit.json"]), json.loads(files["seed.json"])
    commit["made"] = (datetime.now(UTC) - timedelta(hours=99)).isoformat()
    commit["seed"][0]["time"] = seed["parts"][0]["pulse"]["timeStamp"] = at.isoformat()
    held = fitted(files | {"commit.json": encode(commit), "seed.json": encode(seed)})
    assert (minds.python(held), minds.house(held)) == (code, code)


def test_it_says_to_how_many_nobody_goes() -> None:
    _, lines = verify_draw.opinion(packed(vector("3")))
    told = [line for line in lines if "nobody is sent" in line]
    assert told == [f"! {name}: {count} visits have no team, nobody is sent." for name, count in (("scjg", 6), ("yjj", 5))]
    assert not any("nobody is sent" in line for line in verify_draw.opinion(packed(vector("1")))[1])


def test_it_reads_the_public_bundle_and_says_what_that_cannot_prove() -> None:
    for files, which in ((packed(vector("1")), "! The full bundle"), (public(vector("1")), "! The public bundle")):
        code, lines = verify_draw.opinion(files)
        (said,) = [line for line in lines if line.startswith("! The ")]
        assert (code, said.startswith(which), "who should go" in said) == (0, True, "public" in which)


def test_of_a_draw_void_before_its_result_it_says_that_no_file_shows_whether_anything_was_drawn() -> None:
    whole = {name: content for name, content in packed(vector("1")).items() if name not in {"seed.json", "result.json"}}
    code, lines = verify_draw.opinion({**whole, "witness/record.json": json.dumps({"void": "名录有误"}).encode()})
    (said,) = [line for line in lines if line.startswith("! The ")]
    assert (code, "whether anything was drawn" in said, "house's word" in said) == (0, True, False), lines
    assert any("THE VOID'S RECORD LACKS 作废记录缺少 draw, w, voided_at, signed" in line for line in lines)
    assert any("不能排除" in line for line in lines)


def test_strictly_what_nobody_could_check_is_a_failure_as_in_the_houses_own(tmp_path: Path) -> None:
    folder = vector("1").write(tmp_path / "draw")
    assert [verify_draw.main([str(folder)]), verify_draw.main(["--strict", str(folder)])] == [0, 1]


def test_a_folder_that_is_no_bundle_is_told_from_one_that_does_not_hold(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verify_draw.main([str(tmp_path)]) == 2
    assert "CANNOT BE READ" in capsys.readouterr().out


@pytest.mark.parametrize("option", ["--help", "-h", "--strikt"])
def test_an_option_it_does_not_know_is_no_folder(option: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify_draw.main([option, str(vector("1").write(tmp_path / "draw"))]) == 2
    told = capsys.readouterr().out
    assert f"{option}: CANNOT BE READ 无法读取: the folder: unknown option" in told
    assert "verify_draw.py [--strict] [--after SHA256] [FOLDER...]" in told


def test_what_lacks_or_is_too_much_is_named_by_its_file_and_place_and_never_as_python_calls_it() -> None:
    files = packed(vector("1"))
    seed, result = json.loads(files["seed.json"]), json.loads(files["result.json"])
    teams = result["lists"][0]["teams"]
    somebody, *_ = teams
    gone = {name: team for name, team in teams.items() if name != somebody}
    told = {
        "commit.json: 'lists': missing": {"commit.json": b"{}"},
        "no part of the kind": {"seed.json": encode(seed | {"parts": [{"kind": "other"}] * len(seed["parts"])})},
        "number of parts": {"seed.json": encode(seed | {"parts": [*seed["parts"], seed["parts"][0]]})},
        "number of.lists is": {"result.json": encode(result | {"lists": [*result["lists"], result["lists"][0]]})},
        f"teams.{somebody} is ()": {"result.json": encode({**result, "lists": [result["lists"][0] | {"teams": gone}]})},
        "teams.X is []": {"result.json": encode({**result, "lists": [result["lists"][0] | {"teams": teams | {"X": []}}]})},
    }
    for words, changed in told.items():
        code, (line,) = verify_draw.opinion({**files, **changed})
        assert code in (1, 2)
        assert words in line, line
        assert not any(odd in line for odd in ("Error", "zip()", "object has no")), line


def test_a_sign_that_turns_what_is_shown_about_is_shown_as_a_dot(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = vector("1").write(tmp_path / "draw")
    (folder / "witness").mkdir(exist_ok=True)
    (folder / "witness" / "record.json").write_text(json.dumps({"void": "a\u202eb"}), encoding="utf-8")
    verify_draw.main([str(folder)])
    said = capsys.readouterr().out
    assert ("a·b" in said, "\u202e" in said) == (True, False)
