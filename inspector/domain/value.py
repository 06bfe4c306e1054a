"""What can be a value at all: a contradiction is a value of the promise's own form, never a placeholder, an excuse or a remark.

"No such record", "-" and "cannot verify" say that somebody does not know. They stand where a value should, and are none
(handbook scenario 10: a finding of untrue needs a positive contradiction).
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

_NOTHING = frozenset(
    {
        *(
            "null",
            "none",
            "nil",
            "nan",
            "na",
            "n/a",
            "n.a.",
            "unknown",
            "undefined",
            "error",
            "nodata",
            "norecord",
            "empty",
            "tbd",
        ),
        *(
            "无",
            "空",
            "无数据",
            "无记录",
            "无此人",
            "无信息",
            "无结果",
            "无内容",
            "不详",
            "不明",
            "未知",
            "不清楚",
            "不知道",
            "没有",
            "略",
        ),
    }
)
"""Whole values, plain (see `_plain`), that stand for none."""
_EXCUSE = re.compile(
    r"查无|查不到|找不到|无法[核查确判认提获比联反]|不能[核查确判认提]|难以[核查确判认]|(?:未|没有?|尚未|暂未)能?[查检找获核收取]"
    r"|暂无|无(?:该|此|相关|有关|符合|任何)|没有(?:该|此|相关|有关|记录|数据|信息|档案)|待[核查定确补]|正在[核查调整]|系统(?:维护|繁忙|异常|错误|超时|故障|升级)|(?:查询|请求|连接)?超时|(?:查询|请求)失败"
    r"|not?(?:found|such|data|record|available|match)|cannot|can't|couldnot|unable|unavailable|pending|timeout|error|err[0-9:_-]"
)
"""How a text begins, plain, that says that nobody knows: an agency that has no record, a platform that does not work."""
_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")
_MONTH = re.compile("[0-9]{4}-[0-9]{2}")
_CODE = re.compile(r"[0-9a-z][0-9a-z./_-]*")
_ANSWERS = frozenset({"true", "yes", "y", "false", "no", "n", "是", "否", "有", "无", "有效", "无效", "属实", "不属实"})


def wordless(text: str) -> bool:
    """Whether a text in a value's place says that there is none, or that nobody knows it."""
    told = _plain(text)
    return not any(sign.isalnum() for sign in told) or told in _NOTHING or _EXCUSE.match(told) is not None


def alike(claimed: str, found: str) -> bool:
    """Whether both are values of one form that nobody can mistake: two numbers, days, months, yes or no, or codes built alike."""
    one, other = _form(claimed), _form(found)
    return one is not None and one == other


def _form(text: str) -> str | None:
    """The form of a value; None for free text, of which no program can say whether it is a value or a remark."""
    told = _plain(text)
    if told in _ANSWERS:
        return "answer"
    if _NUMBER.fullmatch(told):
        return "number"
    if _MONTH.fullmatch(told):
        return "month"
    try:
        date.fromisoformat(told)
    except ValueError:
        pass
    else:
        return "day"
    if _CODE.fullmatch(told) and any(sign.isdigit() for sign in told):
        return re.sub("[a-z]", "a", re.sub("[0-9]", "9", told))
    return None


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
