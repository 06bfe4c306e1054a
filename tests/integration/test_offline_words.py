"""What is wrong within a file of a bundle is told in the reader's language, down to the last word."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.offline import SEED, announce, carry_out, laptop
from tests.operator import Operator

_ENGLISH = re.compile(
    r"\b(?:row|columns?|expected|nested|deeply|number|next|key|twice|line|char|begins|mark|ascending|bytes?)\b", re.IGNORECASE
)


@pytest.fixture
def office(tmp_path: Path) -> Operator:
    held = laptop(tmp_path)
    assert announce(held).code == 0
    assert carry_out(held, *SEED).code == 0
    return held


def _added(line: bytes) -> Callable[[bytes], bytes]:
    return lambda held: held + line


@pytest.mark.parametrize(
    ("file", "spoil", "chinese"),
    [
        ("scjg.objects.tsv", _added(b"x\n"), "第 61 行有 1 列，应为 6 列"),
        ("scjg.objects.tsv", lambda held: b"\xef\xbb\xbf" + held, "开头有字节顺序标记（BOM）"),
        ("scjg.objects.tsv", lambda held: held[:-1], "最后一行没有以换行符结尾"),
        ("scjg.bans.tsv", _added(b"A\tB\tC\t" + b"0" * 32 + b"\n"), "行 A/B 未按键值升序排列"),
        ("scjg.after.jsonl", _added(b'{"seq":7,"kind":"redeal","object":"x"}\n'), "序号不是下一号"),
        ("scjg.after.jsonl", _added(b"[" * 700 + b"]" * 700 + b"\n"), "嵌套过深"),
        ("scjg.after.jsonl", _added(b'{"seq":1,}\n'), "不是 JSON：第 1 行第 10 列"),
        ("scjg.after.jsonl", _added(b'{"seq":1.5}\n'), "1.5 不是普通整数"),
        ("scjg.after.jsonl", _added(b'{"seq":' + b"1" * 5000 + b"}\n"), "其中有数字过长"),
        ("commit.json", _added(b"\xff"), "不是 UTF-8"),
        ("commit.json", lambda held: held.replace(b'"base":"all"', b'"base":"some"'), "rules.base：应为其中之一：all, eligible"),
        ("commit.json", lambda held: held.replace(b'"team":2', b'"team":9999'), "rules.team：应为 1 至 1000 的普通整数"),
        ("commit.json", lambda held: held.replace(b'"ssj1"', b'"ssj9"'), "不是 ssj1 承诺"),
    ],
)
def test_no_english_sentence_stands_within_a_chinese_fault(
    office: Operator, file: str, spoil: Callable[[bytes], bytes], chinese: str
) -> None:
    held = office.folder / "draw" / file
    held.write_bytes(spoil(held.read_bytes() if held.exists() else b""))
    said = office.say("draw", "verify", str(office.folder / "draw"), lang="zh-Hans")
    told = [line for line in (said.out + said.err).splitlines() if chinese in line]
    assert (said.code in {1, 2}, len(told)) == (True, 1), said.out + said.err
    assert _ENGLISH.search(told[0].replace(file, "")) is None, told
    english = office.say("draw", "verify", str(office.folder / "draw"))
    assert re.search(r"[\u4e00-\u9fff]", english.err) is None
    assert english.code == said.code
