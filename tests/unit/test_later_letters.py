"""Letters that versions of Unicode compose differently: no reader's own version decides what a text of the protocol is (decision 165)."""

from __future__ import annotations

import json
import subprocess
import unicodedata
from collections.abc import Mapping

import pytest

from inspector.domain.frame import flaw
from inspector.domain.signs import LATER
from inspector.verifier import verify_draw
from tests import minds
from tests.bundles import vector
from tests.tampering import changed, encode, fitted, packed

BESIDE = "\u0334", "\u0345"
"""Marks of the lowest and the highest class: what has a class of its own changes places with one of them."""
NODE = """
const beside = %s, found = [];
for (let code = 0; code < 0x110000; code++) {
  if (code >= 0xd800 && code < 0xe000) continue;
  const sign = String.fromCodePoint(code);
  const texts = [sign, sign + beside[0], beside[1] + sign];
  found.push(texts.map((one) => one.normalize("NFD")).join(" "));
}
console.log(JSON.stringify(found));
"""


@pytest.mark.needs("node")
@pytest.mark.slow
def test_whatever_this_python_and_this_node_take_apart_differently_is_refused() -> None:
    """Composing is the other way round: what no version takes apart differently, none puts together differently."""
    script = NODE % json.dumps(BESIDE)
    told = json.loads(subprocess.run(["node", "-e", script], check=True, capture_output=True, timeout=120).stdout)
    codes = [code for code in range(0x110000) if not 0xD800 <= code < 0xE000]
    for code, theirs in zip(codes, told, strict=True):
        sign = chr(code)
        mine = " ".join(unicodedata.normalize("NFD", one) for one in (sign, sign + BESIDE[0], BESIDE[1] + sign))
        if mine != theirs:
            assert LATER.fullmatch(sign), f"U+{code:04X}: the table of 7.1 lacks it"


def test_no_letter_that_was_there_in_unicode_14_is_refused() -> None:
    """What is valid stays valid: all of these are gaps of that version. (A Python with a later one cannot tell.)"""
    late = [chr(code) for code in range(0x110000) if LATER.fullmatch(chr(code))]
    assert len(late) > 3000
    if unicodedata.unidata_version == "14.0.0":
        assert {unicodedata.category(one) for one in late} == {"Cn"}
    assert not LATER.search("企业 é 한 𠀀 𰻝 😀 🩷 ﾊ Ω")


def renamed(name: str) -> Mapping[str, bytes]:
    """A published vector whose party is called so, with a result that fits it."""
    files = packed(vector("2"))
    return fitted({**files, "commit.json": encode(changed(json.loads(files["commit.json"]), ("seed", 0, "party"), name))})


@pytest.mark.needs("node")
def test_all_three_refuse_a_text_with_such_a_letter_alike_whether_it_would_be_composed_or_not() -> None:
    # Tulu-Tigalari, Gurung Khema and Kirat Rai compose in Unicode 16, a Kawi sign came with 15; Bengali was ever there
    late = [
        "\U00011382\U000113c9",
        "\U00011383",
        "\U0001611e\U0001611e",
        "\U00016d63\U00016d67",
        "a\U00011f41",
        "\u0897b",
        "\u1acf",
        "\U0001e6e3",
    ]
    fine = ["甲", "é", "\u09cb", "\U0002ebf0", "🩷", "\U000110ab"]
    bundles = [renamed(one) for one in (*late, *fine)]
    said = [(minds.house(one), minds.python(one), page) for one, page in zip(bundles, minds.browser(bundles), strict=True)]
    assert said[: len(late)] == [(2, 2, 2)] * len(late)
    assert said[len(late) :] == [(0, 0, 0)] * len(fine)


@pytest.mark.parametrize("letter", ["\U00011382", "\u0897", "\U0001e700"])
def test_the_frame_and_the_one_file_say_so_of_a_field(letter: str) -> None:
    assert flaw(f"a{letter}") == "a letter that versions of Unicode compose differently"
    assert not verify_draw.text(f"a{letter}")
    assert verify_draw.text("a")
