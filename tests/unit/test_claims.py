"""Every claim of speed has a command that is there and reads its own words, and one command runs them all."""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from inspect import signature
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from inspector.cli.app import app
from tests.bench import __main__ as bench
from tests.bench.claims import UNMEASURED, Bench, benches
from tests.house import ROOT

HELPERS = {
    "tests.bench.__main__",
    "tests.bench.ours",
    "tests.bench.standin",
    "tests.bench.stub",
    "tests.fault.daemon",
    "tests.fault.turns",
}
"""Programs that a measurement or a test starts: the other side of one, or what is measured."""
BENCHES = benches()
NAMES = [one.name for one in BENCHES]
GIVEN = {one.name: bench.parts(one.command, Path("/nowhere"), "python3")[1] for one in BENCHES}


class ReadError(Exception):
    """A program has read its command line."""


def modules() -> dict[str, str]:
    """The module of each measurement that is one of ours, by name."""
    return {name: words[2] for name, words in GIVEN.items() if words[:2] == [sys.executable, "-m"] and words[2] != "pytest"}


def test_each_bench_is_listed_once() -> None:
    files = [file for room in ("bench", "fault") for file in (ROOT / "tests" / room).glob("*.py")]
    programs = {f"tests.{file.parent.name}.{file.stem}" for file in files if "__main__" in file.read_text(encoding="utf-8")}
    assert programs - HELPERS - {*modules().values()} == set()
    assert programs >= HELPERS
    assert len({*NAMES}) == len(NAMES)
    assert [one.name for one in BENCHES if not one.claims or one.minutes <= 0] == []


def test_what_is_measured_has_its_day_and_its_commit() -> None:
    claims = [(one.name, claim) for one in BENCHES for claim in one.claims]
    told = [name for name, claim in claims if claim.day and not re.fullmatch(r"\d{4}-\d\d-\d\d", claim.day)]
    told += [name for name, claim in claims if claim.commit and not re.fullmatch(r"\(?[0-9a-f]{8}\)?", claim.commit)]
    assert told == []
    assert [name for name, claim in claims if bool(claim.day) != bool(claim.commit)] == []
    assert [name for name, claim in claims if claim.ratio == UNMEASURED and claim.day] == []


@pytest.mark.slow  # it reads every bench, and what that reads
@pytest.mark.parametrize("name", modules())
def test_a_program_reads_the_words_of_its_claim(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert reads(GIVEN[name], monkeypatch)


@pytest.mark.slow
def test_words_that_a_program_does_not_know_are_none_of_its_claim(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not reads([*GIVEN["replicas"], "--rouns", "3"], monkeypatch)
    assert "--rouns" in capsys.readouterr().err


def reads(words: Sequence[str], monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether a program takes these words; it goes no further."""
    whole: Callable[..., Any] = argparse.ArgumentParser.parse_args

    def read(*given: Any, **named: Any) -> None:
        whole(*given, **named)
        raise ReadError

    module = "tests.plants.__main__" if words[2] == "tests.plants" else words[2]
    main = import_module(module).main
    monkeypatch.setattr(sys, "argv", list(words[2:]))
    with monkeypatch.context() as patched:
        patched.setattr(argparse.ArgumentParser, "parse_args", read)
        try:
            main(*([list(words[3:])] if signature(main).parameters else []))
        except ReadError:
            return True
        except SystemExit:
            return False
    return False


@pytest.mark.slow
def test_the_tests_of_a_claim_are_there() -> None:
    asked = {name: words for name, words in GIVEN.items() if "pytest" in words}
    files = {name: next(word for word in words if word.startswith("tests/")) for name, words in asked.items()}
    words = [sys.executable, "-m", "pytest", "-n", "0", "-m", "", "--collect-only", "-q", *files.values()]
    told = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False).stdout.splitlines()
    for name, file in files.items():
        chosen = asked[name][asked[name].index("-k") + 1] if "-k" in asked[name] else ""
        assert [line for line in told if line.startswith(f"{file}::") and chosen in line], name


def test_the_command_of_a_claim_is_one_of_ours() -> None:
    others = {name: words for name, words in GIVEN.items() if words[0] != sys.executable}
    for words in others.values():
        assert words[0] == "./run"
        assert CliRunner().invoke(app, [*words[1:], "--help"]).exit_code == 0, words
    assert {*others} == {"simulate"}


def test_the_list_says_how_long_each_takes_and_runs_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.main([]) == 0
    told = capsys.readouterr().out
    lines = [rf"^{one.name} +{one.minutes:.0f} min  {re.escape(one.command)}" for one in BENCHES]
    assert [line for line in lines if not re.search(line, told, re.MULTILINE)] == []
    with pytest.raises(SystemExit):
        bench.main(["draws"])
    assert "unknown: draws" in capsys.readouterr().err


def test_those_named_are_run_one_after_the_other_into_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    say = """WHO=somebody python -c 'import os, sys; print(os.environ["WHO"], sys.argv[1:])' FOLDER PYTHON"""
    made = (
        Bench(name="well", command=say, minutes=1),
        Bench(name="ill", command="python -c 'raise SystemExit(3)'", minutes=1),
        Bench(name="left", command="python -c 'raise SystemExit(4)'", minutes=1),
    )
    monkeypatch.setattr(bench, "benches", lambda: made)
    assert bench.main(["well", "ill", "--into", str(tmp_path), "--zen", "python3"]) == 1
    assert (tmp_path / "well" / "said.txt").read_text(encoding="utf-8") == f"somebody ['{tmp_path}/well', 'python3']\n"
    took = [json.loads(line) for line in (tmp_path / "took.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [(one["name"], one["ended"]) for one in took] == [("well", 0), ("ill", 3)]
    assert bench.main(["well", "--into", str(tmp_path)]) == 0
