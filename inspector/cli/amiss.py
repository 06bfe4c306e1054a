"""What `connector check` can lay at our own settings: the key, what stands there, and how to mend it. Never a secret."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from inspector.cli.finding import Finding, Words
from inspector.labels import label
from inspector.ports import PortError

_FOLDERS = ("folder", "statement_folder", "inbox_folder")
_SQLITE = "sqlite:///"
_REMOTE = "sftp"
"""In the kind's name: its folders lie on another machine."""

_WIRE: Mapping[str, str] = {"ConnectionRefusedError": "os.ECONNREFUSED", "gaierror": "os.NAME_UNKNOWN"}
"""What no conversation came about for, by the kind of error: labels."""


def setting(name: str, told: Mapping[str, Any], error: PortError) -> Finding | None:
    """A finding that names the key of `told` behind an error of the connector's look, or None where no key explains it.

    What only we can mend is no outage (`outside` is false). Of a host and port nobody can tell whose the fault is: both are told.
    """
    if error.code == "table_missing":
        return _table(name, told, error)
    if error.code not in ("unreachable", "folder_missing", "folder_failed"):
        return None
    for key, place in _places(told):
        if not place.exists():
            what = (
                f"{key} = {str(place)!r}: {label('os.ENOENT', 'en')}",
                f"{key} = {str(place)!r}：{label('os.ENOENT', 'zh-Hans')}",
            )
            mend = (
                f"mend {key} of [{name}] in the settings file, or put there what it names (is a drive not mounted?)",
                f"请改正配置文件 [{name}] 中的 {key}，或将所指内容放到该处（是否未挂载？）",
            )
            return Finding.fail(name, what, mend)
    return _host(name, told, error)


def _places(told: Mapping[str, Any]) -> Iterator[tuple[str, Path]]:
    """(key, path) of what must lie on this machine."""
    if _REMOTE not in str(told.get("kind", "")):
        yield from ((key, Path(str(told[key]))) for key in _FOLDERS if told.get(key))
    if box := told.get("inbox_folder"):
        yield "inbox_folder", Path(str(box)) / "new"  # a Maildir: where mail is delivered
    url = str(told.get("url", ""))
    if url.startswith(_SQLITE):
        yield "url", Path(url.removeprefix(_SQLITE))


def _table(name: str, told: Mapping[str, Any], error: PortError) -> Finding:
    keys = [key for key in ("table", "query", "code_column", "facts", "as_of_column", "version_column") if told.get(key)]
    shown = "; ".join(f"{key} = {_plain(told[key])}" for key in keys if key != "query")
    what: Words = (
        f"{label('note.table_missing', 'en')}: {error.detail} ({shown})",
        f"{label('note.table_missing', 'zh-Hans')}：{error.detail}（{shown}）",
    )
    mend = (
        f"compare {', '.join(keys)} of [{name}] with the names in the database; if they were right, ask its owner what was renamed",
        f"请将 [{name}] 的 {'、'.join(keys)} 与数据库中的名称核对；若原本无误，请向对方询问改名情况",
    )
    return Finding.fail(name, what, mend)


def _plain(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {held}" for key, held in value.items())
    return str(value)


def _host(name: str, told: Mapping[str, Any], error: PortError) -> Finding | None:
    """A mail server's or another host's that stands in `host` and `port`."""
    host = str(told.get("host", ""))
    if not host:
        return None
    place = f"{host}:{told['port']}" if told.get("port") else host
    if error.detail == "SSLCertVerificationError":
        what: Words = (
            f"{place} is there, but its certificate cannot be trusted (ca_file = {str(told.get('ca_file', ''))!r})",
            f"{place} 可连接，但其证书不可信（ca_file = {str(told.get('ca_file', ''))!r}）",
        )
        mend: Words = (label("tls_mend.UNTRUSTED", "en"), label("tls_mend.UNTRUSTED", "zh-Hans"))
        return Finding.fail(name, what, mend, outside=True)
    if error.detail not in _WIRE:
        return None
    why = [label(_WIRE[error.detail], lang) for lang in ("en", "zh-Hans")]
    mend = (
        f"compare host and port of [{name}] with what the other side has given you; if they are right, see network and firewall",
        f"请将 [{name}] 的 host 和 port 与对方提供的核对；若无误，请检查网络、防火墙和对方系统；其间工作会等待",
    )
    return Finding.fail(name, (f"{place} cannot be reached: {why[0]}", f"{place} 无法连接：{why[1]}"), mend, outside=True)
