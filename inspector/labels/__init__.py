"""Every word shown to people, in simplified Chinese and English, keyed by code. The words lie in `zh-Hans.toml` and `en.toml`.

A key is a group and a name: `error.case_unknown`, `CaseState.REVIEW`, `rule.strategy.choose`, `ui.save`. `{fact}` in a text is
replaced by the fact of that name. What has no words is shown as its key: an error must never be lost for want of a label.
"""

from __future__ import annotations

import re
import threading
import tomllib
from collections.abc import Mapping
from enum import StrEnum
from errno import errorcode
from pathlib import Path
from typing import Literal, TypeGuard

from inspector.domain.calendar import Term
from inspector.domain.errors import InspectorError

Lang = Literal["zh-Hans", "en"]
LANGS: tuple[Lang, ...] = ("zh-Hans", "en")

_HELD: dict[Lang, Mapping[str, str]] = {}
_READING = threading.Lock()
"""Held while words are read: after a start each thread of a lane would read them for itself, at a tenth of a second each."""
_FACT = re.compile(r"\{([a-z][a-z0-9_]*)\}")


def label(key: str, lang: Lang, /, **facts: object) -> str:
    """The words for a key, with its facts put in; a fact that is not given is shown as an ellipsis."""
    text = words(lang).get(key)
    if text is None:
        told = ", ".join(f"{name}={value}" for name, value in facts.items())
        return f"{key} ({told})" if told else key
    if not facts and "{" not in text:  # most are: a register of 100,000 lines asks two million times
        return text
    return _FACT.sub(lambda found: str(facts.get(found[1], "…")), headed(key, hinted(text, facts, lang), facts, lang))


def headed(key: str, text: str, facts: Mapping[str, object], lang: Lang) -> str:
    """A text of what is wrong with a sheet, behind its file's name where that is told: of many that were delivered it is the one."""
    return words(lang)["hint.file"] + text if facts.get("file") and key.startswith("error.sheet_") else text


def hinted(text: str, facts: Mapping[str, object], lang: Lang) -> str:
    """A text without the words that name the nearest of what is known (the pattern `hint.nearest`), where nothing is near.

    So is one that names in brackets who stands above (`hint.superior`), where the house knows no name.
    """
    for name in ("nearest", "superior"):
        if f"{{{name}}}" in text and not facts.get(name):
            text = re.sub(words(lang)[f"hint.{name}"], "", text)
    return text


def known(key: str, lang: Lang) -> bool:
    """Whether there are words for a key."""
    return key in words(lang)


def of(member: StrEnum, lang: Lang) -> str:
    """The words for an enum's member."""
    return label(f"{type(member).__name__}.{member.name}", lang)


def told(error: InspectorError, lang: Lang) -> str:
    """What an error says to people."""
    return label(f"error.{error.code}", lang, **in_words(error.facts, lang))


def in_words(facts: Mapping[str, object], lang: Lang) -> Mapping[str, object]:
    """Facts for a text of this language: one that is words itself has a Chinese twin, `problem_zh` beside `problem`.

    What is wrong with a part of a seed, or within a file of a draw, how a bar ends, or what a connector's setting may be, is a code
    (groups `seed_part`, `file_part`, `bar_part`, `setting`), and is put into words here. So are terms, and in Chinese grades and members
    of enumerations; in English they are shown by their codes, which say them.
    """
    if (held := in_part(facts, lang)) is not facts:
        return held
    if lang == "en":
        return {name: ", ".join(value) if _coded(value) else _counted(value, lang) for name, value in facts.items()}
    twins = {name.removesuffix("_zh"): value for name, value in facts.items() if name.endswith("_zh")}
    told = {name: _worded(value, lang) for name, value in {**facts, **twins}.items()}
    return {**told, "grade": label(grade, lang)} if known(grade := f"grade.{facts.get('grade')}", lang) else told


def in_part(facts: Mapping[str, object], lang: Lang) -> Mapping[str, object]:
    """The same facts, where their `problem` is no code of a part, nor `wanted` one of what a setting may be; else with its words."""
    for group in ("seed_part", "file_part", "bar_part"):
        if known(part := f"{group}.{facts.get('problem')}", lang):
            return {**facts, "problem": label(part, lang, **facts)}
    if known(setting := f"setting.{facts.get('wanted')}", lang):
        return {**facts, "wanted": label(setting, lang, **facts)}
    return facts


def _coded(value: object) -> TypeGuard[tuple[StrEnum, ...]]:
    return isinstance(value, tuple) and bool(value) and all(isinstance(one, StrEnum) for one in value)


def _worded(value: object, lang: Lang) -> object:
    if isinstance(value, StrEnum) and known(f"{type(value).__name__}.{value.name}", lang):
        return of(value, lang)
    return "、".join(str(_worded(one, lang)) for one in value) if _coded(value) else _counted(value, lang)


def _counted(value: object, lang: Lang) -> object:
    """A term with its unit in words."""
    return label("explain.term", lang, amount=value.amount, unit=of(value.unit, lang)) if isinstance(value, Term) else value


def problem(kind: str, message: str, context: Mapping[str, object], lang: Lang) -> str:
    """What is wrong with one field of a message or a setting, by pydantic's kind of error; `message` where we have no words for it."""
    if not known(f"problem.{kind}", lang):
        return message
    expected = context.get("expected")  # pydantic's list of what is taken ends in an English word
    told = (
        {**context, "expected": expected.replace(" or ", "、").replace("', '", "'、'")}
        if lang != "en" and isinstance(expected, str)
        else context
    )
    return label(f"problem.{kind}", lang, **told)


def reason(error: OSError, lang: Lang) -> str:
    """Why the operating system refused, in words; where we have none, that it did, with its own words in brackets."""
    if type(error).__name__ == "gaierror":  # words open no sockets, so its class is not at hand here
        return label("os.NAME_UNKNOWN", lang)
    if isinstance(error, TimeoutError):
        return label("os.ETIMEDOUT", lang)
    key = f"os.{errorcode.get(error.errno or 0, '')}"
    if known(key, lang):
        return label(key, lang)
    return label("os.OTHER", lang, detail=error.strerror or str(error) or type(error).__name__)


def words(lang: Lang) -> Mapping[str, str]:
    """All texts of a language by key; read once, by whichever thread asks first."""
    if (held := _HELD.get(lang)) is None:
        with _READING:
            held = _HELD[lang] = _HELD.get(lang) or _read(lang)
    return held


def _read(lang: Lang) -> Mapping[str, str]:
    file = Path(__file__).with_name(f"{lang}.toml")
    groups: dict[str, dict[str, str]] = tomllib.loads(file.read_text(encoding="utf-8"))
    return {f"{group}.{name}": text for group, texts in groups.items() for name, text in texts.items()}
