"""The README's first command, where nothing was ever run: a checkout as it comes, without `var/`."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from inspector.demo.office import VARIABLE
from tests.house import ROOT
from tests.operator import process

PARTS = ("inspector", "connectors", "config", "policies", "pyproject.toml", "README.md")
SHOWN = "keys.json"
"""What the panel says of where its visitor logs in, as lines where there is no terminal."""
STARTS_SECONDS = 120.0


def fresh(folder: Path) -> Path:
    """What the program needs of a checkout, and nothing that an earlier start has made."""
    folder.mkdir()
    for name in PARTS:
        part = ROOT / name
        if part.is_dir():
            shutil.copytree(part, folder / name, ignore=shutil.ignore_patterns("__pycache__", "var"))
        else:
            shutil.copy2(part, folder / name)
    return folder


def test_the_first_command_of_a_fresh_checkout_comes_to_its_panel_and_ends_well(tmp_path: Path) -> None:
    checkout, said = fresh(tmp_path / "checkout"), tmp_path / "said.txt"
    folder = checkout / "var" / "demo"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("INSPECTOR_")}
    environment = {**kept, "PYTHONPATH": str(checkout), "LANG": "en_US.UTF-8"}
    with said.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "inspector"], cwd=checkout, env=environment, stdout=out, stderr=subprocess.STDOUT
        )
        try:
            end = time.monotonic() + STARTS_SECONDS
            while SHOWN not in said.read_text("utf-8") and time.monotonic() < end:
                assert process.poll() is None, said.read_text("utf-8")
                time.sleep(0.1)
            assert SHOWN in said.read_text("utf-8")
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=120) == 0, said.read_text("utf-8")
        finally:
            process.kill()
            process.wait()
    assert '"event"' not in said.read_text("utf-8"), "no line of the log breaks the calm of a first start"
    assert (folder / "demo.toml").read_text("utf-8")
    assert folder.stat().st_mode & 0o077 == 0, "keys and the secret of all links lie in it"


@pytest.mark.parametrize(
    ("language", "told"), [("en_US.UTF-8", "a part of the path is no folder"), ("zh_CN.UTF-8", "路径中有一段不是文件夹")]
)
@pytest.mark.slow
def test_a_folder_that_cannot_be_made_for_the_demo_is_one_line_in_either_language(
    tmp_path: Path, language: str, told: str
) -> None:
    (tmp_path / "var").write_text("no folder")
    said = process(environment={VARIABLE: str(tmp_path / "var" / "demo"), "LANG": language, "LC_ALL": language})
    assert said.code == 2
    assert str(tmp_path / "var" / "demo") in said.err
    assert told in said.err
    assert "Traceback" not in said.err
