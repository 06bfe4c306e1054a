"""Copies of a process run its tests: each once, and what becomes of it is told, also where a copy dies of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.house import ROOT

CONFTEST = """
import os
import pytest
from tests import copies

def pytest_addoption(parser):
    parser.addoption("--copies", type=int, default=1)

def pytest_runtestloop(session):
    if not copies.asked(session):
        return None
    copies.deal(session)
    return True

@pytest.fixture(scope="session")
def shared():
    yield
    with open("shared.txt", "a") as told:
        told.write(f"{os.getpid()}\\n")
"""
TESTS = """
import os
import warnings
import pytest

@pytest.mark.parametrize("number", range(40))
def test_passes(number, tmp_path, shared, capfd):
    (tmp_path / "mine").write_text("")
    assert len(list(tmp_path.iterdir())) == 1
    print(number)
    assert capfd.readouterr().out == f"{number}\\n"
    with open("ran.txt", "a") as told:
        told.write(f"{number} {os.getpid()} {os.getppid()}\\n")

@pytest.mark.parametrize("status", [0, 3])
def test_dies(status):
    os._exit(status)

def test_warns():
    warnings.warn("of something", UserWarning)

def test_fails():
    print("said before")
    assert [1, 2] == [1, 3]

def test_is_left_out():
    pytest.skip("for a reason")

@pytest.mark.parametrize("number", range(40, 50))
def test_passes_behind(number, tmp_path, shared, capfd):
    test_passes(number, tmp_path, shared, capfd)
"""


def run(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Runs the project of these tests."""
    for name, text in (("pytest.ini", "[pytest]\n"), ("conftest.py", CONFTEST), ("test_it.py", TESTS)):
        (root / name).write_text(text, encoding="utf-8")
    asked = [sys.executable, "-m", "pytest", *words, "--basetemp", str(root / "base")]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(asked, cwd=root, env=env, capture_output=True, text=True, check=False, timeout=120)


def test_each_runs_once_in_one_of_several_processes_and_whoever_dies_of_one_loses_that_one_alone(tmp_path: Path) -> None:
    done = run(tmp_path, "--copies", "3", "-rs")
    assert done.returncode == 1
    assert "3 failed, 51 passed, 1 skipped, 1 warning" in done.stdout
    assert "for a reason" in done.stdout
    assert "assert [1, 2] == [1, 3]" in done.stdout
    assert "said before" in done.stdout
    assert done.stdout.count("UserWarning: of something") == 1
    assert done.stdout.count("the process that ran it died") == 2
    ran = [tuple(map(int, line.split())) for line in (tmp_path / "ran.txt").read_text(encoding="utf-8").splitlines()]
    assert sorted(number for number, *_ in ran) == [*range(50)]
    assert len({process for _, process, _ in ran}) > 1
    assert len({first for *_, first in ran}) == 1
    ended = (tmp_path / "shared.txt").read_text(encoding="utf-8").splitlines()
    assert set(ended) <= {str(process) for _, process, _ in ran}
    assert len(set(ended)) == len(ended)
    lost = json.loads((tmp_path / ".pytest_cache" / "v" / "cache" / "lastfailed").read_text(encoding="utf-8"))
    assert sorted(lost) == ["test_it.py::test_dies[0]", "test_it.py::test_dies[3]", "test_it.py::test_fails"]


def test_where_enough_have_failed_no_more_begin(tmp_path: Path) -> None:
    done = run(tmp_path, "--copies", "2", "-x", "-k", "fails or behind")
    assert done.returncode == 1
    assert "stopping after 1 failures" in done.stdout


def test_whoever_is_interrupted_waits_for_nobody(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    (tmp_path / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    for name, line in (("one", "time.sleep(1)"), ("two", "os.kill(os.getppid(), signal.SIGINT)")):
        text = f"import os, signal, time\ndef test_first():\n    {line}\ndef test_second():\n    pass\n"
        (tmp_path / f"test_{name}.py").write_text(text, encoding="utf-8")
    asked = [sys.executable, "-m", "pytest", "--copies", "2", "--basetemp", str(tmp_path / "base")]
    done = subprocess.run(
        asked, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 2
    assert "KeyboardInterrupt" in done.stdout
