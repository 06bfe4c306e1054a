from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path

import pytest

from inspector.domain.calendar import Term, WorkingCalendar, due
from inspector.domain.case import Method, Outcome
from inspector.domain.errors import Invalid, Missing
from inspector.domain.policy import StrategyRow
from inspector.domain.strategy import steps
from inspector.domain.timer import OPTIONAL, Timer
from inspector.policybook import PacksInvalid, Policybook, hasty
from tests import legaltime, sizes
from tests.packs import HRAGENCY, ITEM, POLICIES, PREMISES, SHIPPED, after, edited, loaded, refused, without, write


def test_all_flaws_of_all_files_are_told_at_once_in_both_languages(tmp_path: Path) -> None:
    write(tmp_path, (POLICIES / "demo" / "pack.toml").read_text(encoding="utf-8").replace("team = 2", "team = 1"), pack="demo")
    error = refused(tmp_path, without('id = "sample-full"', edited(("min_bits = 64", "min_bits = 63"))))
    assert [(flaw.file, flaw.code) for flaw in error.flaws] == [
        ("demo/pack.toml", "team_too_small"),
        ("maoji/pack.toml", "number_too_small"),
        ("maoji/pack.toml", "sampling_missing"),
    ]
    assert error.code == "packs_invalid"
    assert str(error).startswith("3 flaws in policy packs; none was loaded｜政策包有 3 处错误，均未载入\n- demo/pack.toml")
    assert "现场核查不得少于两人" in str(error)


def test_a_row_that_cannot_be_read_does_not_count_as_missing_as_well(tmp_path: Path) -> None:
    error = refused(tmp_path, after('id = "normal-A"', "visit_all = false", 'visit_all = "no"'))
    assert [flaw.code for flaw in error.flaws] == ["type_wrong"]


def test_the_shipped_packs_load_without_warning() -> None:
    book = Policybook.load(POLICIES)
    assert [pack.label for pack in book.packs if not pack.extends] == ["demo@1", "maoji@2026.1"]
    assert {pack.id for pack in book.packs} == {file.parent.name for file in POLICIES.glob("*/pack.toml")}
    assert {pack.extends for pack in book.packs} == {"", "maoji@2026.1", "maoji@2026.2", "maoji@2026.3"}
    assert len(book.packs) >= 8
    assert book.warnings == ()


def test_a_pack_is_known_by_the_hash_of_its_bytes(tmp_path: Path) -> None:
    assert loaded(tmp_path, SHIPPED).digest == hashlib.sha256(SHIPPED.encode()).hexdigest()
    assert loaded(tmp_path, SHIPPED + "\n# a comment\n").digest != hashlib.sha256(SHIPPED.encode()).hexdigest()


def test_no_shipped_pack_is_approved() -> None:
    for pack in Policybook.load(POLICIES).packs:
        assert pack.approval is None


def test_every_number_that_is_no_rule_cites_a_source_that_says_so() -> None:
    packs = Policybook.load(POLICIES).packs
    assert all("非规定" in pack.sources["P"] for pack in packs)
    for pack in (pack for pack in packs if not pack.extends):
        assert all("P:2.3" in row.basis for row in pack.samplings)
        assert all("P:2.4" in row.basis or "H:" in row.basis for row in pack.terms.values())
        assert all(fact.valid_for_basis == "H:10" for item in pack.items.values() for fact in item.facts)
        assert "非规定" in pack.sources["H"]


def test_the_demo_draws_somebody_from_every_stratum_with_one_case() -> None:
    demo = Policybook.load(POLICIES).get("demo@1")
    assert min(row.minimum for row in demo.samplings) >= 1
    assert min(row.ratio for row in demo.samplings) >= Fraction(1, 5)


def test_a_percentage_and_a_fraction_are_the_same_exact_number(tmp_path: Path) -> None:
    assert loaded(tmp_path, SHIPPED).sampling("normal-B").ratio == Fraction(3, 100)
    assert loaded(tmp_path, after('id = "sample-normal-B"', '"3%"', '"3/100"')).sampling("normal-B").ratio == Fraction(3, 100)
    assert loaded(tmp_path, after('id = "sample-pool-B"', '"3%"', '"1/30"')).sampling("pool-B").ratio == Fraction(1, 30)
    assert loaded(tmp_path, after('id = "sample-normal-B"', '"3%"', '"0.5%"')).sampling("normal-B").ratio == Fraction(1, 200)


def test_changing_one_number_of_the_file_changes_the_due_date(tmp_path: Path) -> None:
    start, calendar = datetime(2026, 3, 2, 1, tzinfo=UTC), WorkingCalendar()
    policy = loaded(tmp_path, SHIPPED)
    assert due(start, policy.item("business-licence").verify, calendar).at.date() == date(2026, 3, 30)
    policy = loaded(tmp_path, after(ITEM, 'verify = "20wd"', 'verify = "19wd"'))
    assert due(start, policy.item("business-licence").verify, calendar).at.date() == date(2026, 3, 27)


def test_changing_the_methods_of_a_row_changes_the_ways_of_a_fact(tmp_path: Path) -> None:
    policy = loaded(tmp_path, SHIPPED)
    item = policy.item("relief-household")

    def ways(row: StrategyRow) -> list[Method]:
        return [step.method for step in steps(policy, item, item.fact("household"), row)]

    row = policy.strategy(item, "U")
    assert ways(row) == [Method.ONLINE_QUERY, Method.ASSISTANCE]
    assert ways(replace(row, methods=(Method.ASSISTANCE, Method.ONLINE_QUERY))) == [Method.ASSISTANCE, Method.ONLINE_QUERY]
    assert ways(replace(row, methods=(Method.ASSISTANCE,))) == [Method.ASSISTANCE]


def test_every_timer_and_every_outcome_but_withdrawal_is_answered() -> None:
    for pack in Policybook.load(POLICIES).packs:
        assert set(pack.terms) | OPTIONAL == set(Timer)
        assert set(pack.outcomes) == set(Outcome) - {Outcome.WITHDRAWN}


def test_a_pack_is_got_by_its_label_and_an_unknown_one_names_those_there_are() -> None:
    book = Policybook.load(POLICIES)
    assert book.get("maoji@2026.1").id == "maoji"
    with pytest.raises(Missing, match=r"pack_unknown.*demo@1, .*maoji@2026\.1"):
        book.get("maoji@2019.1")


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="packs_missing"):
        Policybook.load(tmp_path)


def version(number: str, start: str, end: str = "") -> str:
    review = f"{int(start[:4])}-12-31"
    return edited(
        ('version = "2026.1"', f'version = "{number}"'),
        ("effective_from = 2026-01-01", f"effective_from = {start}" + (f"\neffective_to = {end}" if end else "")),
        ("exempt_review_by = 2026-12-31", f"exempt_review_by = {review}"),
    )


def test_an_open_end_gives_way_to_the_next_version_and_the_first_file_stays_as_it_was(tmp_path: Path) -> None:
    write(tmp_path, SHIPPED)
    write(tmp_path, version("2026.2", "2026-07-01"), "pack-2026.2.toml")
    book = Policybook.load(tmp_path)
    assert book.in_force("maoji", date(2026, 6, 30)).label == "maoji@2026.1"
    assert book.in_force("maoji", date(2026, 7, 1)).label == "maoji@2026.2"
    assert not book.get("maoji@2026.1").in_force(date(2026, 7, 1))
    assert book.get("maoji@2026.1").digest == hashlib.sha256(SHIPPED.encode()).hexdigest()
    assert book.warnings == ()


def test_before_the_first_version_no_pack_is_in_force() -> None:
    with pytest.raises(Missing, match=r"pack_not_in_force.*maoji@2026\.1 2026-01-01"):
        Policybook.load(POLICIES).in_force("maoji", date(2025, 12, 31))


def test_a_stated_end_may_not_reach_into_the_next_version(tmp_path: Path) -> None:
    write(tmp_path, version("2026.2", "2026-07-01"), "pack-2026.2.toml")
    error = refused(tmp_path, version("2026.1", "2026-01-01", "2026-07-01"))
    assert [flaw.code for flaw in error.flaws] == ["dates_overlap"]
    assert "maoji/pack.toml · effective_to: reaches 2026-07-01, but maoji/pack-2026.2.toml begins on 2026-07-01" in str(error)


def test_two_versions_may_not_begin_on_one_day(tmp_path: Path) -> None:
    write(tmp_path, version("2026.2", "2026-01-01"), "pack-2026.2.toml")
    assert [flaw.code for flaw in refused(tmp_path, SHIPPED).flaws] == ["dates_same"]


def test_days_without_a_version_are_a_warning(tmp_path: Path) -> None:
    write(tmp_path, version("2026.2", "2026-07-01"), "pack-2026.2.toml")
    write(tmp_path, version("2026.1", "2026-01-01", "2026-06-28"))
    book = Policybook.load(tmp_path)
    assert book.warnings == (
        "maoji: no version is in force from 2026-06-29 to 2026-06-30｜2026-06-29 至 2026-06-30 没有有效版本",
    )
    with pytest.raises(Missing, match="pack_not_in_force"):
        book.in_force("maoji", date(2026, 6, 30))


def test_one_label_stands_for_one_text(tmp_path: Path) -> None:
    write(tmp_path, version("2026.1", "2026-07-01"), "pack-2026.1.toml")
    error = refused(tmp_path, SHIPPED)
    assert [flaw.code for flaw in error.flaws] == ["pack_twice"]
    assert "maoji@2026.1 is also in maoji/pack-2026.1.toml" in str(error)


def test_a_version_in_the_files_name_is_that_of_the_pack(tmp_path: Path) -> None:
    write(tmp_path, version("2026.3", "2026-07-01"), "pack-2026.2.toml")
    error = refused(tmp_path, SHIPPED)
    assert "maoji/pack-2026.2.toml · version: 2026.3 does not fit the file's place; write 2026.2" in str(error)


def test_terms_keep_their_unit(tmp_path: Path) -> None:
    policy = loaded(tmp_path, after('timer = "visit"', '"15wd"', '"2mo"'))
    assert policy.term(Timer.VISIT).term == Term.parse("2mo")


@pytest.mark.parametrize("table", ["[floor]", "[ceiling]", "[staff]", "[[size]]", "[[suppression]]"])
def test_a_pack_may_do_without_bounds_that_no_law_asks_for(table: str, tmp_path: Path) -> None:
    head, rest = SHIPPED.split(f"\n{table}", 1)
    assert loaded(tmp_path, head + "\n" + rest[rest.index("\n\n[") :]).label == "maoji@2026.1"


def test_a_size_may_go_by_officers(tmp_path: Path) -> None:
    text = SHIPPED
    for one in ("sample-normal-B", "sample-high-B", "sample-pool-B"):
        text = after(f'id = "{one}"', 'ratio = "3%"', 'each = "5/2"', text)
    row = loaded(tmp_path, text).sampling("normal-B")
    assert (row.each, row.ratio) == (Fraction(5, 2), Fraction(0))


def test_the_plan_s_pack_has_the_handbook_s_frequencies() -> None:
    limits = Policybook.load(POLICIES).get("maoji@2026.1").limits
    told = [(row.level, row.cap, row.stop, str(row.cool_down), str(row.coverage)) for row in limits.frequencies.values()]
    assert told == [
        ("A", 1, 4, "24mo", "None"),
        ("B", 1, 4, "12mo", "None"),
        ("U", 1, 4, "12mo", "None"),
        ("C", 2, 4, "6mo", "24mo"),
        ("D", 4, 6, "3mo", "12mo"),
    ]


def test_a_verification_that_ends_before_the_letters_dates_is_warned_of_by_item_with_the_terms(tmp_path: Path) -> None:
    assert not list(hasty(Policybook.load(POLICIES).get("maoji@2026.1")))
    short = after(HRAGENCY, "standard =", 'verify = "10wd"\nverify_basis = "P:2.4"\nstandard =')
    (told,) = hasty(loaded(tmp_path, short))
    (going,) = hasty(loaded(tmp_path, after(PREMISES, "standard =", 'verify = "10wd"\nverify_basis = "P:2.4"\nstandard =')))
    assert "item dispatch-premises · verify: 10wd ends before a visit given on its first day has to be made (visit 15wd)" in str(
        going
    )
    assert str(told).startswith("maoji@2026.1 · item hr-agency-staff · fact office-lease · verify: 10wd ends before")
    assert "assist_reply 10wd + assist_liaison 1wd + assist_head 1wd + assist_escalate 1wd + assist_end 5wd" in told.said[0]
    assert "10wd" in told.said[1]
    assert not list(hasty(loaded(tmp_path, after(HRAGENCY, 'verify = "10wd"', 'verify = "18wd"', text=short))))
    tight = 'verify = "17wd"\nverify_basis = "P:2.4"\nstandard ='
    told, _ = hasty(loaded(tmp_path, after('code = "relief-household"', "standard =", tight)))
    assert "online 2wd + assist_reply 10wd" in told.said[0], "a source that is asked first takes its time too"
    assert not list(hasty(Policybook.load(POLICIES).get("demo@1")))


def test_a_pack_takes_effect_on_a_day_from_which_a_year_can_be_counted(tmp_path: Path) -> None:
    error = refused(tmp_path, edited(("effective_from = 2026-01-01", "effective_from = 9999-01-01")))
    assert "effective_from: 9999-01-01 cannot be meant: write a year from 1949" in str(error)


def test_a_transition_comes_from_an_earlier_version_and_the_nearest_is_named(tmp_path: Path) -> None:
    write(tmp_path, SHIPPED)
    dates = (
        ("effective_from = 2026-01-01", "effective_from = 2026-12-01"),
        ("exempt_review_by = 2026-12-31", "exempt_review_by = 2027-06-30"),
    )
    later = edited(('version = "2026.1"', 'version = "2026.2"'), *dates)
    row = legaltime.TRANSITION.replace("maoji@2025.1", "maoji@2026.1")
    write(tmp_path, later + row, "pack-2026.2.toml")
    assert Policybook.load(tmp_path).get("maoji@2026.2").transitions
    write(tmp_path, later + row.replace("2026.1", "2026.l"), "pack-2026.2.toml")
    with pytest.raises(PacksInvalid, match=r"no version maoji@2026\.l is known; nearest is maoji@2026\.1"):
        Policybook.load(tmp_path)
    write(tmp_path, later, "pack-2026.2.toml")
    write(tmp_path, SHIPPED + row.replace("2026.1", "2026.2"))
    with pytest.raises(PacksInvalid, match=r"maoji@2026\.2 does not begin before this version; earlier ones are -"):
        Policybook.load(tmp_path)


def test_an_outcome_weighs_more_on_who_committed_before_only_where_an_article_permits_it(tmp_path: Path) -> None:
    write(tmp_path, SHIPPED)
    dates = (("effective_from = 2026-01-01", "effective_from = 2026-12-01"), ('version = "2026.1"', 'version = "2026.2"'))
    row = legaltime.TRANSITION.replace("maoji@2025.1", "maoji@2026.1")

    def followed(*edits: tuple[str, str], more: str = row) -> list[str]:
        """The flaws of a later version that changes the row of what is untrue and can be cured."""
        text = edited(*dates)
        for old, new in edits:
            text = after('outcome = "UNTRUE_CURABLE"', old, new, text)
        write(tmp_path, text + more, "pack-2026.2.toml")
        try:
            Policybook.load(tmp_path)
        except PacksInvalid as invalid:
            return [str(flaw) for flaw in invalid.flaws]
        return []

    assert followed() == []
    revoked, graded = ('proposals = ["ORDER_RECTIFY"]', 'proposals = ["REVOKE"]'), ('grade = "minor"', 'grade = "general"')
    fined = ('proposals = ["ORDER_RECTIFY"]', 'proposals = ["ORDER_RECTIFY", "PENALTY"]')
    for edit in (revoked, graded, fined):
        (told,) = followed(edit)
        assert "transition before · basis: UNTRUE_CURABLE weighs more on who committed under maoji@2026.1 than it did" in told
        assert "此前依 maoji@2026.1 承诺的人，UNTRUE_CURABLE 的结果比当时更重" in told
        assert followed(edit, more="") == [], "what holds from now on is the new version's affair"
    lighter = ('proposals = ["ORDER_RECTIFY"]', "proposals = []")
    assert followed(lighter) == [], "what is lighter needs no permit"
    marked = edited(*dates, ("[sources]\n", '[sources]\nS70 = { title = "《条例》", heavier = ["3"] }\n'))
    text = after('outcome = "UNTRUE_CURABLE"', *graded, marked) + row.replace('"S0:8"', '"S70:3"')
    write(tmp_path, text, "pack-2026.2.toml")
    assert Policybook.load(tmp_path).get("maoji@2026.2").transitions


def test_an_article_that_its_source_marks_as_permitting_it_lets_committers_be_drawn_more(tmp_path: Path) -> None:
    held = loaded(tmp_path, after('id = "sample-normal-D"', "S0:7;P:2.3;H:11", "S0:7;S8:22", sizes.PERMITTING))
    assert (held.heavier, held.sampling("normal-D").ratio) == (frozenset({"S8:22"}), Fraction(2, 5))


def test_a_visit_may_come_before_the_query_where_an_article_permits_it(tmp_path: Path) -> None:
    turned = after('id = "normal-D"', '"ONLINE_QUERY", "ASSISTANCE", "ON_SITE"', '"ON_SITE", "ONLINE_QUERY", "ASSISTANCE"')
    permitted = after('id = "normal-D"', "S0:7;P:2.2", "S0:7;S8:22", turned)
    marked = edited(
        ('S8 = "', 'S8 = { heavier = ["22"], title = "'), ('——仅供参照，不是本事项的依据"\n', '" }\n'), text=permitted
    )
    held = loaded(tmp_path, marked)
    assert held.strategy(held.items["dispatch-premises"], "D").methods[0] is Method.ON_SITE


def test_a_pack_of_before_that_is_kept_is_not_asked_what_permits_it(tmp_path: Path) -> None:
    write(tmp_path, SHIPPED)
    book = Policybook.load(tmp_path)
    kept = book.remembering({"maoji@2025.9": sizes.HEAVIER.replace('"2026.1"', '"2025.9"')}, ["maoji@2025.9"])
    assert kept.get("maoji@2025.9").sampling("normal-D").ratio == Fraction(2, 5)


@pytest.mark.parametrize("pack", ["maoji@2026.1", "maoji@2026.2", "demo@1"])
def test_who_committed_is_drawn_as_others_of_the_same_level_are(pack: str) -> None:
    held = Policybook.load(POLICIES).get(pack)
    for row in (row for row in held.samplings if row.level is not None):
        pool = held.sampling(f"pool-{row.level}")
        assert (row.ratio, row.minimum, row.per, row.each) == (pool.ratio, pool.minimum, pool.per, pool.each), row.row
        assert not row.owed, "of the same item who brought the certificate is drawn by the share alone"


def test_a_pack_for_daily_supervision_alone_says_that_it_takes_no_case() -> None:
    with pytest.raises(Invalid) as caught:
        Policybook.load(POLICIES).get("henan-2021@1").item("business-licence")
    assert (caught.value.code, caught.value.facts["pack"]) == ("items_none", "henan-2021@1")
