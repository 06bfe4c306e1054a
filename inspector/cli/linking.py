"""The address that letters and pushes name: does anybody but this machine reach it."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from inspector.cli.finding import Finding

if TYPE_CHECKING:
    from inspector.settings import Settings

_NAME = "web.base_url"
_MEND = (
    "set web.base_url (INSPECTOR_WEB__BASE_URL) to the address that people and agencies reach, the same for every daemon of this database",
    "请将 web.base_url（INSPECTOR_WEB__BASE_URL）设为相关人员和机关能够访问的地址；同一数据库的所有守护进程须一致",
)


def address(told: Settings) -> Iterator[Finding]:
    """What is wrong with the address of links. Unsaid it is the daemon's own, which is right for a trial on one machine alone.

    Where others are meant to come, which a server's database or a socket open to others tells, each letter would lead nowhere.
    """
    base, web = told.web.base_url, told.web
    if base and not _everywhere(urlsplit(base).hostname or ""):
        return
    if base:
        what = (f"{base} is where a machine listens, not where anybody reaches it", f"{base} 是监听地址，任何人都无法访问")
        yield Finding.fail(_NAME, what, _MEND)
        return
    what = (f"is not set: links in letters and pushes will name {web.address}", f"未设置：公函和推送中的链接将指向 {web.address}")
    alone = _here(web.host) and told.database.url.startswith("sqlite")
    yield (Finding.warn if alone else Finding.fail)(_NAME, what, _MEND)


def _everywhere(host: str) -> bool:
    """Whether a host is none, but stands for all addresses of a machine."""
    try:
        return ip_address(host).is_unspecified
    except ValueError:
        return False


def _here(host: str) -> bool:
    """Whether only this machine reaches a host."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
