"""The form to answer on as it stands in a mail: framed by marks that only this letter has, so that no one else's words are read in it.

Mail programs wrap what they quote, break pages into lines, and put what they like before each of them. So neither where a line begins
nor that it is quoted says whose words it holds; what says it is the frame: its mark is made of the letter's reply code, which nobody
has but who got the letter, and what we quote in a letter can make no mark (`quoted`). (Decision 84.)
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from inspector.domain.signs import composed
from inspector.domain.words import Words

_MARK = re.compile(r"【[^【】]{0,80}?(?<![0-9a-f])([0-9a-f]{8})(?:[\s>|]{0,9}-[\s>|]{0,9}([0-9a-f]{8}))?[\s>|]{0,9}】")
_ENDS = re.compile(r"\r\n?")
"""What ends a line of a mail. Not U+2028 and its like."""
_CONTROL = re.compile(r"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_QUOTES = ">|" + "".join(sign for sign in map(chr, range(0x3001)) if sign.isspace() and sign != "\n")
_BROKEN = str.maketrans({":": "∶", "：": "∶", "【": "〔", "】": "〕"})
_MOST_HEAD = 12
"""Lines above a quoted letter in which programs say who wrote it to whom, when and about what, the first of which is known as such."""
_LONGEST = 400
_DATES = re.compile(r"\d{4}\D\d{1,2}\D\d{1,2}|\d{1,2}:\d\d")
_CALLS = re.compile(r"\+?\d[\d \-()]{6,24}\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A form found in a mail. `inside` is what stands between its marks, `above` the letter it belongs to (None: it was cut off).

    `seal` is what that letter's text was when it left; `begins` and `ends` are where both stand in the mail.
    """

    mark: str
    seal: str
    inside: str
    above: str | None
    begins: int
    ends: int

    def whole(self, code: str) -> bool:
        """Whether the letter above is as it left: nobody has written between its lines."""
        return self.above is None or sealed(code, self.above) == self.seal


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoting:
    """How mail programs say that they quote, and whom: `alone` is such a line by itself, `first` begins a block of `further` ones."""

    alone: re.Pattern[str]
    first: re.Pattern[str]
    further: re.Pattern[str]


def quoting(
    titles: Iterable[str], senders: Iterable[str], heads: Iterable[str], wrote: Iterable[str], at: Iterable[str]
) -> Quoting:
    """The same of the words they use: for a quoted mail, for who sent it, for what else is said of it, for that and when he wrote."""
    title = rf"-{{2,40}}\s{{0,9}}(?:{_any(titles)})\s{{0,9}}-{{2,40}}"
    alone = (
        rf"[-_=*\s]{{0,200}}|{title}|.{{0,300}}(?:{_any(wrote)})\s{{0,9}}[:：]"
        rf"|[^<>]{{0,80}}<[^<>\s]{{1,80}}@[^<>\s]{{1,80}}>[;,\s]{{0,9}}(?:(?:{_any(at)}).{{0,80}})?"
    )
    sender = rf"(?:{_any(senders)})\s{{0,9}}(?:[:：|]|.{{0,80}}@)"
    first, further = rf"{title}|{sender}", rf"{sender}|(?:{_any(heads)})\s{{0,9}}(?:[:：|]|.{{0,80}}[@\d])"
    made = [re.compile(one, re.IGNORECASE) for one in (alone, first, further)]
    return Quoting(alone=made[0], first=made[1], further=made[2])


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(word.strip()) for word in words)


def mark(code: str) -> str:
    """The mark of the letters that have this reply code: eight signs, from which nobody gets the code."""
    return hashlib.sha256(f"slip {code}".encode()).hexdigest()[:8]


def sealed(code: str, text: str) -> str:
    """Eight signs for a letter's text, whatever lines and blanks it is broken into, and wherever and how often its link is shown."""
    letters = "".join(filter(str.isalnum, composed(text)))
    link = rf"https?[0-9A-Za-z]{{0,300}}?{re.escape(''.join(filter(str.isalnum, code)))}"
    letters = re.sub(link, "", letters) if code else letters
    return hashlib.sha256(f"letter {code} {letters}".encode()).hexdigest()[:8]


def letter(told: Words, text: str, code: str) -> str:
    """A letter as the text of a mail: body, dossier (`text`), how to answer, and, where one is wanted, the form in its frame."""
    parts = list(filter(None, (told.body, text, told.how)))
    if not told.slip:
        return "\n\n".join(parts)
    head, opens, closes = told.marks
    above, number = "\n\n".join(parts), mark(code)
    lines = "\n".join((*told.known, *(f"{one}：" for one in told.slip)))
    frame = f"【{opens} {number}-{sealed(code, above)}】\n{lines}\n【{closes} {number}】"
    return f"【{head} {number}】\n\n{above}\n\n{frame}"


def quoted(text: str) -> str:
    """What somebody else said, as it is put into a letter: on one line, with no sign that a line or a mark of the form is known by."""
    return " ".join(text.split()).translate(_BROKEN)


def clean(text: str) -> str:
    """The text of a mail with one kind of line end, and blanks for what nobody sees."""
    return _CONTROL.sub(" ", _ENDS.sub("\n", text))


def sheets(text: str) -> list[Sheet]:
    """The forms in the (clean) text of a mail, in their order; a mark without its fellow makes none."""
    found, heads, opened, last = [], dict[str, int](), dict[str, re.Match[str]](), 0
    for one in _MARK.finditer(text):
        number = one[1]
        if one[2]:
            opened[number] = one
        elif number not in opened:
            heads[number] = one.start()
        else:
            opens, head = opened.pop(number), heads.pop(number, None)
            begins = opens.start() if head is None or head < last else head
            above = None if begins == opens.start() else text[text.index("】", begins) + 1 : opens.start()]
            inside = text[opens.end() : one.start()]
            found.append(Sheet(mark=number, seal=opens[2], inside=inside, above=above, begins=begins, ends=one.end()))
            last = one.end()
    return found


def lines(inside: str, names: Mapping[str, str], alone: Collection[str] = ()) -> tuple[dict[str, str], str]:
    """What is filled in behind each of the form's names, to the next one, and what stands there behind none of them.

    `names`: each name as it is written, without what stands in brackets, with what it is called here. An answer of several lines is
    read whole; that of a name in `alone` is what stands on its own line, and a line after it is behind no name. A name that stands there
    twice has both texts, so that none is lost: what is a choice or a day is then none.
    """
    one_of = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    line = re.compile(rf"^[ \t]*({one_of})[ \t]*(?:[（(][^（）()：:]{{0,200}}[）)])?\s{{0,9}}[:：]", re.IGNORECASE | re.MULTILINE)
    told = "\n".join(row.lstrip(_QUOTES) for row in inside.split("\n"))
    found = list(line.finditer(told))
    ends = [*(one.start() for one in found), len(told)][1:]
    filled, stray = dict[str, list[str]](), [told[: found[0].start() if found else None].strip()]
    for one, end in zip(found, ends, strict=True):
        name, rows = names[one[1].casefold()], [row.strip() for row in told[one.end() : end].split("\n")]
        if name in alone:
            stray += filter(None, rows[1:])
            rows = rows[:1]
        if text := "\n".join(filter(None, rows)):
            filled.setdefault(name, []).append(text)
    return {name: "\n".join(texts) for name, texts in filled.items()}, "\n".join(filter(None, stray))


def beside(text: str, found: Iterable[Sheet], says: Quoting) -> str:
    """What a mail says outside of the letters it quotes: its writer's own words. What programs write above a quoted letter is no word."""
    own, at = [], 0
    for one in found:
        own.append(_above(text[at : one.begins], says))
        at = one.ends
    own.append(text[at:])
    rows = (row for part in own for row in part.split("\n"))
    return "\n".join(row.strip() for row in rows if row.strip(_QUOTES) and not row.lstrip().startswith(">"))


def unknown(words: str, known: Iterable[str]) -> bool:
    """Whether own words say more than greetings, thanks, names and numbers to call (`known`: such words)."""
    said = composed(words).casefold()
    for word in sorted({composed(one).casefold().strip() for one in known} - {""}, key=len, reverse=True):
        said = said.replace(word, " ")
    return any(map(str.isalnum, _CALLS.sub(" ", _DATES.sub(" ", said))))


def _above(text: str, says: Quoting) -> str:
    """What stands before a quoted letter, without the lines by which programs say that they quote."""
    rows = _trimmed(text.split("\n"), says)
    for count, row in enumerate(map(_bare, reversed(rows[-_MOST_HEAD:])), start=1):
        if says.first.match(row):
            rows = _trimmed(rows[:-count], says)
            break
        if row and not says.further.match(row):
            break
    return "\n".join(rows)


def _trimmed(rows: list[str], says: Quoting) -> list[str]:
    end = len(rows)
    while end and len(rows[end - 1]) <= _LONGEST and says.alone.fullmatch(_bare(rows[end - 1])):
        end -= 1
    return rows[:end]


def _bare(row: str) -> str:
    return row[:_LONGEST].lstrip(_QUOTES).rstrip()
