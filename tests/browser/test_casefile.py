"""A case's and an officer's file read from a disk, and where one's own is taken: within reach of everybody, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspector.flows import casefile, dutyfile
from inspector.flows.office import Office
from tests.browser.test_pages import check
from tests.browser.visitor import Door
from tests.edge import serving
from tests.integration.test_casefile import SEEN, decided, viewer

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


def test_a_duty_file_is_taken_at_one_press_and_read_from_the_disk_alone(
    decided: tuple[Office, str], door: Door, tmp_path: Path
) -> None:
    office, _ = decided
    with serving(office) as edge:
        desk = door.desk(edge.url)
        desk.log_in(edge.token("officer", name="李四"), "/duty")
        check(desk)
        with desk.page.expect_download() as taken:
            desk.page.get_by_role("button", name="下载履职档案").click()
        assert taken.value.suggested_filename == "duty.zip"
        assert "The duty file of 李四" in desk.open("/duty?lang=en")
        check(desk)
    folder, today = tmp_path / "duty", office.calendar.local_date(office.now())
    folder.mkdir()
    asked = dutyfile.Asked(officer="李四", since=today, until=today)
    for name, content in dutyfile.duty_file(office, asked, viewer("李四")).files.items():
        (folder / name).write_bytes(content)
    for reader in (door.desk(f"file://{folder}/"), door.phone(f"file://{folder}/")):
        assert "当时已知" in reader.open("index.html")
        check(reader)
        assert "known then" in reader.follow("English")
        check(reader)
