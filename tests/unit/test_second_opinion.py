"""Another program in another language, sharing nothing with ours, comes to the same draws (draw-protocol threat 15)."""

from __future__ import annotations

import hashlib
import json
import os
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product
from pathlib import Path

import pytest

from inspector.cli.bundle import Bundle as Folder
from inspector.cli.bundle import judge
from inspector.domain.audit import Witness
from inspector.domain.commitment import Listing
from inspector.domain.draw import receipt
from inspector.domain.errors import Invalid
from inspector.domain.frame import Frame, freeze
from inspector.domain.replay import replay
from inspector.domain.verify import thrown
from inspector.verifier import verify_draw
from tests import minds
from tests.bundles import (
    NAMES,
    RE_DEALS,
    Bundle,
    barred,
    carried_out,
    committed,
    person,
    promise,
    random_bundle,
    re_deals,
    reveal,
    rules,
    thing,
    vector,
)
from tests.published import of_the_house
from tests.second import judged, opinions
from tests.tampering import encode, fitted, packed

pytestmark = pytest.mark.needs("node")

BLOCKS = 20
EACH = int(os.environ.get("INSPECTOR_TEST_DRAWS", "100000")) // BLOCKS


def written(bundles: Sequence[Bundle], folder: Path) -> list[str]:
    """One line for each bundle, written to folders."""
    return judged([held.write(folder / str(number)) for number, held in enumerate(bundles)])


def agrees(held: Bundle) -> str:
    return f"agrees C={held.commitment.c} W={held.commitment.w}"


def test_the_second_program_agrees_on_every_vector(tmp_path: Path) -> None:
    vectors = [vector(name) for name in NAMES]
    assert written(vectors, tmp_path) == [agrees(held) for held in vectors]


def test_the_second_program_agrees_on_random_bundles() -> None:
    bundles = [random_bundle(number) for number in range(60)]
    assert list(opinions(map(packed, bundles))) == [agrees(held) for held in bundles]
    told = [held["teams"].values() for bundle in bundles for held in bundle.result["lists"]]
    assert sum(None in team for teams in told for team in teams) > 40, "many of their seats are impossible"
    assert {bundle.commitment.suite.name for bundle in bundles} == {"sha256", "sm3"}


def ample_bundle(number: int) -> Bundle:
    """A draw with people to spare, so that whoever leaves is followed; names beyond the basic plane, bans and qualifications."""
    chance = random.Random(number)
    rows = [
        thing(f"{chance.choice('企9😀')}{k}", pool=chance.choice(["P0", "P1"]), qual=chance.choice(["", "Q"])) for k in range(8)
    ]
    staff = [
        person(
            f"{chance.choice('Z甲🧑')}{k}", pools=chance.choice([("P0",), ("P1",), ("P0", "P1")]), quals=("Q",) * (k % 2), cap=3
        )
        for k in range(14)
    ]
    pairs = {(chance.choice(rows).id, chance.choice(staff).id) for _ in range(10)}
    frame = freeze(rows, staff, [barred(*pair) for pair in pairs])
    made = committed([Listing(name="x", frame=frame, rules=rules(600_000, reserve=3))], number=f"ample-{number}")
    return carried_out(made, {"x": frame}, [reveal("one")])


def deal_to(
    came: str, events: list[dict[str, object]], frame: Frame, teams: Callable[[], dict[str, tuple[str | None, ...]]]
) -> None:
    """The lines that deal both seats of an object that came in: the only ones that the rule takes."""
    names = [*(row.id for row in frame.inspectors), None]
    for first, second in product(names, names):
        seats = [{"kind": "deal", "object": came, "seat": seat, "in": who} for seat, who in enumerate((first, second))]
        events += [{"seq": len(events) + 1 + place, **seat} for place, seat in enumerate(seats)]
        try:
            teams()
        except Invalid:
            del events[-2:]
        else:
            return
    raise AssertionError("the rule takes one pair")


def afterlife(held: Bundle, name: str, chance: random.Random) -> list[dict[str, object]]:
    """Re-deals and visits called off of one list, as the rule gives them."""
    frame, result, events = held.frame(name), held.carry_out(), list[dict[str, object]]()

    def teams() -> dict[str, tuple[str | None, ...]]:
        return replay(held.commitment, frame, result, name, events)

    for _ in range(8):
        seats = [(visit, seat, who) for visit, team in teams().items() for seat, who in enumerate(team) if who is not None]
        if not seats:
            break
        visit, seat, who = chance.choice(seats)
        line: dict[str, object] = {"seq": len(events) + 1, "kind": "withdrawn", "object": visit, "reason": "ceased"}
        if chance.random() < 0.2:
            events.append(line)
            continue
        reserve = next(iter(result.lists[0].strata.values())).reserve
        left = [one for one in reserve if one not in {event.get("in") for event in events}]
        if left and chance.random() < 0.4:
            events.append({**line, "kind": "replace", "out": visit, "in": left[0]})
            deal_to(left[0], events, frame, teams)
            continue
        for staff in [*(row.id for row in frame.inspectors), None]:
            events.append({**line, "kind": "redeal", "seat": seat, "out": who, "in": staff, "reason": "declined"})
            try:
                teams()
            except Invalid:
                events.pop()
            else:
                break
    return events


def test_the_second_program_replays_re_deals_as_ours_does_and_refuses_any_other(tmp_path: Path) -> None:
    bundles = [ample_bundle(number) for number in range(16)]
    folders, wrong, kinds = [], set[int](), set[str]()
    for number, held in enumerate(bundles):
        folders.append(held.write(tmp_path / str(number)))
        events = afterlife(held, "x", random.Random(number))
        dealt = [event for event in events if event.get("in")]
        kinds.update(str(event["kind"]) for event in events)
        assert len(dealt) > 1
        if number % 2:
            dealt[-1]["in"] = None  # nobody is dealt although somebody could be
            wrong.add(number)
        lines = "".join(json.dumps(event, ensure_ascii=False) + "\n" for event in events)
        (folders[-1] / "after.jsonl").write_text(lines, encoding="utf-8")
    assert kinds == {"redeal", "withdrawn", "replace", "deal"}
    told = judged(folders)
    assert [line.split(" ")[0] for line in told] == ["DIFFERS" if number in wrong else "agrees" for number in range(16)]
    assert [judge(Folder.of_folder(one), None).verdict.holds for one in folders] == [number not in wrong for number in range(16)]


def test_the_second_program_replays_the_published_re_deals_and_refuses_one_changed(tmp_path: Path) -> None:
    for changed in (False, True):
        folders = []
        for name in RE_DEALS:
            events = re_deals(name)["events"]
            if changed:
                events[-1]["in"] = "Z001"
            folders.append(vector(RE_DEALS[name]).write(tmp_path / f"{name}-{changed}"))
            lines = "".join(json.dumps(event, ensure_ascii=False) + "\n" for event in events)
            (folders[-1] / "after.jsonl").write_text(lines, encoding="utf-8")
        assert [line.startswith("DIFFERS") for line in judged(folders)] == [changed] * len(RE_DEALS)


def test_the_second_program_names_what_does_not_hold(tmp_path: Path) -> None:
    held = vector("1")
    (files,) = held.frames.values()
    turned = json.loads(json.dumps(held.result))
    next(iter(turned["lists"][0]["teams"].values())).reverse()
    wrong = {
        'DIFFERS result_differs {"field":"result.json.lists[0].teams.91330100MA00006702[0]"': replace(held, result=turned),
        'DIFFERS row_count {"file":"bans.tsv"': replace(held, frames={"scjg": (files[0], files[1], b"")}),
        'DIFFERS root_other {"file":"objects.tsv"': replace(
            held, frames={"scjg": (files[0].replace(b"\tB\t", b"\tA\t", 1), *files[1:])}
        ),
        'DIFFERS row_columns {"file":"objects.tsv","row":1,': replace(
            held, frames={"scjg": (files[0].replace(b"\tB\t", b"\t", 1), *files[1:])}
        ),
        'DIFFERS seed_part {"kind":"drand","field":"round"}': replace(held, parts=[{**held.parts[0], "round": 657414}]),
        'DIFFERS result_differs {"field":"result.json.lists[0].strata.A.': replace(
            held, parts=[{**held.parts[0], "signature": "b7" * 48}]
        ),
    }
    told = written(list(wrong.values()), tmp_path)
    assert [line[: len(start)] for line, start in zip(told, wrong, strict=True)] == list(wrong)


def test_the_page_compares_what_happened_afterwards_with_the_houses_note_as_draw_verify_does() -> None:
    log = packed(vector("1"), b"".join(encode(event) + b"\n" for event in re_deals("after")["events"]))
    whole = log["scjg.after.jsonl"]
    note = encode({"after": {"lines": whole.count(b"\n"), "sha256": hashlib.sha256(whole).hexdigest()}})
    short = whole[: whole.rindex(b"\n", 0, -1) + 1]
    bundles = [log | {minds.RECORD: note}, log | {minds.RECORD: note, "scjg.after.jsonl": short}]
    assert list(minds.browser(bundles)) == [minds.house(files) for files in bundles] == [0, 1]


def test_a_draw_made_void_before_its_seed_is_read_by_all_three_and_its_registers_are_held_to_the_commitment() -> None:
    whole = {name: held for name, held in packed(vector("2")).items() if name not in ("seed.json", "result.json")}
    void = whole | {minds.RECORD: encode({"void": "停电", "signed": ["李科长", "王主任"]})}
    (register, *_) = (name for name in whole if name.endswith("objects.tsv"))
    bundles = {
        "agrees": void,
        "registers left out": {name: held for name, held in void.items() if not name.endswith(".tsv")},
        "row changed": void | {register: void[register].replace(b"\t1\t", b"\t0\t", 1)},
        "of another draw": void | {minds.RECORD: encode({"void": "停电", "w": "0" * 64})},
        "not void": whole,
        "void in no words": whole | {minds.RECORD: encode({"void": ""})},
        "the result held back": void | {"seed.json": packed(vector("2"))["seed.json"]},
        "a register missing": {name: held for name, held in void.items() if name != register},
        "what followed not ended": void | {register.replace("objects.tsv", "after.jsonl"): b"{}"},
    }
    right = [0, 0, 1, 1, 2, 2, 2, 2, 2]
    assert [minds.house(files) for files in bundles.values()] == right
    assert [minds.python(files) for files in bundles.values()] == right
    assert list(minds.browser(bundles.values())) == right
    _, told = verify_draw.opinion(void)
    assert "! THIS DRAW WAS MADE VOID 本次抽查已作废: 停电 ['李科长', '王主任']" in told


def test_what_cannot_be_read_is_told_from_what_does_not_hold() -> None:
    files = packed(vector("1"))
    unreadable = {
        'UNREADABLE file_missing {"file":"seed.json"}': {name: held for name, held in files.items() if name != "seed.json"},
        'UNREADABLE not_json {"file":"result.json","line":2}': files | {"result.json": b'{"commit":\n,}'},
        'UNREADABLE key_twice {"file":"seed.json","line":1}': files | {"seed.json": b'{"a":1,"a":1}'},
        'UNREADABLE not_integer {"file":"seed.json","line":1}': files | {"seed.json": b'{"a":1.0}'},
        'UNREADABLE commit_field {"field":"hash"}': files | {"commit.json": b'{"v":"ssj1","hash":"md5"}'},
        'UNREADABLE not_utf8 {"file":"commit.json"}': files | {"commit.json": b"\xff"},
    }
    assert list(opinions(unreadable.values())) == list(unreadable)


@pytest.mark.parametrize("name", ["1", *(pytest.param(one, marks=pytest.mark.slow) for one in ("2", "sm3"))])
def test_everybodys_receipt_says_whether_the_own_row_was_there_and_whether_its_ticket_was_under_the_limit(name: str) -> None:
    held = vector(name)
    frame, result, files = held.frame(next(iter(held.frames))), held.carry_out(), packed(held)
    (listed,), rows = result.lists, frame.objects
    receipts = [receipt(held.commitment, frame, row.id, listed.name, result) for row in rows]

    def told(receipts: Sequence[Mapping[str, object]]) -> list[tuple[str, ...]]:
        """The codes of each answer."""
        asked = [files | {"receipt": json.dumps(one).encode()} for one in receipts]
        return [tuple(one["code"] for one in json.loads(line)) for line in opinions(asked)]

    fate = {False: "receipt_undrawn", True: "receipt_drawn"}
    expected = ["receipt_excluded" if row.status != "1" else fate[row.id in listed.selected] for row in rows]
    assert told(receipts) == [("receipt_in", one) for one in expected]
    assert {*expected} >= {*fate.values()}
    whole = {**receipts[7], "draw": held.commitment.number, "list": listed.name}
    wrong: dict[str, object] = {
        **dict.fromkeys(("seed", "limit", "ticket", "chance", "draw", "list"), "0" * 64),
        "c": "0" * 64,
        "line": None,
        "index": -1,
        "path": ["0"],
    }
    codes = [*["receipt_field"] * 6, "receipt_other", *["receipt_broken"] * 3]
    assert told([whole, *({**whole, name: value} for name, value in wrong.items())]) == [
        told([receipts[7]])[0],
        *((one,) for one in codes),
    ]
    steps = receipts[7]["path"]
    assert isinstance(steps, list)
    others = [{**receipts[7], "n": len(rows) + 1}, {**receipts[7], "path": ["0" * 64, *steps[1:]]}]
    assert {*told(others)} <= {("receipt_broken",), ("receipt_other",)}


def test_a_receipt_among_the_public_files_or_beside_their_folder_is_judged_with_them() -> None:
    held, other = vector("1"), vector("sm3")
    frame, result, files = held.frame("scjg"), held.carry_out(), of_the_house(held)
    (listed,) = result.lists
    own = dict(receipt(held.commitment, frame, listed.selected[0], "scjg", result))
    alone = {name: own[name] for name in ("line", "index", "n", "path")}
    veiled = {"leaf": hashlib.sha256(b"\0" + str(own["line"]).encode()).hexdigest()} | {n: own[n] for n in ("index", "n", "path")}
    name = next(iter(other.frames))
    another = receipt(other.commitment, other.frame(name), other.frame(name).objects[0].id, name)
    changed = {**own, "line": str(own["line"]).replace("\tA\t", "\tB\t")}
    assert changed != own
    said = {
        "receipt.json receipt_in receipt_drawn": own,
        "../receipt.json receipt_in receipt_drawn": own,
        "回执.TXT receipt_in receipt_drawn": alone,
        "91000000.json receipt_leaf": veiled,
        "early.json receipt_field": {**veiled, "draw": "another"},
        "receipt.json receipt_other": changed,
        "mine.json receipt_other": dict(another),
        "short.json receipt_broken": {**own, "path": []},
    }
    asked = [files | {line.split()[0]: json.dumps(told).encode()} for line, told in said.items()]
    assert list(opinions(asked)) == [f"{agrees(held)} | {line.removeprefix('../')}" for line in said]
    both = files | {"a.json": json.dumps(own).encode(), "b.json": json.dumps(changed).encode(), "notes.json": b"{"}
    assert list(opinions([both])) == [f"{agrees(held)} | a.json receipt_in receipt_drawn | b.json receipt_other"]


@pytest.mark.parametrize(("deep", "reads"), [(499, True), (500, False), (3000, False)])
def test_all_three_read_a_commitment_that_is_nested_as_deep_and_none_reads_a_deeper_one(deep: int, reads: bool) -> None:
    """Else a maker could publish what one of them calls malformed."""
    held = vector("3")
    nested = b'{"x": ' + b"[" * deep + b"1" + b"]" * deep + b", "
    files = fitted(packed(held) | {"commit.json": held.content.replace(b"{", nested, 1)})
    assert [minds.house(files), minds.python(files), *minds.browser([files])] == [0 if reads else 2] * 3


ROUND = datetime.fromisoformat("2023-09-15T11:00:03Z")  # of vector 1: when round 657413 was due


def twice_thrown() -> Bundle:
    """A draw whose seed has two ceremonies, one with a form, and a secret."""
    form = {"dice": 3, "sides": 6}
    texts = [{"kind": "text", "what": "dice", "bits": 7, "form": form}, {"kind": "text", "what": "lottery", "bits": 20}]
    held = freeze([thing("a"), thing("b")], [person("Z")], [])
    made = committed([Listing(name="x", frame=held, rules=rules(team=1))], sources=[promise("one"), *texts])
    first, second = ({"kind": "text", "text": text} for text in ("3 1 4", "2 7"))
    return carried_out(made, {"x": held}, [reveal("one"), first, second])


def when(minutes: int | None) -> str:
    """A time by its minutes after the round; empty for none."""
    return "" if minutes is None else (ROUND + timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z")


def test_the_page_takes_no_beacons_word_for_the_time_and_says_before_and_after_only_by_dates_that_the_reader_states() -> None:
    beacon, ceremony = vector("1"), vector("2")
    cases = [
        (beacon, -30, None, "seed_unchecked"),
        (beacon, -30, 0, "time_proven"),
        (beacon, -5, 0, "witness_margin"),
        (beacon, 0, 60, "witness_late"),
        (beacon, -90, 0, "witness_before_made"),
        (beacon, None, 0, "witness_undated"),
        (ceremony, 1_250_000, None, "seed_undated"),  # vector 2 was made by then
        (ceremony, 1_250_000, 1_250_060, "time_proven"),
        (ceremony, 1_250_000, 10**8, "witness_ahead"),
    ]
    asked = [packed(held) | {"witness": f"{held.commitment.w} {when(at)} {when(seed)}".encode()} for held, at, seed, _ in cases]
    assert list(opinions(asked)) == [code for *_, code in cases]


def test_the_page_holds_the_figures_of_the_minutes_to_those_in_the_bundle_as_draw_verify_does() -> None:
    one, two = vector("2"), twice_thrown()
    (first, second), known = (str(part["text"]) for part in two.parts if part["kind"] == "text"), str(one.parts[2]["text"])
    cases: list[tuple[Bundle, list[str], list[str]]] = [
        (vector("1"), ["1 2 3"], ["figures_uneven"]),  # there is no ceremony in it
        (one, [" "], ["figures_typed"]),
        (one, [f"  {known.replace(' ', '　 ')} "], ["figures_agree"]),
        (one, [known[:-1] + ("2" if known[-1] == "1" else "1")], ["figures_other"]),
        (one, [known + " 1"], ["figures_other"]),  # it states no form
        (two, [], ["figures_typed"] * 2),
        (two, ["３ 01 4", second], ["figures_agree"] * 2),
        (two, ["3 1 5", first], ["figures_other"] * 2),
        (two, ["3 1 7", second], ["figures_unfit"]),
        (two, [second], ["figures_uneven"]),
    ]
    asked = [packed(held) | {"figures": "\n".join(lines).encode() or b"\n"} for held, lines, _ in cases]
    told = [json.loads(line) for line in opinions(asked)]
    assert [[said["code"] for said in one] for one in told] == [codes for *_, codes in cases]
    for said, (held, lines, _) in zip(told, cases, strict=True):
        if {"figures_uneven", "figures_unfit"} & {one["code"] for one in said}:
            with pytest.raises(Invalid, match=r"figures_uneven|ceremony_figures_unfit"):
                thrown(held.commitment, held.parts, Witness(value=None, figures=tuple(lines)))
            continue
        minutes = Witness(value=None, figures=tuple(one for one in lines if one.strip()))
        own = [(line.code, line.facts) for some in thrown(held.commitment, held.parts, minutes) for line in some]
        assert [(f"draw.{one['code']}", one["facts"]) for one in said if one["code"] != "figures_agree"] == own


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("block", range(BLOCKS))
def test_both_verifiers_agree_with_the_engine_on_random_draws_by_the_hundred_thousand(block: int) -> None:
    """5,000 small draws in each block (or as INSPECTOR_TEST_DRAWS says for all), so that workers share them.

    Every eighth is judged as the public gets it too.

    The result in each bundle is the engine's; Node is fed over one pipe while the next draws are made.
    """
    numbers = range(1000 + block * EACH, 1000 + (block + 1) * EACH)
    made = list[tuple[str, dict[str, bytes]]]()
    for number in numbers:
        held = random_bundle(number, objects=12, staff=5)
        made.append((agrees(held), packed(held)))
        if number % 8 == 0:
            made.append((agrees(held), of_the_house(held, *held.carry_out().lists[0].selected[::2])))
    asked = [files for _, files in made]
    wrong = [told for (right, _), told in zip(made, opinions(asked), strict=True) if told != right]
    wrong += [str(lines) for code, lines in map(verify_draw.opinion, asked) if code != 0]
    assert wrong == []
    assert len(made) == EACH + sum(number % 8 == 0 for number in numbers) > EACH
