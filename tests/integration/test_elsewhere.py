"""A connector of another team (`tests/elsewhere`): installed beside the daemon, found, checked and used; nothing of the engine knows it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from inspector.domain.calendar import SHANGHAI
from inspector.domain.case import Outcome
from inspector.domain.evidence import Verdict
from inspector.flows.verify import ANSWER_GARBLED
from inspector.store.store import Store
from tests.edge import a_case
from tests.engine import until
from tests.fault.office import free_port
from tests.house import ROOT
from tests.operator import process

SETTINGS = """
policies = "{root}/policies"
not_yet = ["sources.social", "assistance", "plans"]
[database]
url = "sqlite:///{folder}/office.sqlite3"
[web]
port = {port}
[agencies.bureau]
name = "区市场监管局"
pack = "demo"
[sources.registers]
kind = "county-archive"
owner = "示例区档案馆"
url = "{url}"
secret_file = "{folder}/secret"
seconds = 20
"""
STANDING, STRUCK, GARBLED = "91350100M000100Y43", "91000000MA0000001R", "91000000MA0000002N"


def python(*words: str, folder: Path, path: str) -> str:
    """What a module of Python says, which must have done what it was told to."""
    told = subprocess.run(
        [sys.executable, "-m", *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path, "PIP_NO_INPUT": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=500,
    )
    assert told.returncode == 0, told.stdout + told.stderr
    return told.stdout


def installed(folder: Path) -> str:
    """The package built and installed without any network into a folder; the path of the house with that folder behind it."""
    team = folder / "county-archive"
    shutil.copytree(ROOT / "tests/elsewhere", team, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    wheel = ["pip", "wheel", "--quiet", "--no-index", "--no-deps", "--no-build-isolation", "--wheel-dir", "dist", "."]
    python(*wheel, folder=team, path="")
    (made,) = (team / "dist").glob("*.whl")
    beside = folder / "beside"
    python("pip", "install", "--quiet", "--no-index", "--no-deps", "--target", str(beside), str(made), folder=team, path="")
    return f"{ROOT}{os.pathsep}{beside}"


@contextmanager
def archive(team: Path) -> Iterator[str]:
    """The team's own stand-in for the archive, in a process of its own."""
    today = f"{datetime.now(SHANGHAI):%Y%m%d}"
    table = {STANDING: ["00", "存续", today], STRUCK: ["00", "注销", today], GARBLED: ["77", "注销", today]}
    command = [sys.executable, str(team / "tests/archive.py"), json.dumps(table)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as there:
        assert there.stdout is not None
        yield there.stdout.readline().strip()
        there.communicate()


@contextmanager
def serving(folder: Path, config: Path, path: str) -> Iterator[None]:
    """The real daemon, in a process of its own."""
    command = [sys.executable, "-P", "-m", "inspector", "serve", "--config", str(config)]
    with (folder / "daemon.log").open("wb") as log:
        daemon = subprocess.Popen(command, cwd=folder, env={**os.environ, "PYTHONPATH": path}, stdout=log, stderr=log)
        try:
            yield
        finally:
            daemon.terminate()
            assert daemon.wait(timeout=240) == 0, (folder / "daemon.log").read_text(encoding="utf-8")


def case(number: int, code: str) -> dict[str, object]:
    """A case of yesterday."""
    day = f"{datetime.now(SHANGHAI) - timedelta(days=1):%Y-%m-%d}"
    return a_case(
        number,
        subject={"kind": "FIRM", "code": code, "name": f"示例商贸{number}号"},
        claims=[{"key": "c1", "fact": "registration-status", "value": "存续", "on": day}],
        letter={"text": "本单位承诺", "notice_version": "2025-01", "signed_by": "张三", "signed_on": day},
    )


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_connector_of_another_team_is_installed_found_checked_and_used_and_the_engine_is_untouched(tmp_path: Path) -> None:
    path = installed(tmp_path)
    team = tmp_path / "county-archive"
    python("mypy", folder=team, path=str(ROOT))
    shutil.rmtree(team / "src")  # what runs from here on is what was installed
    assert " passed" in python("pytest", "-q", "-p", "no:cacheprovider", folder=team, path=path)
    config, secret = tmp_path / "inspector.toml", tmp_path / "secret"
    secret.write_text("archive-secret-of-terminal-7", encoding="ascii")
    secret.chmod(0o600)
    with archive(team) as url:
        port = free_port()
        config.write_text(SETTINGS.format(root=ROOT, folder=tmp_path, port=port, url=url), encoding="utf-8")
        beside = {"PYTHONPATH": path, "INSPECTOR_CONFIG": str(config)}

        def command(*words: str) -> str:
            told = process(*words, "--lang", "en", environment=beside, folder=tmp_path)
            assert told.code == 0, told.out + told.err
            return told.out

        command("migrate")
        (listed,) = json.loads(command("connector", "list", "--json"))
        assert (listed["kind"], listed["package"], listed["error"]) == ("county-archive", "county-archive 2.3.0", None)
        assert "takes connections" in command("connector", "check", "registers")
        unknown = process("connector", "check", environment={"INSPECTOR_CONFIG": str(config)}, folder=tmp_path)
        assert (unknown.code, "There is no connector county-archive" in unknown.out) == (1, True), "without the package"
        token = command("token", "issue", "hall", "--agency", "bureau", "--role", "system").strip().splitlines()[-1]

        def say(place: str, told: object = None) -> dict[str, object]:
            request = urllib.request.Request(
                f"http://127.0.0.1:{port}/v1/{place}",
                data=None if told is None else json.dumps(told).encode(),
                headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
            )
            try:
                with urllib.request.urlopen(request, timeout=60) as reply:
                    held: dict[str, object] = json.load(reply)
            except urllib.error.HTTPError as error:
                raise AssertionError(error.read().decode()) from error
            return held

        def ready() -> bool:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=60) as reply:
                    return bool(reply.status == 200)
            except OSError:
                return False

        with serving(tmp_path, config, path):
            until(ready, seconds=120)
            cases = [str(say("cases", case(number, code))["id"]) for number, code in enumerate((STANDING, STRUCK, GARBLED))]
            until(lambda: [say(f"cases/{one}")["state"] for one in cases] == ["CLOSED", "REVIEW", "REVIEW"], seconds=120)
    with closing(Store(f"sqlite:///{tmp_path / 'office.sqlite3'}")) as store, store.read() as tx:
        held = [tx.cases.get(one) for one in cases]
        evidence = [piece for one in cases for piece in tx.cases.evidence(one)]
        (matter,) = [one for one in tx.attention.page(None) if one["kind"] == ANSWER_GARBLED]
    assert [(one.outcome, one.review_reason) for one in held] == [
        (Outcome.TRUE, None),
        (None, "CONTRADICTED"),  # a lead for a person: nothing is untrue by a machine's word
        (None, "UNDETERMINED"),
    ]
    assert [(one.via, one.verdict) for one in evidence] == [
        ("registers", Verdict.MATCH),
        ("registers", Verdict.MISMATCH),
        ("registers", Verdict.CANNOT_SAY),
    ]
    assert [len(one.reply_digest) for one in evidence] == [64, 64, 64]
    assert (evidence[2].note, list(json.loads(matter["body"])["digests"].values())) == ("archive_unknown", [1])


def environment(folder: Path) -> dict[str, str]:
    """What `./run` takes for its environment, set up: one of its own, which borrows the packages of the lock from the one that tests."""
    made = folder / "venv"
    python("venv", str(made), folder=folder, path="")
    (own,) = made.glob("lib/python*/site-packages")
    (own / "borrowed.pth").write_text(str(Path(pytest.__file__).parents[1]) + "\n", encoding="utf-8")
    (made / ".mine").write_text(str(made), encoding="utf-8")
    with (ROOT / "requirements.lock").open("rb") as lock:
        summed = subprocess.run(["cksum"], stdin=lock, capture_output=True, text=True, check=True).stdout
    (made / ".ready-requirements.lock").write_text(summed + str(made), encoding="utf-8")
    bare = {name: value for name, value in os.environ.items() if not name.startswith(("INSPECTOR_", "PYTHON"))}
    return {**bare, "INSPECTOR_VENV": str(made), "PIP_NO_INPUT": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_by_the_documented_steps_run_finds_what_is_installed_in_its_environment_and_nothing_of_a_pythonpath(
    tmp_path: Path,
) -> None:
    path = installed(tmp_path)  # builds the wheel, as documented
    told = environment(tmp_path)
    settings = SETTINGS.format(root=ROOT, folder=tmp_path, port=free_port(), url="archive://127.0.0.1:9")
    config, secret = tmp_path / "inspector.toml", tmp_path / "secret"
    config.write_text(settings, encoding="utf-8")
    secret.write_text("archive-secret-of-terminal-7", encoding="ascii")
    secret.chmod(0o600)

    def run(*words: str, **more: str) -> str:
        command = [str(ROOT / "run"), *words, "--config", str(config), "--lang", "en"]
        said = subprocess.run(
            command, cwd=tmp_path, env={**told, **more}, capture_output=True, text=True, check=False, timeout=120
        )
        return said.stdout + said.stderr

    lacking = "There is no connector county-archive"
    assert lacking in run("connector", "check", "--no-call", PYTHONPATH=path), (
        "what lies in a path of ours is no part of the daemon"
    )
    (wheel,) = (tmp_path / "county-archive/dist").glob("*.whl")
    install = [f"{told['INSPECTOR_VENV']}/bin/python", "-m", "pip", "install", "--no-index", "--no-deps", str(wheel)]
    subprocess.run(install, cwd=tmp_path, env=told, capture_output=True, check=True, timeout=120)
    said = run("connector", "check", "--no-call")
    assert (lacking in said, "loads (county-archive)" in said) == (False, True), said
    run("migrate")
    assert "county-archive 2.3.0" in run("connector", "list")
