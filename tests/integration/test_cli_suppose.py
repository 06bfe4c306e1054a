"""`policy explain`: what a pack makes of supposed facts, by the code and in the words that explain a case."""

from __future__ import annotations

import json
import shutil
from itertools import product
from pathlib import Path

import pytest

from inspector.domain.case import Route
from inspector.domain.supposed import Supposed
from inspector.flows.explain import explain
from inspector.flows.narrative import render as narrated
from inspector.flows.supposing import suppose
from inspector.flows.supposingwords import render
from inspector.labels import LANGS
from tests.house import ROOT, START, Hand, Table, application, closing, open_office, post
from tests.integration.test_replay_period import candidate
from tests.minimums import owed
from tests.operator import Operator, one_database, settled
from tests.packs import write

database_url = one_database
pytestmark = [pytest.mark.alike, pytest.mark.slow]


@pytest.fixture
def laptop(tmp_path: Path) -> Operator:
    """Settings, and no database."""
    return Operator(tmp_path, f"sqlite:///{tmp_path / 'none.sqlite3'}").settle_in()


def test_the_row_the_ways_the_date_and_the_draw_are_told_with_their_bases_and_no_database(laptop: Operator) -> None:
    words = ("policy", "explain", "demo@1", "--item", "hr-agency-staff", "--level", "A", "--day", "2026-03-02")
    said = laptop.well(*words, "--json").json
    why, draw = said["why"], said["draw"]["row"]
    assert (why["row"], why["before_decision"], why["stratum"], why["due_at"]) == (
        "high-A",
        True,
        "high-A",
        "2026-03-12T17:30:00+08:00",  # eight working days from Monday 2 March 2026
    )
    assert [[(way["method"], way["via"], way["ground"]) for way in one["ways"]] for one in said["ways"]] == [
        [("ONLINE_QUERY", "social", "")],
        [("ASSISTANCE", "housing", "DATA_NOT_SHARED")],
    ]
    assert (draw["row"], draw["ratio"], draw["minimum"], draw["key"]) == ("sample-high-A", "1/5", 1, False)
    assert all(one["citation"] for part in (why["basis"], said["draw"]["basis"]) for one in part)
    page = laptop.well(*words).out
    for line in ("row high-A", "verified before the decision", "Due by 2026-03-12 17:30", "Drawn: 20% of them, 1 at least"):
        assert line in page
    assert not (laptop.folder / "none.sqlite3").exists()


@pytest.mark.parametrize(
    ("more", "due", "event"),
    [((), "2026-04-10", "CASE_OPENED"), (("--concluded", "2026-03-02"), "2026-03-30", "MATTER_CONCLUDED")],
)
def test_a_term_that_begins_with_the_decision_can_be_asked_with_one_and_says_so_without(
    laptop: Operator, more: tuple[str, ...], due: str, event: str
) -> None:
    words = ("policy", "explain", "fire-safety@2", "--item", "public-venue-fire-safety", "--day", "2026-03-12", *more)
    said = laptop.well(*words, "--json").json["why"]
    assert (said["due_at"][:10], said["due_counted"]["event"], said["due_from"]) == (due, event, "decision")
    page = laptop.well(*words).out
    assert ("the term begins with the decision; until the approving system tells its day" in page) is (not more)
    assert ("begun when the matter was decided, 2026-03-02" in page) is bool(more)


def test_who_brings_a_certificate_and_an_exempt_item_are_not_verified_and_the_rule_is_told(laptop: Operator) -> None:
    for more, rule in (
        (("--item", "business-licence", "--route", "CERTIFICATE"), "route.certificate"),
        (("--item", "legal-aid"), "item.exempt"),
    ):
        said = laptop.well("policy", "explain", "demo@1", *more, "--json").json
        assert (said["why"], said["draw"], said["decided"]["rule"]) == (None, None, rule)
        assert said["decided"]["basis"]
    assert "review late" in laptop.well("policy", "explain", "demo@1", "--item", "legal-aid").out


def test_what_is_owed_of_an_item_is_told_with_its_row_and_basis_and_the_difference_of_packs_says_it(laptop: Operator) -> None:
    drafts = laptop.folder / "drafts"
    drafts.mkdir()
    write(drafts, owed(2).replace('version = "2026.1"', 'version = "2026.9"').replace("from = 2026-01-01", "from = 2026-12-15"))
    words = ("policy", "explain", "maoji@2026.9", "--folder", str(drafts), "--item", "dispatch-premises", "--level", "D")
    said = laptop.well(*words, "--json").json["draw"]
    assert (said["row"]["stratum"], said["row"]["row"]) == ("normal-D/dispatch-premises", "sample-normal-D")
    ((row, basis),) = said["owed"]
    assert (row["row"], row["least"], row["per"], [one["id"] for one in basis]) == ("least", 2, "quarter", ["S8", "P"])
    page = laptop.well(*words).out
    assert "Of this item at least 2 are drawn, or all there are (Quarter; levels D): least" in page
    assert "The least number is one for the whole stratum normal-D" in page
    told = laptop.well("policy", "diff", "maoji@2026.1", "maoji@2026.9", "--folder", str(drafts)).out
    assert "normal-D/dispatch-premises" in told
    assert "of the item 2 at least" in told


@pytest.mark.parametrize(
    ("more", "code", "word"),
    [
        (("--item", "nothing"), 2, "has no item nothing"),
        (("--item", "business-licence", "--level", "Z"), 2, "Z"),
        (("--item", "business-licence", "--notice", "2019-07"), 2, "answers version 2019-07 of the notice"),
        (("--item", "business-licence", "--subject", "PERSON"), 2, "PERSON"),
        (("--item", "business-licence", "--matter", "BENEFIT"), 2, "BENEFIT"),
    ],
)
def test_what_the_pack_would_refuse_is_refused_with_its_reason(
    laptop: Operator, more: tuple[str, ...], code: int, word: str
) -> None:
    said = laptop.say("policy", "explain", "demo@1", *more)
    assert (said.code, word in said.err) == (code, True)
    assert laptop.say("policy", "explain", "demo@9", *more).code == 3


def test_a_day_on_which_the_pack_is_not_in_force_is_told(laptop: Operator) -> None:
    words = ("policy", "explain", "maoji@2026.1", "--item", "business-licence", "--day")
    assert "not in force" in laptop.well(*words, "2025-12-31").out
    assert "not in force" not in laptop.well(*words, "2026-03-02").out


def test_a_pack_by_its_name_alone_is_the_version_in_force_on_the_day(laptop: Operator) -> None:
    words = ("--item", "business-licence", "--day")
    for day, label in (("2026-06-01", "maoji@2026.1"), ("2026-12-10", "maoji@2026.2")):
        told = laptop.well("policy", "explain", "maoji", *words, day)
        assert (told.out.splitlines()[0].count(label), label in told.err) == (1, True)
        assert json.loads(laptop.well("policy", "render", "maoji", "--day", day, "--json").out)["pack"] == label
    changed = laptop.well("policy", "diff", "maoji@2026.2", "maoji", "--day", "2026-06-01", "--json").json
    assert changed == laptop.well("policy", "diff", "maoji@2026.2", "maoji@2026.1", "--json").json
    early = laptop.say("policy", "explain", "maoji", *words, "2025-06-01")
    assert (early.code, "not in force on 2025-06-01" in early.err) == (3, True)


def test_a_pack_of_daily_supervision_alone_says_that_it_takes_no_cases(laptop: Operator) -> None:
    told = laptop.say("policy", "explain", "henan-2021@1", "--item", "business-licence")
    assert (told.code, "it takes no cases and is for daily supervision alone" in told.err) == (2, True)


def test_a_case_and_its_supposition_are_explained_in_the_same_lines(database_url: str, tmp_path: Path) -> None:
    operator = settled(database_url, tmp_path)
    hand = Hand()
    with closing(operator.store()) as store:
        office = open_office(store, hand, sources={"registers": Table(default="=")})
        case = post(office, application(1, "dispatch-premises", {"registered-address": "某路1号", "office-in-use": "是"}))
        policy = office.book.get("demo@1")
        with store.read() as tx:
            told = explain(office, tx, case)
            held = tx.cases.get(case)
        facts = Supposed(item=held.item, route=held.route, matter=held.matter, subject=held.subject.kind, level=None, at=START)
        made = suppose(office, policy, facts)
        assert (made.why, [one.ways for one in made.ways]) == (told.why, [one.ways for one in told.claims])
        for lang in LANGS:
            lines = narrated(told, lang).splitlines()
            missing = [line for line in _section(render(made, lang)) if line not in lines]
            assert missing == []


def test_every_item_and_level_of_every_pack_can_be_explained_in_both_languages(database_url: str, tmp_path: Path) -> None:
    operator = settled(database_url, tmp_path)
    with closing(operator.store()) as store:
        office = open_office(store, Hand())
        for policy in office.book.packs:
            for item, level, route in product(policy.items.values(), policy.levels, Route):
                facts = Supposed(
                    item=item.code,
                    route=route,
                    matter=min(item.matters),
                    subject=min(item.subjects),
                    level=level.code,
                    at=START,
                )
                made = suppose(office, policy, facts)
                for lang in LANGS:
                    page = render(made, lang)
                    assert "explain." not in page
                    assert "…" not in page


def _section(page: str) -> list[str]:
    """The lines of why this way."""
    parts = page.split("\n\n")
    return parts[1].splitlines()


def test_a_comparison_names_the_combinations_that_come_out_otherwise(laptop: Operator) -> None:
    folder = candidate(laptop.folder / "drafts")
    shutil.copy(ROOT / "policies" / "demo" / "pack.toml", folder / "demo" / "pack-1.toml")
    (folder / "demo" / "pack.toml").rename(folder / "demo" / "pack-2.toml")
    words = ("policy", "diff", "demo@1", "demo@2", "--folder", str(folder))
    page = laptop.well(*words).out
    assert "those that change: 21 of 45" in page
    assert "level B, U, D: term: 10 working days from the day of intake → 8 working days from the day of intake" in page
    said = laptop.well(*words, "--json").json
    assert (len(said["combinations"]), said["combinations_of"], bool(said["rows"])) == (21, 45, True)
    same = laptop.well("policy", "diff", "demo@1", "demo@1", "--folder", str(folder))
    assert same.out.strip() == "no difference"


def test_a_draft_in_a_folder_of_its_own_builds_on_the_office_s_pack_and_is_compared_with_it(laptop: Operator) -> None:
    drafts = laptop.folder / "drafts"
    (drafts / "demo").mkdir(parents=True)
    head = 'id = "demo"\nversion = "7"\ntitle = "草案"\neffective_from = 2025-06-01\nextends = "demo@1"\nwithout = ["quiet"]\n[sources]\n'
    quiet = "[[quiet]]" in (ROOT / "policies" / "demo" / "pack.toml").read_text("utf-8")
    text = head if quiet else head.replace('without = ["quiet"]\n', "")
    (drafts / "demo" / "pack-7.toml").write_text(text, encoding="utf-8")
    rows = laptop.well("policy", "diff", "demo@1", "demo@7", "--folder", str(drafts), "--json").json["rows"]
    assert ("底本", "demo@1，本包未写明的各表照其原文") in {(one["row"], (one["new"] or "").partition("；")[0]) for one in rows}
    words = ("policy", "explain", "demo@7", "--item", "hr-agency-staff", "--level", "A", "--folder", str(drafts), "--json")
    assert laptop.well(*words).json["why"]["row"] == "high-A"
    assert [one["label"] for one in laptop.well("policy", "list", "--folder", str(drafts), "--json").json] == ["demo@7"]
    told = laptop.well("policy", "check", "--folder", str(drafts), "--json").json
    assert (told["silent"], told["differences"]) == (["demo@7"], {})


def test_examples_of_a_version_that_is_not_there_are_named_by_policy_check(laptop: Operator) -> None:
    drafts = laptop.folder / "drafts"
    shutil.copytree(ROOT / "policies" / "maoji", drafts / "maoji")
    (drafts / "maoji" / "examples-2026.9.toml").write_text('pack = "maoji@2026.9"\n', encoding="utf-8")
    told = laptop.well("policy", "check", "--folder", str(drafts)).out
    assert "maoji/examples-2026.9.toml" in told
    assert "no pack maoji@2026.9, so these examples are never run" in told
