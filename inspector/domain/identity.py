"""Identity codes of subjects: how a code is written down in one way, and what about it looks irregular.

Real registers hold real subjects under irregular codes, so a failed check is a warning for a person, never a reason to
drop a row. Refused is only what cannot be a code at all: nothing (no letter and no digit), far too long, invisible characters, or a
number that Excel has destroyed.
Sources: GB 32100-2015 (unified social credit code), GB 11643-1999 with ISO 7064 MOD 11-2 (citizen identity number).
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from operator import mul

from inspector.domain.case import SubjectKind
from inspector.domain.errors import Invalid
from inspector.domain.signs import composed

LONGEST = 64
USCC_LENGTH = 18
"""Characters of a unified social credit code."""
SHORTEST_SECRET = 16

_USCC_DIGITS = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100 leaves out I, O, S, V, Z
_USCC_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_USCC = re.compile(rf"[{_USCC_DIGITS}]{{2}}[0-9]{{6}}[{_USCC_DIGITS}]{{10}}")
_HELD = re.compile(f"(?=({_USCC.pattern}))")
_CUT = re.compile(_USCC.pattern.replace("{10}", "{9}"))
_USCC_CATEGORIES = {
    "1": "1239", "2": "19", "3": "123459", "4": "19", "5": "1239", "6": "12",
    "7": "12", "8": "19", "9": "123", "A": "19", "N": "1239", "Y": "1",
}  # fmt: skip
_PARTED = re.compile(r"[\s./_\-\u2010-\u2015\u2212]")
"""What people put between the groups of a code."""
_ORGANISATION = re.compile(r"[0-9A-Z]{8}[0-9X]")
_TAXPAYER = re.compile(r"[0-9]{6}([0-9A-Z]{8})([0-9X])")
"""A taxpayer's number of before 2015: the region, then the organisation code."""
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_IMPOSSIBLE = re.compile(r"[IOSVZ]")
_LOOKALIKE = str.maketrans("IOSVZАВСЕЗНІКМОРЅТХУΑΒΕΖΗΙΚΜΝΟΡΤΥΧ〇", "105U2ABCE3H1KM0P5TXYABE2H1KMN0PTYX0")
"""Letters that no credit code has, and Cyrillic and Greek ones, as the sign of a code that each is taken for."""
_CITIZEN_ID = re.compile(r"[0-9]{17}[0-9X]")
_CITIZEN_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_WITHIN = re.compile(rf"(?<![0-9])(?=([0-9](?:{_PARTED.pattern}?[0-9]){{16}}{_PARTED.pattern}?[0-9X])(?![0-9]))")
_OLD_LENGTH = 15
_TRADE = re.compile(f"[0-9]{{{_OLD_LENGTH}}}")
_OLD_WITHIN = re.compile(f"(?<![0-9]){_TRADE.pattern}(?![0-9])")
# The provinces; 81-83 are permits of Hong Kong, Macau and Taiwan residents, 9 begins those of foreign residents.
_PROVINCE = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|9[0-9]")

# 9.13301E+17 as shown or read from a cell, 123456.0 as a float, ##### from a narrow column, #N/A from a formula.
_DESTROYED = re.compile(r"[0-9]+(\.[0-9]+)?E\+[0-9]+|[0-9]+\.[0-9]+E[0-9]+|[0-9]+\.0+|#+|#(N/A|REF!|VALUE!|NAME\?|NUM!)")


class IdentityKind(StrEnum):
    """Which code a column holds; never guessed from the code itself, since some numbers fit both shapes."""

    USCC = "uscc"
    CITIZEN_ID = "citizen_id"
    OTHER = "other"


class IdentityWarning(StrEnum):
    """What looks irregular. The two UNKNOWN ones are remarks: our table may simply be older than the code."""

    SHAPE = "shape"
    LETTER = "letter"
    CHECK_DIGIT = "check_digit"
    ROUNDED = "rounded"
    BIRTH_DATE = "birth_date"
    DEPARTMENT_UNKNOWN = "department_unknown"
    REGION_UNKNOWN = "region_unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A code in its one written form, as it was handed in, and what looks irregular (values of `IdentityWarning`)."""

    kind: IdentityKind
    normal: str
    original: str
    warnings: tuple[str, ...] = ()


def identity_kind(kind: SubjectKind) -> IdentityKind:
    """Which code tells a subject of a kind: a firm's credit code, a natural person's citizen number."""
    return IdentityKind.USCC if kind is SubjectKind.FIRM else IdentityKind.CITIZEN_ID


def of_another(kind: IdentityKind, normal: str, today: date) -> bool:
    """Whether a code is right in every sign as a firm's where it was to be a natural person's, or the reverse, and irregular as its own.

    One that fits both shapes is what it was said to be.
    """
    other = {IdentityKind.USCC: IdentityKind.CITIZEN_ID, IdentityKind.CITIZEN_ID: IdentityKind.USCC}.get(kind)
    return other is not None and bool(_warnings(normal, kind, today)) and not _warnings(normal, other, today)


def identify(kind: IdentityKind, original: str, *, today: date, field: str = "") -> Identity:
    """Normalise and check a code.

    Raises Invalid: `identity_empty`, `identity_too_long`, `identity_hidden_character`, or
    `identity_destroyed_by_spreadsheet`. The facts of these errors never hold the code itself; `field` is where a message has it.
    """
    normal = normalise(original)
    try:
        _refuse_what_is_no_code(original, normal)
    except Invalid as error:
        raise Invalid(error.code, **error.facts, **({"field": field} if field else {})) from None
    return Identity(kind=kind, normal=normal, original=original, warnings=tuple(_warnings(normal, kind, today)))


def normalise(original: str) -> str:
    """One written form: compatibility width (full-width letters become plain), upper case, no outer white space.

    Blanks and hyphens between the groups of what is then a credit code or a citizen number are no part of it, at whichever door it
    comes in: else one firm stood in a frame twice, and its chance was doubled. So it is where a sign was typed for one that is taken for
    it; the sign itself stays, and is told.
    """
    plain = composed(composed(original).upper()).strip()
    whole = _PARTED.sub("", plain)
    return whole if _USCC.fullmatch(whole.translate(_LOOKALIKE)) or _CITIZEN_ID.fullmatch(whole) else plain


def organisation(normal: str) -> str | None:
    """The organisation code that a code is or holds (GB 11714; positions 9 to 17 of a credit code); None for any other code.

    Two rows that agree in it are one organisation under two codes. Whoever mistypes a sign, writes words before the code or behind it, or
    leaves out its last sign does not make two of it: signs that are taken for each other count as one, and what holds a credit code whose
    check character fits is one, or the first 17 signs of one if the organisation's own fits.
    A taxpayer's number of before 2015 ends with the code. A citizen number that is right in every sign has the shape of a credit code
    and is none: people of two places who were born on one day share these positions.
    """
    whole = _PARTED.sub("", normal).translate(_LOOKALIKE)
    found = whole[-USCC_LENGTH:]
    if is_person(found):
        return None
    if _USCC.fullmatch(found):
        return found[8:17] if found == whole or uscc_check_digit(found[:17]) == found[17] else None
    if (held := _TAXPAYER.fullmatch(whole)) and _organisation_check(held[1]) == held[2]:
        return held[1] + held[2]
    if _ORGANISATION.fullmatch(whole):
        return whole
    if _CUT.fullmatch(whole) and _organisation_check(whole[8:16]) == whole[16]:
        cut = whole.isdecimal() and is_person(whole + citizen_check_digit(whole))
        return None if cut else whole[8:17]
    held_in = (told[1] for told in _HELD.finditer(whole))
    return next((told[8:17] for told in held_in if uscc_check_digit(told[:17]) == told[17] and not is_person(told)), None)


def is_person(code: str) -> bool:
    """Whether it is a citizen number that is right in every sign."""
    return _CITIZEN_ID.fullmatch(code) is not None and not _citizen_warnings(code, date.max)


def holds_person(text: str) -> bool:
    """Whether a citizen number stands anywhere in a text: one of 18 signs that is right in each, or one of 15 digits, as until 1999.

    Signs that people put between groups are passed over in the long one; the short one has no check digit, so it is looked for whole,
    and taken for one where its region and its day of birth may be.
    """
    if len(text) < _OLD_LENGTH:
        return False
    plain = composed(composed(text).upper())
    whole = (_PARTED.sub("", found[1]) for found in _WITHIN.finditer(plain))
    return any(map(is_person, whole)) or any(
        _PROVINCE.match(one) and _was_born(f"19{one[6:12]}", date.max) for one in _OLD_WITHIN.findall(plain)
    )


def is_firm(code: str) -> bool:
    """Whether a code is right as a firm's: a credit code in every sign, or a trade register's number of 15 digits (its last one checks)."""
    if _TRADE.fullmatch(code):
        return _trade_check(code) == 1
    return not _uscc_warnings(code)


def _trade_check(code: str) -> int:
    """1 where the last of the digits is the check digit of the others (ISO 7064 MOD 11,10)."""
    last, left = 0, 10
    for sign in code:
        last = (left + int(sign)) % 10 or 10
        left = last * 2 % 11
    return last


def _organisation_check(first8: str) -> str:
    """The last character of an organisation code (GB 11714)."""
    total = sum(int(sign, 36) * weight for sign, weight in zip(first8, _ORGANISATION_WEIGHTS, strict=True))
    return "0X987654321"[total % 11]


def uscc_check_digit(first17: str) -> str:
    """The last character of a unified social credit code (GB 32100). Raises ValueError outside its alphabet."""
    total = sum(map(mul, map(_USCC_DIGITS.index, first17), _USCC_WEIGHTS))
    return _USCC_DIGITS[-total % 31]


def citizen_check_digit(first17: str) -> str:
    """The last character of an 18-digit citizen identity number (ISO 7064 MOD 11-2)."""
    total = sum(int(digit) * weight for digit, weight in zip(first17, _CITIZEN_WEIGHTS, strict=True))
    return "10X98765432"[total % 11]


def pseudonym(secret: bytes, kind: IdentityKind, normal: str) -> str:
    """A stable stand-in for a code, 32 hex digits of a keyed HMAC-SHA256; without the secret it cannot be guessed back.

    Identity numbers are few enough to be tried out one by one, so a plain digest would hide nothing. Raises ValueError
    for a secret under 16 bytes.
    """
    if len(secret) < SHORTEST_SECRET:
        raise ValueError(f"pseudonym secret: give at least {SHORTEST_SECRET} bytes, not {len(secret)}")
    return hmac.new(secret, f"{kind}\0{normal}".encode(), hashlib.sha256).hexdigest()[:32]


def _refuse_what_is_no_code(original: str, normal: str) -> None:
    if not normal:
        raise Invalid("identity_empty")
    if max(len(original), len(normal)) > LONGEST:
        raise Invalid("identity_too_long", length=max(len(original), len(normal)), most=LONGEST)
    # Category C: controls, invisible format marks, surrogates. Two codes that look alike on screen must not differ.
    for place, character in enumerate("" if normal.isprintable() else normal, start=1):
        if unicodedata.category(character).startswith("C"):
            raise Invalid("identity_hidden_character", place=place, character=f"U+{ord(character):04X}")
    if _DESTROYED.fullmatch(normal):
        raise Invalid("identity_destroyed_by_spreadsheet", fix="format the column as text and enter the codes again")
    if not any(map(str.isalnum, normal)):  # a dash that stands for no code: else all who have none were one subject
        raise Invalid("identity_empty")


def _warnings(normal: str, kind: IdentityKind, today: date) -> list[IdentityWarning]:
    match kind:
        case IdentityKind.USCC:
            return _uscc_warnings(normal)
        case IdentityKind.CITIZEN_ID:
            return _citizen_warnings(normal, today)
        case IdentityKind.OTHER:
            return []


def _uscc_warnings(code: str) -> list[IdentityWarning]:
    if not _USCC.fullmatch(code):  # a letter that no credit code has, in what else is one, was typed for a digit
        return [IdentityWarning.LETTER if _USCC.fullmatch(_IMPOSSIBLE.sub("0", _PARTED.sub("", code))) else IdentityWarning.SHAPE]
    found = [] if uscc_check_digit(code[:17]) == code[17] else _failed_check_digit(code)
    if code[1] not in _USCC_CATEGORIES.get(code[0], ""):
        found.append(IdentityWarning.DEPARTMENT_UNKNOWN)
    return found


def _citizen_warnings(code: str, today: date) -> list[IdentityWarning]:
    if not _CITIZEN_ID.fullmatch(code):
        return [IdentityWarning.SHAPE]
    found = [] if citizen_check_digit(code[:17]) == code[17] else _failed_check_digit(code)
    if not _was_born(code[6:14], today):
        found.append(IdentityWarning.BIRTH_DATE)
    if not _PROVINCE.match(code):
        found.append(IdentityWarning.REGION_UNKNOWN)
    return found


def _failed_check_digit(code: str) -> list[IdentityWarning]:
    """A spreadsheet keeps 15 digits of a number and fills up with zeros; so rounded, a code fails its check too."""
    rounded = code.isdecimal() and code.endswith("000")
    return [IdentityWarning.CHECK_DIGIT, *([IdentityWarning.ROUNDED] if rounded else [])]


def _was_born(digits: str, today: date) -> bool:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:])) <= today
    except ValueError:
        return False


def masked(code: str) -> str:
    """A natural person's code, or a telephone, for eyes that can do without.

    As in logs a citizen number keeps its first six signs and its last four, a telephone its first three and last four; of anything
    else at most a quarter stays, at its end.
    """
    head, tail = {18: (6, 4), 11: (3, 4)}.get(len(code), (0, min(4, len(code) // 4)))
    return code[:head] + "*" * (len(code) - head - tail) + code[len(code) - tail :]
