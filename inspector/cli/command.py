"""How a function becomes a command: the options all share, errors as one line, and an exit code that says whose turn it is."""

from __future__ import annotations

import gc
import inspect
from collections.abc import Callable
from datetime import date
from enum import IntEnum
from errno import EDQUOT, EFBIG, ENOSPC, errorcode
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, Concatenate, ParamSpec, get_args

import typer
from typer.models import OptionInfo

from inspector.cli import words
from inspector.cli.terminal import Terminal, UnreachableError, echo, to_json
from inspector.cli.usage import Command, Group
from inspector.domain.day import refuse_beyond
from inspector.domain.errors import Away, Forbidden, InspectorError, Invalid, Missing, Refusal, Stale
from inspector.labels import Lang

P = ParamSpec("P")


class Exit(IntEnum):
    """What a command's end means."""

    OK = 0
    WRONG = 1
    USAGE = 2
    MISSING = 3
    REFUSED = 4
    UNREACHABLE = 5
    THEIRS = 6


CODES = """Exit codes: 0 done · 1 something is wrong (a check failed) · 2 bad usage or bad input · 3 not found ·
4 refused, or a conflict · 5 the database or something outside cannot be reached, or the disk is full ·
6 the other side is there and answers otherwise than agreed (connector check) · 130 broken off (Ctrl-C).

退出码：0 完成 · 1 检查发现问题 · 2 用法或输入有误 · 3 没有找到 · 4 被拒绝或有冲突 ·
5 数据库或外部无法连接，或磁盘已满 · 6 对方在线但与约定不符（connector check） · 130 已中断（Ctrl-C）。"""

_FAMILIES: tuple[tuple[type[InspectorError], Exit], ...] = (
    (UnreachableError, Exit.UNREACHABLE),
    (Away, Exit.UNREACHABLE),
    (Missing, Exit.MISSING),
    (Refusal, Exit.REFUSED),
    (Forbidden, Exit.REFUSED),
    (Stale, Exit.REFUSED),
)

Config = Annotated[Path | None, typer.Option("--config", "-c", help="Settings file 配置文件", envvar="INSPECTOR_CONFIG")]
Json = Annotated[bool, typer.Option("--json", help="Answer as JSON 以 JSON 输出")]
Language = Annotated[Lang | None, typer.Option("--lang", help="Language; default from LANG 语言")]
Reasons = Annotated[str | None, typer.Option("--reasons", help="Why; needed 理由（必填）")]
_SHARED = (
    inspect.Parameter("config", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Config),
    inspect.Parameter("as_json", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=Json),
    inspect.Parameter("lang", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Language),
)

Body = Callable[Concatenate[Terminal, P], "Exit | None"]


def group(name: str, about: str, parent: typer.Typer) -> typer.Typer:
    """A group of commands."""
    made = typer.Typer(cls=Group, no_args_is_help=True, help=about, short_help=about, epilog=CODES)
    parent.add_typer(made, name=name)
    return made


def command(where: typer.Typer, name: str) -> Callable[[Body[P]], Body[P]]:
    """Register a function as a command: it gets the Terminal first, its docstring is the help, what it returns the exit code."""

    def register(body: Body[P]) -> Body[P]:
        @wraps(body)
        def run(**given: Any) -> None:
            config, as_json, lang = (given.pop(name) for name in ("config", "as_json", "lang"))
            gc.enable()  # main has put it off; what follows may be long
            raise typer.Exit(_end(within, Terminal(config, lang, as_json=as_json), given))

        def within(terminal: Terminal, **given: Any) -> Exit | None:
            for one, value in given.items():
                if isinstance(value, date):
                    refuse_beyond(value, names[one])
            return body(terminal, **given)  # type: ignore[call-arg]

        told = inspect.signature(body, eval_str=True)
        own = [held.replace(kind=inspect.Parameter.KEYWORD_ONLY) for held in list(told.parameters.values())[1:]]
        shown = [*own, *_SHARED]
        names = {held.name: _option(held) for held in own}
        del run.__wrapped__  # typer would look through to the body
        run.__signature__ = told.replace(parameters=shown, return_annotation=None)  # type: ignore[attr-defined]
        run.__annotations__ = {held.name: held.annotation for held in shown}
        where.command(name, cls=Command, epilog=CODES, short_help=(body.__doc__ or "").split("\n")[0])(run)
        return body

    return register


def _option(held: inspect.Parameter) -> str:
    """An option as it is typed."""
    told = [(one.default, *(one.param_decls or ())) for one in get_args(held.annotation)[1:] if isinstance(one, OptionInfo)]
    declared = (name for names in told for name in names if isinstance(name, str) and name.startswith("--"))
    return next(declared, f"--{held.name}")


def _end(body: Callable[..., Exit | None], terminal: Terminal, given: dict[str, Any]) -> int:
    """Carry a command out. Expected errors are one line; any other is a bug and shows itself."""
    try:
        return int(body(terminal, **given) or Exit.OK)
    except Exception as error:
        ours = expected(error)
        if ours is None:
            raise
        _tell(terminal, ours)
        return int(next((code for family, code in _FAMILIES if isinstance(ours, family)), Exit.USAGE))
    finally:
        terminal.close()


def guarded(terminal: Terminal, body: Callable[[], None]) -> None:
    """Run what is no ordinary command (`serve`, the demo) with the same one-line errors and exit codes."""
    code = _end(lambda _terminal: body(), terminal, {})
    if code:
        raise typer.Exit(code)


def expected(error: Exception) -> InspectorError | None:
    """An error as one of ours, or None for a bug, which shows itself."""
    from inspector.store import checkup

    if isinstance(error, InspectorError):
        return error
    if problem := checkup.unreachable(error):
        return UnreachableError("database_unreachable", problem=problem)
    if checkup.unusable(error):  # the URL is not repeated: it may hold a password
        return Invalid("database_url_unusable")
    if isinstance(error, BrokenPipeError):
        return None  # whoever reads us has heard enough (`| head`)
    if isinstance(error, OSError):
        if error.errno in (ENOSPC, EDQUOT, EFBIG):
            full = {"file": str(error.filename)} if error.filename is not None else {}
            return UnreachableError("disk_full_at" if full else "disk_full", **full)
        facts = {"problem": error.strerror or type(error).__name__, "errno": errorcode.get(error.errno or 0, "")}
        if error.filename is not None:
            return Invalid("file_unusable", file=str(error.filename), **facts)
        return UnreachableError("outside_unreachable", **facts)
    return None


def _tell(terminal: Terminal, error: InspectorError) -> None:
    message = words.told(error, terminal.lang)
    if terminal.as_json:
        facts = {} if error.code == "packs_invalid" else error.facts
        echo(to_json({"error": {"code": error.code, "message": message, "facts": facts}}), err=True)
    else:
        terminal.aside(f"{terminal.words('error')}: {message}")
