"""What is said of one value as it was typed: a word, a sign, a number, a day. A slip is told by what is wrong, not by the whole rule."""

from __future__ import annotations

from collections.abc import Mapping

NONE = ("", "-")
"""The `nearest` of what is like nothing that is known: nothing is then said of it."""
HINTS = (r"nearest is \{nearest\}[,:] ", r"最接近的是 ?“?\{nearest\}”?[，：]")
"""What speaks of the nearest, in English and in Chinese."""

WORDS: Mapping[str, tuple[str, str]] = {
    "key_unknown": ("unknown; write `{nearest}`, or take it out", "没有这个字段；应为“{nearest}”，或者删去"),
    "key_stray": ("unknown; take it out; known are {known}", "没有这个字段，请删去；可用：{known}"),
    "type_wrong": ("got {value}; write {fix}", "现为 {value}；应写成 {fix}"),
    "text_blank": ("is empty; say in it what the row says, or take the row out", "没有内容；请写明，或者删去本行"),
    "text_unquoted": (
        'got {value}; it is a text: write it in straight double quotes, "{value}"',
        '现为 {value}；这里是文字，须放在英文双引号中："{value}"',
    ),
    "signs_wide": (
        "{value} has full-width signs of the Chinese keyboard; write {fix}",
        "{value} 中有中文（全角）符号；请用英文半角写成 {fix}",
    ),
    "code_unusable": (
        "{value} is no code: at most {most} printable characters, no white space, none of {but}",
        "{value} 不能作代号：至多 {most} 个可显示的字符，不得有空白，也不得有 {but}",
    ),
    "value_unknown": (
        "{value} is unknown; nearest is {nearest}, known are {known}",
        "没有“{value}”；最接近的是“{nearest}”，可用：{known}",
    ),
    "value_twice": ("{value} stands here twice; keep it once", "“{value}”重复；保留一个"),
    "basis_unreadable": (
        'got {value}; write source:article, as "S0:7", several joined by ";"',
        "现为 {value}；应写“来源:条号”，如“S0:7”，多个以英文分号“;”隔开",
    ),
    "basis_unknown": (
        "source {value} is not in [sources]; add it, or use one of {known}",
        "[sources] 中没有来源 {value}；请补上，或用其中之一：{known}",
    ),
    "ratio_float": ('a decimal number is not exact; write "{fix}" in quotes', "小数不精确；请写成带引号的“{fix}”"),
    "ratio_unreadable": ('got {value}; write a text such as "1/100" or "3%"', "现为 {value}；应写成“1/100”或“3%”"),
    "ratio_out_of_range": (
        "{value} is not above 0 and at most 1; nobody is exempt from being drawn",
        "{value} 不在大于0至1之间；任何对象都不得免于抽查",
    ),
    "term_unreadable": (
        'got {value}; write a term such as "20wd", "30d", "2mo"',
        "现为 {value}；应写成“20wd”（工作日）“30d”“2mo”",
    ),
    "number_too_small": ("{value}; write a whole number from {least}", "{value}；应为不小于 {least} 的整数"),
    "year_absurd": (
        "{value} cannot be meant: write a year from {first} to {last}",
        "{value} 的年份不合情理；应在 {first} 年至 {last} 年之间",
    ),
}
"""By code, in English and Chinese, as `flaws.WORDS`."""
