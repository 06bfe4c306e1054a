"""A file that is no TOML is told by line and column, with what to do, in the language of whoever reads."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from inspector import settings
from inspector.calendars import load_calendars
from inspector.domain.errors import Invalid
from inspector.labels import LANGS, told, toml
from inspector.policybook import PacksInvalid, Policybook

WRONG: dict[str, tuple[str | bytes, str, str]] = {
    "a name twice": ("a = 1\nb = 2\na = 3\n", "a", "已经出现过"),
    "a section twice": ("[a]\n[b]\n[a]\n", "there already", "已经出现过"),
    "no equals sign": ("a = 1\nnothing here\n", "line 2", "第2行"),
    "a head left open": ("[a\nb = 1\n", "not closed", "节名"),
    "words behind a value": ("a = 1 b = 2\n", "one statement a line", "每行只写一项"),
    "a text without quotes": ("a = hall\n", "double quotes", "英文双引号"),
    "a day of a thirteenth month": ("a = 2026-13-01\n", "2026-13-01 is no date", "2026-13-01 不是日期"),
    "a day without its noughts": (
        "b = 1\na = 2027-1-1 # 2026-01-01\n",
        "line 2, column 9: 2027-1-1 is no date",
        "应写成 2026-03-02",
    ),
    "a day in strokes": ("a = 2027/1/1\n", "2027/1/1 is no date", "2027/1/1 不是日期"),
    "a day in a list": ("a = [2026-01-01, 2026.1.2]\n", "2026.1.2 is no date", "2026.1.2 不是日期"),
    "a day behind a whole one": ("a = 1 b = 2026-01-01\n", "one statement a line", "每行只写一项"),
    "the truth of another language": ("a = False\n", "write true or false", "应写成 true 或者 false：小写，不加引号"),
    "a Chinese comma in a list": (
        'a = ["x"， "y"]\n',
        "， is a full-width sign of the Chinese keyboard; write ,",
        "请改用英文半角的 ,",
    ),
    "an open list": ("a = [1, 2\n", "end of the file", "文件末尾"),
    "an open text": ('a = "hall\n', "line 1", "第1行"),
    "a lone backslash": ('a = "C:\\packs"\n', "backslash", "反斜杠"),
    "Chinese quotes": ("a = “hall”\n", "line 1, column 5: “ is a full-width sign", '请改用英文半角的 "'),
    "another encoding": ("a = 1\nb = '市'\n".encode("gb18030"), "line 2: not UTF-8", "第2行不是 UTF-8"),
}
PLAIN = re.compile(r"\b(?:Invalid|Expected|Cannot|Unclosed|Illegal|Unterminated|codec|at line)\b")


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_with_a_file_is_told_by_place_in_both_languages(name: str, tmp_path: Path) -> None:
    text, english, chinese = WRONG[name]
    file = tmp_path / "inspector.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(Invalid) as caught:
        settings.load(file)
    assert english in told(caught.value, "en")
    assert chinese in told(caught.value, "zh-Hans")
    for lang in LANGS:
        assert PLAIN.search(told(caught.value, lang).removeprefix(str(file))) is None


def test_packs_and_calendars_say_it_in_chinese_too(tmp_path: Path) -> None:
    (tmp_path / "maoji").mkdir()
    (tmp_path / "maoji" / "pack.toml").write_text("id = maoji\n", encoding="utf-8")
    with pytest.raises(PacksInvalid) as packs:
        Policybook.load(tmp_path)
    assert "第1行第6列：不是有效的值" in str(packs.value)
    assert PLAIN.search(str(packs.value)) is None
    (tmp_path / "cn-2026.toml").write_text("year = [\n", encoding="utf-8")
    with pytest.raises(Invalid) as calendar:
        load_calendars(tmp_path)
    assert PLAIN.search(told(calendar.value, "zh-Hans")) is None


def test_what_the_reader_says_anew_is_still_told_by_its_place() -> None:
    facts = toml.facts(tomllib.TOMLDecodeError("Something unheard of (at line 3, column 7)"))
    assert facts == {
        "problem": "line 3, column 7: this is not TOML",
        "problem_zh": "第3行第7列：不符合 TOML 格式",
    }


def test_settings_from_a_windows_editor_are_read(tmp_path: Path) -> None:
    file = tmp_path / "inspector.toml"
    file.write_bytes(b"\xef\xbb\xbf" + '[agencies.bureau]\nname = "局"\n'.encode())
    assert settings.load(file).agencies["bureau"].name == "局"
