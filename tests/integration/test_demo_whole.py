"""`python -m inspector` without arguments, from outside: everything the demo promises to show comes about, and Ctrl-C ends it well."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from inspector.demo.caller import call, fetch
from inspector.demo.screen import Figures
from inspector.demo.start import WEB_PORT, WORLD_PORT
from tests import house

PROMISED_SECONDS = 60.0
"""Within which, from the daemon's first answer on, each kind of happening is to be seen."""
STARTS_SECONDS = 180.0
"""A loaded machine takes its time to start; the minute begins with the office's first answer."""
ENDS_SECONDS = 30.0


@dataclass
class Watcher:
    """What somebody sees who looks at `/metrics` and at the feed again and again: what was there at any moment."""

    url: str
    token: str
    after: int = 0
    states: dict[str, set[str]] = field(default_factory=dict)
    events: list[Mapping[str, object]] = field(default_factory=list)

    def look(self) -> None:
        """Once more."""
        status, body = fetch(f"{self.url}/metrics", {})
        assert status == 200
        told = Figures.read(body.decode())
        for name, of in SHOWN.items():
            self.states.setdefault(name, set()).update(told.by(name, of))
        page = call(f"{self.url}/v1/events?after={self.after}", token=self.token)
        assert page.well
        self.after = page.data["next"]
        self.events.extend(page.data["events"])

    def saw(self, metric: str, *any_of: str) -> bool:
        """Whether one of these values was seen."""
        return bool(self.states[metric] & set(any_of))

    def heard(self, kind: str, **data: str) -> bool:
        """Whether an event of this type has come, with these among its data."""
        return any(one["type"] == kind and data.items() <= one["data"].items() for one in self.events)  # type: ignore[attr-defined]

    def officer(self) -> bool:
        """Whether a result names the officer who decided."""
        told = [one["data"] for one in self.events if one["type"] == "verification.result"]
        return any(data.get("decided_by") not in (None, "", "rule") for data in told)  # type: ignore[attr-defined]


SHOWN = {
    "inspector_cases": "state",
    "inspector_connector_calls_total": "outcome",
    "inspector_assistance": "state",
    "inspector_draws": "state",
    "inspector_visits": "state",
    "inspector_assignments": "state",
}

HAPPENINGS: Mapping[str, Callable[[Watcher], bool]] = {
    "cases are opened": lambda seen: seen.heard("verification.started") and bool(seen.states["inspector_cases"]),
    "questions are asked": lambda seen: seen.saw("inspector_connector_calls_total", "answered"),
    "assistance is requested": lambda seen: seen.saw("inspector_assistance", "SENT"),
    "assistance is answered": lambda seen: seen.saw("inspector_assistance", "ANSWERED"),
    "it is reminded of": lambda seen: seen.saw("inspector_assistance", "REMINDED"),
    "it is escalated": lambda seen: seen.heard("assistance.escalated"),
    "a draw is announced": lambda seen: seen.saw("inspector_draws", "ANNOUNCED", "SEEDING"),
    "a draw is carried out": lambda seen: seen.saw("inspector_draws", "DRAWN"),
    "assignments are pushed": lambda seen: seen.saw("inspector_assignments", "HANDED_OVER", "ACCEPTED"),
    "assignments are returned": lambda seen: seen.saw("inspector_assignments", "DECLINED", "EXPIRED", "DONE"),
    "results of visits come in": lambda seen: seen.saw("inspector_assignments", "DONE"),
    "officers are asked": lambda seen: seen.heard("review.opened"),
    "officers decide": Watcher.officer,
    "outcomes are recorded": lambda seen: seen.heard("verification.result", outcome="TRUE"),
}
"""What the demo promises within a minute, and what of it stands in the metrics or the feed."""


def taken(port: int, held: ExitStack) -> None:
    """Keep a port, as another demo on this machine would: this one then takes a free one."""
    try:
        held.enter_context(socket.create_server(("127.0.0.1", port)))
    except OSError:
        return  # somebody else keeps it already


def address(folder: Path) -> str | None:
    """Where the office serves, by the configuration that it has written."""
    config = folder / "demo.toml"
    text = config.read_text(encoding="utf-8") if config.exists() else ""
    found = re.search(r"^\[web\]$.*?^port = (\d+)", text, re.MULTILINE | re.DOTALL)
    return f"http://127.0.0.1:{found[1]}" if found is not None else None


def awakened(process: subprocess.Popen[bytes], folder: Path) -> str:
    """The address of the office, once it answers."""
    end = time.monotonic() + STARTS_SECONDS
    while time.monotonic() < end:
        assert process.poll() is None, "the demo has ended by itself"
        url = address(folder)
        if url is not None and fetch(f"{url}/health/ready", {})[0] == 200:
            return url
        time.sleep(0.1)
    raise AssertionError("the demo did not begin to serve")


@pytest.mark.slow
def test_within_a_minute_the_demo_shows_all_it_promises_and_ends_well_at_ctrl_c(tmp_path: Path) -> None:
    folder, said = tmp_path / "演示", tmp_path / "said.txt"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("INSPECTOR_")}
    environment = {**kept, "PYTHONPATH": str(house.ROOT), "INSPECTOR_DEMO": str(folder)}
    with ExitStack() as held, said.open("wb") as out:
        for port in (WEB_PORT, WORLD_PORT):
            taken(port, held)
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "inspector"], cwd=tmp_path, env=environment, stdout=out, stderr=subprocess.STDOUT
        )
        try:
            seen = Watcher(awakened(process, folder), auditor(folder))
            end = time.monotonic() + PROMISED_SECONDS
            missing = set(HAPPENINGS)
            while missing and time.monotonic() < end:
                seen.look()
                missing = {name for name in missing if not HAPPENINGS[name](seen)}
                time.sleep(0.2)
            assert not missing, (sorted(missing), seen.states, sorted({str(one["type"]) for one in seen.events}))
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=ENDS_SECONDS) == 0, said.read_text(encoding="utf-8")[-3000:]
        finally:
            process.kill()
            process.wait()
    told = said.read_text(encoding="utf-8")
    assert "Traceback" not in told
    assert any(words in told.strip().splitlines()[-1] for words in ("Stopped.", "已停止。"))


def auditor(folder: Path) -> str:
    """The token of who may read the whole feed."""
    keys = json.loads((folder / "keys.json").read_text(encoding="utf-8"))
    return str(keys["tokens"]["screen"])
