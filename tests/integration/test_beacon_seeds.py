"""The beacons' connectors: any relay will do, a file will do, and nothing but the promised and signed part (draw-protocol 2)."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, ClassVar

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from connectors.seeds import drand, nist
from inspector import testing
from inspector.domain.beacon import DEFAULT, QUICKNET
from inspector.domain.errors import Invalid
from inspector.ports import Barred, Garbled, NotYet, PortError, Unavailable
from inspector.testing import caught
from inspector.testing.peer import Step, answer, peer
from tests.beacons import CHAINED, CHAINED_SAID, QUICK, QUICK_AT, QUICK_SAID, beacon

TIME = "2026-07-10T10:56:00.000Z"
PULSE: Mapping[str, Any] = {"kind": "nist", "chain": 2, "time": TIME, "ca": beacon().ca}
OTHER: Mapping[str, Any] = {**QUICK_SAID, "round": 657414}
FORGED: Mapping[str, Any] = {**QUICK_SAID, "signature": "a" * 96}


class Beacons(testing.OverHttp, testing.SeedContract):
    """A beacon's promise has no wire: what may fail is the fetching."""

    at = QUICK_AT
    source: ClassVar[Mapping[str, Any]]

    def use(self, connector: Any, *, key: str) -> object:
        return connector.reveal("D-1", self.source, (), key=key)

    def ways(self) -> tuple[testing.Way, ...]:
        return (testing.Way(name="reveal", call=lambda made, key: self.use(made, key=key)),)


class TestDrand(Beacons):
    factory = drand.connect
    told = QUICK_SAID
    source = QUICK


class TestNist(Beacons):
    factory = nist.connect
    told = beacon().said(TIME)
    source = PULSE
    at = QUICK_AT.replace(year=2026, month=7, day=10, hour=10, minute=56, second=0)

    def settings(self, folder: Path) -> Mapping[str, object]:
        return {"chain": 2, "authority_file": str(authority(folder))}


def authority(folder: Path) -> Path:
    """The authority's certificate in a file."""
    file = folder / "authority.pem"
    file.write_bytes(beacon().chain[-1].public_bytes(Encoding.PEM))
    return file


@contextmanager
def relays(*said: Step, **config: object) -> Iterator[drand.DrandSeed]:
    """A drand connector with as many relays."""
    with peer(said[0]) as first, peer(said[-1]) as second:
        urls = {"url": first.url, "relays": [second.url] if len(said) > 1 else []}
        with closing(drand.connect("drand", {**urls, "tries": 1, **config})) as made:
            yield made


def test_a_drand_connector_promises_its_pinned_chain_and_fetches_the_round_by_it() -> None:
    with peer(answer(200, CHAINED_SAID)) as held, closing(drand.connect("old", {"url": held.url, "chain": "default"})) as made:
        assert made.promise("D-1", key="k-1") == {"kind": "drand", "chain": DEFAULT.hash}
        part = made.reveal("D-1", CHAINED, (), key="k-2")
    assert [(heard.method, heard.path) for heard in held.heard] == [("GET", f"/{DEFAULT.hash}/public/1")]
    assert part == {
        "kind": "drand",
        "round": 1,
        "signature": CHAINED_SAID["signature"],
        "previous_signature": CHAINED_SAID["previous_signature"],
    }


FAILING = {
    "down": answer(503),
    "behind": answer(404),
    "forged": answer(200, FORGED),
    "another round": answer(200, OTHER),
    "a list": answer(200, []),
}


@pytest.mark.parametrize("first", FAILING.values(), ids=FAILING.keys())
def test_a_relay_that_fails_lies_or_is_behind_is_passed_over(first: Step) -> None:
    with relays(first, answer(200, QUICK_SAID)) as made:
        assert made.reveal("D-1", QUICK, (), key="k-2")["signature"] == QUICK_SAID["signature"]


@pytest.mark.parametrize(
    ("said", "family", "code"),
    [
        ((answer(200, FORGED),), Garbled, "beacon_unsigned"),
        ((answer(200, OTHER),), Garbled, "beacon_other"),
        ((answer(200, {**CHAINED_SAID, "round": 657413}),), Garbled, "beacon_unsigned"),
        ((answer(404), answer(200, FORGED)), Barred, "http_404"),
        ((answer(200, FORGED), answer(503)), Unavailable, "http_503"),
    ],
    ids=["forged", "another round", "another chain", "behind and forged", "forged and down"],
)
def test_where_no_relay_has_the_round_the_error_says_whether_waiting_helps(
    said: tuple[Step, ...], family: type[PortError], code: str
) -> None:
    with relays(*said) as made:
        error = caught(lambda: made.reveal("D-1", QUICK, (), key="k-2"))
    assert (type(error), error.code) == (family, code)


def test_a_file_in_the_folder_comes_before_any_relay_and_needs_none(tmp_path: Path) -> None:
    with closing(drand.connect("drand", {"folder": str(tmp_path)})) as made:
        waiting = caught(lambda: made.reveal("D-1", QUICK, (), key="k-2"))
        (tmp_path / "D-1.json").write_text(json.dumps(FORGED))
        forged = caught(lambda: made.reveal("D-1", QUICK, (), key="k-2"))
        (tmp_path / "D-1.json").write_text("{")
        broken = caught(lambda: made.reveal("D-1", QUICK, (), key="k-2"))
        (tmp_path / "D-1.json").write_text(json.dumps(QUICK_SAID))
        part = made.reveal("D-1", QUICK, (), key="k-2")
    assert [(type(one), one.code) for one in (waiting, forged, broken)] == [
        (NotYet, "beacon_waiting"),
        (NotYet, "beacon_wrong"),
        (NotYet, "beacon_wrong"),
    ]
    assert part["round"] == 657413


def test_a_pulse_without_certificates_gets_that_which_it_names(tmp_path: Path) -> None:
    own = beacon()
    with peer(answer(200, {"pulse": own.pulse(TIME)}), answer(200, body=own.pem[0].encode())) as held:
        config = {"url": held.url, "chain": 2, "authority_file": str(authority(tmp_path))}
        with closing(nist.connect("nist", config)) as made:
            assert made.promise("D-1", key="k-1") == {"kind": "nist", "chain": 2, "ca": own.ca}
            part = made.reveal("D-1", PULSE, (), key="k-2")
    assert part["certificates"] == own.pem, "the proof carries all that it needs"
    name = own.pulse(TIME)["certificateId"]
    assert [heard.path for heard in held.heard] == ["/beacon/2.0/pulse/time/1783680960000", f"/beacon/2.0/certificate/{name}"]


def test_the_next_closest_pulse_is_not_the_promised_one(tmp_path: Path) -> None:
    with peer(answer(200, beacon().said("2026-07-10T10:57:00.000Z"))) as held:
        config = {"url": held.url, "chain": 2, "authority_file": str(authority(tmp_path)), "tries": 1}
        with closing(nist.connect("nist", config)) as made:
            error = caught(lambda: made.reveal("D-1", PULSE, (), key="k-2"))
    assert (type(error), error.code) == (Garbled, "beacon_other")


@pytest.mark.parametrize(
    ("config", "code"),
    [
        ({"chain": "fastnet"}, "connector_key_range"),
        ({"folder": "nowhere"}, "connector_key_range"),
        ({"url": "ftp://x"}, "connector_url"),
    ],
)
def test_a_drand_connector_that_cannot_work_is_refused_at_the_start(config: dict[str, object], code: str) -> None:
    with pytest.raises(Invalid, match=code):
        drand.connect("drand", config)


def test_a_nist_connector_without_a_readable_authority_is_refused_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "empty.pem").touch()
    for file in ("empty.pem", "none.pem"):
        with pytest.raises(Invalid, match="connector_ca_file"):
            nist.connect("nist", {"chain": 2, "authority_file": str(tmp_path / file)})


def test_without_a_library_the_connector_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("pyblst", "py_arkworks_bls12381"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(Invalid, match="connector_library_missing") as error:
        drand.connect("drand", {})
    assert error.value.facts == {"connector": "drand", "library": "pyblst", "extra": "beacons"}
    assert QUICKNET.hash != DEFAULT.hash
