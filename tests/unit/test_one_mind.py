"""What one reader might pass over and another not: the same exit code and the same words from the house, the one file and the page."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from itertools import product
from pathlib import Path

import pytest

from inspector.cli.bundle import Bundle, judge
from inspector.verifier import verify_draw
from inspector.verifier.verify_draw import opinion
from tests import minds
from tests.bundles import vector
from tests.published import public
from tests.second import opinions
from tests.tampering import changed, encode, fitted, followed, leaves, packed
from tests.unit.test_shared_seed import made as drawn
from tests.unit.test_shared_seed import party, thrown

pytestmark = pytest.mark.needs("node")
NO_TEXT: tuple[object, ...] = (1, True, None, {}, {"toString": 1}, [], ["a"], "", " a", "a\x01", "\ud800")
NO_TIME = (
    *("yesterday", "2026-03-02", "2026-03-02T09:00:00", "2026-03-02 09:00:00Z", "2026-03-02T09:00:60Z", "2026-02-30T09:00:00Z"),
    *(
        "2026-03-02T24:00:00Z",
        "0000-01-01T00:00:00Z",
        "2026-03-02T09:00:00.1234567Z",
        "２026-03-02T09:00:00Z",
        "2026-03-02T09:00:00z",
    ),
)
OBJECTS: tuple[object, ...] = ({"toString": {}}, [{}])
TIMES = ("2026-03-02T09:00:00Z", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59.999999-23:59", "2024-02-29T09:00:00+14:00")


def said(bundles: Sequence[Mapping[str, bytes]]) -> list[tuple[int, int, int]]:
    """What the house, the one file and the page say of each."""
    return [(minds.house(one), minds.python(one), page) for one, page in zip(bundles, minds.browser(bundles), strict=True)]


def committed(place: tuple[str | int, ...], value: object, name: str = "2") -> Mapping[str, bytes]:
    """A published vector with another value in its commitment, and a result that fits it."""
    files = packed(vector(name))
    return fitted({**files, "commit.json": encode(changed(json.loads(files["commit.json"]), place, value))})


@pytest.mark.slow
def test_a_commitment_whose_time_is_none_cannot_be_read_for_it_would_be_older_than_no_beacon() -> None:
    assert said([committed(("made",), one) for one in (*NO_TIME, *NO_TEXT)]) == [(2, 2, 2)] * (len(NO_TIME) + len(NO_TEXT))
    assert said([committed(("made",), one) for one in TIMES]) == [(0, 0, 0)] * len(TIMES)
    files = packed(vector("1"))
    for made, code in (("2023-09-15T18:00:00+08:00", 0), ("2023-09-15T19:00:03+08:00", 1), ("after the round", 2)):
        # whose beacon spoke at 19:00:03
        held = fitted({**files, "commit.json": encode(json.loads(files["commit.json"]) | {"made": made})})
        assert said([held]) == [(code, code, code)]


def test_a_party_is_named_by_a_text_for_1_and_the_text_1_would_be_two_parties_to_one_reader_and_one_to_another() -> None:
    assert said([committed(("seed", 0, "party"), one) for one in NO_TEXT]) == [(2, 2, 2)] * len(NO_TEXT)
    files = packed(vector("2"))
    told = json.loads(files["commit.json"])
    for source in told["seed"]:
        source.pop("party", None)
    assert said([fitted({**files, "commit.json": encode(told)})]) == [(0, 0, 0)]  # unnamed: all of them one party's


@pytest.mark.slow
def test_an_object_where_a_sentence_would_have_a_name_is_told_and_stops_nobody() -> None:
    (promise, told), (other, again) = party("justice", "one"), party("audit", "one")
    shared = drawn((promise | {"what": {"of": 1}}, told), (other | {"what": []}, again), thrown("red", " ".join("12" * 13)))
    assert said([packed(shared)]) == [(0, 0, 0)]
    after = followed("replace"), followed("after")
    made = list[Mapping[str, bytes]]()
    for files, field, value in product(after, ("object", "in", "out", "seat", "kind"), OBJECTS):
        (name,) = (one for one in files if one.endswith("after.jsonl"))
        lines = files[name].splitlines()
        for n, line in enumerate(lines[:3]):
            forged = [*lines[:n], encode(json.loads(line) | {field: value}), *lines[n + 1 :]]
            made.append({**files, name: b"".join(one + b"\n" for one in forged)})
    assert {*said(made)} == {(1, 1, 1)}
    assert len(made) >= 50


@pytest.mark.slow
def test_an_object_at_any_place_of_any_document_is_no_mistake_of_a_reader() -> None:
    made = [
        {**files, name: encode(changed(json.loads(files[name]), place, value))}
        for files, names in (
            (packed(vector("1")), ("commit.json", "seed.json", "result.json")),
            (public(vector("1")), ("result.json",)),
        )
        for name in names
        for place, _ in leaves(json.loads(files[name]))
        for value in OBJECTS
    ]
    assert [codes for codes in said(made) if len({*codes}) > 1 or 0 in codes] == []
    assert len(made) > 150


def test_that_no_after_jsonl_lies_there_is_said_by_all_three_and_not_of_the_public_bundle() -> None:
    whole, lacking, joint = followed("after"), packed(vector("1")), packed(vector("3"))
    cases: list[tuple[Mapping[str, bytes], bool]] = [
        (whole, False),
        (lacking, True),
        ({**lacking, "after.jsonl": b""}, False),
        ({**lacking, "zz.after.jsonl": b"", "zz.drawn.jsonl": b""}, True),
        (joint, True),
        ({**joint, "scjg.after.jsonl": b""}, True),
        ({**joint, "scjg.after.jsonl": b"", "yjj.after.jsonl": b""}, False),
        (public(vector("1")), False),
    ]
    page = opinions([{**files, "remarks": b"1"} for files, _ in cases])
    for (files, lacks), told in zip(cases, page, strict=True):
        house = [one.code for one in judge(Bundle(files=files), None).verdict.remarks]
        code, lines = opinion(dict(files))
        assert code == 0
        own = any("lacks an after.jsonl" in line for line in lines)
        assert ("draw.after_absent" in house, own, "after_absent" in told.split()) == (lacks,) * 3


def test_a_draw_void_before_its_seed_is_held_to_the_time_of_its_beacon_too() -> None:
    """Else an office could announce once a round is known, look who would be drawn, and make void what does not please."""
    files = packed(vector("1"))
    told = json.loads(files["commit.json"])
    late, coming = ({**told, "made": "2023-09-15T19:00:03+08:00"}, {**told, "seed": [told["seed"][0] | {"round": 10**9}]})
    vague = {**told, "seed": [{"kind": "text", "what": "3 dice", "bits": 99, "form": {"dice": 3, "sides": 6}}]}
    void = {"witness/record.json": encode({"void": "why"})}
    rest = {name: held for name, held in files.items() if name.endswith(".tsv")}
    made = [{**held, **void, "commit.json": encode(one)} for one in (told, late, coming, vague) for held in (rest, {})]
    assert said(made) == [(0, 0, 0)] * 2 + [(1, 1, 1)] * 2 + [(0, 0, 0)] * 4


def rewritten(files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """What followed is gone, and the house's own note of it says so too: nothing in the folder can tell."""
    record = json.loads(files.get(minds.RECORD, b"{}"))
    return {
        **files,
        "scjg.after.jsonl": b"",
        minds.RECORD: encode(record | {"after": {"lines": 0, "sha256": sha256(b"").hexdigest()}}),
    }


@pytest.mark.slow
def test_what_followed_is_the_houses_word_and_all_three_say_so_until_a_hash_from_elsewhere_holds_it() -> None:
    whole, joint = followed("after"), packed(vector("3"))
    log = next(content for name, content in whole.items() if name.endswith("after.jsonl"))
    noted = {**public(vector("1")), minds.RECORD: encode({"after": {"lines": 2, "sha256": sha256(log).hexdigest()}})}
    right, nothing, other = sha256(log).hexdigest(), sha256(b"").hexdigest(), "0" * 64
    cases: list[tuple[Mapping[str, bytes], str, bool]] = [
        (whole, right, True),
        (rewritten(whole), right, False),
        (rewritten(whole), nothing, True),
        (whole, other, False),
        (joint, nothing, True),
        (joint, right, False),
        (noted, right, True),
        (noted, other, False),
        (public(vector("1")), right, False),
    ]
    page = list(opinions([{**files, "after": given.encode()} for files, given, _ in cases]))
    remarks = list(opinions([{**files, "remarks": b"1"} for files, _, _ in cases]))
    for (files, given, holds), told, said_ in zip(cases, page, remarks, strict=True):
        full = any(name.endswith("objects.tsv") for name in files)
        plain = [one.code for one in judge(minds.bundle(files), None).verdict.remarks]
        code, lines = opinion(dict(files))
        alone = any("the house's word alone" in line for line in lines)
        assert (code, "draw.after_alone" in plain, alone, "after_alone" in said_.split()) == (0, full, full, full)
        held = judge(replace(minds.bundle(files), after=given), None).verdict
        code, lines = opinion(dict(files), after=given)
        assert (held.holds, code, told) == (holds, int(not holds), "after_agrees" if holds else "after_unlike")
        assert not any(one.code.startswith("draw.after_a") for one in held.remarks), "a hash from elsewhere settles it"
        assert not any("the house's word alone" in line for line in lines)


def test_a_hash_that_is_none_accuses_nobody(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(vector("1").write(tmp_path / "draw"))
    for given in ("no hash", "", "A" * 63):
        assert verify_draw.main(["--after", given, folder]) == 2
        assert "[--after SHA256]" in capsys.readouterr().out
    assert verify_draw.main([folder, "--after"]) == 2, "nothing was stated"
    (told,) = opinions([{**packed(vector("1")), "after": b"no hash"}])
    assert told == "after_unreadable"


def test_the_one_file_takes_the_hash_before_or_behind_the_folder(tmp_path: Path) -> None:
    folder, nothing = str(vector("1").write(tmp_path / "draw")), sha256(b"").hexdigest()
    assert [verify_draw.main(one) for one in (["--after", nothing, folder], [folder, "--after", nothing])] == [0, 0]
    assert [verify_draw.main(one) for one in (["--after", "0" * 64, folder], [folder, "--after", "0" * 64])] == [1, 1]
