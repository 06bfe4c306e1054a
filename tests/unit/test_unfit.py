"""What a connector's setting may be is told to operators in their own language: no English phrase stands in the Chinese sentence."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

import pytest

from connectors.agencies import email
from connectors.channels import mqtt
from connectors.config import unfit
from connectors.seeds import ceremony
from connectors.sources import xroad
from inspector.domain.errors import Invalid
from inspector.labels import LANGS, told, words
from tests.house import ROOT

ENGLISH = re.compile(
    r"(?<![{_.])\b(an?|the|with|without|of|and|or|not|only|no|that|what|where|which|one|given|empty|printable|letters|column|USER|HOST|FILE)\b"
)
CHINESE = re.compile("[\u4e00-\u9fff]")
KEYS = {"answer_as", "as_of_query"}
"""Names of settings that are looked at in turn."""


def phrases() -> Iterator[tuple[str, ast.expr]]:
    """Every expression by which a connector says what a setting may be, with where it stands."""
    for file in sorted((ROOT / "connectors").rglob("*.py")):
        tree, where = ast.parse(file.read_text(encoding="utf-8")), file.name
        for node in ast.walk(tree):
            match node:
                case ast.Call(func=ast.Name(id="unfit"), args=[_, _, wanted]):
                    yield f"{where}:{node.lineno}", wanted
                case ast.Assign(targets=[ast.Name(id="wanted")], value=wanted):
                    yield f"{where}:{node.lineno}", wanted
                case ast.FunctionDef(name="_wanted" | "flaws" | "check" | "_check" | "_checked"):
                    for one in ast.walk(node):
                        if isinstance(one, ast.Tuple) and len(one.elts) in (2, 3):
                            yield f"{where}:{one.lineno}", one.elts[-1]
                case _:
                    continue


def english(wanted: ast.AST) -> list[str]:
    """English prose in an expression."""
    texts = (one.value for one in ast.walk(wanted) if isinstance(one, ast.Constant) and isinstance(one.value, str))
    return [text for text in texts if ENGLISH.search(text)]


def test_no_connector_says_what_a_setting_may_be_in_words_of_its_own() -> None:
    found = [*phrases()]
    assert len(found) > 60
    assert [(where, text) for where, wanted in found for text in english(wanted)] == []


def test_every_code_of_what_a_setting_may_be_has_words_in_both_languages_and_each_of_them_is_used() -> None:
    source = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "connectors").rglob("*.py"))
    told_of = {
        wanted.value
        for where, one in phrases()
        for wanted in (one.elts[:1] if isinstance(one, ast.Tuple) else [one])
        if isinstance(wanted, ast.Constant)
        and isinstance(wanted.value, str)
        and re.fullmatch("[a-z0-9]+(_[a-z0-9]+)+", wanted.value)
    }
    for lang in LANGS:
        codes = {key.partition(".")[2] for key in words(lang) if key.startswith("setting.")}
        assert told_of - codes <= KEYS
        assert [one for one in codes if f'"{one}"' not in source] == []


@pytest.mark.parametrize(
    ("connect", "given", "key"),
    [
        (email.connect, {"host": "mail.example", "sender": "a@b.example", "to": ["nobody"]}, "to"),
        (mqtt.connect, {"url": "mqtts://broker.example", "topic": "office"}, "topic"),
        (ceremony.connect, {"what": "摇号", "dice": 1}, "dice, sides, balls"),
        (xroad.connect, {"url": "https://x.example", "client": "A/B", "service": "A/B/C/D"}, "client"),
    ],
)
def test_an_operator_reads_a_sentence_in_each_language(connect: Any, given: dict[str, object], key: str) -> None:
    with pytest.raises(Invalid, match="connector_key_range") as refused:
        connect("made", given)
    assert refused.value.facts["key"] == key
    own = told(refused.value, "zh-Hans").partition("应为")[2]
    assert CHINESE.search(own)
    assert not ENGLISH.search(own), own
    assert not CHINESE.search(told(refused.value, "en"))


def test_what_is_said_in_signs_is_said_once() -> None:
    assert told(unfit("a", "b", "> 0"), "zh-Hans").endswith("应为 > 0")
