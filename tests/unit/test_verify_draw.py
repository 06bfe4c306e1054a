"""The program that lies beside every exported draw: one file, Python alone, of one mind with the engine."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from inspector import verifier
from inspector.verifier import verify_draw
from tests.bundles import NAMES, RE_DEALS, random_bundle, re_deals, vector
from tests.published import public
from tests.tampering import packed

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


def test_it_agrees_with_the_engine_on_random_draws(tmp_path: Path) -> None:
    folders = [str(random_bundle(number).write(tmp_path / str(number))) for number in range(60)]
    assert verify_draw.main(folders) == 0


def test_it_explains_every_empty_seat_by_the_set_that_the_engine_names(tmp_path: Path) -> None:
    told = 0
    for number in range(40):
        held = random_bundle(number)
        code, lines = verify_draw.opinion(packed(held))
        shortages = [one for listed in held.carry_out().lists if listed.dealt for one in listed.dealt.shortages]
        expected = {
            f"! Seat {one.seat} of {one.object} is empty: for it and {one.capacity} more there are "
            f"{sorted(one.inspectors)}, who can take {one.capacity}."
            for one in shortages
        }
        assert (code, {line for line in lines if line.startswith("! Seat")}) == (0, expected)
        told += len(expected)
    assert told > 40


def test_it_reads_the_public_bundle_and_says_what_that_cannot_prove() -> None:
    for files, which in ((packed(vector("1")), "! The full bundle"), (public(vector("1")), "! The public bundle")):
        code, lines = verify_draw.opinion(files)
        (said,) = [line for line in lines if line.startswith("! The ")]
        assert (code, said.startswith(which), "who should go" in said) == (0, True, "public" in which)


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
    assert "verify_draw.py [--strict] [FOLDER...]" in told
