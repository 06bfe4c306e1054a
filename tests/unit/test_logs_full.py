"""A disk that is full, and has the log on it: a line is lost, none is torn into another, and nothing unstructured stands among them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

TELLING = """
import resource, structlog
from inspector.telemetry import logs
logs.configure()
log = structlog.get_logger("test")
soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
log.info("office.well")
resource.setrlimit(resource.RLIMIT_FSIZE, (200, hard))  # the system refuses more of the file, as a full disk does
for _ in range(3):
    log.info("disk.full", why="no room is left on the device, and whoever wants to say so has no room for it either")
resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
log.info("office.well", again=True)
"""


def test_a_log_on_a_full_disk_loses_lines_and_stays_one_that_programs_read(tmp_path: Path) -> None:
    file = tmp_path / "log"
    with file.open("wb") as stderr:
        subprocess.run([sys.executable, "-c", TELLING], stderr=stderr, check=True, timeout=240)
    lines = file.read_text("utf-8").splitlines()
    whole = [json.loads(line) for line in lines if line.endswith("}")]
    assert [line for line in lines if not line.startswith('{"')] == [], "nothing of another form"
    assert [one["event"] for one in whole if one["event"] == "office.well"] == ["office.well"] * 2
    assert len(lines) - len(whole) <= 1, "one line may be cut where the room ended"
