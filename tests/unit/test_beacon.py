"""A beacon is believed by its pinned key alone: known answers, and everything that is not them (draw-protocol 2, threat 13)."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from inspector import beacons
from inspector.beacons import Signed
from inspector.domain.beacon import CHAINS, DEFAULT, QUICKNET, _number, named, pulse_message
from inspector.domain.errors import Invalid
from inspector.domain.seed import known_at, value
from inspector.domain.suite import Suite
from tests.beacons import CHAINED, CHAINED_SAID, QUICK, QUICK_AT, QUICK_SAID, beacon

TIME = "2026-07-10T10:56:00.000Z"
KNOWN = pytest.mark.parametrize(
    ("source", "said"), [(QUICK, QUICK_SAID), (CHAINED, CHAINED_SAID)], ids=["quicknet 657413", "default 1"]
)


@KNOWN
@pytest.mark.parametrize("library", [0, 1], ids=["pyblst", "arkworks"])
def test_the_known_rounds_hold_by_each_library_alone(source: Mapping[str, Any], said: Mapping[str, Any], library: int) -> None:
    chain, verify = CHAINS[source["chain"]], list(beacons.libraries())[library]
    signature = bytes.fromhex(said["signature"])
    message = chain.message(source["round"], said.get("previous_signature", ""))
    assert verify(chain, message, signature)
    assert not verify(chain, chain.message(source["round"] + 1, said.get("previous_signature", "")), signature)


@KNOWN
def test_the_known_rounds_hold_and_give_the_known_randomness(source: Mapping[str, Any], said: Mapping[str, Any]) -> None:
    part = beacons.part(source, said)
    assert beacons.check(source, part) is Signed.HOLDS
    assert value(source, part, Suite()) == said["randomness"]


P = 0x1A0111EA397FE69A4B1BA7B6434BACD764774B84F38512BF6730D2A0F6B0F6241EABFFFEB153FFFFB9FEFFFFFFFFAAAB


def off_the_subgroup() -> bytes:
    """A point of the curve of G1 (y² = x³ + 4) that is not of the group: almost every one is none."""
    x = next(x for x in range(1, 99) if pow(x**3 + 4, (P - 1) // 2, P) == 1)
    content = bytearray(x.to_bytes(48, "big"))
    content[0] |= 0b1000_0000
    return bytes(content)


WRONG = {
    "infinity": "c0" + "00" * 47,
    "infinity in sheep's clothing": "ff" * 48,
    "off the subgroup": off_the_subgroup().hex(),
    "off the curve": "80" + "00" * 46 + "03",
    "the key's group": QUICKNET.key,
    "another round's": "a" * 96,
    "the negative of the right one": f"{int(QUICK_SAID['signature'][:2], 16) ^ 0x20:02x}{QUICK_SAID['signature'][2:]}",
    "one bit off": QUICK_SAID["signature"][:-1] + "a",
    "nothing": "",
    "no hex": "x" * 96,
}


@pytest.mark.parametrize("signature", WRONG.values(), ids=WRONG.keys())
def test_a_signature_that_is_not_the_rounds_own_is_wrong(signature: str) -> None:
    assert beacons.check(QUICK, {**QUICK_SAID, "signature": signature}) is Signed.WRONG


def test_a_point_off_the_subgroup_is_refused_by_each_library_alone() -> None:
    for verify in beacons.libraries():
        with pytest.raises(ValueError, match=r"NOT_IN_GROUP|invalid"):
            verify(QUICKNET, b"m", off_the_subgroup())


def test_a_chained_round_needs_the_signature_before_it() -> None:
    without = {name: told for name, told in CHAINED_SAID.items() if name != "previous_signature"}
    assert beacons.check(CHAINED, without) is Signed.INCOMPLETE
    assert beacons.check(CHAINED, {**CHAINED_SAID, "previous_signature": "00" * 32}) is Signed.WRONG
    assert beacons.check(CHAINED, {**CHAINED_SAID, "previous_signature": "0"}) is Signed.WRONG


@pytest.mark.parametrize("number", [2**64, 2**70])
def test_a_round_that_no_chain_will_ever_have_is_wrong_and_no_fault_of_ours(number: int) -> None:
    assert beacons.check({**QUICK, "round": number}, {**QUICK_SAID, "round": number}) is Signed.WRONG


def test_a_chain_that_nobody_pinned_is_not_believed() -> None:
    assert beacons.check({**QUICK, "chain": "ab" * 32}, QUICK_SAID) is Signed.NOT_PINNED


def test_without_a_library_nothing_is_believed_and_one_alone_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyblst", None)
    assert beacons.check(QUICK, QUICK_SAID) is Signed.HOLDS
    monkeypatch.setitem(sys.modules, "py_arkworks_bls12381", None)
    assert beacons.check(QUICK, QUICK_SAID) is Signed.NO_LIBRARY
    with pytest.raises(Invalid, match="beacon_library_missing"):
        beacons.believe(QUICK, QUICK_SAID)


@pytest.mark.parametrize(
    ("at", "number"),
    [
        (QUICK_AT, 657413),
        (QUICK_AT - timedelta(microseconds=1), 657413),
        (QUICK_AT + timedelta(microseconds=1), 657414),
        (QUICKNET.genesis, 1),
        (datetime(2000, 1, 1, tzinfo=UTC), 1),
    ],
)
def test_the_round_is_the_first_at_or_after_the_moment_and_never_the_latest(at: datetime, number: int) -> None:
    assert named({"kind": "drand", "chain": QUICKNET.hash}, at)["round"] == number


def test_every_round_named_for_a_moment_is_known_at_it_or_less_than_a_period_later() -> None:
    for chain in (QUICKNET, DEFAULT):
        for seconds in range(0, 400, 7):
            at = datetime(2026, 3, 2, tzinfo=UTC) + timedelta(seconds=seconds / 3)
            told = known_at(named({"kind": "drand", "chain": chain.hash}, at))
            assert told is not None
            assert at <= told < at + chain.period


@pytest.mark.parametrize(
    ("at", "time"),
    [
        ("2026-07-10T18:56:00+08:00", TIME),
        ("2026-07-10T10:55:00.000001Z", TIME),
        ("2026-12-31T23:59:01Z", "2027-01-01T00:00:00.000Z"),
    ],
)
def test_the_pulse_is_that_of_the_first_full_minute(at: str, time: str) -> None:
    assert named({"kind": "nist", "chain": 2}, datetime.fromisoformat(at))["time"] == time


def test_a_promise_that_names_its_round_keeps_it() -> None:
    for told in (QUICK, {"kind": "nist", "chain": 2, "time": TIME}, {"kind": "reveal", "hash": "0" * 64}):
        assert named(told, datetime(2030, 1, 1, tzinfo=UTC)) == told


def nist(**changes: Any) -> dict[str, Any]:
    return {"kind": "nist", "chain": 2, "time": TIME, "ca": beacon().ca} | changes


def test_a_pulse_holds_by_its_certificate_and_the_pinned_authority_also_when_the_certificate_has_ended() -> None:
    part = beacons.part(nist(), beacon().said(TIME))
    assert beacons.check(nist(), part) is Signed.HOLDS
    assert value(nist(), part, Suite()) == part["pulse"]["outputValue"].lower()  # type: ignore[index]
    assert beacons.check(nist(), part, authority=beacon().ca) is Signed.HOLDS
    assert beacons.check(nist(), part, authority=beacon("another").ca) is Signed.WRONG
    assert beacons.check(nist(ca=None), part) is Signed.NOT_PINNED


def test_the_signature_has_no_length_before_it_in_the_output_and_every_field_its_own() -> None:
    pulse = beacon().pulse(TIME)
    message = pulse_message(pulse)
    assert message.startswith(len(pulse["uri"]).to_bytes(4, "big") + pulse["uri"].encode() + (11).to_bytes(4, "big"))
    assert message.endswith(b"\x00\x00\x00\x40" + b"\x11" * 64 + b"\x00\x00\x00\x00")
    assert len(message) == 4 + len(pulse["uri"]) + 4 + 11 + 4 + 4 + 68 + 8 + 8 + 4 + 24 + 68 + 68 + 4 + 68 + 5 * 68 + 68 + 4
    signature = bytes.fromhex(pulse["signatureValue"])
    prefixed = hashlib.sha512(message + len(signature).to_bytes(4, "big") + signature).hexdigest()
    told = {"pulse": pulse | {"outputValue": prefixed}, "certificates": beacon().pem}
    assert beacons.check(nist(), told) is Signed.WRONG


FIELDS: Mapping[str, Any] = {
    "uri": "https://else.example",
    "version": "Version 2.1",
    "cipherSuite": 1,
    "period": 60001,
    "chainIndex": 3,
    "pulseIndex": 8,
    "localRandomValue": "22" * 64,
    "external": {"sourceId": "00" * 64, "statusCode": 1, "value": "00" * 64},
    "listValues": [{"type": kind, "value": "33" * 64} for kind in ("previous", "hour", "day", "month", "year")],
    "precommitmentValue": "44" * 64,
    "statusCode": 2,
    "outputValue": "55" * 64,
    "signatureValue": "66" * 256,
    "certificateId": "77" * 64,
}


@pytest.mark.parametrize("field", FIELDS)
def test_no_field_of_a_pulse_can_be_changed(field: str) -> None:
    told = {"pulse": beacon().pulse(TIME) | {field: FIELDS[field]}, "certificates": beacon().pem}
    assert beacons.check(nist(), told) is Signed.WRONG


@pytest.mark.parametrize(
    "field", [{"cipherSuite": -1}, {"pulseIndex": 2**64}, {"period": True}, {"uri": 7}, {"external": None}, {"listValues": []}]
)
def test_a_pulse_of_another_shape_is_wrong(field: Mapping[str, Any]) -> None:
    told = {"pulse": {**beacon().pulse(TIME), **field}, "certificates": beacon().pem}
    assert beacons.check(nist(), told) is Signed.WRONG


def test_only_a_chain_that_leads_to_the_authority_at_the_pulses_time_is_believed() -> None:
    own, other = beacon(), beacon("another")
    pulse = own.pulse(TIME)
    chains = {
        "the leaf alone": own.pem[:1],
        "another authority's certificate": [own.pem[0], other.pem[1]],
        "another leaf": [other.pem[0], own.pem[1]],
        "the wrong way round": own.pem[::-1],
        "nothing": [],
        "no certificate": ["-"],
    }
    told = {name: beacons.check(nist(), {"pulse": pulse, "certificates": chain}) for name, chain in chains.items()}
    assert told == dict.fromkeys(chains, Signed.WRONG)
    late = own.pulse("2026-09-05T00:00:00.000Z")
    assert beacons.check(nist(), {"pulse": late, "certificates": own.pem}) is Signed.WRONG, "it had ended by then"
    nobody = beacon("nobody", ca=False)
    assert beacons.check(nist(ca=nobody.ca), nobody.said(TIME)) is Signed.WRONG, "its issuer may not issue"
    assert beacons.check(nist(), {"pulse": pulse}) is Signed.INCOMPLETE
    assert beacons.check(nist(), {"pulse": {"timeStamp": TIME}, "certificates": own.pem}) is Signed.INCOMPLETE


def test_a_number_that_its_field_cannot_hold_is_refused_with_the_most_that_it_can() -> None:
    with pytest.raises(Invalid) as refused:
        _number({"cipherSuite": 2**32}, "cipherSuite", ">I")
    assert (refused.value.code, refused.value.facts["field"], refused.value.facts["most"]) == (
        "draw_seed_invalid",
        "cipherSuite",
        2**32,
    )
    assert _number({"cipherSuite": 2**32 - 1}, "cipherSuite", ">I") == b"\xff" * 4


def test_a_pulse_without_its_lists_is_refused_by_name() -> None:
    with pytest.raises(Invalid) as refused:
        pulse_message({"external": {}})
    assert (refused.value.code, refused.value.facts["problem"]) == ("draw_seed_invalid", "pulse_lacks")
