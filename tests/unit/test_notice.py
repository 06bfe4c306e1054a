"""What a pack says of former notices: proven between its versions, shown to whoever approves and applies, told where packs differ."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from inspector.domain import backtest
from inspector.domain.backtest import Change, Course
from inspector.domain.case import Method
from inspector.domain.combination import Aspect, combinations
from inspector.domain.notice import Notice
from inspector.domain.policy import Policy
from inspector.domain.publicity import Publicity
from inspector.domain.repeal import bases, titles
from inspector.domain.strategy import steps
from inspector.domain.verification import begin
from inspector.policybook import PacksInvalid, Policybook, check_examples
from inspector.policyrender import diff, render
from tests.house import START
from tests.notices import FORMER, former
from tests.packs import ITEM, POLICIES, PREMISES, SHIPPED, after, edited, loaded, write
from tests.unit.test_backtest import CALENDAR, DEMO, supposed
from tests.unit.test_guide import page
from tests.unit.test_presets import CITED, citations

NEXT = edited(('version = "2026.1"', 'version = "2026.9"'), ("effective_from = 2026-01-01", "effective_from = 2026-09-01"))
RENAMED = after(ITEM, 'notice_version = "2026-01"', 'notice_version = "2026-09"', NEXT)


def followed(folder: Path, text: str) -> Policybook:
    """The plan's pack and a later version of it."""
    write(folder, SHIPPED)
    write(folder, text, "pack-2026.9.toml")
    return Policybook.load(folder)


def kept(methods: str, text: str = RENAMED) -> str:
    """The later version, which says what the notice of before had announced."""
    row = FORMER.replace("2025-06-01", "2026-01-01").replace("2025-12-31", "2026-08-31").replace("2025-06", "2026-01")
    return after(ITEM, 'basis = "S0:1;S0:5"\n', 'basis = "S0:1;S0:5"\n' + row.replace('["ONLINE_QUERY"]', methods), text)


@pytest.mark.parametrize(
    ("text", "code", "told"),
    [
        (RENAMED, "notice_forgotten", "maoji@2026.1 knows the notice 2026-01, and letters that answer it may still come"),
        (
            kept('["ONLINE_QUERY", "ON_SITE"]'),
            "notice_widened",
            "the notice 2026-01 announced no ON_SITE in maoji@2026.1: what was signed cannot be widened",
        ),
        (
            after(ITEM, 'methods = ["ONLINE_QUERY"]', 'methods = ["ONLINE_QUERY", "ASSISTANCE"]', NEXT),
            "notice_widened",
            "the notice 2026-01 announced no ASSISTANCE in maoji@2026.1",
        ),
    ],
)
def test_a_later_version_neither_forgets_a_notice_nor_makes_more_of_it(text: str, code: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(PacksInvalid) as caught:
        followed(tmp_path, text)
    (flaw,) = caught.value.flaws
    assert (flaw.code, flaw.file, flaw.row, flaw.field) == (code, "maoji/pack-2026.9.toml", "item business-licence", "notice")
    assert told in str(flaw)


WIDER = after(ITEM, 'methods = ["ONLINE_QUERY"]', 'methods = ["ONLINE_QUERY", "ASSISTANCE"]', NEXT)


def test_an_item_that_was_left_out_for_a_version_comes_back_with_a_notice_that_announces_no_more(tmp_path: Path) -> None:
    write(tmp_path, SHIPPED)
    renamed = edited(('code = "business-licence"', 'code = "licence-of-business"'), text=NEXT)
    between = edited(('version = "2026.9"', 'version = "2026.5"'), ("from = 2026-09-01", "from = 2026-05-01"), text=renamed)
    write(tmp_path, between, "pack-2026.5.toml")
    with pytest.raises(PacksInvalid) as caught:
        followed(tmp_path, WIDER)
    assert [(flaw.code, flaw.facts["other"]) for flaw in caught.value.flaws] == [("notice_widened", "maoji@2026.1")]


def test_a_pack_of_another_name_that_builds_on_this_one_announces_no_more_under_a_notice_of_this_one(tmp_path: Path) -> None:
    write(tmp_path, SHIPPED)
    items = WIDER[WIDER.index("[[item]]") : WIDER.index("[[strategy]]")]
    head = 'id = "county"\nversion = "1"\ntitle = "草案"\neffective_from = 2026-01-01\nextends = "maoji@2026.1"\n'
    write(tmp_path, head + "\n" + items, pack="county")
    with pytest.raises(PacksInvalid) as caught:
        Policybook.load(tmp_path)
    assert [(flaw.code, flaw.file, flaw.facts["methods"]) for flaw in caught.value.flaws] == [
        ("notice_widened", "county/pack.toml", "ASSISTANCE")
    ]


def test_the_notice_of_now_cannot_have_been_signed_while_a_former_one_stood(tmp_path: Path) -> None:
    item = loaded(tmp_path, former()).item("business-licence")
    now = item.notice(item.notice_version)
    assert now is not None
    assert [now.stood(day) for day in (date(2025, 12, 31), date(2026, 1, 1))] == [False, True]


def test_a_later_version_that_keeps_the_former_notice_loads_and_the_sheet_the_guide_and_the_diff_show_it(tmp_path: Path) -> None:
    book = followed(tmp_path, kept('["ONLINE_QUERY"]'))
    before, held = (book.get(f"maoji@2026.{version}") for version in (1, 9))
    assert "| business-licence/2026-01 | 在线核查 | 2026-01-01 | 2026-08-31 | S0:5（毛管办〔2021〕4号） |" in render(held)
    assert [str(one) for one in diff(before, held) if one.table == "此前的告知书"] == [
        "此前的告知书 · business-licence/2026-01：新增 在线核查；2026-01-01；2026-08-31；S0:5"
    ]
    told = page(held)
    assert (
        "**此前的告知书**：所签承诺书写明告知书版本 2026-01（2026-01-01 至 2026-08-31）的，核查方式只限在线核查。依据：" in told
    )
    assert "此前的告知书" not in page(before)
    assert list(combinations(before, held)) == [], "what was signed before is verified as before"


def test_whatever_an_item_cites_is_looked_at_again_when_it_is_repealed() -> None:
    public = Publicity(scope="none", term=None, basis="S9:17")
    notices = bound(DEMO, "dispatch-premises", Method.ONLINE_QUERY).items["dispatch-premises"].notices
    held = replace(DEMO.items["dispatch-premises"], publicity=public, insured_value=1, insured_basis="S35:4", notices=notices)
    held = replace(held, exempt_basis="S4:19", override_basis="S14:21")
    assert {*citations(held)} == {*CITED.findall(";".join(bases(held)))}
    assert {DEMO.sources[code] for code in ("S9", "S35", "S4", "S14", "S0")} <= titles(held, DEMO.sources)


def test_a_pack_may_know_a_former_notice_that_no_version_before_it_had(tmp_path: Path) -> None:
    assert [held.version for held in loaded(tmp_path, former()).item("business-licence").notices] == ["2025-06"]


def bound(policy: Policy, item: str, *methods: Method) -> Policy:
    """The pack with a former notice of an item that announced only these ways."""
    notice = Notice(version="2024-01", methods=frozenset(methods), basis="S0:5", since=date(2024, 1, 1), until=date(2024, 12, 31))
    return replace(policy, items={**policy.items, item: replace(policy.items[item], notices=(notice,))})


def test_a_diff_tells_letters_of_a_former_notice_apart() -> None:
    levels = len(DEMO.levels)
    wide, narrow = (bound(DEMO, "dispatch-premises", *ways) for ways in (Method, (Method.ONLINE_QUERY,)))
    found = list(combinations(wide, narrow))
    assert {(one.item, one.notice, one.aspects) for one in found} == {("dispatch-premises", "2024-01", (Aspect.WAYS,))}
    assert len(found) == levels
    new = list(combinations(DEMO, narrow))
    assert {(one.notice, one.aspects, one.before.course, one.after.course) for one in new} == {
        ("2024-01", (Aspect.COURSE,), Course.REFUSED, Course.VERIFIED)
    }


def test_a_replay_judges_by_the_notice_that_the_letter_answers() -> None:
    wide, narrow = (bound(DEMO, "dispatch-premises", *ways) for ways in (Method, (Method.ONLINE_QUERY,)))
    case, level = supposed(wide, "dispatch-premises", notice="2024-01")
    made = begin(case, wide, level, START, CALENDAR).state
    again = backtest.ruled(backtest.afresh(made), wide, level, CALENDAR)
    assert backtest.deviation(backtest.recorded(made), again) is None
    other = backtest.ruled(backtest.afresh(made), narrow, level, CALENDAR)
    assert backtest.changes(again, other) == (Change.METHODS, Change.BASIS)
    assert backtest.ruled(backtest.afresh(made), DEMO, level, CALENDAR).refusal == "notice_unknown"


@pytest.mark.parametrize("announced", [frozenset(), *[frozenset({method}) for method in Method], frozenset(Method)])
def test_no_step_of_any_shipped_pack_goes_beyond_what_was_announced(announced: frozenset[Method]) -> None:
    for policy in Policybook.load(POLICIES).packs:
        for item in policy.items.values():
            for row in (row for row in policy.strategies if row.fits(item)):
                taken = {step.method for fact in item.facts for step in steps(policy, item, fact, row, announced)}
                assert taken <= announced & item.methods


def test_a_lawyer_can_write_an_example_of_a_letter_that_answers_a_former_notice(tmp_path: Path) -> None:
    text = former(('["ONLINE_QUERY"]', '["ONLINE_QUERY"]'), anchor=PREMISES)
    policy = loaded(tmp_path, text)
    given = 'route = "COMMITMENT"\nitem = "dispatch-premises"\nmatter = "LICENCE"\nsubject = "FIRM"\nlevel = "A"\n'
    start = "start = 2026-03-02T09:00:00+08:00\n"
    expect = '[example.expect]\nmethods = { registered-address = ["ONLINE_QUERY"], office-in-use = [] }\n'
    unknown = '[example.expect]\nrefused = "notice_unknown"\n'
    examples = "".join(
        f'[[example]]\nname = "{version}"\n{given}{start}notice = "{version}"\n{told}'
        for version, told in (("2025-06", expect), ("2019-07", unknown))
    )
    (tmp_path / "maoji" / "examples.toml").write_text(f'pack = "maoji@2026.1"\n{examples}', encoding="utf-8")
    assert check_examples(policy, tmp_path / "maoji", CALENDAR) == ()
