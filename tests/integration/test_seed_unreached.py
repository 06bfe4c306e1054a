"""A connection that never stood is nobody's silence: an outage of ours names no party as one that withheld its part (decision 121)."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from connectors.seeds import reveal as revealing
from inspector.domain.plan import DrawState
from inspector.domain.register import EntryKind
from inspector.flows import wording
from inspector.labels import LANGS
from inspector.ports import NotYet, Origin, PortError, Unavailable
from inspector.store.store import Store
from inspector.testing.peer import answer, peer
from inspector.testing.tls import authority
from tests.house import Hand
from tests.integration.test_caps import matters
from tests.integration.test_draw_way import agreeing, announced, drawing
from tests.integration.test_seed_asked import Failing, Wired, having, told
from tests.integration.test_seed_unasked import ended, figures

pytestmark = [pytest.mark.alike, pytest.mark.slow]

LINE = "draw_line_doubted"
NOWHERE = {
    "unknown host": "http://no-such-host.invalid",
    "closed port": "http://127.0.0.1:9",
    "no route": "http://[2001:db8::1]",
}


@contextmanager
def leading(url: str, **more: object) -> Iterator[revealing.RevealSeed]:
    """The connector of a party that is looked for at an address."""
    with closing(revealing.connect("justice", {"url": url, "tries": 1, "connect_seconds": 0.3, **more})) as wire:
        yield wire


@pytest.mark.parametrize("url", NOWHERE.values(), ids=NOWHERE)
def test_whom_we_could_not_connect_to_has_withheld_nothing(store: Store, hand: Hand, url: str) -> None:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand)
    with leading(url) as wire:
        ended(having(office, justice=Wired(wire)), hand, held)
    assert told(office, held) == (DrawState.VOID, "turned_away:justice:unreachable", (), ())
    assert agreeing(office, held.number).turned_away == agreeing(office, held.number).lacked == ("justice",)
    with store.read() as tx:
        (line,) = [one.facts for one in tx.register.of_draw(held.agency, held.number) if one.kind is EntryKind.VOID]
    assert (line["withheld"], line["turned_away"]) == ([], ["justice"])
    reason = agreeing(office, held.number).void_reason or ""
    assert not any(word in wording.void(reason, lang) for lang in LANGS for word in ("withheld", "拒不"))
    assert matters(office, "draw_part_amiss") == [], "no address has answered"
    assert matters(office, LINE) == [], "the other party was reached"


@pytest.mark.parametrize("whose", ["certificate of a stranger", "no TLS there", "our certificate is not wanted"])
def test_whom_we_could_not_agree_a_secure_line_with_has_withheld_nothing(
    store: Store, hand: Hand, tmp_path: Path, whose: str
) -> None:
    """Refused at the handshake; and behind it, as TLS 1.3 tells of a client's certificate only where the answer is awaited."""
    shown, context = authority(tmp_path)
    trust = {} if whose == "certificate of a stranger" else {"ca_file": str(shown)}
    if whose == "our certificate is not wanted":
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(shown)
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand)
    with peer(answer(500, {}), tls=None if whose == "no TLS there" else context) as there:
        with leading(there.url.replace("http:", "https:"), **trust) as wire:
            ended(having(office, justice=Wired(wire)), hand, held)
        assert there.heard == []
    state, reason, withheld, unasked = told(office, held)
    assert (state, withheld, unasked, str(reason).split(":")[0]) == (DrawState.VOID, (), (), "turned_away")


@pytest.mark.parametrize("error", [Unavailable("http_503", origin=Origin.THEM), Unavailable("timeout"), NotYet("reveal_waiting")])
def test_who_took_the_request_and_gave_no_part_is_named_as_ever(store: Store, hand: Hand, error: PortError) -> None:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand)
    ended(having(office, justice=Failing(error)), hand, held)
    assert told(office, held)[2:] == (("justice",), ())


def test_a_call_whose_time_is_over_before_a_connection_stands_is_no_silence(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand)
    with peer() as there, leading(there.url, budget_seconds=0.000001) as wire:
        figures(having(office, justice=Wired(wire)), hand, held)
        assert there.heard == []
    with store.read() as tx:
        entries = [json.loads(row["body"])["facts"] for row in tx.ledger.about(held.number) if row["rule"] == "draw.asked"]
    assert [one["met"] for one in entries if one["party"] == "justice"] == ["unreached"]


def test_where_no_party_was_reached_in_the_same_hours_a_person_is_asked_whether_it_was_our_own_line(
    store: Store, hand: Hand
) -> None:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand)
    with leading(NOWHERE["unknown host"]) as one, leading(NOWHERE["closed port"]) as other:
        ended(having(office, justice=Wired(one), audit=Wired(other, "audit")), hand, held)
    assert told(office, held) == (DrawState.VOID, "turned_away:justice,audit", (), ())
    (matter,) = matters(office, LINE)
    assert (matter["about"], json.loads(matter["body"])) == (held.number, {"draw": held.number, "parties": "justice, audit"})
