"""`./run` sets itself up: offline from hashed wheels, in any folder, twice at once, and whole or not at all."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WHEEL = "welcome-1.0-py3-none-any.whl"


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A small checkout under a path with spaces: one locked dependency, and a package that greets by it."""
    house, wheels = tmp_path / "a house", tmp_path / "some wheels"
    (house / "inspector").mkdir(parents=True)
    wheels.mkdir()
    (house / "inspector/__main__.py").write_text("import sys, welcome\nprint(welcome.WORD, *sys.argv[1:])\n")
    shutil.copy(ROOT / "run", house)
    with zipfile.ZipFile(wheels / WHEEL, "w") as archive:
        archive.writestr("welcome.py", "WORD = 'welcome'\n")
        archive.writestr("welcome-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: welcome\nVersion: 1.0\n")
        archive.writestr("welcome-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr("welcome-1.0.dist-info/RECORD", "")
    digest = hashlib.sha256((wheels / WHEEL).read_bytes()).hexdigest()
    (house / "requirements.lock").write_text(f"welcome==1.0 \\\n    --hash=sha256:{digest}\n")
    return house


def start(house: Path, *arguments: str, **environ: str) -> subprocess.Popen[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PYTHON", "INSPECTOR_"))}
    return subprocess.Popen(
        [house / "run", *arguments], cwd=house.parent, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=kept | {"PYTHON": sys.executable, "INSPECTOR_WHEELS": str(house.parent / "some wheels"), **environ},
    )  # fmt: skip


def said(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate()
    return process.returncode, out, err


@pytest.mark.slow
def test_two_first_starts_at_once_set_up_once_and_later_starts_not_at_all(house: Path) -> None:
    first, second = [said(p) for p in [start(house, "one", "two words"), start(house, "one", "two words")]]
    assert first[:2] == second[:2] == (0, "welcome one two words\n"), first[2] + second[2]
    assert (first[2] + second[2]).count("inspector: setting up in") == 1
    (house.parent / "welcome.py").write_text("WORD = 'smuggled'\n")  # the current folder is data, never code
    assert said(start(house, "again")) == (0, "welcome again\n", "")
    bin_ = house.parent / "bin"
    bin_.mkdir()
    (bin_ / "inner").symlink_to(Path("..") / house.name / "run")
    (bin_ / "run").symlink_to("inner")
    assert said(start(bin_, "by", "a link")) == (0, "welcome by a link\n", ""), "a link is no other checkout"


@pytest.mark.slow
def test_a_wheel_that_is_not_the_locked_one_is_refused_and_the_next_start_begins_anew(house: Path) -> None:
    wheel = house.parent / "some wheels" / WHEEL
    good = wheel.read_bytes()
    shutil.copy(wheel, wheel.with_suffix(".bad"))
    with zipfile.ZipFile(wheel, "a") as archive:
        archive.writestr("smuggled.py", "")
    code, out, err = said(start(house, "x"))
    assert (code, out) == (1, "")
    assert "THESE PACKAGES DO NOT MATCH THE HASHES" in err
    assert "依赖安装失败" in err
    wheel.write_bytes(good)
    assert said(start(house, "x"))[:2] == (0, "welcome x\n")


@pytest.mark.slow
def test_one_file_carries_the_checkout_its_wheels_and_their_sums_to_where_there_is_no_index(house: Path, tmp_path: Path) -> None:
    git = ["git", "-c", "user.name=n", "-c", "user.email=e@example.org", "-C", str(house)]
    subprocess.run([*git, "init", "-q"], check=True)
    wheels, extra = str(house.parent / "some wheels"), house / "requirements-large.lock"
    shutil.copy(house / "requirements.lock", extra)
    (house / "requirements-test.lock").write_text("no-such-package==1.0 --hash=sha256:00\n")  # what tests need goes nowhere
    told = ("bundle", "a.tar", "--no-index", "--find-links", wheels)
    code, out, err = said(start(house, *told))
    assert (code, out) == (1, "")
    assert "Git 检出目录" in err
    (house / ".gitignore").write_text(".venv/\n")
    subprocess.run([*git, "add", "-A"], check=True)
    subprocess.run([*git, "commit", "-qm", "first"], check=True)
    code, out, err = said(start(house, *told))
    assert code == 0, err
    file = house.parent / "a.tar"
    assert out.split()[0] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert said(start(house, "bundle", "b.tar", *told[2:]))[1].split()[0] == out.split()[0], "who makes it again can compare"

    away = tmp_path / "away"
    away.mkdir()
    subprocess.run(["tar", "-x", "-f", file, "-C", away], check=True)
    there = away / "inspector"
    subprocess.run(["sha256sum", "--quiet", "--check", "SHA256SUMS"], cwd=there, check=True)
    listed = {line.split("  ", 1)[1] for line in (there / "SHA256SUMS").read_text().splitlines()}
    assert listed == {f"./{path.relative_to(there)}" for path in there.rglob("*") if path.is_file()} - {"./SHA256SUMS"}
    assert said(start(there, "there", INSPECTOR_WHEELS="", PIP_NO_INDEX="1"))[:2] == (0, "welcome there\n")

    (house / "run").write_text((house / "run").read_text() + "# not committed\n")
    code, out, err = said(start(house, "bundle", "c.tar", *told[2:]))
    assert (code, out) == (1, "")
    assert "有未提交的修改" in err
    assert not [*house.parent.glob("c.tar*")]


@pytest.mark.slow
def test_run_and_test_share_one_environment_that_is_made_anew_only_when_a_lock_changed(house: Path) -> None:
    """The marks alone are in question, so the environment is one made by hand, whose interpreter installs nothing and so costs nothing."""
    python = house / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\n")
    python.chmod(0o755)
    (house / ".venv" / "pyvenv.cfg").touch()
    plain, tests = house / "requirements.lock", house / "requirements-test.lock"
    first = plain.read_text()
    shutil.copy(plain, tests)

    def sets_up(*arguments: str) -> bool:
        code, _, err = said(start(house, *arguments))
        assert code == 0, err
        return "setting up in" in err

    test, run = ("setup", tests.name), ("x",)
    assert [sets_up(*one) for one in (run, test, run, test, run)] == [True, True, False, False, False]
    plain.write_text(f"{first}# another version\n")
    assert [sets_up(*one) for one in (run, run)] == [True, False]
    plain.write_text(first)  # back to the former checkout: what the test lock's mark spoke of may be gone
    assert [sets_up(*one) for one in (test, run, test)] == [True, False, False]


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({"PYTHON": "/bin/false"}, "PYTHON=/bin/false 无法运行，或版本低于 3.11"),
        ({"INSPECTOR_WHEELS": "/nowhere"}, "没有这个离线安装包文件夹：/nowhere"),
        ({"INSPECTOR_VENV": "/proc/venv"}, "无法写入 /proc/venv"),
    ],
)
def test_what_is_missing_is_said_in_chinese_and_english(house: Path, environ: dict[str, str], words: str) -> None:
    code, out, err = said(start(house, **environ))
    assert (code, out) == (1, "")
    assert words in err
    assert len([line for line in err.splitlines() if line.startswith("inspector: ")]) >= 2
