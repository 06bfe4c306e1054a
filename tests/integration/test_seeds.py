"""Parts of a seed fit what was promised before the draw (draw-protocol 7.4, ruling 19)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager

import pytest

from connectors.seeds import ceremony, reveal
from inspector.domain.errors import Invalid
from inspector.ports import Garbled, NotYet, Refused, Typed, Unavailable
from inspector.testing import caught
from inspector.testing.peer import Peer, Step, answer, peer, raw

NONCE = "0f" * 32
HASH = hashlib.sha256(f"ssj1/nonce\n{NONCE}".encode()).hexdigest()


@contextmanager
def party(*steps: Step) -> Iterator[tuple[reveal.RevealSeed, Peer]]:
    with peer(*steps) as held, closing(reveal.connect("justice", {"url": held.url, "tries": 1})) as made:
        yield made, held


def test_a_party_promises_by_hash_and_reveals_the_nonce() -> None:
    with party(answer(200, {"hash": HASH}), answer(200, {"nonce": NONCE})) as (made, held):
        promise = made.promise("D-1", key="k-1")
        part = made.reveal("D-1", promise, (), key="k-2")
    assert promise == {"kind": "reveal", "party": "justice", "hash": HASH}
    assert part == {"kind": "reveal", "nonce": NONCE}
    assert [(heard.path, heard.json()) for heard in held.heard] == [("/promise", {"draw": "D-1"}), ("/reveal", {"draw": "D-1"})]


@pytest.mark.parametrize("nonce", ["1f" * 32, "0F" * 32, "0f", 7, None])
def test_a_nonce_that_is_not_the_promised_one_is_garbled(nonce: object) -> None:
    with party(answer(200, {"nonce": nonce})) as (made, _):
        error = caught(lambda: made.reveal("D-1", {"kind": "reveal", "hash": HASH}, (), key="k-2"))
    assert isinstance(error, Garbled)
    assert error.code in ("nonce_differs", "nonce_unreadable")


def test_a_party_that_does_not_reveal_yet_is_waited_for() -> None:
    with party(answer(202)) as (made, _):
        error = caught(lambda: made.reveal("D-1", {"kind": "reveal", "hash": HASH}, (), key="k-2"))
    assert isinstance(error, Unavailable)
    assert error.code == "reveal_waiting"


def test_a_party_that_promises_no_hash_is_garbled() -> None:
    with party(raw(b'HTTP/1.1 200 Said\r\nContent-Length: 14\r\n\r\n{"hash": "ab"}')) as (made, _):
        assert isinstance(caught(lambda: made.promise("D-1", key="k-1")), Garbled)


def test_a_party_that_promises_one_digit_all_along_is_garbled_for_nobody_has_its_secret() -> None:
    content = b'{"hash": "%s"}' % (b"7" * 64)
    with party(raw(b"HTTP/1.1 200 Said\r\nContent-Length: %d\r\n\r\n%s" % (len(content), content))) as (made, _):
        error = caught(lambda: made.promise("D-1", key="k-1"))
    assert isinstance(error, Garbled)
    assert error.code == "hash_unreadable"


def told(*figures: tuple[str, str], **form: object) -> Callable[[], Mapping[str, object]]:
    made = ceremony.connect("dice", {"what": "dice", **(form or {"dice": 3, "sides": 6})})
    promise = made.promise("D-1", key="k-1")
    return lambda: made.reveal("D-1", promise, tuple(Typed(by=by, figures=typed) for by, typed in figures), key="k-2")


def test_a_ceremony_promises_what_will_be_thrown_its_form_and_how_much_chance_that_holds() -> None:
    dice = ceremony.connect("dice", {"what": "26 dice", "dice": 26, "sides": 6})
    assert dice.promise("D-1", key="k-1") == {
        "kind": "text",
        "what": "26 dice",
        "bits": 67,
        "form": {"dice": 26, "sides": 6, "lowest": 1},
    }
    balls = ceremony.connect("lottery", {"what": "the next draw", "balls": [[6, 33], [1, 16]], "bits": 20})
    assert balls.promise("D-1", key="k-1") == {
        "kind": "text",
        "what": "the next draw",
        "bits": 20,
        "form": {"balls": [[6, 33], [1, 16]]},
    }


def test_two_people_typing_the_same_figures_make_the_part() -> None:
    assert told(("li", " 3 1  4\n"), ("wang", "3 1 4"))() == {"kind": "text", "text": "3 1 4"}


@pytest.mark.parametrize(
    "figures", [(), (("li", "3 1 4"),), (("li", "3 1 4"), (" li", "3 1 4")), (("li", "3 1 4"), (" ", "3 1 4"))]
)
def test_one_person_is_not_two_however_often_they_type(figures: tuple[tuple[str, str], ...]) -> None:
    error = caught(told(*figures))
    assert isinstance(error, Unavailable)
    assert error.code == "ceremony_waiting"


def test_figures_that_differ_are_no_answer_until_the_one_who_erred_types_again() -> None:
    error = caught(told(("li", "3 1 4"), ("wang", "3 1 5")))
    assert isinstance(error, NotYet)
    assert error.code == "ceremony_disagrees"
    assert told(("li", "3 1 4"), ("wang", "3 1 5"), ("wang", "3 1 4"))()["text"] == "3 1 4"


@pytest.mark.parametrize("figures", ["", "3+1+4", "3\x001 4", "3\u200b1 4", "3 1", "3 1 4 4", "3 1 7", "0 1 4"])
def test_figures_that_nobody_can_have_thrown_are_refused(figures: str) -> None:
    error = caught(told(("li", figures), ("wang", figures)))
    assert isinstance(error, Refused)
    assert error.code == "ceremony_unreadable"


@pytest.mark.parametrize(
    "config",
    [
        {"what": " ", "dice": 26, "sides": 6},
        {"what": "dice", "dice": 26, "sides": 6, "bits": 68},
        {"what": "lottery", "balls": [[6, 33], [1, 16]], "bits": 25},
        {"what": "dice", "bits": 67},
        {"what": "dice", "dice": 26, "sides": 1},
        {"what": "both", "dice": 26, "sides": 6, "balls": [[6, 33]]},
        {"what": "lottery", "balls": [[6]]},
        {"what": "lottery", "balls": [[33, 6]]},
    ],
)
def test_a_ceremony_that_declares_more_chance_than_it_holds_or_says_not_what_it_is_is_refused(config: dict[str, object]) -> None:
    with pytest.raises(Invalid, match="connector_key_range"):
        ceremony.connect("dice", config)
