"""What the command line says: a sentence whose fact nobody gives is shown with a hole in it."""

from __future__ import annotations

import ast
import re

import pytest

from inspector.cli.words import WORDS
from tests import trees

pytestmark = pytest.mark.trees

_FACT = re.compile(r"\{(\w+)")


def said(nodes: tuple[ast.AST, ...]) -> list[tuple[str, set[str]]]:
    """(key, facts given) of each `.say` and `.words` with a key of the command line's, unless facts are handed on as a whole."""
    calls = [node for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args]
    return [
        (str(key.value), {str(one.arg) for one in call.keywords})
        for call in calls
        if isinstance(call.func, ast.Attribute) and call.func.attr in {"say", "words"}
        if isinstance(key := call.args[0], ast.Constant) and key.value in WORDS
        if all(one.arg is not None for one in call.keywords)
    ]


@pytest.mark.slow
def test_whatever_the_command_line_says_is_given_every_fact_of_its_words() -> None:
    wanting = [
        (file.name, key)
        for file in trees.shipped()
        if "cli" in file.parts
        for key, facts in said(trees.nodes(file))
        if set(_FACT.findall(" ".join(WORDS[key]))) - facts
    ]
    assert wanting == []


def test_a_call_that_forgets_a_fact_is_seen() -> None:
    nodes = tuple(ast.walk(ast.parse('terminal.say("prepared", number=1, plan=2, until=3)')))
    assert said(nodes) == [("prepared", {"number", "plan", "until"})]
    assert set(_FACT.findall(" ".join(WORDS["prepared"]))) - said(nodes)[0][1] == {"parties"}
