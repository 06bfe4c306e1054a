"""Identity codes: one written form, warnings for the irregular, refusal of what is no code. All people are invented."""

from __future__ import annotations

import csv
import gzip
import random
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.cn import ric, uscc

from inspector.domain.case import SubjectKind
from inspector.domain.errors import Invalid
from inspector.domain.identity import (
    Identity,
    IdentityKind,
    citizen_check_digit,
    identify,
    identity_kind,
    normalise,
    organisation,
    pseudonym,
    uscc_check_digit,
)
from tests.needs import require

TODAY = date(2026, 5, 20)
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
SECRET = b"a secret of the test office"


def credit_code(first17: str) -> str:
    return first17 + uscc_check_digit(first17)


def citizen_number(first17: str) -> str:
    return first17 + citizen_check_digit(first17)


def seen_as_credit_code(code: str) -> Identity:
    return identify(IdentityKind.USCC, code, today=TODAY)


def seen_as_citizen(code: str) -> Identity:
    return identify(IdentityKind.CITIZEN_ID, code, today=TODAY)


def other_digit(digit: str, among: str) -> str:
    return among[(among.index(digit) + 1) % len(among)]


GOOD_CREDIT_CODE = credit_code("91330000MA00000XX")
GOOD_CITIZEN = citizen_number("33010019900307001")


# --- one written form


def test_width_case_and_outer_space_make_no_difference_and_the_original_is_kept() -> None:
    written = f"\u3000{GOOD_CREDIT_CODE.lower()}\t\n".translate({ord(c): ord(c) + 0xFEE0 for c in ALPHABET})
    found = seen_as_credit_code(written)
    assert (found.normal, found.original, found.warnings) == (GOOD_CREDIT_CODE, written, ())


@settings(deadline=None)
@given(st.text(max_size=40))
@pytest.mark.slow
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@pytest.mark.parametrize(
    "typed", ["91OOOOOO-MA000000-1R", "91 OOOOOO MA0000001R", "９１oooooo－ma0000001r", "91OOOOOOMA0000001R"]
)
def test_blanks_and_hyphens_are_no_part_of_a_code_with_a_letter_typed_for_a_digit_and_the_letter_stays(typed: str) -> None:
    assert (normalise(typed), identify(IdentityKind.USCC, typed, today=TODAY).warnings) == ("91OOOOOOMA0000001R", ("letter",))


# --- unified social credit codes


@pytest.mark.parametrize("start", ["91", "11", "92", "N2", "A1", "Y1", "59"])
def test_departments_and_categories_in_use_pass(start: str) -> None:
    assert seen_as_credit_code(credit_code(f"{start}33000012345678X")).warnings == ()


def test_a_wrong_check_digit_is_a_warning() -> None:
    wrong = GOOD_CREDIT_CODE[:17] + other_digit(GOOD_CREDIT_CODE[17], ALPHABET)
    assert seen_as_credit_code(wrong).warnings == ("check_digit",)


@pytest.mark.parametrize("code", ["9133", GOOD_CREDIT_CODE + "0", "91A30000MA00000XX1"])
def test_an_unusual_shape_is_a_warning(code: str) -> None:
    assert seen_as_credit_code(code).warnings == ("shape",)


def test_an_unknown_department_or_category_is_only_a_remark() -> None:
    assert seen_as_credit_code(credit_code("B133000012345678X")).warnings == ("department_unknown",)
    assert seen_as_credit_code(credit_code("9933000012345678X")).warnings == ("department_unknown",)


def test_the_check_digit_agrees_with_stdnum_on_random_codes() -> None:
    rng = random.Random(20260520)
    for _ in range(2_000):
        first17 = f"9{rng.choice('123')}{rng.randrange(10**6):06d}" + "".join(rng.choices(ALPHABET, k=9))
        given_digit = rng.choice([uscc_check_digit(first17), rng.choice(ALPHABET)])
        ours = seen_as_credit_code(first17 + given_digit).warnings == ()
        assert uscc.is_valid(first17 + given_digit) == ours, first17 + given_digit


def test_every_code_of_a_real_register_passes_without_a_warning() -> None:
    folder = Path(require("shared-data")) / "cn-identifiers"
    codes = []
    for file in sorted(folder.glob("*.csv.gz")):
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            codes += [row["credit_code"] for row in csv.DictReader(lines)]
    assert len(codes) == 13_401
    assert sum(seen_as_credit_code(code).warnings != () for code in codes) == 0


# --- citizen identity numbers


def test_a_regular_number_passes_also_with_a_small_x() -> None:
    ends_in_x = next(n for k in range(100) if (n := citizen_number(f"330100199003070{k:02d}")).endswith("X"))
    assert seen_as_citizen(GOOD_CITIZEN).warnings == ()
    assert seen_as_citizen(ends_in_x.lower()).warnings == ()


@pytest.mark.parametrize(
    ("first17", "warnings"),
    [
        ("33010019900231001", ("birth_date",)),  # 31 February
        ("33010000000101001", ("birth_date",)),  # the year 0
        ("33010020260521001", ("birth_date",)),  # tomorrow
        ("33010020260520001", ()),  # born today
        ("99010019900307001", ()),  # a foreign permanent resident
        ("81000019900307001", ()),  # a permit of a Hong Kong resident
        ("83000019900307001", ()),  # a permit of a Taiwan resident
        ("50011919900307001", ()),  # a district younger than its people
        ("00000019900307001", ("region_unknown",)),
        ("16010019900307001", ("region_unknown",)),
    ],
)
def test_birth_date_and_region_are_looked_at(first17: str, warnings: tuple[str, ...]) -> None:
    assert seen_as_citizen(citizen_number(first17)).warnings == warnings


def test_several_irregularities_are_all_told() -> None:
    number = citizen_number("00000020990101001")
    wrong = number[:17] + other_digit(number[17], "0123456789X")
    assert seen_as_citizen(wrong).warnings == ("check_digit", "birth_date", "region_unknown")


@pytest.mark.parametrize("number", ["330100900307001", "33010019900307001", "3301001990030700١1"])
def test_numbers_of_another_shape_are_a_warning(number: str) -> None:
    assert seen_as_citizen(number).warnings == ("shape",)


def test_the_check_digit_agrees_with_stdnum_on_random_numbers() -> None:
    rng = random.Random(20260520)
    for _ in range(2_000):
        born = date(1990, 1, 1) + timedelta(days=rng.randrange(9_000))
        number = f"110101{born:%Y%m%d}{rng.randrange(1000):03d}{rng.choice('0123456789X')}"
        ours = "check_digit" not in seen_as_citizen(number).warnings
        assert (ric.calc_check_digit(number) == number[17]) == ours, number


def test_a_number_rounded_by_a_spreadsheet_but_shown_whole_is_pointed_out() -> None:
    assert seen_as_citizen("330100199003070000").warnings == ("check_digit", "rounded")


# --- what cannot be a code


@pytest.mark.parametrize("kind", list(IdentityKind))
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "identity_empty"),
        (" \u3000\t\n", "identity_empty"),
        *((nothing, "identity_empty") for nothing in ("-", "—", "／", "－ －", "...", "（）", "*" * 18)),
        ("9" * 65, "identity_too_long"),
        ("\ufdfa" * 10, "identity_too_long"),  # one character that normalises to eighteen
        ("9133\x000000", "identity_hidden_character"),
        ("9133\u200b0000", "identity_hidden_character"),
        ("\ufeff91330000", "identity_hidden_character"),
        ("9133\u202e0000", "identity_hidden_character"),
        ("9133\ud8000000", "identity_hidden_character"),
        ("9.13301E+17", "identity_destroyed_by_spreadsheet"),
        ("1.101011990030712e+17", "identity_destroyed_by_spreadsheet"),
        ("１．１０１Ｅ＋１７", "identity_destroyed_by_spreadsheet"),
        ("9E+17", "identity_destroyed_by_spreadsheet"),
        ("330100900307001.0", "identity_destroyed_by_spreadsheet"),
        ("########", "identity_destroyed_by_spreadsheet"),
        ("#N/A", "identity_destroyed_by_spreadsheet"),
    ],
)
def test_what_cannot_be_a_code_is_refused(text: str, code: str, kind: IdentityKind) -> None:
    with pytest.raises(Invalid) as caught:
        identify(kind, text, today=TODAY)
    assert caught.value.code == code


def test_a_refusal_does_not_repeat_the_code() -> None:
    with pytest.raises(Invalid) as caught:
        seen_as_citizen(GOOD_CITIZEN[:6] + "\x07" + GOOD_CITIZEN[6:])
    assert GOOD_CITIZEN[6:] not in str(caught.value)
    assert caught.value.facts == {"place": 7, "character": "U+0007"}


def test_a_credit_code_with_an_e_among_its_digits_is_no_spreadsheet_number() -> None:
    assert seen_as_credit_code(credit_code("91330000123456E78")).warnings == ()


def test_other_documents_are_only_written_in_one_form() -> None:
    assert identify(IdentityKind.OTHER, "ｅ12345678", today=TODAY).normal == "E12345678"


# --- pseudonyms


def test_a_pseudonym_is_known_by_its_vector() -> None:
    """Stored rows depend on these bytes: this may never change without a migration."""
    assert pseudonym(SECRET, IdentityKind.CITIZEN_ID, "330100199003070017") == "74a905f2e89b7cd7dcf068ab1ed6f418"


def test_a_pseudonym_hangs_on_secret_kind_and_code() -> None:
    one = pseudonym(SECRET, IdentityKind.USCC, GOOD_CREDIT_CODE)
    assert one == pseudonym(SECRET, IdentityKind.USCC, GOOD_CREDIT_CODE)
    assert len({
        one,
        pseudonym(SECRET + b"!", IdentityKind.USCC, GOOD_CREDIT_CODE),
        pseudonym(SECRET, IdentityKind.OTHER, GOOD_CREDIT_CODE),
        pseudonym(SECRET, IdentityKind.USCC, GOOD_CREDIT_CODE[:-1]),
    }) == 4  # fmt: skip


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        pseudonym(b"short", IdentityKind.USCC, GOOD_CREDIT_CODE)


@pytest.mark.parametrize(
    "told", ["91330000-MA00000XX{}", "9133 0000 MA00 000 XX{}", " ９１３３００００ｍａ０００００ｘｘ{} ", "91330000MA00000XX-{}"]
)
def test_blanks_and_hyphens_between_the_groups_of_a_code_are_no_part_of_it(told: str) -> None:
    assert seen_as_credit_code(told.format(GOOD_CREDIT_CODE[-1])).normal == GOOD_CREDIT_CODE


def test_what_is_no_code_keeps_its_blanks_and_hyphens() -> None:
    for told in ("MA200000-0", "第3号 甲", "91330000-MA0"):
        assert normalise(told) == told


@pytest.mark.parametrize("letter", list("IOSVZ"))
def test_a_letter_that_no_credit_code_has_is_told_as_one_typed_for_a_digit_and_the_code_is_kept(letter: str) -> None:
    assert seen_as_credit_code("TEST00000000000001").warnings == ("shape",), "what is none besides is another thing"
    held = seen_as_credit_code(f"91330000MA{letter}0000XX0")
    assert (held.normal, held.warnings) == (f"91330000MA{letter}0000XX0", ("letter",))


@pytest.mark.parametrize(
    "typed",
    [
        "9133O106MA0000074N",  # the letter O
        "91330106MAOOO0074N",
        "91330106M\u04100000074N",  # a Cyrillic A
        "91330106M\u03910000074N",  # a Greek one
        "USCI91330106MA0000074N",
        "330106MA0000074",  # a taxpayer's number of before 2015
        "MA000007-4",
        "91330106MA0000074N（已注销）",
        "(91330106MA0000074N)",
        "91330106MA0000074",  # its last sign left out
        "91330106\u2212MA0000074\u2212N",
        "91\u0417\u04170106MA0000074N",  # a Cyrillic Ze for 3
        "9133\u3007106MA\u3007\u3007\u3007\u3007074N",
    ],
)
def test_an_organisation_whose_code_was_mistyped_or_has_words_before_it_is_the_same(typed: str) -> None:
    assert organisation(normalise(typed)) == organisation("91330106MA0000074N") == "MA0000074"


def test_an_organisation_is_known_by_its_own_code_and_by_every_credit_code_of_it() -> None:
    of = {organisation(told) for told in (GOOD_CREDIT_CODE, GOOD_CREDIT_CODE[:17] + "9", "MA00000X-X", "MA00000XX")}
    assert of == {"MA00000XX"}
    assert organisation("330106000000001") is None, "a registration number is of no organisation code"


def test_two_people_of_two_places_born_on_one_day_are_no_organisation() -> None:
    first, second = (told + citizen_check_digit(told) for told in ("11010519491231002", "33010619491231002"))
    assert first[8:17] == second[8:17]
    assert (organisation(first), organisation(second)) == (None, None)
    assert {organisation(one[:17]) for one in ("11010519491231002X", "33010619491231002X")} == {None}


def test_a_firm_is_told_by_its_credit_code_and_a_natural_person_by_the_own_number() -> None:
    assert {kind: identity_kind(kind) for kind in SubjectKind} == {
        SubjectKind.FIRM: IdentityKind.USCC,
        SubjectKind.PERSON: IdentityKind.CITIZEN_ID,
    }
