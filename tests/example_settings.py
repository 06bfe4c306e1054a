"""The settings as the reference page and config/example.toml show them; part of `tests.generate_docs`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import time
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from inspector.agencies import AgencySettings, PlanSettings
from inspector.settings import PREFIX, Settings, fields

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "config" / "example.toml"

HEAD = """\
# Every setting, with its default. Copy this file, take the "#" off the lines that should differ (a [table] with all its lines),
# and leave the rest alone. 全部配置项及默认值。复制本文件，把需要修改的行首“#”去掉（带方括号的表整段一起），其余不动。
#
# Paths of `policies` and of an SQLite database are relative to this file. A variable wins over the file: {variable}.
# Made by `python -m tests.generate_docs` from inspector/settings.py; docs/reference/settings.md explains more.
"""
SAMPLES = {
    "agencies": """\
#[agencies.county]
#name = "示例区人民政府"
#pack = "maoji" # a folder of policies/; agencies below without a pack of their own use it too
#[agencies.licensing]
#name = "示例区行政审批局"
#parent = "county"
#heads = ["李示例"] # who decides as its head whether an inspector be recused, by the names in their tokens
#[agencies.housing]
#name = "示例区住房和城乡建设局"
#parent = "county"
#connector = "housing" # of [assistance.…]: letters to this agency go there
#digest = "08:30" # one message each working day, for an agency that gets many; leave out: each letter at once
""",
    "plans": """\
#[plans.weekly]
#agency = "licensing"
#trigger = "cron mon 09:00"
#pool = true
""",
    "sources": """\
# The name is the `source` of a fact in the pack. 名称即政策包中事实的 source。
#[sources.registers]
#kind = "http"
#owner = "登记数据共享平台"
#url = "https://registers.example"
#token_file = "{secret}"
#[sources.civil] # over the state data-sharing exchange platform 经国家数据共享交换平台
#kind = "gateway"
#owner = "国家数据共享交换平台"
#url = "https://gateway.example"
#path = "/httpproxy"
#path_secret = "/sysapi/auth/refreshappsecret"
#requester = "requester"
#service = "service"
#key_file = "{secret}"
#[sources.civil.manners] # as agreed: at night, 30 a minute, 5,000 a day 约定的时段、频次与每日配额
#per_minute = 30
#per_day = 5000
#hours = ["22:00-06:00"]
#[sources.front] # a front-end database, read and never written 前置库
#kind = "database"
#url = "postgresql://inspector@front.example/registers"
#password_file = "{secret}"
#table = "exchange.firms"
#code_column = "uscc"
#facts = {{registration-status = "status"}}
#as_of_query = "SELECT max(ended_at) FROM exchange.transfers"
#[sources.deliveries] # files that are delivered into a folder 文件交换
#kind = "files"
#folder = "/srv/exchange/licences"
#files = "licences-{{as_of}}.csv"
#keep = "/var/lib/inspector/licences"
#code_column = "uscc"
#facts = {{licence-valid = "status"}}
""",
    "assistance": """\
# The name is the `agency` of a fact in the pack. 名称即政策包中事实的 agency。
#[assistance.housing]
#kind = "http"
#url = "https://housing.example/letters"
#token_file = "{secret}"
""",
    "channels": """\
# The name is the `channel` of an inspector in the register. 名称即执法检查人员名录中的推送渠道。
# Other kinds: supervision, wecom, dingtalk, feishu, sms, email, webpush. 其他类型见 docs/how-to/reach-inspectors.md。
#[channels.phones]
#kind = "webhook"
#url = "https://push.example/messages"
#secret_file = "{webhook}"
""",
    "credit": """\
#[credit.platform]
#kind = "http"
#owner = "公共信用信息平台"
#url = "https://credit.example"
#token_file = "{secret}"
#path_statement = "/statement"
#path_held = "/held"
""",
    "callbacks": """\
#[callbacks.approving]
#kind = "webhook"
#url = "https://approving.example/callbacks"
#secret_file = "{webhook}"
""",
    "seeds": """\
#[seeds.dice]
#kind = "ceremony"
#what = "26 six-sided dice, thrown in public 公开掷骰26枚"
#dice = 26
#sides = 6
#[seeds.lottery] # joins only where a party withheld its part
#kind = "ceremony"
#what = "double-colour ball, the draw after the reveals' last day 公布期限之后的双色球开奖"
#balls = [[6, 33], [1, 16]]
#official = "the lottery's announcements 福彩中心开奖公告"
#[seeds.justice]
#kind = "reveal"
#url = "https://justice.example"
#[seeds.audit]
#kind = "reveal"
#url = "https://audit.example"
""",
    "witnesses": """\
#[witnesses.notary]
#kind = "http"
#url = "https://notary.example/values"
""",
    "identity": """\
# People sign in by it; needs ./run setup requirements-oidc.lock, see docs/how-to/sign-in.md 统一身份认证登录
#[identity.city]
#kind = "oidc"
#owner = "统一身份认证平台"
#url = "https://id.example"
#client = "inspector"
#client_secret_file = "{secret}"
""",
    "people": """\
# The name that signs, and the others; see docs/how-to/sign-in.md 同一人的其他名称：令牌、登录许可及本机用户
#[people]
#"李示例" = ["li.shili", "os:lishili"]
""",
    "pulse": """\
#[pulse]
#kind = "http"
#url = "https://alive.example/ping"
""",
}
NO_DEFAULT = {
    "backup.folder": "backups",
    "calendars": "calendars",
    "database.password_file": "/etc/inspector/database-password",
    "signin.gateway_secret_file": "/etc/inspector/gateway-secret",
}
SECRET, WEBHOOK = "/etc/inspector/token", "/etc/inspector/webhook.secret"
TABLES: Mapping[str, type[BaseModel]] = {"agencies": AgencySettings, "plans": PlanSettings}


def default(value: object) -> str:
    """A default as TOML writes it; empty for nothing."""
    if isinstance(value, tuple):
        return json.dumps(value, ensure_ascii=False)
    if value is None or value == {}:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str | Path) else f"{value}"


def variable(key: str) -> str:
    """The variable that sets a key."""
    return PREFIX + key.upper().replace(".", "__")


def example() -> str:
    """config/example.toml."""
    lines, at = [HEAD.format(variable=f"{variable('web.port')}=8080")], ""
    top = [told for told in fields() if "." not in told[0] and told[0] not in SAMPLES]
    for key, about, value in [*top, *(told for told in fields() if told not in top)]:
        section, _, name = key.rpartition(".")
        if key in SAMPLES:
            lines.append(f"# {about}\n{SAMPLES[key].format(secret=SECRET, webhook=WEBHOOK)}")
            continue
        if section != at:
            lines.append(f"[{section}] # {_about(section)}")
            at = section
        told = f"#{name} = {default(value)}" if value is not None else f'#{name} = "{NO_DEFAULT[key]}" # default: none'
        lines.append(f"# {about}\n{told}\n")
    return "\n".join(lines)


def uncommented(text: str, *, secret: str = SECRET, webhook: str = WEBHOOK) -> str:
    """The example with every line in force that stands for a default or a sample."""
    lines = [line[1:] if re.match(r"#[\w\[\"]", line) else line for line in text.splitlines()]
    return "\n".join(lines).replace(SECRET, secret).replace(WEBHOOK, webhook)


def settings_tables() -> str:
    """Every setting by section."""
    told = []
    for section in dict.fromkeys(key.rpartition(".")[0] for key, _, _ in fields() if "." in key):
        told.append(f"### [{section}]\n\n{_about(section)}\n")
        told.append(_table([one for one in fields() if one[0].startswith(f"{section}.")]))
    told.append("### Top level\n")
    told.append(_table([one for one in fields() if "." not in one[0]]))
    for name, model in TABLES.items():
        told.append(f"### [{name}.NAME]\n\n{model.__doc__}\n")
        rows = [(f"{name}.NAME.{held.alias or key}", held.description or "", held) for key, held in model.model_fields.items()]
        told.append(
            "\n".join(["| key | value | default | meaning |", "|---|---|---|---|", *(_inner(*row) for row in rows)]) + "\n"
        )
    return "\n".join(told)


def _table(rows: list[tuple[str, str, Any]]) -> str:
    heads = ["| key | value | default | variable | meaning |", "|---|---|---|---|---|"]
    lines = [
        f"| `{key}` | {_kind(_field(key))} | {_code(default(value))} | `{variable(key)}` | {about} |"
        for key, about, value in rows
    ]
    return "\n".join([*heads, *lines]) + "\n"


def _inner(key: str, about: str, field: FieldInfo) -> str:
    told = "needed" if field.is_required() else _code(default(field.default))
    return f"| `{key}` | {_kind(field)} | {told} | {about} |"


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


def _field(key: str) -> FieldInfo:
    """The field behind a dotted key."""
    model: type[BaseModel] = Settings
    *sections, name = key.split(".")
    for section in sections:
        inner = model.model_fields[section].annotation
        assert isinstance(inner, type)
        assert issubclass(inner, BaseModel)
        model = inner
    return model.model_fields[name]


def _kind(field: FieldInfo) -> str:
    """What may be written, for people."""
    held = field.annotation
    if get_origin(held) is Literal:
        return ", ".join(f"`{one}`" for one in get_args(held))
    if get_origin(held) is tuple:
        return "list"
    plain = {bool: "true or false", int: "whole number", float: "number", str: "text", Path: "path", time: "time of day"}
    named = next((words for kind, words in plain.items() if held is kind or kind in get_args(held)), "tables")
    if get_origin(held) is dict or dict[str, Any] in get_args(held):
        named = "tables" if get_origin(held) is dict else "table"
    signs = {"gt": ">", "ge": "≥", "lt": "<", "le": "≤"}
    bounds = [f"{sign} {getattr(mark, name)}" for mark in field.metadata for name, sign in signs.items() if hasattr(mark, name)]
    return ", ".join([named, *bounds])


def _about(section: str) -> str:
    """What a section is for: the docstring of its class."""
    inner = Settings.model_fields[section].annotation
    return " ".join((getattr(inner, "__doc__", "") or "").split())
