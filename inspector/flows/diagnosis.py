"""What is wrong with a file that people hand in: which row, which column, what, and how to mend it, in both languages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from inspector.domain.errors import InspectorError
from inspector.labels import Lang, words

_FACT = re.compile(r"\{([a-z_]+)\}")
HEAD = 1
"""The row of the heads, as spreadsheets count."""

# code: what (English, Chinese), how to mend it (English, Chinese).
WORDS: Mapping[str, tuple[str, str, str, str]] = {
    "column_unknown": (
        "there is no column {column}",
        "没有“{column}”这一列",
        "rename it ({nearest}?) or take it out",
        "请改名（{nearest}？）或删去",
    ),
    "column_twice": ("the column stands twice", "该列重复", "keep one", "保留一列"),
    "column_missing": ("the column is missing", "缺少该列", "add it; also called {other}", "请补上；也可写作“{other}”"),
    "cell_empty": ("the cell is empty", "单元格为空", "fill it in", "请填写"),
    "cell_too_long": ("{length} characters, at most {most}", "共{length}字，最多{most}字", "shorten it", "请缩短"),
    "cell_control": (
        "an invisible control character at place {place}",
        "第{place}个字符是不可见的控制字符",
        "type the cell anew",
        "请重新录入",
    ),
    "cell_is_number": (
        "a number, not text: spreadsheets round long numbers and drop zeros",
        "是数值而不是文本：表格软件会舍入长数字、丢掉前导零",
        "format the column as text and enter the value again from its source",
        "请把该列设为文本格式，并按原件重新录入",
    ),
    "choice_unknown": ("{value} is not known", "不认识“{value}”", "write one of: {known}", "请填其中之一：{known}"),
    "day_unreadable": ("{value} is no date", "“{value}”不是日期", "write it as 2026-03-02", "请写成 2026-03-02"),
    "number_unreadable": ("{value} is no whole number", "“{value}”不是整数", "write digits only", "请只填数字"),
    "cells_too_many": (
        "more cells than heads",
        "单元格多于列数",
        "take the surplus out, or quote commas",
        "请删去多余部分，或给逗号加引号",
    ),
    "reference_twice": ("also stands in row {other}", "与第{other}行重复", "keep one of the rows", "保留一行"),
    "code_twice": (
        "also stands in row {other}, with other content",
        "与第{other}行重复且内容不同",
        "keep one of the rows",
        "保留一行",
    ),
    "agency_outside": (
        "{agency} is not below {above}",
        "{agency} 不属于 {above}",
        "leave the cell empty, or import it with --agency {agency}",
        "请留空，或改用 --agency {agency} 导入",
    ),
    "level_unknown": (
        "{level} is on no pack's scale",
        "“{level}”不在任何政策包的等级表上",
        "write one of: {known}",
        "请填其中之一：{known}",
    ),
    "as_of_future": ("{as_of} lies in the future", "{as_of} 晚于当前时间", "write the day it was stated", "请填评定日期"),
    "digest_unreadable": ("no SHA-256", "不是 SHA-256 摘要", "64 digits 0-9a-f, or leave it empty", "应为64位 0-9a-f，或留空"),
}

# Errors of intake, and the column a person must look at.
COLUMN_OF: Mapping[str, str] = {
    "agency_unknown": "agency",
    "pack_missing": "agency",
    "pack_not_in_force": "agency",
    "item_unknown": "item",
    "item_excluded": "item",
    "matter_not_covered": "matter",
    "subject_not_covered": "subject_kind",
    "proxy_not_allowed": "proxy",
    "signed_in_future": "signed_on",
    "claims_missing": "claim:…",
    "fact_unknown": "claim:{fact}",
    "reference_reused": "reference",
    "letter_missing": "letter_text",
    "letter_digest_differs": "letter_digest",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RowFlaw:
    """One thing wrong. `row` counts as spreadsheets do, the heads being row 1."""

    row: int
    column: str
    code: str
    facts: Mapping[str, object] = field(default_factory=dict)

    def what(self, lang: Lang) -> str:
        """What is wrong."""
        if self.code in WORDS:
            return _fill(WORDS[self.code][0 if lang == "en" else 1], self.facts)
        text = words(lang).get(f"error.{self.code}")
        return _fill(text, self.facts) if text else f"{self.code} {dict(self.facts)}"

    def fix(self, lang: Lang) -> str:
        """How to mend it."""
        if self.code in WORDS:
            return _fill(WORDS[self.code][2 if lang == "en" else 3], self.facts)
        return "correct the cell and import the file again" if lang == "en" else "请改正该单元格后重新导入"


def of_error(row: int, error: InspectorError, column: str = "") -> RowFlaw:
    """An error of intake as a flaw of its row."""
    named = column or _fill(COLUMN_OF.get(error.code, "subject_code" if error.code.startswith("identity_") else ""), error.facts)
    return RowFlaw(row=row, column=named, code=error.code, facts=error.facts)


def _fill(text: str, facts: Mapping[str, object]) -> str:
    return _FACT.sub(lambda found: str(facts.get(found[1], "…")), text)
