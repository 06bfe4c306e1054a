"""The house rules that no linter knows. Each failure names the file and what to do."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = ["requirements.lock", "requirements-test.lock", "requirements-bench.lock"]
FOLDERS = [".ci", "config", "connectors", "docs", "inspector", "policies", "tests"]
LONGEST_MODULE = 400
VAGUE = {"utils", "util", "common", "core", "helpers", "helper", "manager", "service", "services"}
IMPURE = {
    *("asyncio", "glob", "http", "io", "logging", "multiprocessing", "os", "pathlib", "random", "secrets", "shutil"),
    *("socket", "sqlite3", "subprocess", "sys", "tempfile", "threading", "time", "urllib", "uuid"),
}

# Written with classes and groups, so that this file does not match itself.
REGISTRIES = re.compile(
    r"p[y]pi\.(?:org|python)|python[h]osted|n[p]mjs\.|registry\.[a-z0-9-]+\.[a-z]{2,}|[a-z0-9-]+\.(?:jfrog|pkg)\.[a-z]+/"
    r"|(?:docker|gh[c]r|quay|gcr)\.io|(?:deb|security)\.debia[n]\.org|proxy\.golan[g]|https?://[^\s\"']*/simpl[e]\b"
)
MACHINE_PATHS = re.compile(r"(?<![\w.~/-])/(?:home|Users)/\w|(?<![\w.~/-])/(?:root|tmp|mnt)/\w|\b[A-Z]:\\[U]sers")


@cache
def house_files() -> tuple[Path, ...]:
    """Everything git holds or would hold; without git, what lies in our own folders."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode == 0 and listed.stdout:
        found = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    else:
        found = [*ROOT.glob("*"), *(file for top in FOLDERS for file in (ROOT / top).rglob("*"))]
    return tuple(sorted(file for file in found if file.is_file() and "__pycache__" not in file.parts))


@cache
def text_of(file: Path) -> str:
    """The text of a file; empty for one that is not text."""
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def modules(*packages: str) -> list[Path]:
    return [f for f in house_files() if f.suffix == ".py" and f.relative_to(ROOT).parts[0] in packages]


def imports(file: Path) -> Iterator[str]:
    """Every module a file imports, wherever in the file, as dotted names."""
    here = file.relative_to(ROOT).with_suffix("").parts
    for node in ast.walk(ast.parse(text_of(file))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = ".".join(here[: -node.level]) if node.level else ""
            yield ".".join(filter(None, [above, node.module]))


def importers(packages: list[str], wanted: str) -> list[str]:
    return [
        str(file.relative_to(ROOT))
        for file in modules(*packages)
        if any(name == wanted or name.startswith(f"{wanted}.") for name in imports(file))
    ]


def hits(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{file.relative_to(ROOT)}:{number}: {found.group()}"
        for file in house_files()
        for number, line in enumerate(text_of(file).splitlines(), 1)
        if (found := pattern.search(line))
    ]


def test_no_file_names_a_package_registry() -> None:
    assert hits(REGISTRIES) == []


def test_no_file_names_a_path_of_the_machine_it_was_written_on() -> None:
    here = [str(path) for path in (ROOT, ROOT.parent / "shared", Path.home()) if len(path.parts) > 2]
    assert hits(MACHINE_PATHS) == []
    assert hits(re.compile("|".join(map(re.escape, here)) or "(?!)")) == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_pins_and_hashes_everything_and_holds_no_address(lock: str) -> None:
    text = text_of(ROOT / lock)
    pinned = re.findall(r"^\S+==\S+.*\\$", text, re.MULTILINE)
    lines = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
    assert lines == pinned
    assert len(re.findall(r"--hash=sha256:[0-9a-f]{64}", text)) >= len(pinned) > 0
    assert "://" not in text
    assert "--index" not in text


def test_the_locks_agree_on_every_version() -> None:
    def pins(lock: str) -> dict[str, str]:
        return dict(re.findall(r"^([\w.-]+)(?:\[.*?\])?==([^ ;\\]+)", text_of(ROOT / lock), re.MULTILINE))

    smaller, larger = pins(LOCKS[0]), pins(LOCKS[1])
    assert smaller.items() <= larger.items() <= pins(LOCKS[2]).items()


def test_every_declared_dependency_is_locked() -> None:
    groups = PROJECT["dependency-groups"]
    for lock, wanted in zip(LOCKS, [[], groups["test"] + groups["dev"], groups["bench"]], strict=True):
        for requirement in PROJECT["project"]["dependencies"] + wanted:
            name = re.split(r"[\[<>=!~ ]", requirement)[0]
            assert re.search(rf"^{re.escape(name)}(\[.*\])?==", text_of(ROOT / lock), re.MULTILINE), f"{name} not in {lock}"


@pytest.mark.parametrize("folder", ["policies", "config"])
def test_folders_of_data_are_no_packages(folder: str) -> None:
    assert [str(file) for file in (ROOT / folder).rglob("*.py")] == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    files = [file.relative_to(ROOT) for file in modules("inspector", "connectors", "tests")]
    assert [str(file) for file in files if VAGUE & set(file.with_suffix("").parts)] == []


def test_no_module_is_longer_than_one_sitting() -> None:
    files = [
        f for f in modules("inspector", "connectors", "tests") if f.parent.name != "versions"
    ]  # a migration is as long as the change
    lengths = {str(f.relative_to(ROOT)): text_of(f).count("\n") for f in files}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_MODULE} == {}, "look for a second noun"


@pytest.mark.parametrize("script", ["run", "test", ".ci/run"])
def test_the_commands_are_executable(script: str) -> None:
    assert os.access(ROOT / script, os.X_OK)


def test_the_floors_hold() -> None:
    program = "from importlinter.cli import lint_imports_command as run; run()"
    answer = subprocess.run([sys.executable, "-c", program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_inside_the_engine_only_the_store_knows_sql() -> None:
    outside = [name for name in importers(["inspector"], "sqlalchemy") if not name.startswith("inspector/store/")]
    assert outside == []


def test_only_one_module_builds_http_clients() -> None:
    assert set(importers(["inspector", "connectors"], "httpx")) <= {"connectors/http.py"}


def test_the_domain_is_pure() -> None:
    for file in (file for file in modules("inspector") if "domain" in file.relative_to(ROOT).parts):
        for name in imports(file):
            top = name.split(".")[0]
            where = f"{file.relative_to(ROOT)} imports {name}"
            assert name.startswith("inspector.domain") or top in sys.stdlib_module_names, where
            assert top not in IMPURE, where
        calls = [node for node in ast.walk(ast.parse(text_of(file))) if isinstance(node, ast.Call)]
        read = {ast.unparse(call.func) for call in calls} & {"open", "print", "input", "datetime.now", "date.today"}
        assert read == set(), f"{file.relative_to(ROOT)} calls {read}"
