"""A real Prometheus reads a real daemon by the configuration and with the alerts that ship."""

from __future__ import annotations

import json
import shutil
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from inspector.calendars import load_calendars
from inspector.store import migrate
from inspector.store.store import Store
from tests import needs
from tests.engine import until
from tests.fault.office import free_port
from tests.house import ROOT
from tests.integration.test_daemon import home

SHIPPED = ROOT / "config" / "prometheus"
WRITTEN = (SHIPPED / "inspector.rules.yaml").read_text("utf-8").count("- alert:")
"""So many rules ship."""
pytestmark = [pytest.mark.slow, pytest.mark.needs("prometheus")]


@contextmanager
def prometheus(folder: Path, target: int) -> Iterator[int]:
    """Prometheus with what ships, but for the daemon's address, a quicker clock and no token, for it asks from the same machine."""
    shutil.copy(SHIPPED / "inspector.rules.yaml", folder)
    told = (SHIPPED / "prometheus.yaml").read_text("utf-8").replace("127.0.0.1:8080", f"127.0.0.1:{target}").replace("30s", "1s")
    lines = [line for line in told.splitlines() if "authorization:" not in line]
    (folder / "prometheus.yaml").write_text("\n".join(lines), encoding="utf-8")
    port = free_port()
    words = ("--config.file", "prometheus.yaml", "--storage.tsdb.path", "series", "--web.listen-address", f"127.0.0.1:{port}")
    with (folder / "prometheus.log").open("wb") as log:
        running = subprocess.Popen([needs.require("prometheus"), *words], cwd=folder, stdout=log, stderr=log)
    try:
        yield port
    finally:
        running.terminate()
        running.wait(timeout=60)


def asked(port: int, path: str) -> Any:
    """What Prometheus answers; nothing while it is not up yet."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/{path}", timeout=30) as answer:
            return json.load(answer)["data"]
    except OSError:
        return None


def test_prometheus_takes_every_family_and_every_rule_and_of_a_sound_house_none_fires(tmp_path: Path) -> None:
    with home(tmp_path) as held:
        with closing(Store(held.url)) as store:
            migrate.upgrade(store)
        held.post()
        held.running()
        with prometheus(tmp_path, held.port) as port:
            until(lambda: bool((asked(port, "query?query=inspector_cases") or {}).get("result")), seconds=60)
            until(lambda: all(rule["health"] == "ok" for rule in every(port)) and len(every(port)) == WRITTEN, seconds=60)
            (target,) = asked(port, "targets")["activeTargets"]
            assert (target["health"], target["lastError"]) == ("up", "")
            known = set(asked(port, "label/__name__/values"))
            assert {"inspector_work", "inspector_invariants", "inspector_tick_last_timestamp_seconds"} <= known
            expected = {"InspectorCalendarEnds"} if ending() else set[str]()
            until(lambda: expected <= firing(port), seconds=60)
            assert firing(port) == expected


def firing(port: int) -> set[str]:
    """The alerts that fire."""
    return {rule["name"] for rule in every(port) if rule["state"] == "firing"}


def ending() -> bool:
    """Whether the calendars that ship end within sixty days: each year they do until its notice is out, and then the alert is right."""
    horizon = load_calendars(ROOT / "policies" / "calendars").horizon
    return horizon is not None and horizon - datetime.now(UTC).date() < timedelta(days=60)


def every(port: int) -> list[dict[str, Any]]:
    """Every rule that Prometheus has taken."""
    return [rule for group in (asked(port, "rules") or {"groups": []})["groups"] for rule in group["rules"]]
