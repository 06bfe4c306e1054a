"""A beacon's value in a draw without the daemon: nobody can invent it, not before its time and not after."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from inspector.cli.bundle import Bundle, judge
from inspector.cli.offline.carry import carry
from inspector.cli.progress import unwatched
from inspector.domain.beacon import CHAINS, QUICKNET
from inspector.domain.commitment import Listing
from inspector.domain.errors import Invalid
from inspector.domain.frame import freeze
from tests import minds
from tests.beacons import NETWORK, QUICK_SAID, beacon, signed
from tests.bundles import carried_out, committed, promise, reveal, rules, thing, vector
from tests.offline import DICE, PLAN, SEED, SEEDS, announce, carry_out, faults, laptop
from tests.operator import Operator, process
from tests.tampering import encode, fitted, packed

LIBRARIES = ("pyblst", "py_arkworks_bls12381")
HOURS = timedelta(hours=2)


@pytest.fixture
def office(tmp_path: Path) -> Operator:
    """A laptop with the office's files."""
    return laptop(tmp_path)


def plan(source: str) -> str:
    """A plan whose seed has this source alone."""
    seedless = PLAN.partition("[[seed]]")[0] + "[strata.A]" + PLAN.partition("[strata.A]")[2]
    return seedless.replace("[strata.A]", f"[[seed]]\n{source}\n[strata.A]", 1)


def announced(office: Operator, source: str) -> Path:
    """A draw whose only source is the beacon."""
    office.file("plan.toml", plan(source))
    said = announce(office)
    assert said.code == 0, said.err
    return office.folder / "draw"


def written(folder: Path) -> set[str]:
    return {name for name in ("seed.json", "result.json") if (folder / name).exists()}


def undrawn(folder: Path, name: str, *more: Mapping[str, object]) -> Path:
    """A published vector before its seed came, with more sources if any."""
    made = vector(name).write(folder)
    told = json.loads((made / "commit.json").read_bytes())
    (made / "commit.json").write_bytes(encode(told | {"seed": [*told["seed"], *more]}) if more else vector(name).content)
    for file in ("seed.json", "result.json"):
        (made / file).unlink()
    return made


def refused(folder: Path, told: str, now: datetime, **how: bool) -> str:
    """By which error; nothing is written."""
    with pytest.raises(Invalid) as error:
        carry(folder, [told], lambda _: None, unwatched, now, **how)
    assert written(folder) == set()
    return error.value.code


def test_a_round_that_speaks_before_a_witness_could_hold_the_commitment_is_refused_with_the_first_that_may_be_taken(
    office: Operator,
) -> None:
    number = QUICKNET.round_from(datetime.now(UTC) + timedelta(minutes=9))
    office.file("plan.toml", plan(f'kind = "drand"\nchain = "{QUICKNET.hash}"\nround = {number}'))
    said = announce(office, "--json")
    assert (said.code, json.loads(said.err)["error"]["code"]) == (2, "beacon_near")
    assert not (office.folder / "draw").exists()


@pytest.mark.slow
def test_a_signature_invented_before_its_round_exists_is_refused_in_both_languages(office: Operator) -> None:
    number = QUICKNET.round_from(datetime.now(UTC) + HOURS)
    folder = announced(office, f'kind = "drand"\nchain = "{QUICKNET.hash}"\nround = {number}')
    given = ("draw", "carry-out", str(folder), "--seed", f"drand={number}:{'ab' * 48}")
    for more in ((), ("--unchecked-signature",)):
        said = office.say(*given, *more)
        assert (said.code, "nobody can have its value yet" in said.err, written(folder)) == (2, True, set()), said.out + said.err
    said = process(*given, "--lang", "zh-Hans", folder=office.folder)
    assert (said.code, "此时任何人都不可能知道其数值，未写入任何内容" in said.err, written(folder)) == (2, True, set()), said.err
    (folder / "seed.json").write_text(json.dumps({"parts": [{"kind": "drand", "round": number, "signature": "ab" * 48}]}))
    assert (carry_out(office).code, written(folder)) == (2, {"seed.json"}), "nor does it count where somebody laid it ready"


def test_once_a_round_is_known_its_own_signature_alone_draws(office: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CHAINS, NETWORK.hash, NETWORK)
    number = NETWORK.round_from(datetime.now(UTC) + HOURS)
    folder = announced(office, f'kind = "drand"\nchain = "{NETWORK.hash}"\nround = {number}')
    at, right = NETWORK.time_of(number), f"drand={number}:{signed(number)['signature']}"
    assert at is not None
    assert refused(folder, right, at - timedelta(microseconds=1), unchecked=True) == "beacon_ahead"
    for wrong in ("ab" * 48, signed(number + 1)["signature"]):
        assert refused(folder, f"drand={number}:{wrong}", at, unchecked=True) == "beacon_wrong"
    done = carry(folder, [right], lambda _: None, unwatched, at)
    assert (done.again, written(folder), done.remarks) == (False, {"seed.json", "result.json"}, ())
    assert carry(folder, [right], lambda _: None, unwatched, at).again


def test_without_a_library_a_value_counts_only_by_a_named_option_that_the_seed_records_and_every_verdict_tells(
    office: Operator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = undrawn(tmp_path / "vector", "1", {"kind": "text", "what": "dice", "bits": 67, "form": {"dice": 26, "sides": 6}})
    said = ("draw", "carry-out", str(folder), "--seed", f"drand=657413:{QUICK_SAID['signature']}", "--seed", f"text={DICE}")
    with monkeypatch.context() as patch:
        for name in LIBRARIES:
            patch.setitem(sys.modules, name, None)
        told = office.say(*said)
        assert (told.code, "without a BLS library" in told.err, written(folder)) == (2, True, set())
        assert "--unchecked-signature" in told.err
        taken = office.say(*said, "--unchecked-signature")
        assert (taken.code, "WITHOUT CHECKING ITS SIGNATURE" in taken.out) == (0, True), taken.out + taken.err
        assert json.loads((folder / "seed.json").read_bytes())["parts"][0]["unchecked"] is True
        told = office.say("draw", "verify", str(folder), "--json")
        grave = [one["code"] for one in told.json["remarks"] if one["grave"]]
        assert grave == ["draw.no_witness", "draw.figures_typed", "draw.drawn_unchecked"]
        assert office.say("draw", "verify", str(folder), "--strict").code == 1
    told = office.say("draw", "verify", str(folder), "--json")
    grave = [one["code"] for one in told.json["remarks"] if one["grave"]]
    assert grave == ["draw.no_witness", "draw.figures_typed"], "here it was checked"


def test_a_value_that_nobody_could_check_holds_no_chance_so_it_draws_nothing_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = undrawn(tmp_path / "alone", "1")
    joined = undrawn(tmp_path / "joined", "1", promise("one"))
    for name in LIBRARIES:
        monkeypatch.setitem(sys.modules, name, None)
    given, at = f"drand=657413:{QUICK_SAID['signature']}", datetime.now(UTC)
    assert refused(alone, given, at, unchecked=True) == "draw_unchecked_alone"
    with pytest.raises(Invalid, match="draw_unchecked_alone"):  # one party's secret beside it: that party knows the rest
        carry(joined, [given, f"reveal:one={reveal('one')['nonce']}"], lambda _: None, unwatched, at, unchecked=True)
    assert (written(alone), written(joined)) == (set(), set())
    parts = json.loads(vector("1").write(tmp_path / "others").joinpath("seed.json").read_bytes())["parts"]
    (tmp_path / "others" / "seed.json").write_bytes(
        encode({"commit": vector("1").commitment.c, "parts": [{**parts[0], "unchecked": True}]})
    )
    verdict = judge(Bundle.of_folder(tmp_path / "others"), None).verdict  # somebody's, who drew with another program
    assert [one.code for one in verdict.remarks if one.grave] == ["draw.no_witness", "draw.drawn_unchecked", "draw.seed_invented"]


def test_a_chain_that_nobody_pinned_counts_no_bit_where_the_draw_is_announced(office: Operator) -> None:
    chain, pulse = (
        f'kind = "drand"\nchain = "{"ab" * 32}"\nround = 7',
        'kind = "nist"\nchain = 2\ntime = "2999-01-01T00:00:00.000Z"',
    )
    for source in (chain, pulse):
        office.file("plan.toml", plan(source))
        said = announce(office, "--json")
        assert faults(said) == [("plan.toml", None, "seed", "plan_bits_unpinned")]
        assert "seed.1: remark: nobody could check a value" in announce(office).err
        office.file("plan.toml", plan(f"{source}\n{SEEDS}"))
        joined = announce(office, "--json")
        assert next(one["code"] for one in joined.json["warnings"]) == "plan_beacon_unpinned", "the other sources hold enough"
        shutil.rmtree(office.folder / "draw")
        for file in office.folder.glob("draw.*"):
            file.unlink()


def test_a_signature_that_does_not_hold_draws_nothing_whatever_is_said(office: Operator, tmp_path: Path) -> None:
    folder = undrawn(tmp_path / "vector", "1")
    said = ("draw", "carry-out", str(folder), "--seed")
    for more in ((), ("--unchecked-signature",)):
        told = office.say(*said, f"drand=657413:{'ab' * 48}", *more)
        assert (told.code, "does not hold" in told.err, written(folder)) == (2, True, set())
    assert office.say(*said, f"drand=657413:{QUICK_SAID['signature']}").code == 0
    assert json.loads((folder / "seed.json").read_bytes())["parts"] == [
        {"kind": "drand", "round": 657413, "signature": QUICK_SAID["signature"]}
    ]


def test_a_pulse_draws_only_at_its_time_and_by_the_authority_of_the_plan(office: Operator) -> None:
    own, at = beacon(until=datetime(2999, 1, 1, tzinfo=UTC)), datetime.now(UTC).replace(second=0, microsecond=0) + HOURS
    time = f"{at:%Y-%m-%dT%H:%M:00.000Z}"
    folder = announced(office, f'kind = "nist"\nchain = 2\ntime = "{time}"\nca = "{own.ca}"')

    def given(told: Mapping[str, Any]) -> str:
        return f"nist={office.file('pulse.json', json.dumps(told))}"

    said = own.said(time)
    assert refused(folder, given(said), at - timedelta(microseconds=1), unchecked=True) == "beacon_ahead"
    assert refused(folder, given(beacon("another").said(time)), at, unchecked=True) == "beacon_wrong"
    invented = {**said, "pulse": {**said["pulse"], "outputValue": "AB" * 64}}
    assert refused(folder, given(invented), at, unchecked=True) == "beacon_wrong"
    assert refused(folder, given(said["pulse"]), at) == "draw_seed_unchecked_incomplete"
    assert not carry(folder, [given(said)], lambda _: None, unwatched, at).again
    assert json.loads((folder / "seed.json").read_bytes())["parts"][0]["certificates"] == own.pem


def test_a_source_whose_key_nobody_pinned_needs_the_option_as_well(office: Operator) -> None:
    folder = announced(office, f'kind = "drand"\nchain = "{"ab" * 32}"\nround = 7\n{SEEDS}')
    now, given = datetime.now(UTC), [f"drand=7:{'ab' * 48}", *SEED[1::2]]
    with pytest.raises(Invalid, match="draw_seed_unchecked_key"):
        carry(folder, given, lambda _: None, unwatched, now)
    assert carry(folder, given, lambda _: None, unwatched, now, unchecked=True).remarks != ()


@pytest.mark.needs("node")
@pytest.mark.parametrize("source", ["round", "endless", "pulse"])
def test_every_verifier_calls_a_beacon_that_is_still_to_speak_wrong(source: str) -> None:
    soon = datetime.now(UTC) + HOURS
    number = 2**62 if source == "endless" else QUICKNET.round_from(soon)
    promised: dict[str, object] = {"kind": "drand", "chain": QUICKNET.hash, "round": number}
    part: dict[str, object] = {"kind": "drand", "round": number, "signature": "ab" * 48}
    if source == "pulse":
        time = f"{soon:%Y-%m-%dT%H:%M:00.000Z}"
        promised = {"kind": "nist", "chain": 2, "time": time}
        part = {"kind": "nist", "pulse": {"chainIndex": 2, "timeStamp": time, "outputValue": "AB" * 64}}
    frame = freeze([thing("a")], [], [])
    made = committed([Listing(name="x", frame=frame, rules=rules(), deals=False)], sources=[promised])
    files = packed(carried_out(made, {"x": frame}, [part]))
    assert "draw.beacon_ahead" in [one.code for one in judge(Bundle(files=files), None).verdict.problems]
    assert [minds.house(files), minds.python(files), *minds.browser([files])] == [1, 1, 1]


@pytest.mark.slow
@pytest.mark.needs("node")
@pytest.mark.parametrize(
    ("form", "bits", "text", "right"),
    [
        ({"dice": 1, "sides": 6}, 64, "3", False),
        ({"dice": 26, "sides": 6}, 67, " ".join("351622416635214462531165234"[:26]), True),
        ({"dice": 26, "sides": 6}, 68, " ".join("351622416635214462531165234"[:26]), False),
        ({"dice": 26, "sides": 6}, 67, " ".join("351622416635214462531165239"[:25] + "7"), False),
        ({"dice": 26, "sides": 6}, 67, " ".join("351622416635214462531165"), False),
        ({"balls": [[6, 33], [1, 16]]}, 24, "1 2 3 4 5 6 7", True),
        ({"balls": [[6, 33], [1, 16]]}, 25, "1 2 3 4 5 6 7", False),
        ({"balls": [[6, 33], [1, 16]]}, 24, "1 2 3 4 6 5 7", False),
        ({"coins": 3}, 64, "heads", True),
    ],
)
def test_house_and_page_hold_bits_and_figures_against_the_form(form: object, bits: int, text: str, *, right: bool) -> None:
    sources = [{"kind": "text", "what": "thrown", "bits": bits, "form": form}, promise("one")]
    frame = freeze([thing("a")], [], [])
    made = committed([Listing(name="x", frame=frame, rules=rules(), deals=False)], sources=[promise("one"), promise("two")])
    body = json.loads(made.content) | {"seed": sources}
    files = packed(carried_out(made, {"x": frame}, [reveal("one"), reveal("two")])) | {"commit.json": encode(body)}
    parts = [{"kind": "text", "text": text}, reveal("one")]
    told = fitted(files | {"seed.json": encode({"commit": "", "parts": parts})})
    assert [minds.house(told), *minds.browser([told])] == [int(not right)] * 2


@pytest.mark.parametrize("chain", ["quicknet", "default"])
def test_a_chain_is_named_as_people_name_it_and_committed_to_by_its_hash(office: Operator, chain: str) -> None:
    held = next(one for one in CHAINS.values() if one.name == chain)
    number = held.round_from(datetime.now(UTC) + HOURS)
    folder = announced(office, f'kind = "drand"\nchain = "{chain}"\nround = {number}')
    assert json.loads((folder / "commit.json").read_bytes())["seed"][0] == {"kind": "drand", "chain": held.hash, "round": number}


def test_a_chain_that_nobody_knows_is_refused_with_those_there_are(office: Operator) -> None:
    office.file("plan.toml", plan('kind = "drand"\nchain = "quick-net"\nround = 99'))
    said = announce(office)
    assert (said.code, "quicknet, default" in said.err) == (2, True)
