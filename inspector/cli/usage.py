"""Help and usage errors of the command line: plain text that is wrapped and never cut, and one clear message in the asked language."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.exceptions import TyperException

from inspector.cli import columns, words
from inspector.cli.terminal import clean, language
from inspector.labels import Lang

UNWRAPPED = 100_000
NEEDED = "（必填）"
"""How the help of an option ends that is needed, although a person at a terminal is asked for it where it is left out."""
BROKEN_OFF = 130
"""The exit code of a command that Ctrl-C ended, as shells have it."""
_PREFIX = "Value error, "
_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"No such command '(?P<value>.*)'\.?(?: Did you mean (?P<near>.*)\?)?"), "no_command"),
    (re.compile(r"Missing command\."), "command_missing"),
    (re.compile(r"Got unexpected extra argument(?:s|\(s\))? \((?P<value>.*)\)"), "surplus"),
    (re.compile(r"(?P<value>.*) is not one of (?P<known>.*?)\.?"), "not_one_of"),
    (re.compile(r"(?P<value>.*) does not match the formats '%Y-%m-%d'\.?"), "no_day"),
    (re.compile(r"(?P<value>.*) is not in the range (?P<known>.*?)\.?"), "not_in_range"),
    (re.compile(r"Input should be greater than or equal to (?P<value>.*)"), "too_small"),
    (re.compile(r"Input should be less than or equal to (?P<value>.*)"), "too_large"),
    (re.compile(r"Input should be a valid (?:integer|number).*"), "no_number"),
    (re.compile(r"(?:Value )?(?P<value>.*) is not a valid (?P<known>.*?)\.?"), "not_valid"),
    (re.compile(r"Option '(?P<value>.*)' requires (?:an argument|\d+ arguments?)\.?"), "option_bare"),
)


_FRAME: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"^Usage: ", re.MULTILINE), "Usage 用法: "),
    (re.compile(r"^Arguments:$", re.MULTILINE), "Arguments 参数:"),
    (re.compile(r"^Options:$", re.MULTILINE), "Options 选项:"),
    (re.compile(r"^Commands:$", re.MULTILINE), "Commands 命令:"),
    (re.compile(r"\[required\]"), "[required 必填]"),
    (re.compile(r"\[default: "), "[default 默认: "),
    (re.compile(r"\[env var: "), "[env var 环境变量: "),
    (re.compile(r"Show this message and exit\.$", re.MULTILINE), "Show this message and exit 显示帮助"),
)
"""The words around a help text that the library says in English."""


class Command(TyperCommand):
    """A command whose help is wrapped to the terminal and left alone in a pipe."""

    def get_help(self, ctx: Any) -> str:
        """The help text."""
        ctx.terminal_width = UNWRAPPED
        return columns.fitted(_in_both(super().get_help(ctx)), columns.of_terminal())

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """The usage line names what has to be said, and not only where it stands: options that are needed, then the arguments."""
        first, *rest = super().collect_usage_pieces(ctx)
        told = (one for one in self.get_params(ctx) if one.param_type_name == "option")
        wanted = [one for one in told if one.required or NEEDED in (getattr(one, "help", None) or "")]
        return [first, *map(_typed, wanted), *rest]


class Group(TyperGroup):
    """A group of commands, with the same help; as the root it tells usage errors in Chinese or English."""

    def get_help(self, ctx: Any) -> str:
        """The help text."""
        ctx.terminal_width = UNWRAPPED
        return columns.fitted(_in_both(super().get_help(ctx)), columns.of_terminal())

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        """Run; what was typed wrongly is told in one message with the way to help, and the exit code is 2."""
        if not standalone_mode:
            return super().main(args, prog_name, complete_var, False, windows_expand_args, **extra)
        typed = list(sys.argv[1:] if args is None else args)
        try:
            code = super().main(typed, prog_name, complete_var, False, windows_expand_args, **extra)
        except typer.Abort:
            code = BROKEN_OFF  # at a question; anywhere else the library says so by this code
        except TyperException as error:
            typer.echo(clean(told(error, _lang(typed))), err=True)
            sys.exit(2)
        if code == BROKEN_OFF:
            typer.echo(words.say("aborted", _lang(typed)), err=True)
        sys.exit(code if isinstance(code, int) else 0)


def _typed(option: Any) -> str:
    """An option as it is typed, with what stands behind it by its name: `--reason REASON`, `--grant|--refuse`."""
    name: str = max(option.opts, key=len)
    return "|".join((name, *option.secondary_opts)) if option.is_flag else f"{name} {name.lstrip('-').upper()}"


def _in_both(text: str) -> str:
    for english, both in _FRAME:
        text = english.sub(both, text)
    return text


def told(error: TyperException, lang: Lang) -> str:
    """A usage error in words: what is wrong, and where the help is."""
    context = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError":
        return error.message
    lines = [f"{words.say('error', lang)}: {words.unsaid(_what(error, lang))}"]
    if context is not None:
        usage = " ".join(context.get_usage().split()).removeprefix("Usage: ")
        lines.append(words.say("usage", lang, usage=usage, command=context.command_path.replace("inspector", "./run", 1)))
    return "\n".join(lines)


def _what(error: TyperException, lang: Lang) -> str:
    kind, parameter = type(error).__name__, getattr(error, "param", None)
    hint = str(getattr(error, "param_hint", None) or (parameter.get_error_hint() if parameter is not None else ""))
    if kind == "MissingParameter":
        return words.say("option_or_argument_missing", lang, name=hint)
    if kind == "NoSuchOption":
        near = ", ".join(sorted(getattr(error, "possibilities", None) or ()))
        return _near("no_option", {"value": getattr(error, "option_name", "")}, near, lang)
    for pattern, key in _PATTERNS:
        if found := pattern.fullmatch(error.message.removeprefix(_PREFIX)):
            facts = {name: value or "" for name, value in found.groupdict().items()}
            said = _near(key, facts, facts.get("near", ""), lang)
            return f"{hint}: {said}" if hint else said
    return error.format_message()


def _near(key: str, facts: Mapping[str, object], near: str, lang: Lang) -> str:
    said = words.say(key, lang, **facts)
    return said + words.say("nearest", lang, near=near) if near else said


def _lang(typed: Sequence[str]) -> Lang:
    """The language asked for, also where the rest of the line cannot be read."""
    import os

    for word, following in zip(typed, [*typed[1:], ""], strict=False):
        asked = following if word == "--lang" else word.removeprefix("--lang=")
        if asked in ("en", "zh-Hans") and word.startswith("--lang"):
            return "en" if asked == "en" else "zh-Hans"
    return language(os.environ)
