"""Where the newest backup lies: told by `check`, with the way back where the file of the records is damaged."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from inspector.cli.finding import Finding
from inspector.domain.calendar import SHANGHAI
from inspector.tuning import FILE

if TYPE_CHECKING:
    from inspector.settings import Settings
    from inspector.store.backups import Found

OLD = timedelta(days=2)
"""Behind a night that was missed."""
NAME = "backup"


def findings(settings: Settings, *, broken: bool) -> Iterator[Finding]:
    """The newest backup: of a `broken` file with what brings it back, else whether one was made lately, where a folder is named."""
    from inspector.store import backups

    url, folder = settings.database.url, settings.backup.folder
    if broken and url.startswith(FILE):
        yield from _way_back(Path(url.removeprefix(FILE)), folder, backups.newest(url, folder, whole=True))
    elif folder is not None:
        yield from _lately(folder, backups.newest(url, folder, whole=False))


def _way_back(file: Path, folder: Path | None, found: Found | None) -> Iterator[Finding]:
    if found is not None:
        told = (f"the newest is {_said(found)}", f"最近的备份为 {_said(found)}")
        command = f"./run restore {found.file}" + (" --key KEY-FILE" if found.encrypted else "")
        mend = (
            f"stop the daemon, move {file} and its -wal and -shm aside (keep them), then: {command}",
            f"请停止守护进程，将 {file} 及其 -wal、-shm 移到别处（勿删除），然后执行：{command}",
        )
        yield Finding.warn(NAME, told, mend)
    elif file.is_file() and file.stat().st_size:  # where there was none there is nothing to bring back
        where = str(folder) if folder is not None else None
        told = (
            f"none was found beside {file}, nor in {where or 'a folder of backups, for none is named'}",
            f"在 {file} 旁边{f'和 {where} 中' if where else '（设置中未写明备份文件夹）'}没有找到备份",
        )
        mend = (
            "name the folder in which your backups lie (backup.folder), or the file itself: ./run restore FILE",
            "请在 backup.folder 中写明备份所在文件夹，或直接指定文件：./run restore 文件",
        )
        yield Finding.fail(NAME, told, mend)


def _lately(folder: Path, found: Found | None) -> Iterator[Finding]:
    mend = ("let `./run backup` run each night", "请每晚运行 ./run backup")
    if found is None:
        yield Finding.warn(NAME, (f"there is none in {folder}", f"{folder} 中没有备份"), mend)
    elif datetime.now(UTC) - found.at > OLD:
        yield Finding.warn(NAME, (f"the newest is old: {_said(found)}", f"最近的备份已旧：{_said(found)}"), mend)
    else:
        yield Finding.ok(NAME, (f"the newest is {_said(found)}", f"最近的备份为 {_said(found)}"))


def _said(found: Found) -> str:
    return f"{found.file} ({found.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M})"
