from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from inspector.calendars import load_calendars
from inspector.domain.case import Outcome, Route
from inspector.domain.errors import Missing
from inspector.domain.policy import Policy
from inspector.policybook import AnyExample, Example, PacksInvalid, Policybook, check_examples, differences, read_examples
from inspector.policybook.drawn import DrawExample, ObjectExample
from tests.packs import POLICIES

BOOK = Policybook.load(POLICIES)
CALENDAR = load_calendars(POLICIES / "calendars")
SHIPPED = [(pack, example) for pack in BOOK.packs for example in read_examples(POLICIES / pack.id, pack.label)]


PRESETS = [pack for pack in BOOK.packs if pack.extends and not pack.extends.startswith(f"{pack.id}@")]


@pytest.mark.parametrize(("pack", "example"), [pytest.param(p, e, id=f"{p.label} {e.name}") for p, e in SHIPPED])
def test_a_shipped_example_comes_true(pack: Policy, example: AnyExample) -> None:
    assert differences(pack, example, CALENDAR) == ()


@pytest.mark.parametrize("pack", [pack for pack in BOOK.packs if not pack.extends], ids=lambda pack: pack.label)
def test_the_shipped_examples_show_every_item_and_every_way(pack: Policy) -> None:
    examples = [one for one in read_examples(POLICIES / pack.id, pack.label) if isinstance(one, Example)]
    assert len(examples) >= 12
    assert {example.item for example in examples} >= set(pack.items)
    shown = str([example.expect.get("methods") for example in examples])
    assert all(method in shown for item in pack.items.values() for method in item.methods)
    assert len({method for item in pack.items.values() for method in item.methods}) == 3 + (pack.id == "demo")
    assert {example.route for example in examples} == set(Route)
    assert {example.officer for example in examples} >= {Outcome.UNVERIFIABLE, Outcome.UNTRUE_CURABLE, None}


@pytest.mark.parametrize("pack", PRESETS, ids=lambda pack: pack.label)
def test_the_examples_of_a_preset_show_what_it_changes(pack: Policy) -> None:
    """Every level whose numbers it states is shown, and at least six situations."""
    base, examples = BOOK.get(pack.extends), read_examples(POLICIES / pack.id, pack.label)
    assert len(examples) >= 6
    own = {row.level for row in pack.samplings if row not in base.samplings} - {None}
    drawn = {code for one in examples if isinstance(one, DrawExample) for code in one.strata}
    assert {row.stratum for row in pack.samplings if row.level in own and not row.basis.startswith("P:")} <= drawn
    limited = {row.level for row in pack.limits.frequencies.values() if row not in base.limits.frequencies.values()}
    seen = {one.level for one in examples if isinstance(one, ObjectExample)}
    assert len(seen & limited) >= min(3, len(limited))
    assert {one.item for one in examples if isinstance(one, Example)} >= set(pack.items) - set(base.items)


def office(tmp_path: Path, **edits: str) -> tuple[Path, Policybook]:
    """A copy of the shipped packs, with texts of the plan's pack replaced."""
    shutil.copytree(POLICIES, tmp_path / "policies")
    file = tmp_path / "policies" / "maoji" / "pack.toml"
    text = file.read_text(encoding="utf-8")
    for old, new in edits.items():
        assert old in text
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")
    return tmp_path / "policies" / "maoji", Policybook.load(tmp_path / "policies")


def test_the_shipped_examples_are_checked_with_the_calendar_beside_them() -> None:
    assert check_examples(BOOK.get("maoji@2026.1"), POLICIES / "maoji") == ()


def test_a_changed_deadline_is_found_by_the_examples(tmp_path: Path) -> None:
    folder, book = office(tmp_path, **{'term = "20wd"': 'term = "21wd"'})
    told = check_examples(book.get("maoji@2026.1"), folder)
    assert len(told) == 4
    assert "due: expected 2026-03-16, the pack decides 2026-03-17｜应为 2026-03-16，政策包的结果是 2026-03-17" in told[1]


def test_a_changed_consequence_is_found_by_the_examples(tmp_path: Path) -> None:
    folder, book = office(
        tmp_path, **{'undecided = ["TERMINATE"]\nproposals = ["ORDER_RECTIFY"]': 'proposals = ["ORDER_RECTIFY"]'}
    )
    told = check_examples(book.get("maoji@2026.1"), folder)
    (one,) = told
    assert one.startswith("maoji/examples.toml · example 不实而可以改正")
    assert one.endswith(
        "proposals: expected [TERMINATE], the pack decides [ORDER_RECTIFY]｜应为 [TERMINATE]，政策包的结果是 [ORDER_RECTIFY]"
    )


def write(folder: Path, body: str, pack: str = "maoji@2026.1") -> Path:
    (folder / "examples.toml").write_text(f'pack = "{pack}"\n{body}', encoding="utf-8")
    return folder


ONE = """
[[example]]
name = "one"
route = "COMMITMENT"
item = "business-licence"
matter = "LICENCE"
subject = "FIRM"
start = 2026-03-02T09:00:00+08:00
"""


def test_an_example_that_does_not_come_true_says_what_the_pack_decides(tmp_path: Path) -> None:
    folder = write(tmp_path, ONE + 'level = "A"\n[example.expect]\nstratum = "normal-B"\nbefore_decision = true\n')
    assert [one.partition("/")[2] for one in check_examples(BOOK.get("maoji@2026.1"), folder, CALENDAR)] == [
        "examples.toml · example one · stratum: expected normal-B, the pack decides normal-A｜应为 normal-B，政策包的结果是 normal-A",
        "examples.toml · example one · before_decision: expected true, the pack decides false｜应为 true，政策包的结果是 false",
    ]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ('level = "E"\n', "level_unknown"),
        ('answers = { registration-status = ["no_answer", "match"] }\n', "example_way_spent"),
        ('officer = "TRUE"\n', "not_in_review"),
    ],
)
def test_what_the_domain_refuses_an_example_may_expect(given: str, code: str, tmp_path: Path) -> None:
    folder = write(tmp_path, ONE + given + f'[example.expect]\nrefused = "{code}"\n')
    assert check_examples(BOOK.get("maoji@2026.1"), folder, CALENDAR) == ()
    folder = write(tmp_path, ONE + given + '[example.expect]\nstate = "CLOSED"\n')
    folder = write(tmp_path, ONE + given + '[example.expect]\nstate = "CLOSED"\nrow = "normal-A"\n')
    (told,) = check_examples(BOOK.get("maoji@2026.1"), folder, CALENDAR)
    assert told.startswith(f"{tmp_path.name}/examples.toml · example one · ")
    assert "expected" not in told, "the reason, and it alone"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            'item = "business-licence"',
            'item = "business-license"',
            "item: business-license is unknown; nearest is business-licence",
        ),
        (
            "start =",
            'answers = { registration-statu = ["match"] }\nstart =',
            "answers.registration-statu: registration-statu is unknown",
        ),
        (
            "start =",
            'answers = { degree = ["match"] }\nstart =',
            "answers.degree: degree is unknown; known are registration-status",
        ),
        ("start =", 'level = "Ａ"\nstart =', "level: Ａ has full-width signs of the Chinese keyboard; write A"),
        ('matter = "LICENCE"', 'matter = "BENEFIT"', "refused: Item business-licence does not cover matters of kind BENEFIT"),
    ],
)
def test_an_example_of_what_the_pack_does_not_know_or_refuses_is_told_its_place_and_the_reason(
    old: str, new: str, told: str, tmp_path: Path
) -> None:
    folder = write(tmp_path, ONE.replace(old, new) + '[example.expect]\nstate = "CLOSED"\nstratum = "normal-A"\n')
    (one,) = check_examples(BOOK.get("maoji@2026.1"), folder, CALENDAR)
    assert one.startswith(f"{tmp_path.name}/examples.toml · example one · {told}"), one


DRAW = '[[draw]]\nname = "d"\nofficers = 10\n'
OBJECT = '[[object]]\nname = "o"\non = 2026-08-03\n'


def test_a_draw_and_an_object_that_do_not_come_true_say_what_the_pack_decides(tmp_path: Path) -> None:
    body = (
        DRAW
        + "strata = { pool-A = 1000, pool-B = { rows = 100, able = 1 } }\n[draw.expect]\ndrawn = { pool-A = 9 }\ntotal = 33\n"
    )
    body += (
        OBJECT
        + 'level = "A"\nseen = [{ on = 2026-01-05, check = "PLANNED" }]\n[object.expect]\nbarred = "cool-down"\nmust = false\n'
    )
    found = check_examples(BOOK.get("maoji@2026.1"), write(tmp_path, body), CALENDAR)
    assert [one.partition("examples.toml · ")[2].partition("｜")[0] for one in found] == [
        "draw d · drawn: expected { pool-A = 9 }, the pack decides { pool-A = 32, pool-B = 1 }",
        "object o · barred: expected cool-down, the pack decides cap",
    ]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (DRAW + "strata = { pool-A = 1.5 }\n[draw.expect]\ntotal = 1\n", "draw d · strata.pool-A: got 1.5; write a whole number"),
        (
            DRAW + "strata = { pool-A = { rows = 3, drwan = 1 } }\n[draw.expect]\ntotal = 1\n",
            "draw d · strata.pool-A.drwan: unknown; write `drawn`",
        ),
        (DRAW + "strata = { pool-A = 1 }\n[draw.expect]\n", "draw d · expect: missing: add drawn / total"),
        (
            OBJECT + 'level = "A"\nseen = [{ on = 2026-01-05, check = "PLANED" }]\n[object.expect]\nbarred = ""\n',
            "object o · seen[1] · check: PLANED is unknown; nearest is PLANNED",
        ),
        (
            ONE.replace("2026-03-02", "9999-12-30") + '[example.expect]\nstate = "CLOSED"\n',
            "examples.toml · example[1].start: 9999-12-30T09:00:00+08:00 cannot be meant",
        ),
        (ONE + '[example.expect]\nstratun = "normal-A"\n', "example one · expect.stratun: unknown; write `stratum`"),
        (ONE, "example one · expect: missing: add expect"),
        (ONE + "[example.expect]\n", "example one · expect: missing"),
        (
            ONE + 'answers = { registration-status = ["matsch"] }\n[example.expect]\nstate = "CLOSED"\n',
            "example one · answers.registration-status: matsch is unknown; nearest is match",
        ),
        (
            ONE.replace("+08:00", "") + '[example.expect]\nstate = "CLOSED"\n',
            "start: got 2026-03-02T09:00:00; write 2026-03-02T09:00:00+08:00 (with offset)｜现为 2026-03-02T09:00:00；应写成",
        ),
        ("[[example", "not TOML in UTF-8"),
    ],
)
def test_a_broken_example_is_refused_with_file_row_and_field(body: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(PacksInvalid) as caught:
        read_examples(write(tmp_path, body), "maoji@2026.1")
    assert told in str(caught.value)
    assert f"{tmp_path.name}/examples.toml" in str(caught.value)


def test_examples_of_another_version_do_not_count(tmp_path: Path) -> None:
    folder = write(tmp_path, ONE + '[example.expect]\nstate = "VERIFYING"\n', pack="maoji@2025.1")
    with pytest.raises(Missing, match="examples_missing"):
        read_examples(folder, "maoji@2026.1")
    assert len(read_examples(folder, "maoji@2025.1")) == 1
