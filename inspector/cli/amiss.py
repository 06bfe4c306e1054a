"""What `connector check` can lay at our own settings: the key, what stands there, and how to mend it. Never a secret."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from inspector.cli.finding import Fault, Finding, Words
from inspector.domain.errors import InspectorError
from inspector.flows.usable import spoken
from inspector.labels import known, label
from inspector.ports import Barred, Garbled, Origin, PortError, Unavailable

_FOLDERS = ("folder", "statement_folder", "inbox_folder")
_NOWHERE = frozenset({"http_404", "http_405", "http_501", "http_505"})
"""Statuses by which somebody else, or nobody, answers at an address."""
_FIELDS = frozenset({"field_missing", "field_type"})
"""Errors of a place in a reply, which a key of ours names."""
_SQLITE = "sqlite:///"
_REMOTE = "sftp"
"""In the kind's name: its folders lie on another machine."""

_WIRE: Mapping[str, str] = {"ConnectionRefusedError": "os.ECONNREFUSED", "gaierror": "os.NAME_UNKNOWN"}
"""What no conversation came about for, by the kind of error: labels."""


def setting(name: str, told: Mapping[str, Any], error: PortError) -> Finding | None:
    """A finding that names the key of `told` behind an error of the connector's look, or None where no key explains it.

    What only we can mend is no outage (`Fault.OURS`). Of a host and port nobody can tell whose the fault is: both are told.
    """
    if error.code == "table_missing":
        return _table(name, told, error)
    if error.code == "fact_not_held":  # nobody was asked: the canary and the connector's own keys do not fit together
        known = ", ".join(told["facts"]) if isinstance(told.get("facts"), Mapping) else "-"
        shown = [f"canary.fact = {error.detail!r}: {label('note.fact_not_held', lang)}" for lang in ("en", "zh-Hans")]
        mends = [label("sighting_mend.fact_not_held", lang, name=name, known=known) for lang in ("en", "zh-Hans")]
        return Finding.fail(name, (shown[0], shown[1]), (mends[0], mends[1]))
    if error.code in _FIELDS and (found := _field(name, told, error)) is not None:
        return found
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


def unloaded(error: InspectorError) -> Words:
    """How to mend what keeps a connector from loading: a secret's file where that is wrong, and else its keys."""
    file = error.facts.get("file")
    if error.code == "connector_secret_open":
        return f"chmod 600 {file}", f"chmod 600 {file}"
    if error.code in ("connector_secret_missing", "connector_secret_unreadable"):
        return (
            f"write the secret into {file}, for the daemon's user alone (chmod 600); the settings may be right",
            f"请将密钥写入 {file}，仅限守护进程的用户读取（chmod 600）；配置本身可能无误",
        )
    if error.code == "plugin_unknown":
        said = [label("sighting_mend.plugin_unknown", lang, place=sys.prefix) for lang in ("en", "zh-Hans")]
        return said[0], said[1]
    return "mend its keys in the settings file", "请改正配置文件中的这一节"


def detail(error: PortError) -> str:
    """What stands in brackets behind an error: its place, and the code that a source has given there where it is in no list of ours."""
    code = spoken(error)[2] if isinstance(error, Garbled) else ""
    return " = ".join(filter(None, ("" if _kinds(error) else error.detail, code)))


def fault(error: PortError) -> Fault:
    """Who is to mend what a look has met. A code in none of our lists is told us by its owner, and written into our settings."""
    if error.origin is Origin.US or error.code == "code_unknown":
        return Fault.OURS
    return Fault.AWAY if isinstance(error, Unavailable) and not isinstance(error, Barred) else Fault.THEIRS


def mend(error: PortError) -> Words:
    """How to mend what a look has met: by its code where that says more than its family, an address that leads nowhere among it.

    The kinds of an outage's errors stand at the end, for whoever looks into it; who reads the line is served by none of them.
    """
    english, chinese = _mend(error)
    if not _kinds(error):
        return english, chinese
    return (
        label("sighting_mend.kinds", "en", told=english, kinds=error.detail),
        label("sighting_mend.kinds", "zh-Hans", told=chinese, kinds=error.detail),
    )


def _kinds(error: PortError) -> bool:
    """Whether an error's detail is made of the names of our own program's errors, and says nothing to the other side."""
    return error.origin is not Origin.THEM and re.fullmatch(r"[A-Z]\w*( < [A-Z]\w*)*", error.detail) is not None


def _mend(error: PortError) -> Words:
    nowhere = error.code in _NOWHERE or error.code.startswith("http_3")
    key = "nowhere" if nowhere else error.code
    key = key if known(f"sighting_mend.{key}", "en") else error.family
    return label(f"sighting_mend.{key}", "en"), label(f"sighting_mend.{key}", "zh-Hans")


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
        f"compare {', '.join(keys)} of [{name}] with the names in the database (in square brackets); else ask its owner what was renamed",
        f"请将 [{name}] 的 {'、'.join(keys)} 与数据库中的名称（方括号内为现有列名）核对；若原本无误，请向对方询问改名情况",
    )
    return Finding.fail(name, what, mend)


def _field(name: str, told: Mapping[str, Any], error: PortError) -> Finding | None:
    """A reply that has nothing, or something else, where a key of ours looks: the key is the likely cause, and a reply shows it."""
    place = error.detail.partition(":")[0]
    key = next((key for key, value in told.items() if key.endswith("_field") and value == place), None)
    if key is None or not place:
        return None
    shown = [f"{label(f'note.{error.code}', lang)} ({key} = {place!r})" for lang in ("en", "zh-Hans")]
    mends = [label("sighting_mend.their_field", lang, key=key, name=name) for lang in ("en", "zh-Hans")]
    return Finding.fail(name, (shown[0], shown[1]), (mends[0], mends[1]))


def sighted(code: str, facts: Mapping[str, Any]) -> Words:
    """How to mend what was seen: by the error among its facts where that says more than the sighting's own name."""
    told = facts.get("error")
    if isinstance(told, InspectorError) and known(f"sighting_mend.{told.code}", "en"):
        code = told.code
    return label(f"sighting_mend.{code}", "en"), label(f"sighting_mend.{code}", "zh-Hans")


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
        return Finding.fail(name, what, mend)  # the first that is named is to be done here
    if error.detail == "SSLError" and told.get("tls") == "implicit":
        what = (
            f"{place} is there, and does not speak TLS from the first byte (tls = 'implicit')",
            f"{place} 可连接，但并非从一开始就使用TLS（tls = 'implicit'）",
        )
        mend = (
            f'set tls = "starttls" under [{name}] for a plain mail port (25, 587), or its port of TLS (465)',
            f'请在 [{name}] 中将 tls 设为 "starttls"（25、587 端口），或改用TLS端口（465）',
        )
        return Finding.fail(name, what, mend)
    if error.detail not in _WIRE:
        return None
    why = [label(_WIRE[error.detail], lang) for lang in ("en", "zh-Hans")]
    mend = (
        f"compare host and port of [{name}] with what the other side has given you; if they are right, see network and firewall",
        f"请将 [{name}] 的 host 和 port 与对方提供的核对；若无误，请检查网络、防火墙和对方系统；其间工作会等待",
    )
    return Finding.fail(name, (f"{place} cannot be reached: {why[0]}", f"{place} 无法连接：{why[1]}"), mend, Fault.AWAY)
