"""Members of two text enumerations that are the same text are one key of a dict: the later word wins, and nobody hears of it."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterable, Iterator
from enum import Enum
from types import ModuleType

import pytest

from inspector.domain.case import SubjectKind
from inspector.domain.pause import Reason
from inspector.policybook import Policybook
from inspector.policyrender import render
from tests import trees
from tests.needs import ROOT
from tests.packs import POLICIES

pytestmark = pytest.mark.trees


def displays(nodes: Iterable[ast.AST]) -> Iterator[list[ast.Attribute]]:
    """The keys of each dict, and the elements of each set, that are written as `Name.MEMBER`: two at least."""
    for node in nodes:
        held = node.keys if isinstance(node, ast.Dict) else node.elts if isinstance(node, ast.Set) else []
        keys = [key for key in held if isinstance(key, ast.Attribute) and isinstance(key.value, ast.Name)]
        if len(keys) > 1:
            yield keys


def member(key: ast.Attribute, module: ModuleType) -> Enum | None:
    """What stands for a key, where it is a member of an enumeration."""
    assert isinstance(key.value, ast.Name)
    found = getattr(getattr(module, key.value.id, None), key.attr, None)
    return found if isinstance(found, Enum) else None


def equal(keys: list[ast.Attribute], module: ModuleType) -> list[str]:
    """Members that are an earlier key again."""
    seen, found = list[Enum](), list[str]()
    for one in filter(None, (member(key, module) for key in keys)):
        found += [f"{other!s} of {type(other).__name__} and {type(one).__name__}" for other in seen if other == one]
        seen.append(one)
    return found


@pytest.mark.slow
def test_no_table_has_two_keys_that_compare_equal() -> None:
    looked_at, wrong = 0, list[str]()
    for file in trees.shipped():
        held = list(displays(trees.nodes(file)))
        if not held:
            continue
        name = ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        module = importlib.import_module(name)
        looked_at += len(held)
        wrong += [f"{name}: {told}" for keys in held for told in equal(keys, module)]
    assert looked_at > 20
    assert wrong == []


def test_the_search_finds_the_trap_it_is_for() -> None:
    module = ModuleType("trap")
    module.__dict__.update(SubjectKind=SubjectKind, Reason=Reason)
    (keys,) = displays(ast.walk(ast.parse('{SubjectKind.FIRM: "a", SubjectKind.PERSON: "b", Reason.PERSON: "c"}')))
    assert equal(keys, module) == ["PERSON of SubjectKind and Reason"]


@pytest.mark.parametrize("code", ["hukou-housing", "exam-work-years", "relief-household", "legal-aid"])
def test_the_sheet_calls_a_person_a_person_and_a_wait_for_one_a_wait(code: str) -> None:
    page = render(Policybook.load(POLICIES).get("maoji@2026.2"))
    line = next(line for line in page.splitlines() if line.startswith(f"| {code} |"))
    assert "| 自然人 |" in line
    (wait,) = (line for line in page.splitlines() if line.startswith("| suspend-person |"))
    assert wait.startswith("| suspend-person | 等待当事人在规定期限内补正、配合 |")


def test_no_list_of_the_command_line_s_words_overrides_another_s() -> None:
    """`case import` told how many draws may be told, for two lists had one key."""
    tree = ast.parse((ROOT / "inspector/cli/words.py").read_text(encoding="utf-8"))
    held = max((one for one in ast.walk(tree) if isinstance(one, ast.Dict) and None in one.keys), key=lambda one: len(one.keys))
    module = importlib.import_module("inspector.cli.words")
    own = [one.value for one in held.keys if isinstance(one, ast.Constant)]
    others = [key for one, value in zip(held.keys, held.values, strict=True) if one is None for key in _keys(module, value)]
    twice = {key for key in (*own, *others) if (*own, *others).count(key) > 1}
    assert not twice


def _keys(module: ModuleType, value: ast.expr) -> list[str]:
    assert isinstance(value, ast.Name)
    return [*getattr(module, value.id)]
