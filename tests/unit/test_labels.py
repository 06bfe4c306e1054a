"""Every word shown to people exists in both languages, and both say the same facts."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import pytest

from inspector import labels
from inspector.domain.errors import Invalid
from inspector.labels import LANGS, label, words

ROOT = Path(__file__).resolve().parents[2]
FAMILIES = {"InspectorError", "Invalid", "Refusal", "Conflict", "Missing", "Forbidden", "Stale", "Unknown"}
MODULES = [
    *("domain.case", "domain.policy", "domain.plan", "domain.visit", "domain.assistance", "domain.evidence"),
    *("domain.decision", "domain.calendar", "domain.identity", "web.roles"),
]
FILES = sorted(file for top in ("inspector", "connectors") for file in (ROOT / top).rglob("*.py"))


def calls(file: Path) -> Iterator[tuple[str, ast.Call]]:
    """Every call of a file by the last part of what is called."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", ""), node


def texts(node: ast.expr) -> list[str]:
    """Every whole text an expression may be; a formatted one stands for nothing."""
    if isinstance(node, ast.IfExp):
        return [*texts(node.body), *texts(node.orelse)]
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def raised() -> Iterator[str]:
    """Every error code written down in the tree."""
    for file in FILES:
        for name, call in calls(file):
            if name in FAMILIES and call.args:
                yield from texts(call.args[0])
            elif name == "refuse" and file.name == "calendars.py":
                yield from (f"calendar_{code}" for code in texts(call.args[0]))


def argument(name: str, keyword: str) -> set[str]:
    """Every text given under a keyword in calls of a name."""
    return {
        text
        for file in FILES
        for called, call in calls(file)
        if called == name
        for given in call.keywords
        if given.arg == keyword
        for text in texts(given.value)
    }


def enums() -> list[type[StrEnum]]:
    """Every enum of the modules whose members people see."""
    modules = [importlib.import_module(f"inspector.{name}") for name in MODULES]
    return [
        held
        for module in modules
        for held in vars(module).values()
        if isinstance(held, type) and issubclass(held, StrEnum) and held.__module__ == module.__name__
    ]


def missing(keys: set[str]) -> list[str]:
    return sorted(f"{lang}: {key}" for lang in LANGS for key in keys if not labels.known(key, lang))


ALLOWED = {
    "inspector/policyrender.py": "a document for lawyers, Chinese by its nature (decision 2)",
    "inspector/testing.py": "samples for authors of connectors",
    "inspector/web/app.py": "the API description names the field it is about",
    "inspector/web/messages.py": "examples of the API description",
    **dict.fromkeys(
        (f"inspector/flows/{name}.py" for name in ("registers", "importing", "layout")),
        "heads and cells of files that offices hand in: a format, not speech",
    ),
    **dict.fromkeys(
        ("inspector/flows/diagnosis.py", "inspector/flows/sheet.py", "inspector/policybook/"), "says both languages side by side"
    ),
    "inspector/cli/": "says both languages side by side",
    "inspector/demo/": "plays the people outside",
}
"""Files and folders that may hold Chinese words, and why."""


def spoken(file: Path) -> list[str]:
    """Chinese texts in a file that are not its documentation."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    bare = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    held = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in bare]
    return [text for node in held if isinstance(text := node.value, str) and re.search("[\u4e00-\u9fff]", text)]


def test_code_speaks_no_chinese_of_its_own() -> None:
    here = [file.relative_to(ROOT).as_posix() for file in FILES]
    quiet = [name for name in here if not name.startswith(tuple(ALLOWED))]
    assert len(quiet) > 100
    said = {name: texts for name in quiet if (texts := spoken(ROOT / name))}
    assert said == {}, "words for people belong into inspector/labels, in both languages"


def test_every_error_has_words() -> None:
    codes = set(raised())
    assert len(codes) > 60
    assert missing({f"error.{code}" for code in codes}) == []


def test_every_member_of_every_enum_has_words() -> None:
    members = {f"{held.__name__}.{member.name}" for held in enums() for member in held}
    assert len(members) > 120
    assert missing(members) == []


def test_every_rule_and_event_has_words() -> None:
    rules, events = argument("Because", "rule") | argument("replace", "rule"), argument("Told", "type")
    assert min(len(rules), len(events)) > 5
    assert missing({f"rule.{rule}" for rule in rules} | {f"event.{event}" for event in events}) == []


def test_every_matter_for_a_person_has_words() -> None:
    opened = {
        text
        for file in FILES
        for name, call in calls(file)
        if name == "open" and isinstance(call.func, ast.Attribute) and getattr(call.func.value, "attr", "") == "attention"
        for text in texts(call.args[0])
    }
    assert len(opened) > 4
    assert missing({f"attention.{kind}" for kind in opened}) == []


def test_every_word_a_template_asks_for_exists() -> None:
    templates = sorted((ROOT / "inspector" / "web" / "templates").glob("*.html"))
    asked = {key for file in templates for key in re.findall(r"\bt\('([\w.]+)'[,)]", file.read_text(encoding="utf-8"))}
    assert len(asked) > 40
    assert missing(asked) == []


def test_both_languages_know_the_same_keys_and_the_same_facts() -> None:
    chinese, english = (words(lang) for lang in LANGS)
    assert chinese.keys() == english.keys()

    def facts(text: str) -> set[str]:
        return set(re.findall(r"\{([a-z_]+)\}", text))

    assert {key for key in english if facts(chinese[key]) != facts(english[key]) and not key.startswith("error.")} == set()


@pytest.mark.parametrize(
    ("lang", "text"), [("zh-Hans", "没有机关“x”；可用：a, b"), ("en", "There is no agency x; known are a, b")]
)
def test_an_error_is_told_with_its_facts(lang: labels.Lang, text: str) -> None:
    assert labels.told(Invalid("agency_unknown", agency="x", known="a, b"), lang) == text


def test_what_has_no_words_is_shown_by_its_key_and_facts() -> None:
    assert label("error.not_yet_written", "en", field="x") == "error.not_yet_written (field=x)"


def test_a_fact_is_put_in_as_it_is_and_never_read_as_a_pattern() -> None:
    assert (
        label("error.item_unknown", "en", pack="{item}", item="{pack}", known="") == "Pack {item} has no item {pack}; known are "
    )
