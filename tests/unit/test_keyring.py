"""A sealed text opens in its place, its row and under its key, and nowhere else; a sealed code is the same wherever it stands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from inspector import sealkeys
from inspector.domain.errors import Invalid, Refusal
from inspector.store.keyring import Keyring, Secret
from tests.sealing import CODES, NEW, OLD, OTHER_CODES, RING

PLACE, ROW = "case_file.body", "a-case"


def test_a_text_is_no_text_any_more_and_opens_where_it_belongs() -> None:
    told = RING.seal(PLACE, ROW, "承诺书正文")
    assert "承诺书正文" not in told
    assert told != RING.seal(PLACE, ROW, "承诺书正文"), "who compares two rows learns nothing"
    assert RING.open(PLACE, ROW, told) == "承诺书正文"
    assert RING.open_file(PLACE, ROW, RING.seal_file(PLACE, ROW, b"\x00photo")) == b"\x00photo"


@pytest.mark.parametrize(("place", "row"), [("evidence.body", ROW), (PLACE, "another"), ("case_file.bod", "ya-case")])
def test_in_another_column_or_row_it_is_refused(place: str, row: str) -> None:
    with pytest.raises(Refusal, match="sealed_altered"):
        RING.open(place, row, RING.seal(PLACE, ROW, "x"))


def test_whichever_sign_is_changed_it_is_refused() -> None:
    told = RING.seal(PLACE, ROW, "x")
    head = len("~s1.") + 8 + 1
    for at in range(head, len(told)):
        changed = told[:at] + ("A" if told[at] != "A" else "B") + told[at + 1 :]
        with pytest.raises(Refusal, match="sealed_altered"):
            RING.open(PLACE, ROW, changed)


WRITTEN: dict[str, Callable[[str], str]] = {
    "a blank": lambda told: told + " ",
    "a line feed": lambda told: told[:-2] + "\n" + told[-2:],
    "no padding": lambda told: told.rstrip("="),
}


@pytest.mark.parametrize("change", WRITTEN.values(), ids=WRITTEN)
def test_the_same_bytes_written_in_another_way_are_refused(change: Callable[[str], str]) -> None:
    with pytest.raises(Refusal, match="sealed_altered"):
        RING.open(PLACE, ROW, change(RING.seal(PLACE, ROW, "x")))


def test_what_another_key_has_sealed_names_the_key_that_is_missing() -> None:
    told, code = RING.seal(PLACE, ROW, "x"), RING.seal_code("A")
    with pytest.raises(Refusal, match=OLD.id):
        Keyring([NEW], [OTHER_CODES]).open(PLACE, ROW, told)
    with pytest.raises(Refusal, match=CODES.id):
        Keyring([NEW], [OTHER_CODES]).open_code(code)
    assert Keyring([NEW, OLD], [OTHER_CODES, CODES]).open(PLACE, ROW, told) == "x"


def test_a_code_is_found_by_being_alike_and_read_by_nobody_without_the_key() -> None:
    one = RING.seal_code("110105194912310002")
    assert one == RING.seal_code("110105194912310002") != RING.seal_code("110105194912310003")
    assert "1101051949" not in one
    assert RING.open_code(one) == "110105194912310002"
    assert RING.open_code("110105194912310002") == "110105194912310002", "one of before there was a key"
    assert one != Keyring([OLD], [OTHER_CODES]).seal_code("110105194912310002"), "nobody tries codes without this very key"
    with pytest.raises(Refusal, match="sealed_altered"):
        RING.open_code(one[:-4] + "AAAA")


def test_keys_are_made_and_read_from_files_that_only_their_owner_reads(tmp_path: Path) -> None:
    first, second = tmp_path / "a.key", tmp_path / "b.key"
    ids = sealkeys.write(first), sealkeys.write(second)
    ring = sealkeys.read([first], [second])
    assert (ring.current, ring.current_lookup) == ids
    with pytest.raises(Invalid, match="key_file_exists"):
        sealkeys.write(first)
    assert sealkeys.read([], []).current == "", "an office without keys works as it did"


def test_a_key_that_others_can_read_or_that_is_none_is_refused_by_the_name_of_its_file(tmp_path: Path) -> None:
    held, other = tmp_path / "a.key", tmp_path / "b.key"
    for file in (held, other):
        sealkeys.write(file)
    for mode in (0o640, 0o604, 0o666):
        held.chmod(mode)
        with pytest.raises(Invalid, match=r"key_file_unfit.*a\.key"):
            sealkeys.read([held], [other])
    held.chmod(0o600)
    for text in ("", "00" * 31, "x" * 64):
        held.write_text(text, encoding="ascii")
        with pytest.raises(Invalid, match="key_file_unfit"):
            sealkeys.read([held], [other])
    with pytest.raises(Invalid, match="key_file_unfit"):
        sealkeys.read([tmp_path / "none"], [other])


def test_one_kind_of_key_alone_or_one_key_for_both_is_refused(tmp_path: Path) -> None:
    held = tmp_path / "a.key"
    sealkeys.write(held)
    for sealing, lookup in ((1, 0), (0, 1)):
        with pytest.raises(Invalid, match="keys_incomplete"):
            sealkeys.read([held] * sealing, [held] * lookup)
    with pytest.raises(Invalid, match="key_repeated"):
        sealkeys.read([held], [held])


def test_a_keys_id_says_nothing_of_it() -> None:
    assert OLD.id not in OLD.held.hex()
    assert Secret(held=OLD.held).id == OLD.id
