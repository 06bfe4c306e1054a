"""What can be a value at all, and when two writings are one: what nobody can tell apart from a remark or an outage contradicts nobody.

"No such record", "-" and "under maintenance" say that somebody does not know, or that something does not work. They stand where a value
should, and are none (handbook scenario 10: a finding of untrue needs a positive contradiction). No list of them is whole, so it is not
asked what is no value, but what is one: numbers, days, yes and no, codes built alike, and what the pack lists for the fact.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum

from inspector.domain.days import day, month
from inspector.domain.signs import composed

ONE = "="
"""Stands in an entry of a pack's list between writings of one value: `存续=在营=开业`."""

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
"""Whole values, plain (see `plain`), that stand for none."""
_OUTAGE = re.compile(
    r"(?:系统|服务|接口|网络|数据库?|平台|连接|查询|请求|参数)(?:正在)?(?:维护|升级|繁忙|异常|错误|故障|超时|失败|中断|不可用|过于频繁)"
    r"|超时|(?:暂时|目前)?(?:无法|不能)(?:查询|访问|连接)|稍后再?[试查]|(?:无|没有|未|权限)(?:权限|授权|登录|不足)|未知错误|暂停服务|限流"
    r"|unable|unavailable|internalservererror|badgateway|accessdenied|toomanyrequests|timeout|timedout|error|err[0-9:_-]|fail(?:ed|ure)?$"
    "|\ufffd"
)
"""What a text says, plain and anywhere, where something does not work, or broke on the way: neither for nor against anybody."""
_UNKNOWN = re.compile(
    r"查无|查不到|找不到|无法[核查确判认提获比联反]|不能[核查确判认提]|难以[核查确判认]|(?:未能?|没有?能?|尚未|暂未)(?:[检查]|找到|收到|获取|获悉)"
    r"|暂无|无(?:此|相关|有关|符合|任何)?(?:人|户|记录|数据|信息|档案|结果)|没有(?:该|此|相关|有关)?(?:人|户|记录|数据|信息|档案)"
    r"|(?:尚?待)[核查确补]|正在[核查调整]"
    r"|not?(?:found|such|data|record|available)|cannot(?:say|verify|tell|confirm|find|determine)|can't|couldnot"
)
"""How a text begins, plain, that says that nobody knows. What was not granted, not obtained or taken away is a finding."""
_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")
_CODED = re.compile(r"0[0-9]")
"""How digits begin that are no quantity: `0012` is a code, and is not 12."""
_CODE = re.compile(r"[0-9a-z][0-9a-z./_-]*")
_LONG_CODE = 15
"""Digits from which on they are a code, as registers and persons are numbered with: nobody has so many of anything."""
_KEPT = 15
"""Digits of a number that every machine keeps: spreadsheets keep no more, a double (IEEE 754) 15 to 17."""
_BETWEEN = re.compile(r"[;、；|\n]|(?<!\d)[,，]|[,，](?!\d)")
"""What parts a list. A comma between digits may group thousands, or stand for a point: `12,000` is no list of 12 and 000."""
_OPEN = ".."
_ANSWERS = {
    **dict.fromkeys(("true", "yes", "y", "是", "有", "有效", "属实"), True),
    **dict.fromkeys(("false", "no", "n", "否", "无", "无效", "不属实"), False),
}
"""How people and sources say yes and no; an interface that is asked for it may say `_BITS`, too."""
_BITS = {"1": True, "0": False}
_HAS, _NONE = "有", "无"
_FOR_EVER = frozenset({date(2038, 1, 19), date(2099, 12, 31), date(2999, 12, 31), date(3000, 1, 1), date.max})
_STAND_INS = _FOR_EVER | {
    *(date.min, date(1000, 1, 1), date(1601, 1, 1), date(1753, 1, 1)),
    *(date(1899, 12, 30), date(1899, 12, 31), date(1900, 1, 1), date(1970, 1, 1)),
}
"""Days (and months) that databases, spreadsheets and programs write where they have none; `_FOR_EVER`: for one that never comes.

What holds until such a day holds on every day; but that something happened on it, nobody says. No law has them: they are the least, the
greatest and the round ones of the types that dates are kept in.
"""
_NO_QUANTITY = frozenset({2**31 - 1, 2**32 - 1, 2**63 - 1, 2**64 - 1})
_FILLED = re.compile(r"9{4,}(\.9+|\.0+)?|0{4,}")
"""What stands for a number in the same way: the greatest that fit, and a field filled with nines or noughts."""


class Form(StrEnum):
    """The forms that nobody can mistake for words."""

    ANSWER = "answer"
    NUMBER = "number"
    MONTH = "month"
    DAY = "day"
    CODE = "code"


def plain(text: str) -> str:
    """Width, case and white space make no difference between two writings of one value."""
    return "".join(composed(text).casefold().split())


def wordless(text: str) -> bool:
    """Whether a text in a value's place says that there is none, that nobody knows it, or that something does not work."""
    told = plain(text)
    empty = not any(sign.isalnum() for sign in told) or told in _NOTHING
    return empty or _UNKNOWN.match(told) is not None or broken(text)


def nothing(text: str) -> bool:
    """Whether a text is nothing but signs, or one of the words that stand for none, whatever signs stand around it."""
    told = "".join(sign for sign in plain(text) if sign.isalnum())
    return not told or told in _NOTHING


def broken(text: str) -> bool:
    """Whether a text tells of something that does not work: such a one is no match either, whatever was promised."""
    return _OUTAGE.search(plain(text)) is not None


def no_day(text: str) -> bool:
    """Whether a text is a day or a month, or a window of them, that registers write where they have none; *for ever* is not among them."""
    return any(_stands_for_none(part, _STAND_INS - _FOR_EVER) for part in _ends(text))


def stand_in(text: str) -> bool:
    """Whether a text is one of the days or months that stand for none, or for one that never comes: it contradicts nobody."""
    return any(_stands_for_none(part, _STAND_INS) for part in _ends(text))


def no_quantity(text: str) -> bool:
    """Whether a text is digits that machines write where they have no number: those of a day that is none (`19700101`), too."""
    told = plain(text)
    if _FILLED.fullmatch(told) is not None:
        return True
    return _NUMBER.fullmatch(told) is not None and (Decimal(told) in _NO_QUANTITY or _stands_for_none(told, _STAND_INS))


def dated(text: str) -> bool:
    """Whether digits alone are a day of these two centuries (`20240101`): beside another number they are no quantity."""
    told = plain(text)
    return told.isdigit() and 1900 <= getattr(_read(day, told), "year", 0) < 2100


def unsaid(claimed: str, found: str) -> bool:
    """Whether a source's 无 may be that it has nothing to say: it is the contrary of 有 alone."""
    return plain(found) == _NONE and plain(claimed) != _HAS


def unlike(claimed: str, found: str) -> bool | None:
    """Whether two values of one form differ. None where they cannot be told apart, or either of them is free text.

    `5`, `5.0` and `５` are one number, `是` and `true` one answer. Codes that differ in width and case alone are not told apart, nor are
    numbers of which one may be what a machine has `rounded` the other to.
    """
    one, other = _formed(claimed), _formed(found)
    if one is None or other is None or one[0] is not other[0] or one[1] != other[1]:
        return None
    if one[2] == other[2]:
        return None if one[0] is Form.CODE else False
    none = stand_in(found) if one[0] in (Form.DAY, Form.MONTH) else _unequal(claimed, found)
    return None if none or unsaid(claimed, found) else True


def _unequal(claimed: str, found: str) -> bool:
    """Whether two numbers are none that could be held against each other."""
    return no_quantity(found) or dated(claimed) != dated(found) or rounded(claimed, found)


def rounded(one: str, other: str) -> bool:
    """Whether one of two numbers may be the other as a machine has kept it: alike in the digits that all keep, and one has more.

    A spreadsheet makes 330102199001011000 of 330102199001011234, a double 330102199001011200, and 0.30000000000000004 of 0.3.
    """
    if not all(map(_NUMBER.fullmatch, (plain(one), plain(other)))):
        return False
    told, found = Decimal(plain(one)), Decimal(plain(other))
    if max(len(told.as_tuple().digits), len(found.as_tuple().digits)) <= _KEPT:
        return False
    return abs(told - found) < Decimal(1).scaleb(max(told.adjusted(), found.adjusted()) + 1 - _KEPT)


def listed(text: str, values: Sequence[str]) -> str | None:
    """The value of a closed list that a text is, by whichever of its writings; None for what is not in it."""
    told = plain(text)
    return next((value for value in values if told in map(plain, writings(value))), None)


def writings(value: str) -> list[str]:
    """All the writings of one value of a list; the first is its own."""
    return value.split(ONE)


def moments(*texts: str) -> list[date]:
    """Days, or months by their first: all of one form, for a month is neither before nor after a day of its own. Raises ValueError."""
    months = [_read(month, text) for text in texts]
    if None not in months:
        return [held for held in months if held is not None]
    return [day(text) for text in texts]


def window(text: str) -> tuple[date, date]:
    """The first and last day of `2024-01-01/2027-12-31`; `..` is open (ISO 8601-2). Raises ValueError."""
    first, slash, last = (part.strip() for part in text.partition("/"))
    if not slash or first == last == _OPEN:
        raise ValueError(f"no window of days: {text}")
    held = date.min if first == _OPEN else day(first), date.max if last == _OPEN else day(last)
    if held[0] > held[1]:
        raise ValueError(f"a window that ends before it begins: {text}")
    return held


def members(text: str) -> frozenset[str]:
    """What a list names, whatever parts its members. Raises ValueError where it names nothing."""
    named = frozenset(filter(None, map(plain, _BETWEEN.split(text))))
    if not named:
        raise ValueError(f"a list of nothing: {text}")
    return named


def yes(text: str) -> bool:
    """What a source says of a question that it is asked to say yes or no to. Raises ValueError for anything else."""
    told = plain(text)
    answer = _ANSWERS.get(told, _BITS.get(told))
    if answer is None:
        raise ValueError(f"neither yes nor no: {text}")
    return answer


def denies(text: str) -> bool:
    """Whether a text is *no*, in any of its writings."""
    told = plain(text)
    return _ANSWERS.get(told, _BITS.get(told)) is False


def number(text: str) -> Decimal:
    """A plain number, without sign, unit or separator. Raises ValueError for anything else: 5 years are not 5, and no code is a number."""
    told = composed(text).strip()
    if not _NUMBER.fullmatch(told) or _long(told):
        raise ValueError(f"no plain number: {text}")
    return Decimal(told)


def _formed(text: str) -> tuple[Form, str, object] | None:
    """Form, how it is built, and value; None for free text, of which no program can say whether it is a value or a remark."""
    told = plain(text)
    if told in _ANSWERS:
        return Form.ANSWER, "", _ANSWERS[told]
    if _NUMBER.fullmatch(told):
        coded = _CODED.match(told) or _long(told)
        return (Form.CODE, re.sub("[0-9]", "9", told), told) if coded else (Form.NUMBER, "", Decimal(told))
    for form, read in ((Form.MONTH, month), (Form.DAY, day)):
        if (held := _read(read, text)) is not None:
            return form, "", held
    if _CODE.fullmatch(told) and any(sign.isdigit() for sign in told) and not wordless(told):
        return Form.CODE, re.sub("[a-z]", "a", re.sub("[0-9]", "9", told)), told
    return None


def _long(told: str) -> bool:
    return told.isdigit() and len(told) >= _LONG_CODE


def _stands_for_none(text: str, days: Collection[date]) -> bool:
    return _read(day, text) in days or _read(month, text) in {held.replace(day=1) for held in days}


def _ends(text: str) -> list[str]:
    """A day or a month alone, or those of a window."""
    return text.split("/") if _read(day, text) is None and _read(month, text) is None else [text]


def _read(read: Callable[[str], date], text: str) -> date | None:
    try:
        return read(text)
    except ValueError:
        return None
