"""Fills in what the documentation says about the code: `python -m tests.generate_docs`; tests/unit/test_docs.py compares.

A page is written by hand around blocks `<!-- generated: NAME -->` … `<!-- end -->`; config/example.toml is made whole.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, get_args

import typer
import yaml
from fastapi.routing import APIRoute
from prometheus_client.metrics import MetricWrapperBase

from inspector import labels
from inspector.cli import words as cli_words
from inspector.cli.app import app
from inspector.domain import errors
from inspector.domain.decision import OrderKind
from inspector.flows import remedies
from inspector.flows.importing import CASES
from inspector.flows.inspections import INSPECTIONS
from inspector.flows.layout import Layout
from inspector.flows.registers import INSPECTORS, LEVELS, OBJECTS
from inspector.labels import Lang, label
from inspector.policybook import flaws
from inspector.telemetry.metrics import Metrics
from inspector.web.caller import Unknown
from inspector.web.errors import _CODES, status_of
from inspector.web.roles import Role
from tests import trees
from tests.bench import claims
from tests.documented_ports import canary_keys, fault_table, manner_keys, port_pages, wire_keys
from tests.documented_wire import WIRE_BLOCKS
from tests.example_settings import EXAMPLE, example, settings_tables
from tests.markdown import first_line, table
from tests.operations import link_alone, link_or_token, routes
from tests.operations import roles as roles_of

ROOT = Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"(<!-- generated: ([a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)
SHARED = {"config", "as_json", "lang"}


# --- metrics


def metrics() -> str:
    """Every metric: name, type, labels, meaning."""
    held = Metrics()
    told = {one._name: one._labelnames for one in vars(held).values() if isinstance(one, MetricWrapperBase)}
    suffix = {"counter": "_total", "info": "_info"}
    rows = [
        (
            f"`{family.name}{suffix.get(family.type, '')}`",
            family.type,
            ", ".join(f"`{name}`" for name in told.get(family.name, getattr(family, "_labelnames", ()))),
            family.documentation,
        )
        for family in held.registry.collect()
    ]
    return table(("metric", "type", "labels", "meaning"), sorted(rows))


def alerts() -> str:
    """Every alert that ships: what it looks at, for how long, how urgent it is, what it says."""
    told = yaml.safe_load((ROOT / "config/prometheus/inspector.rules.yaml").read_text("utf-8"))
    rows = [
        (
            f"[`{rule['alert']}`](../how-to/runbooks.md#{rule['alert'].lower()})",
            f"`{rule['expr']}`".replace("|", "\\|"),
            rule.get("for", ""),
            rule["labels"]["severity"],
            re.sub(r"{{ \$(?:labels\.)?(\w+) }}", r"*\1*", rule["annotations"]["summary"]),
        )
        for group in told["groups"]
        for rule in group["rules"]
    ]
    return table(("alert", "expression", "for", "severity", "says"), rows)


# --- errors


@cache
def calls() -> tuple[tuple[Path, ast.Call], ...]:
    """Every call of the tree with its file; each file is parsed once."""
    held = ((file.relative_to(ROOT), trees.nodes(file)) for file in trees.shipped())
    return tuple((file, node) for file, nodes in held for node in nodes if isinstance(node, ast.Call))


def called(node: ast.Call) -> str:
    """The last part of the name of what is called."""
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def texts(node: ast.expr) -> list[str]:
    """Every whole text an expression may be."""
    if isinstance(node, ast.IfExp):
        return [*texts(node.body), *texts(node.orelse)]
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


@cache
def raised() -> dict[str, str]:
    """Every error code of the tree with its family; `Invalid` stands for codes that are put together."""
    families = {name for name, held in vars(errors).items() if isinstance(held, type)} | {"Unknown", "UnreachableError"}
    found: dict[str, str] = dict.fromkeys(_codes_with_words(), "")
    for file, node in calls():
        name = called(node)
        if node.args and name in families:
            found |= dict.fromkeys(texts(node.args[0]), name)
        elif name == "refuse" and file.name == "calendars.py":
            found |= {f"calendar_{code}": "Invalid" for code in texts(node.args[0])}
    return found


def _codes_with_words() -> list[str]:
    known = [*labels.words("en"), *cli_words.WORDS]
    return [key.removeprefix("error.") for key in known if key.startswith("error.")]


def error_words(code: str, lang: Lang) -> str:
    """What an error says; the facts stay in braces. Empty where it has no words."""
    key = f"error.{code}"
    if told := labels.words(lang).get(key):
        return told
    return cli_words.WORDS[key][0 if lang == "en" else 1] if key in cli_words.WORDS else ""


def error_codes() -> str:
    """Every error of the API and the command line."""
    at_the_door = {
        "content_encoding_unknown": "415",
        "header_twice": "400, 401",
        "message_framed_twice": "400",
        "message_id_empty": "422",
    }
    by_status = {code: str(status) for status, code in _CODES.items()} | {"unforeseen": "500"} | at_the_door
    rows = []
    for code, family in sorted(raised().items(), key=lambda told: told[0].casefold()):
        kind = Unknown if family == "Unknown" else getattr(errors, family, None)
        status = by_status.get(code) or (str(status_of(kind(code))) if kind else "")
        rows.append((f"`{code}`", status, error_words(code, "en"), error_words(code, "zh-Hans")))
    return table(("code", "HTTP", "English", "中文"), rows)


def row_errors() -> str:
    """What can be wrong with a row of a file."""
    rows = [(f"`{code}`", f"{what}; {fix}", f"{zh}；{fix_zh}") for code, (what, zh, fix, fix_zh) in remedies.WORDS.items()]
    return table(("code", "English", "中文"), sorted(rows))


def pack_errors() -> str:
    """What can be wrong with a pack."""
    return table(("code", "English", "中文"), sorted((f"`{code}`", *told) for code, told in flaws.WORDS.items()))


def worded(group: str) -> Callable[[], str]:
    """A group of the labels as a table."""

    def block() -> str:
        keys = [key for key in labels.words("en") if key.startswith(f"{group}.")]
        rows = [(f"`{key.partition('.')[2]}`", label(key, "en"), label(key, "zh-Hans")) for key in sorted(keys)]
        return table(("code", "English", "中文"), rows)

    return block


def roles() -> str:
    """Every role of a token."""
    return table(
        ("role", "English", "中文"), [(f"`{role.value}`", labels.of(role, "en"), labels.of(role, "zh-Hans")) for role in Role]
    )


def columns(layout: Layout) -> Callable[[], str]:
    """The columns of a file."""
    rows = [(f"`{one.name}`", one.chinese, "needed" if one.needed else "", one.meaning) for one in layout.columns]
    return lambda: table(("column", "中文", "", "meaning"), rows)


# --- events and work


def events() -> str:
    """Every event type with what it carries."""
    carried: dict[str, list[str]] = {}
    for file, node in calls():
        if called(node) == "Told" and file.parts[1] in ("domain", "flows"):
            given = {word.arg: word.value for word in node.keywords}
            data = given.get("data")
            keys = [text for key in data.keys if key for text in texts(key)] if isinstance(data, ast.Dict) else []
            for kind in texts(given["type"]):
                carried[kind] = sorted({*carried.get(kind, []), *keys})
    rows = [
        (
            f"`{kind}`",
            label(f"event.{kind}", "en"),
            label(f"event.{kind}", "zh-Hans"),
            ", ".join(f"`{key}`" for key in [*keys, "state"]),
        )
        for kind, keys in sorted(carried.items())
    ]
    return table(("type", "English", "中文", "data"), rows)


def work_kinds() -> str:
    """Every kind of work."""
    rows = [
        (f"`{kind.value}`", label(f"OrderKind.{kind.name}", "en"), label(f"OrderKind.{kind.name}", "zh-Hans"))
        for kind in OrderKind
    ]
    return table(("kind", "English", "中文"), rows)


# --- commands


@cache
def tree() -> Any:
    """The tree of commands."""
    return typer.main.get_command(app)


def commands(node: Any = None, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command by its words."""
    node = node or tree()
    if not hasattr(node, "commands"):
        yield path, node
        return
    for name, below in node.commands.items():
        yield from commands(below, (*path, name))


def command_pages() -> str:
    """Every command with its arguments and options."""
    told = []
    for path, command in commands():
        arguments = [one for one in command.params if one.param_type_name == "argument"]
        options = [one for one in command.params if one.param_type_name == "option" and (one.required or one.name not in SHARED)]
        needed = [f"{one.opts[0]} {one.name.upper()}" for one in options if one.required]
        line = " ".join(["./run", *path, *(_argument(one) for one in arguments), *needed])
        told.append(f"### {' '.join(path)}\n\n`{line}`\n\n{inspect.cleandoc(command.help or '')}\n")
        if rows := [(_names(one), _value(one), one.help or "") for one in [*arguments, *options]]:
            told.append(table(("", "default", "meaning"), rows))
    return "\n".join(told)


def _argument(one: Any) -> str:
    name = str(one.metavar or one.name.upper())
    return name if one.required else f"[{name}]"


def _names(one: Any) -> str:
    if one.param_type_name == "argument":
        return f"`{one.metavar or one.name.upper()}`"
    named = ", ".join(f"`{name}`" for name in [*one.opts, *one.secondary_opts])
    annotation = one.type_descriptor.annotation
    members = annotation if isinstance(annotation, type) and issubclass(annotation, StrEnum) else get_args(annotation)
    choices = [str(getattr(choice, "value", choice)) for choice in members if isinstance(choice, str)]
    return f"{named} ({', '.join(choices)})" if choices else named


def _value(one: Any) -> str:
    if one.required:
        return "needed"
    if one.default in (None, "", False) or callable(one.default):
        return ""
    return f"`{getattr(one.default, 'value', one.default)}`".replace("`True`", "yes")


# --- API


def operations() -> str:
    """Every operation: who may, and what it does."""
    rows = [(f"`{method} {route.path_format}`", _who(route), first_line(route.endpoint.__doc__)) for method, route in routes()]
    return table(("operation", "who", "what"), rows)


def _who(route: APIRoute) -> str:
    if link_alone(route):
        return "link"
    if link_or_token(route):
        return "link, or token"
    if allowed := roles_of(route):
        return ", ".join(role.value for role in allowed)
    return "ops, or nobody on this machine" if route.path == "/metrics" else "anybody"


# --- all


BLOCKS: Mapping[str, Callable[[], str]] = {
    "settings": settings_tables,
    "metrics": metrics,
    "alerts": alerts,
    "errors": error_codes,
    "row-errors": row_errors,
    "pack-errors": pack_errors,
    "health": worded("health"),
    "attention": worded("attention"),
    "roles": roles,
    "events": events,
    "work": work_kinds,
    "commands": command_pages,
    "ports": port_pages,
    "faults": fault_table,
    "wire": wire_keys,
    "manners": manner_keys,
    "canary": canary_keys,
    "operations": operations,
    "case-columns": columns(CASES),
    "object-columns": columns(OBJECTS),
    "inspector-columns": columns(INSPECTORS),
    "inspection-columns": columns(INSPECTIONS),
    "level-columns": columns(LEVELS),
    "claims": claims.page,
    **WIRE_BLOCKS,
}


def markdown() -> list[Path]:
    """Every page of the documentation."""
    return sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def pages() -> dict[Path, str]:
    """Every file that holds something generated, as it should be."""
    made = {file: file.read_text(encoding="utf-8") for file in markdown()}
    filled = {
        file: BLOCK.sub(lambda found: f"{found[1]}\n{BLOCKS[found[2]]()}\n{found[3]}", text)
        for file, text in made.items()
        if BLOCK.search(text)
    }
    return filled | {EXAMPLE: example()}


def main() -> None:
    """Write everything that differs."""
    for file, text in pages().items():
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            file.write_text(text, encoding="utf-8")
            print(f"wrote {file.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
