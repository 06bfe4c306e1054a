"""Rows as bytes: what may stand in a register of a draw, in what order, and how a row proves that it stood there (ruling 2)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from inspector.domain.errors import Invalid
from inspector.domain.frame import (
    _PLAIN,
    _TEXT,
    Ban,
    Frame,
    InspectorRow,
    ObjectRow,
    _bad_field,
    content,
    flaw,
    freeze,
    lines,
    read,
)
from inspector.domain.suite import Suite, included, path, root
from tests.bundles import barred, person, thing

WHITE_SPACE = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
"""Every character with the Unicode property White_Space."""
SALT = "0" * 32


def objects(*rows: ObjectRow) -> Frame:
    return freeze(rows, [], [])


def refused(code: str, **facts: object) -> Any:
    """The refusal with this code and these facts."""
    return pytest.raises(Invalid, check=lambda error: error.code == code and facts.items() <= error.facts.items())


def read_objects(text: str | bytes) -> Frame:
    return read(text if isinstance(text, bytes) else text.encode(), b"", b"")


def line(*fields: str) -> str:
    return "\t".join(fields) + "\n"


def test_rows_are_sorted_by_the_bytes_of_their_key() -> None:
    frame = objects(thing("Z"), thing("企业"), thing("😀"), thing("￭"), thing("a"), thing("10"), thing("9"))
    names = [row.id for row in frame.objects]
    assert names == sorted(names, key=str.encode) == ["10", "9", "Z", "a", "企业", "￭", "😀"]


def test_a_file_read_and_written_again_is_the_same_bytes() -> None:
    staff = [person("甲", pools=("P0", "P1"), quals=("Q",), cap=0), person("乙", pools=())]
    frame = freeze([thing("b", qual="Q"), thing("a", status="cap", pool="")], staff, [barred("b", "甲"), barred("a", "甲")])
    files = content(frame.objects), content(frame.inspectors), content(frame.bans)
    assert read(*files) == frame
    assert files[1] == f"乙\t\t\t99\t1\t{staff[1].salt}\n甲\tP0,P1\tQ\t0\t1\t{staff[0].salt}\n".encode()


def test_ids_are_opaque_text_so_001_is_not_1() -> None:
    assert len(objects(thing("001"), thing("1")).objects) == 2


def test_empty_files_are_a_frame() -> None:
    assert read(b"", b"", b"") == Frame(objects=(), inspectors=(), bans=())
    assert root(Suite(), []) == hashlib.sha256(b"").hexdigest()


@pytest.mark.parametrize("char", WHITE_SPACE)
@pytest.mark.parametrize("field", ["id", "stratum", "status", "pool", "qual", "salt"])
def test_no_field_begins_or_ends_with_unicode_white_space(field: str, char: str) -> None:
    plain = {"id": "a", "stratum": "A", "status": "1", "pool": "P", "qual": "", "salt": SALT}
    for text in (f"x{char}", f"{char}x", char):
        with refused("draw_row_invalid", field=field, value=repr(text)):
            objects(ObjectRow(**plain | {field: text}))


def test_spaces_inside_a_field_and_signs_without_the_property_are_text() -> None:
    assert [flaw(text) for text in ("a b", "某 公司", "\u200b", "x\u180e", "", "\x80")] == [None] * 6


@pytest.mark.parametrize("char", [*map(chr, range(0x20)), "\x7f"])
def test_no_field_holds_a_control_character(char: str) -> None:
    with refused("draw_row_invalid", field="id"):
        objects(thing(f"a{char}b"))


@pytest.mark.parametrize("text", ["e\u0301", "\u212b", "\u1100\u1161", "a\ud800"])
def test_text_that_is_not_nfc_or_no_text_at_all_is_refused(text: str) -> None:
    with refused("draw_row_invalid", field="stratum", file="objects", row="a"):
        objects(thing("a", stratum=text))


def test_an_id_that_cannot_be_written_is_refused_by_name() -> None:
    with refused("draw_row_invalid", field="id", row="\\ud800"):
        objects(ObjectRow(id="\ud800", stratum="A", pool="P", salt=SALT))


@pytest.mark.parametrize(
    ("row", "field"),
    [
        (thing(""), "id"),
        (thing("a", stratum=""), "stratum"),
        (thing("\ufeffa"), "id"),
        (thing("a", pool="P0,P1"), "pool"),
        (thing("a", qual="Q,R"), "qual"),
    ],
)
def test_an_object_without_id_or_stratum_with_a_byte_order_mark_or_a_comma_is_refused(row: ObjectRow, field: str) -> None:
    with refused("draw_row_invalid", file="objects", field=field):
        objects(row)


@pytest.mark.parametrize(
    ("row", "field"),
    [
        (person(""), "id"),
        (person("a", pools=("P0,P1",)), "pools"),
        (person("a", pools=("P0", "")), "pools"),
        (person("a", pools=("P0", " P1")), "pools"),
        (person("a", quals=("Q,R",)), "quals"),
        (person("a", cap=-1), "cap"),
    ],
)
def test_an_inspector_without_id_with_a_comma_in_a_pool_or_a_negative_cap_is_refused(row: InspectorRow, field: str) -> None:
    with refused("draw_row_invalid", file="inspectors", field=field):
        freeze([], [row], [])


@pytest.mark.parametrize(("ban", "field"), [(barred("", "Z"), "object"), (barred("a", ""), "inspector")])
def test_a_ban_names_an_object_and_an_inspector(ban: Ban, field: str) -> None:
    with refused("draw_row_invalid", file="bans", field=field):
        freeze([], [], [ban])


def test_a_row_that_stands_there_three_times_is_refused_with_the_count() -> None:
    with refused("draw_row_twice", file="objects", row="a", count=3):
        objects(thing("a"), thing("b"), thing("a", stratum="B"), thing("a"))
    with refused("draw_row_twice", file="bans", row="a/Z"):
        freeze([], [], [barred("a", "Z"), barred("a", "Z", "last-visit")])


@pytest.mark.parametrize(
    "given",
    [
        line("a", "A", "1", "P", "", SALT)[:-1],
        line("a", "A", "1", "P", "", SALT).encode("utf-8-sig"),
        line("a", "A", "1", "P", "", SALT).replace("\n", "\r\n"),
        line("a", "A", "1", "P", "", SALT) + "\n",
        line("a", "A", "1", "P", SALT),
        line("a", "A", "1", "P", "", SALT, ""),
        line("b", "A", "1", "P", "", SALT) + line("a", "A", "1", "P", "", SALT),
        line("a", "A", "1", "P", "", SALT) * 2,
        line("a", "", "1", "P", "", SALT),
        line("", "A", "1", "P", "", SALT),
        b"\xff\tA\t1\tP\t\t0\n",
    ],
)
def test_a_file_is_read_strictly_or_refused(given: str | bytes) -> None:
    with pytest.raises(Invalid):
        read_objects(given)


SIGNS = ["", *"aZ9~!-+, \t\n", "企", "\u9fff", "\u3400", "\uf900", "é", "\u0301", "\u3000", "，", "\ufeff", "\x7f", "😀"]


@pytest.mark.parametrize(("kind", "row"), [("objects", thing("o", qual="Q")), ("bans", barred("o", "Z"))])
def test_what_the_quick_look_at_a_row_lets_pass_the_thorough_one_does_too(kind: str, row: ObjectRow | Ban) -> None:
    passed = 0
    for field, one, other, last in product(row.__slots__, SIGNS, SIGNS, ["", "a", "企"]):
        changed = replace(row, **{field: one + other + last})
        if _PLAIN[kind].fullmatch("\t".join(changed.fields())):
            passed += 1
            assert _bad_field(changed) is None, changed
    assert passed > 500


def test_no_normal_form_touches_what_the_quick_look_lets_pass() -> None:
    known = [chr(code) for code in range(0x10000) if re.fullmatch(_TEXT, chr(code))]
    assert len(known) > 20_000
    assert [sign for sign in known if flaw(sign) or flaw(f"a{sign}企")] == []


def test_a_line_ends_at_a_line_feed_and_nowhere_else() -> None:
    (row,) = read_objects(line("a\u2028b\x85c", "A", "1", "P", "", SALT)).objects
    assert row.id == "a\u2028b\x85c"


@pytest.mark.parametrize("cap", ["", "01", "+1", "-1", "1.0", " 1", "１", "1_0", "9" * 19, "9" * 5000])
def test_a_cap_is_zero_or_digits_without_a_leading_zero(cap: str) -> None:
    with refused("draw_row_invalid", file="inspectors", field="cap"):
        read(b"", line("Z", "P", "", cap, "1", SALT).encode(), b"")


@pytest.mark.parametrize("pools", [",", "P,", ",P", "P,,Q", "P, Q"])
def test_a_list_of_pools_has_one_form_only(pools: str) -> None:
    with refused("draw_row_invalid", file="inspectors", field="pools"):
        read(b"", line("Z", pools, "", "9", "1", SALT).encode(), b"")


def tree(rows: Sequence[bytes]) -> bytes:
    """RFC 6962's tree head, as its text says it."""
    if len(rows) == 1:
        return hashlib.sha256(b"\x00" + rows[0]).digest()
    split = 1 << (len(rows) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + tree(rows[:split]) + tree(rows[split:])).digest()


@pytest.mark.parametrize("count", range(1, 18))
def test_every_row_of_every_small_tree_proves_that_it_stood_there_and_nothing_else_does(count: int) -> None:
    suite, rows = Suite(), list(lines(objects(*(thing(f"o{k:02d}") for k in range(count))).objects))
    top = root(suite, rows)
    assert top == tree(rows).hex()
    for index, row in enumerate(rows):
        steps = path(suite, rows, index)
        assert included(suite, row, index, count, steps, top)
        assert [other for other in range(-1, count + 2) if included(suite, row, other, count, steps, top)] == [index]
        assert not included(suite, row + b"x", index, count, steps, top)
        assert not included(suite, row, index, count, (*steps, "00" * 32), top)
        assert not steps or not included(suite, row, index, count, steps[:-1], top)


def test_nothing_is_included_in_an_empty_file() -> None:
    assert not included(Suite(), b"", 0, 0, (), root(Suite(), []))


@pytest.mark.parametrize("step", ["", "zz" * 32, "00" * 31, None, 7, "AA" * 32, "00 " * 32])
def test_a_path_that_is_no_path_is_refused_quietly(step: object) -> None:
    assert included(Suite(), b"a", 0, 2, [step], "00" * 32) is False


def test_an_inner_node_cannot_pass_as_a_row() -> None:
    suite, rows = Suite(), [b"a", b"b", b"c", b"d"]
    left = hashlib.sha256(b"\x00a").digest() + hashlib.sha256(b"\x00b").digest()
    assert not included(suite, left, 0, 2, path(suite, rows, 0)[1:], root(suite, rows))


def test_an_unknown_suite_is_refused_with_the_known_ones() -> None:
    with refused("draw_suite_unavailable", suite="md5", known="sha256, sm3"):
        Suite(name="md5")


def test_sm3_gives_the_standards_own_answer() -> None:
    assert Suite(name="sm3").hex("abc") == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
