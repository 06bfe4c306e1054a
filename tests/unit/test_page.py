"""The browser's verifier as a file: whole, closed to every network, and with words for all that it can say."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from pathlib import Path

import pytest

from inspector import labels, verifier

PARTS = Path(verifier.__file__).with_name("page")
LANGS = ("zh-CN", "en")
REACHING_OUT = re.compile(
    r"https?:|\b(?:fetch|XMLHttpRequest|WebSocket|EventSource|RTCPeerConnection|sendBeacon|importScripts|eval|crypto)\b|innerHTML"
    r"|\bsrc=|\bimport\b|@import|url\("
)


def words() -> dict[str, dict[str, str]]:
    """The words by language."""
    text = (PARTS / "words.js").read_text(encoding="utf-8")
    blocks = re.split(r'^  (?:"?)([a-zA-Z-]+)"?: \{$', text, flags=re.MULTILINE)
    return {
        lang: dict(re.findall(r'^    (\w+): "((?:[^"\\]|\\.)*)",$', block, re.MULTILINE))
        for lang, block in zip(blocks[1::2], blocks[2::2], strict=True)
    }


def code(*names: str) -> str:
    return "\n".join((PARTS / f"{name}.js").read_text(encoding="utf-8") for name in names)


def said() -> set[str]:
    """Every code that the protocol's part can answer."""
    text = code("read", "draw", "verdict", "void", "desk")
    called = re.findall(r'\b(?:must|legible|right|rule|bad|remark)\((?:[^;"]|"(?=commit_field))*?"([a-z_]+)"', text)
    given = re.findall(r'\bcode: (?:[^"}]*\? )?"([a-z_0-9]+)"(?: : "([a-z_]+)")?', text)
    rows = re.findall(r'"(row_[a-z_0-9]+)"', text)
    counted = re.findall(r"^      ([a-z_]+): ", text, re.MULTILINE)
    return {*called, *(one for pair in given for one in pair if one), *rows, *counted}


def test_both_languages_say_the_same_things_with_the_same_facts() -> None:
    told = words()
    assert tuple(told) == LANGS
    chinese, english = (told[lang] for lang in LANGS)
    assert len(chinese) > 150
    assert chinese.keys() == english.keys()

    def facts(text: str) -> set[str]:
        return set(re.findall(r"\{(\w+)\}", text))

    assert [key for key in english if facts(english[key]) != facts(chinese[key])] == []


def test_what_the_minutes_contradict_and_what_a_void_lacks_is_told_in_the_words_of_draw_verify() -> None:
    told = words()
    for lang, name in zip(LANGS, labels.LANGS, strict=True):
        assert told[lang]["figures_other"] == labels.words(name)["draw.figures_other"]
        for code in ("stopped", "void_lacks", "stopped_withheld", "stopped_late", "stopped_unknown", "stopped_dated"):
            assert told[lang][code][:-1] == labels.words(name)[f"draw.{code}"], "of a void, too, both say the same"


def test_there_are_words_for_every_answer_and_every_text_of_the_page() -> None:
    known = words()["en"].keys()
    answers = {one for one in said() if "_" in one and not one.startswith(("commit_json", "after_jsonl"))}
    assert {"key_twice", "root_other", "after_in", "no_witness", "receipt_drawn", "witness_late", "row_cap"} <= answers
    assert sorted(answers - known) == []
    template = (PARTS / "page.html").read_text(encoding="utf-8")
    asked = {*re.findall(r'data-say="(\w+)"', template), *re.findall(r'say\("(\w+)"', code("page"))}
    assert len(asked) > 20
    assert sorted(asked - known) == []


@pytest.mark.slow
def test_every_word_is_used() -> None:
    text = code("read", "draw", "verdict", "void", "desk", "page") + (PARTS / "page.html").read_text(encoding="utf-8")
    built = ("step_", "state_", "why_", "fate_", "agrees_", "bundle_")
    unused = [key for key in words()["en"] if not re.search(rf"\b{re.sub('_', '[_-]', key)}\b", text)]
    assert [key for key in unused if not key.startswith(built) and not key.endswith(("_more", "_do"))] == []


def test_the_page_reaches_for_nothing_outside_itself() -> None:
    page = verifier.page()
    assert REACHING_OUT.findall(page.replace(verifier.policy(), "")) == []
    assert not re.search(r"\{(?:POLICY|STYLE|PROTOCOL|PAGE)\}", page)
    assert page.isprintable() or "\x00" not in page


@pytest.mark.parametrize(("tag", "count"), [("script", 2), ("style", 1)])
def test_the_policy_allows_the_pages_own_scripts_and_style_and_no_network(tag: str, count: int) -> None:
    inline = re.findall(rf"<{tag}[^>]*>([^]*?)</{tag}>".replace("[^]", "[\\s\\S]"), verifier.page())
    assert len(inline) == count
    for text in inline:
        assert f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" in verifier.policy()
    told = dict(part.split(" ", 1) for part in verifier.policy().split("; "))
    assert told["default-src"] == "'none'"
    assert told.keys() == {
        "default-src",
        "script-src",
        "style-src",
        "worker-src",
        "img-src",
        "base-uri",
        "form-action",
    }, "no connect-src: what is not named is forbidden"
    assert "unsafe" not in verifier.policy()
