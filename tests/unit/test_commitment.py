"""What is promised before a draw and what the promise is redeemed with: rulings 3, 4 and 7, one refusal after another."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from inspector.domain.commitment import Listing, Share, commit, join, read, value
from inspector.domain.errors import Invalid
from inspector.domain.frame import freeze
from inspector.domain.suite import Suite, root
from tests.bundles import committed, nonce, person, promise, reveal, rules, thing, vector

FRAME = freeze([thing("a")], [person("Z")], [])
Body = dict[str, Any]
Change = Callable[[Body], object]


def body() -> Body:
    held: Body = json.loads(vector("1").content)
    return held


def reread(change: Change) -> None:
    held = body()
    change(held)
    read(json.dumps(held, ensure_ascii=False).encode())


def put(path: str, told: object) -> Change:
    """Set one field, named by a dotted path."""

    def change(held: Any) -> None:
        *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
        for step in way:
            held = held[step]
        held[last] = told

    return change


def drop(path: str) -> Change:
    """Take one field away."""

    def change(held: Any) -> None:
        *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
        for step in way:
            held = held[step]
        del held[last]

    return change


def refused(field: str) -> Any:
    return pytest.raises(Invalid, check=lambda error: error.code == "draw_commit_invalid" and error.facts["field"] == field)


def spoilt(problem: str) -> Any:
    return pytest.raises(
        Invalid, check=lambda error: error.code == "draw_seed_invalid" and problem in str(error.facts["problem"])
    )


def test_a_commitment_is_the_bytes_it_is_however_they_are_laid_out() -> None:
    held = vector("1")
    loose = json.dumps(json.loads(held.content), indent=2, ensure_ascii=True).encode()
    assert read(loose).lists == held.commitment.lists
    assert read(loose).c != held.commitment.c
    assert read(loose).content == loose


def test_strata_stand_in_the_order_they_were_given() -> None:
    shares = {"low": Share(ppm=1), "high": Share(ppm=2), "A": Share(ppm=0, least=3)}
    made = committed([Listing(name="a", frame=FRAME, rules=rules(shares))])
    assert list(json.loads(made.content)["lists"][0]["rules"]["strata"].items()) == [
        ("low", {"ppm": 1}),
        ("high", {"ppm": 2}),
        ("A", {"ppm": 0, "min": 3}),
    ]


def test_unknown_fields_are_kept_and_ignored() -> None:
    listing = Listing(name="a", frame=FRAME, rules=rules(), extra={"derivation": {"pack": "demo@1", "ratio": "1/3"}})
    made = committed([listing], extra={"plan": "weekly"})
    assert (json.loads(made.content)["plan"], json.loads(made.content)["lists"][0]["derivation"]["ratio"]) == ("weekly", "1/3")
    assert read(made.content) == made


def test_a_further_field_cannot_take_the_place_of_one_of_the_protocols() -> None:
    with refused("objects"):
        committed([Listing(name="a", frame=FRAME, rules=rules(), extra={"objects": {"n": 0, "root": "0" * 64}})])
    with refused("blind"):
        committed([Listing(name="a", frame=FRAME, rules=rules())], extra={"blind": "1" * 32})


def test_a_list_that_deals_commits_to_its_inspectors_even_when_there_are_none() -> None:
    nobody = freeze([thing("a")], [], [])
    (dealt,) = committed([Listing(name="a", frame=nobody, rules=rules())]).lists
    (only_drawn,) = committed([Listing(name="a", frame=nobody, rules=rules(), deals=False)]).lists
    assert (dealt.inspectors, only_drawn.inspectors) == ((0, root(Suite(), [])), None)


def test_what_would_stop_the_draw_after_its_seed_is_refused_before_it() -> None:
    with pytest.raises(Invalid, match="draw_stratum_undeclared"):
        committed([Listing(name="a", frame=freeze([thing("a", stratum="B")], [], []), rules=rules())])
    away = freeze([thing("a", status="gone")], [], [])
    with pytest.raises(Invalid, match="draw_code_undeclared"):
        committed([Listing(name="a", frame=away, rules=rules(codes=frozenset({"cap"})))])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"v":"ssj1"', b'"v":"ssj1","v":"ssj1"'),
        (b'"ppm":100000', b'"ppm":100000,"ppm":900000'),
        (b'"made"', b'"extra":{"a":1,"a":1},"made"'),
        (b'"ppm":100000', b'"ppm":100000.0'),
        (b'"ppm":100000', b'"ppm":1e5'),
        (b'"made"', b'"extra":0.5,"made"'),
        (b'"made"', b'"extra":NaN,"made"'),
        (b'"made"', b'"extra":' + b"9" * 5000 + b',"made"'),
        (b'"made"', b'"extra":' + b"[" * 100_000 + b',"made"'),
        (b'"made"', b'"extra":"\xff","made"'),
        (b'{"v"', b'\xef\xbb\xbf{"v"'),
    ],
)
def test_duplicate_keys_floats_and_bytes_that_are_not_plain_utf8_are_refused_anywhere(old: bytes, new: bytes) -> None:
    held = vector("1").content
    assert held.count(old) == 1
    with refused("commit.json"):
        read(held.replace(old, new))


@pytest.mark.parametrize("content", [b"", b"[]", b"null", b'"ssj1"', b"7"])
def test_a_commitment_is_a_json_object(content: bytes) -> None:
    with refused("commit.json"):
        read(content)


RULES = "lists.0.rules"
WRONG = [
    ("v", put("v", "ssj2")),
    ("draw", put("draw", "")),
    ("draw", put("draw", 7)),
    ("draw", put("draw", "A ")),
    ("prev", put("prev", "00")),
    ("prev", put("prev", int("1" * 64))),
    ("blind", drop("blind")),
    ("blind", put("blind", "A" * 32)),
    ("made", drop("made")),
    ("seed", put("seed", [])),
    ("seed", put("seed", {})),
    ("seed", put("seed", ["drand"])),
    ("lists", put("lists", [])),
    ("lists", put("lists", {"name": "a"})),
    ("lists", put("lists", ["a"])),
    ("lists.name", lambda held: held["lists"].append(held["lists"][0])),
    *(("lists.name", put("lists.0.name", name)) for name in ("", "A", "-a", "a_b", "a" * 33, "企业", "a\n", 1, None)),
    ("rules", drop(RULES)),
    *((f"rules.{name}", drop(f"{RULES}.{name}")) for name in ("base", "round", "reserve", "team", "strata")),
    ("rules.base", put(f"{RULES}.base", "some")),
    ("rules.round", put(f"{RULES}.round", "floor")),
    *(("rules.reserve", put(f"{RULES}.reserve", told)) for told in (-1, "2", True, None)),
    *(("rules.team", put(f"{RULES}.team", told)) for told in (0, -1, "2", True)),
    ("rules.strata", put(f"{RULES}.strata", ["A"])),
    ("rules.strata", put(f"{RULES}.strata. A", {"ppm": 1})),
    ("rules.strata", put(f"{RULES}.strata.e\u0301", {"ppm": 1})),
    *(("strata.A.ppm", put(f"{RULES}.strata.A.ppm", told)) for told in (-1, 1_000_001, "1", True, None)),
    ("strata.A.ppm", drop(f"{RULES}.strata.A.ppm")),
    ("strata.A.min", put(f"{RULES}.strata.A.min", -1)),
    ("strata.A", put(f"{RULES}.strata.A", 5)),
    ("rules.codes", put(f"{RULES}.codes", "cap")),
    ("rules.codes", put(f"{RULES}.codes", [1])),
    ("objects", drop("lists.0.objects")),
    ("objects", put("lists.0.objects.n", -1)),
    ("objects.root", put("lists.0.objects.root", "0" * 63)),
    ("objects.root", put("lists.0.objects.root", int("1" * 64))),
    ("inspectors", put("lists.0.inspectors", None)),
    ("bans", put("lists.0.bans", [])),
    ("seed.kind", put("seed.0.kind", "moon")),
    ("seed.kind", drop("seed.0.kind")),
    ("seed.chain", drop("seed.0.chain")),
    ("seed.round", put("seed.0.round", 0)),
    ("seed.round", put("seed.0.round", "657413")),
    ("seed.bits", put("seed.0.bits", -1)),
    ("seed", put("seed.0.bits", 63)),
    ("seed.hash", put("seed.0", {"kind": "reveal", "party": "one", "hash": "x"})),
    ("seed.time", put("seed.0", {"kind": "nist", "chain": 2})),
    ("seed.what", put("seed.0", {"kind": "text", "bits": 66})),
]


@pytest.mark.parametrize(("field", "change"), WRONG, ids=[f"{n}-{field}" for n, (field, _) in enumerate(WRONG)])
def test_a_commitment_with_one_wrong_field_is_refused_by_the_name_of_the_field(field: str, change: Change) -> None:
    with refused(field):
        reread(change)


def test_the_hash_of_a_commitment_is_one_of_the_suites() -> None:
    with pytest.raises(Invalid, match="draw_suite_unavailable"):
        reread(put("hash", "md5"))


def test_a_minimum_is_zero_when_it_is_not_told() -> None:
    assert vector("2").commitment.lists[0].rules.strata["S1"] == Share(ppm=120_000, least=0)


@pytest.mark.parametrize(
    ("sources", "enough"),
    [
        ([{"kind": "text", "what": "26 dice", "bits": 0}], False),
        ([{"kind": "text", "what": "24 dice", "bits": 62}], False),
        ([{"kind": "text", "what": "24 dice", "bits": 62}, {"kind": "text", "what": "a coin", "bits": 2}], True),
        ([{"kind": "text", "what": "26 dice", "bits": 67}], True),
        ([promise("one")], True),
        ([{**promise("one"), "bits": 10}], False),
    ],
)
def test_under_64_bits_of_declared_entropy_there_is_no_draw(sources: list[Mapping[str, object]], enough: bool) -> None:
    def make() -> object:
        return committed([Listing(name="a", frame=FRAME, rules=rules())], sources=sources)

    if enough:
        make()
    else:
        with refused("seed"):
            make()


VAGUE = [
    ("seed.chain", {"kind": "nist", "time": "2026-07-10T10:56:00.000Z"}, "3"),
    ("seed.bits", {"kind": "text", "what": "26 dice"}, "2"),
]


@pytest.mark.parametrize(("field", "source", "older"), VAGUE, ids=[field for field, _, _ in VAGUE])
def test_a_source_that_is_vague_by_ruling_7_is_read_in_an_older_commitment_and_refused_in_a_new_one(
    field: str, source: Mapping[str, object], older: str
) -> None:
    kept = vector(older)
    assert any(not {*source} ^ {*held} for held in kept.commitment.sources), "a published vector holds such a source"
    assert kept.verdict().holds
    with refused(field):
        committed([Listing(name="a", frame=FRAME, rules=rules())], sources=[source, promise("one")])


@pytest.mark.parametrize("digit", ["0", "7", "f"])
def test_no_new_draw_is_bound_to_a_hash_of_one_digit_whatever_door_it_came_by(digit: str) -> None:
    with refused("seed.hash"):
        committed(
            [Listing(name="a", frame=FRAME, rules=rules())], sources=[promise("one"), {"kind": "reveal", "hash": digit * 64}]
        )


def test_a_text_counts_nothing_towards_the_entropy_where_it_states_nothing() -> None:
    held = body()
    held["seed"] = [{"kind": "text", "what": "26 dice"}]
    with refused("seed"):
        read(json.dumps(held).encode())


def test_half_a_character_is_refused() -> None:
    with refused("commit.json"):
        commit(number="\ud800", prev=None, blind="0" * 32, made="now", sources=[promise("one")], listings=[])


TEXT = {"kind": "text", "what": "dice", "bits": 66}
DRAND = {"kind": "drand", "chain": "0" * 64, "round": 7}
NIST = {"kind": "nist", "time": "2026-07-10T10:56:00.000Z", "chain": 2}
PULSE = {"timeStamp": NIST["time"], "chainIndex": 2, "outputValue": "AB" * 64}


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "1+2",
        "1  2",
        " 1",
        "1 ",
        "1\t2",
        "1\n2",
        "1\u30002",
        "1\u00a02",
        "1\x7f2",
        "1\x9b2",
        "e\u0301",
        "\ud800",
        7,
        None,
    ],
)
def test_a_text_has_single_spaces_and_neither_plus_nor_control_character(text: object) -> None:
    with spoilt("text_form"):
        value(TEXT, {"kind": "text", "text": text}, Suite())


@pytest.mark.parametrize("text", ["3 5 1 6", "福彩双色球 2026001期 01 02 03", "a"])
def test_a_text_counts_as_it_was_announced(text: str) -> None:
    assert value(TEXT, {"kind": "text", "text": text}, Suite()) == text


@pytest.mark.parametrize("told", ["", "0" * 64, nonce("one").upper(), nonce("two"), None, 7])
def test_a_nonce_is_64_lower_case_hex_that_hashes_to_the_promise(told: object) -> None:
    with spoilt("nonce"):
        value(promise("one"), {"kind": "reveal", "nonce": told}, Suite())


def test_a_promise_under_one_suite_is_not_redeemed_under_another() -> None:
    sm3 = Suite(name="sm3")
    assert value(promise("one", sm3), reveal("one"), sm3) == nonce("one")
    with spoilt("nonce"):
        value(promise("one"), reveal("one"), sm3)


@pytest.mark.parametrize(
    ("part", "problem"),
    [
        ({"round": 8, "signature": "00" * 48}, "round"),
        ({"signature": "00" * 48}, "round"),
        ({"round": 7}, "signature"),
        ({"round": 7, "signature": "zz" * 48}, "signature"),
        ({"round": 7, "signature": "AA" * 48}, "signature"),
        ({"round": 7, "signature": "00" * 47}, "signature"),
    ],
)
def test_a_drand_part_is_the_promised_round_with_a_signature_of_its_length(part: dict[str, object], problem: str) -> None:
    with spoilt(problem):
        value(DRAND, {"kind": "drand", **part}, Suite())


def test_drand_randomness_is_sha256_of_the_signature_in_every_suite() -> None:
    held = vector("1")
    assert value(held.commitment.sources[0], held.parts[0], Suite(name="sm3")) == held.expected["b"]


@pytest.mark.parametrize(
    ("pulse", "problem"),
    [
        (None, "pulse"),
        ({**PULSE, "timeStamp": "2026-07-10T10:57:00.000Z"}, "time"),
        ({**PULSE, "chainIndex": 1}, "chain"),
        ({**PULSE, "outputValue": "AB" * 63}, "output_form"),
        ({"timeStamp": NIST["time"], "chainIndex": 2}, "output_form"),
    ],
)
def test_a_nist_part_is_the_pulse_of_the_promised_time_and_chain(pulse: object, problem: str) -> None:
    with spoilt(problem):
        value(NIST, {"kind": "nist", "pulse": pulse}, Suite())


def test_a_nist_value_counts_in_lower_case() -> None:
    assert value(NIST, {"kind": "nist", "pulse": PULSE}, Suite()) == "ab" * 64


def test_a_part_of_another_kind_is_refused() -> None:
    with spoilt("other_kind"):
        value(DRAND, {"kind": "text", "text": "7"}, Suite())


def test_a_withheld_part_leaves_no_seed() -> None:
    held = vector("2")
    with spoilt("count"):
        join(held.commitment, held.parts[:2])
    with spoilt("withheld"):
        join(held.commitment, [held.parts[0], None, held.parts[2]])  # type: ignore[list-item]


def test_parts_in_another_order_are_refused() -> None:
    held = vector("2")
    with spoilt("nonce"):
        join(held.commitment, [held.parts[1], held.parts[0], held.parts[2]])


def test_an_unknown_list_is_refused_by_name() -> None:
    with pytest.raises(Invalid, match="draw_list_unknown"):
        vector("1").commitment.list_named("nobody")
