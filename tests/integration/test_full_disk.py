"""A disk that is full while DuckDB works: it is told as one, by the folder that somebody named, and nothing is left on it."""

from __future__ import annotations

import errno
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from inspector.domain.errors import Invalid
from inspector.flows import large
from tests.offline import laptop, names

pytest.importorskip("duckdb", reason="left out: duckdb (the extra `large`)")
WIDE = "SELECT md5(i::VARCHAR) || md5((i + 1)::VARCHAR) AS wide, i FROM range(1000000) t(i) ORDER BY wide"
"""It needs some hundred megabytes."""


@pytest.fixture(autouse=True)
def little(monkeypatch: pytest.MonkeyPatch) -> None:
    """Little memory, so that little has to be sorted before the disk is used."""
    monkeypatch.setattr(large, "MEMORY", "24MB")


@pytest.fixture
def no_room() -> Iterator[None]:
    """The system refuses whatever makes a file larger than three megabytes, as a full disk does; nobody need be root for it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def went_through(spill: Path, setting: str) -> None:
    with large.database(spill) as database:
        database.execute(f"SET max_temp_directory_size = '{setting}'")
        database.execute(WIDE).fetchall()


def test_as_much_of_the_disk_as_duckdb_may_use_is_a_full_disk(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No space left") as error:
        went_through(tmp_path / "spill", "4MB")
    assert (error.value.errno, error.value.filename) == (errno.ENOSPC, str(tmp_path / "spill"))


@pytest.mark.usefixtures("no_room")
@pytest.mark.parametrize("setting", ["1GB", "5MB"])
def test_a_disk_that_others_fill_meanwhile_is_a_full_disk(tmp_path: Path, setting: str) -> None:
    with pytest.raises(OSError, match=r"File too large|No space left") as error:  # the library's own bound may be met first
        went_through(tmp_path / "spill", setting)
    assert error.value.errno in (errno.EFBIG, errno.ENOSPC)
    assert error.value.filename == str(tmp_path / "spill")


def test_a_device_that_is_full_is_one_also_where_duckdb_tells_it_by_number(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No space left") as error, large.database(tmp_path / "spill") as database:
        database.execute("COPY (SELECT range FROM range(1000000)) TO '/dev/full'")
    assert (error.value.errno, error.value.filename) == (errno.ENOSPC, str(tmp_path / "spill"))


@pytest.mark.usefixtures("no_room")
def test_an_announcement_by_duckdb_on_a_full_disk_says_so_by_its_folder_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    (tmp_path / "office").mkdir()
    office = laptop(tmp_path / "office")
    wider = large._SORTED.replace("{held}", "{held}, range(20000)")  # a roster of a million rows without a million rows
    assert wider != large._SORTED
    monkeypatch.setattr(large, "_SORTED", wider)
    files = [str(office.folder / name) for name in ("plan.toml", "objects.csv", "inspectors.csv")]
    given = [word for pair in zip(("--plan", "--objects", "--inspectors"), files, strict=True) for word in pair]
    said = office.say("draw", "announce", *given, "--out", str(disk / "draw"), "--large")
    assert (said.code, "The disk is full" in said.err, str(disk / "draw") + " " in said.err) == (5, True, True), said.err
    assert names(disk) == set()


def test_what_is_no_full_disk_is_told_as_what_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "No space left on device").write_bytes(b"")
    for spill, query in (
        (tmp_path / "spill", f"SELECT * FROM read_csv('{tmp_path}/none/No space left on device')"),
        (tmp_path / "No space left on device/spill", WIDE),
        (tmp_path / "spill", "SELECT error('No space left on device')"),
    ):
        with pytest.raises(Invalid, match="large_failed"), large.database(spill) as database:
            database.execute(query).fetchall()
    monkeypatch.setattr(large, "MEMORY", "1MB")
    with pytest.raises(Invalid, match="large_failed"), large.database(tmp_path / "spill") as database:
        database.execute(WIDE).fetchall()
