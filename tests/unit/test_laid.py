"""What of a proof's file no digest binds is held to the one way in which it is laid out: no edit of `ledger.json` goes unseen."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from inspector.domain import folio, manifest
from inspector.domain.folio import LEDGER, MANIFEST, sums
from inspector.domain.signature import Signature
from inspector.domain.suite import Suite, paths
from inspector.domain.treehead import Frontier, Proof, consistency
from tests.unit.test_folio import ENTRIES, FILES, HEAD, OTHERS, PAGES, codes, entry, remade

LIST = manifest.listing(sums(PAGES))
POSTED = entry(1, manifest.POSTED, manifest=manifest.digest(LIST), address="https://register.example")
ALL = [*OTHERS[:7], POSTED.digest, *OTHERS[7:]]
ROOT = Frontier().grown(ALL).head
(WAY,) = paths(Suite(), map(bytes.fromhex, ALL), [7])
GROWTH = [Proof(size=ROOT.size, root=ROOT.root, path=consistency(ALL, since), since=since) for since in (4, 6, 11)]
WORD = date(2026, 3, 3), Signature(key="04" + "a" * 128, text=b"", value="b" * 128)
REGISTER = manifest.proof(replace(POSTED, place=7, path=WAY), ROOT, GROWTH, WORD)


def register(ledger: bytes) -> list[str]:
    """What is wrong with a register whose proof is this one."""
    return [one.code for one in manifest.judge(sums(PAGES), LIST, ledger, [ROOT]).troubles]


def laid(told: object) -> bytes:
    return folio.json_of(told)


def growth(change: Callable[[list[dict[str, Any]]], object]) -> bytes:
    told = json.loads(REGISTER)
    change(told["growth"])
    return laid(told)


def test_both_hold_as_they_are() -> None:
    assert register(REGISTER) == []
    assert codes(FILES) == set()


@pytest.mark.parametrize(
    "other",
    [
        lambda content: content + b"\n",
        lambda content: b" " + content,
        lambda content: json.dumps(json.loads(content), ensure_ascii=False).encode(),
        lambda content: laid(dict(reversed(json.loads(content).items()))),
        lambda content: content.replace(b"+08:00", b"+0800"),
        lambda content: content.replace(b"T09:30:00+08:00", b"T01:30:00+00:00"),
        lambda content: content.replace(b"T09:30:00+08:00", b"T10:30:00+09:00"),
    ],
    ids=["line", "blank", "narrow", "order", "zone-text", "utc", "tokyo"],
)
def test_another_layout_order_or_zone_of_the_same_moment_is_seen(other: Callable[[bytes], bytes]) -> None:
    assert other(REGISTER) != REGISTER
    assert register(other(REGISTER)) == ["file_changed"]
    assert codes(remade({**FILES, LEDGER: other(FILES[LEDGER])})) == {"file_changed"}


@pytest.mark.parametrize(
    "change",
    [
        lambda told: told.reverse(),
        lambda told: told.append(told[0]),
        lambda told: told[0].update(since=3),
        lambda told: told[0]["path"].append("0" * 64),
        lambda told: told[1]["path"].pop(),
        lambda told: told[2]["path"].__setitem__(0, "0" * 64),
        lambda told: told[1].update(size=ROOT.size + 1),
        lambda told: told[1].update(root="0" * 64),
        lambda told: told.insert(0, {"size": ROOT.size, "root": ROOT.root, "digest": "0" * 64, "place": 1, "path": []}),
    ],
    ids=["turned", "twice", "since", "longer", "shorter", "step", "size", "root", "inclusion"],
)
def test_a_proof_of_growth_that_was_changed_is_seen_though_nobody_needs_it(
    change: Callable[[list[dict[str, Any]]], object],
) -> None:
    assert register(growth(change)) == ["file_changed"]
    told = json.loads(FILES[LEDGER])
    ways = [Proof(size=HEAD.size, root=HEAD.root, path=consistency(ENTRIES, since), since=since) for since in (4, 6, 11)]
    told["growth"] = [one.value() for one in ways]
    assert codes(remade({**FILES, LEDGER: laid(told)})) == set()
    change(told["growth"])
    assert codes(remade({**FILES, LEDGER: laid(told)})) == {"file_changed"}


@pytest.mark.parametrize("word", [{"key": "04"}, {"day": "yesterday"}, {"signature": ""}, {"more": "1"}], ids="".join)
def test_a_signature_that_is_none_is_seen_without_a_key(word: dict[str, str]) -> None:
    told = json.loads(REGISTER)
    told["signed"] |= word
    assert register(laid(told)) == ["file_changed"]
    own = json.loads(FILES[MANIFEST]) | {"key": WORD[1].key, "signature": WORD[1].value}
    assert codes({**FILES, MANIFEST: laid(own)}) == set(), "whose it is shows the command, by the key"
    if "day" not in word:
        assert codes({**FILES, MANIFEST: laid(own | word)}) == {"file_changed"}


def test_half_a_character_is_seen_and_breaks_nothing() -> None:
    """Parsed JSON may hold one; no text can be written again from it."""
    told = json.loads(FILES[LEDGER])
    told["entries"][0]["salt"] = "\ud800"
    assert "file_changed" in codes({**FILES, LEDGER: json.dumps(told).encode()})
    assert "file_changed" in register(REGISTER.replace(str(POSTED.salt).encode(), b"\\ud800", 1))
