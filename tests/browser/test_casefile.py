"""A case's file read from a disk and printed: within reach of everybody, in both languages, nothing asked for beyond its folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspector.flows import casefile
from inspector.flows.office import Office
from tests.browser.test_pages import check
from tests.browser.visitor import Door
from tests.integration.test_casefile import SEEN, decided

__all__ = ["decided"]
pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium"), pytest.mark.slow]


def test_a_case_s_file_is_read_from_the_disk_alone_within_reach_of_everybody(
    decided: tuple[Office, str], door: Door, tmp_path: Path
) -> None:
    office, case_id = decided
    folder = tmp_path / "file"
    folder.mkdir()
    for name, content in casefile.case_file(office, case_id, "王五", "dossier").files.items():
        (folder / name).write_bytes(content)
    for reader in (door.desk(f"file://{folder}/"), door.phone(f"file://{folder}/")):
        chinese = reader.open("index.html")
        assert "台账条目" in chinese
        assert SEEN in chinese
        check(reader)
        assert "decided by" in reader.follow("English").lower()
        check(reader)
