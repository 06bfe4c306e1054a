"""How codes and parameters read: a date's counting, facts and notes, in both languages."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path

import pytest

from inspector.calendars import load_calendars
from inspector.domain.almanac import NamedDay, Notice, YearTable
from inspector.domain.calendar import SHANGHAI, Term, WorkingCalendar, due
from inspector.domain.counting import tally
from inspector.domain.start import StartEvent
from inspector.flows import wording
from inspector.flows.articles import Article
from inspector.labels import Lang

CALENDAR = load_calendars(Path(__file__).resolve().parents[2] / "policies" / "calendars")


@pytest.mark.parametrize(
    ("start", "term", "lang", "told"),
    [
        (
            "2025-01-24T10:00",
            "5wd",
            "en",
            (
                "5 working days, counted from the day after 2025-01-24 (the day itself does not count: Civil Code art. 201); "
                "days off, not counted: 2025-01-25 (weekend), 2025-01-28 to 2025-02-04 (春节); weekends worked, counted: "
                "2025-01-26 (春节); last day 2025-02-07, until the office closes (Civil Code art. 203); "
                "days off as arranged by 国办发明电〔2024〕12号; by the calendar 2025/1"
            ),
        ),
        (
            "2026-04-01T10:00",
            "3d",
            "zh-Hans",
            (
                "3 日，从 2026-04-01 的次日起算（当日不计，《民法典》第二百零一条）；休息日不计：2026-04-04 至 2026-04-06（清明节）；"
                "期间的最后一日 2026-04-04 是休息日，顺延至其后的第一个工作日（《民法典》第二百零三条）；最后一日 2026-04-07，"
                "至停止业务活动的时间止（《民法典》第二百零三条）；放假安排依据：国办发明电〔2025〕7号；日历版本 2026/1"
            ),
        ),
        (
            "2025-12-31T15:00",
            "2mo",
            "zh-Hans",
            (
                "2 个月，从 2025-12-31 的次日起算（当日不计，《民法典》第二百零一条）；按月、年计算的，到期月的对应日为最后一日，"
                "没有对应日的，月末日为最后一日（《民法典》第二百零二条）；调休上班日计入：2026-02-28（春节）；最后一日 2026-02-28，"
                "至停止业务活动的时间止（《民法典》第二百零三条）；放假安排依据：国办发明电〔2025〕7号；日历版本 2026/1"
            ),
        ),
        ("2026-04-01T10:00", "24h", "en", "24 hours, running at once from the moment on 2026-04-01 (Civil Code art. 201)"),
    ],
)
def test_a_counted_date_says_how_so_that_a_person_can_count_after_it(start: str, term: str, lang: Lang, told: str) -> None:
    found = due(datetime.fromisoformat(start).replace(tzinfo=SHANGHAI), Term.parse(term), CALENDAR)
    assert wording.counted(found.counted, lang) == told


def test_a_count_says_what_began_it_and_when() -> None:
    found = due(datetime(2026, 3, 2, 10, 5, tzinfo=SHANGHAI), Term.parse("3d"), CALENDAR, StartEvent.CASE_OPENED)
    assert wording.counted(found.counted, "en").startswith("begun when the case came in, 2026-03-02 10:05; 3 days, counted")
    assert wording.counted(found.counted, "zh-Hans").startswith("起算事件：收到办件（2026-03-02 10:05）；3 日，从")


def test_each_day_of_a_count_is_told_with_its_number_or_why_it_does_not_count() -> None:
    days = tally(due(datetime(2025, 1, 24, 10, tzinfo=SHANGHAI), Term.parse("5wd"), CALENDAR).counted)
    assert wording.tallied(days, "en") == (
        "2025-01-25 (weekend, not counted); 1. 2025-01-26 (weekend day worked, counted, 春节); 2. 2025-01-27; "
        "2025-01-28 to 2025-02-04 (day off, not counted, 春节); 3–5. 2025-02-05 to 2025-02-07"
    )
    assert wording.tallied(days, "zh-Hans") == (
        "2025-01-25（周末，不计）；第 1 日 2025-01-26（调休上班，计入：春节）；第 2 日 2025-01-27；"
        "2025-01-28 至 2025-02-04（放假，不计：春节）；第 3–5 日 2025-02-05 至 2025-02-07"
    )


def test_a_date_behind_the_known_calendar_says_what_is_still_to_come() -> None:
    found = due(datetime(2026, 12, 25, 10, tzinfo=SHANGHAI), Term.parse("10wd"), CALENDAR)
    assert "2027 年放假安排尚未公布" in wording.counted(found.counted, "zh-Hans")
    assert "the days off of 2027 are not announced yet" in wording.counted(found.counted, "en")


def test_a_notice_without_a_number_is_said_to_be_unknown_with_its_source() -> None:
    notice = Notice(number="", on=date(2026, 11, 5), source="reprint in a newspaper")
    year = YearTable(year=2027, notice=notice, days_off=(NamedDay(day=date(2027, 1, 1), name="元旦"),), days_worked=())
    told = due(
        datetime(2026, 12, 30, 10, tzinfo=SHANGHAI), Term.parse("5wd"), WorkingCalendar(tables=(*CALENDAR.tables, year))
    ).counted
    english, chinese = wording.counted(told, "en"), wording.counted(told, "zh-Hans")
    assert "notice unknown (number not known), source: 2027: reprint in a newspaper; by the calendar 2026/1, 2027/1" in english
    assert "放假安排依据：国办发明电〔2025〕7号；放假安排文号不详，来源：2027: reprint in a newspaper；" in chinese


@pytest.mark.parametrize(
    ("name", "value", "chinese", "english"),
    [
        ("verdict", "mismatch", "答复：不一致", "answer: Contradicts"),
        ("findings", ["match", "not_found"], "检查所见：一致、无记录", "findings: Agrees, No record"),
        ("due_at", "2026-03-02T01:00:00+00:00", "到期：2026-03-02 09:00", "due: 2026-03-02 09:00"),
        ("verify", "20wd", "核查期限：20 个工作日", "term: 20 working days"),
        ("fresh", True, "数据足够新：是", "data fresh enough: yes"),
        ("error", "timeout", "差错：限时内没有应答", "error: no answer in time"),
        ("error", "code_of_another", "差错：代码 code_of_another", "error: code code_of_another"),
        ("evidence", ["ask:1"], "证据：第 1 项答复", "evidence: 第 1 项答复"),
        ("reasons", "20wd 内补交", "理由：20wd 内补交", "reasons: 20wd 内补交"),
        ("way", "IN_PERSON", "方式：直接送达", "way: In person"),
        ("way", "TELEPHONE", "方式：电话", "way: By telephone"),
        ("way", "口头", "方式：口头", "way: 口头"),
        ("stage", None, "下一步：无", "next step: none"),
        ("digests", [], "摘要：无", "digests: none"),
        ("not_yet_named", 5, "not_yet_named：5", "not_yet_named: 5"),
    ],
)
def test_a_fact_is_read_by_its_name_and_its_value_in_words(name: str, value: object, chinese: str, english: str) -> None:
    known_as = {"ask:1": "第 1 项答复"}
    assert wording.fact(name, value, "zh-Hans", known_as) == chinese
    assert wording.fact(name, value, "en", known_as) == english


def test_days_off_for_different_reasons_are_different_spans() -> None:
    found = due(datetime(2026, 4, 1, 10, tzinfo=SHANGHAI), Term.parse("10wd"), CALENDAR)
    assert found.counted.last == date(2026, 4, 16)
    assert "2026-04-04 to 2026-04-06 (清明节), 2026-04-11 to 2026-04-12 (weekend)" in wording.counted(found.counted, "en")


@pytest.mark.parametrize(
    ("source", "article", "chinese", "english"),
    [
        ("《中华人民共和国行政处罚法》（2021年修订）", "42", "[S1] 第42条", "[S1] art. 42"),
        ("《企业公示信息抽查办法》（2025年修订）", "4", "[S1] 第4条", "[S1] art. 4"),
        ("毛管办〔2021〕4号《毛集实验区全面推行证明事项告知承诺制实施方案》（2021年2月24日）", "7", "[S1] 第7项", "[S1] item 7"),
        ("建议值，非规定：软件附带", "2.3", "[S1] 第2.3节", "[S1] section 2.3"),
        ("《某法》", "", "[S1]", "[S1]"),
    ],
)
def test_a_law_is_cited_by_article_a_plan_by_item_and_a_proposal_by_section(
    source: str, article: str, chinese: str, english: str
) -> None:
    cited = Article(code="", citation="", id="S1", source=source, article=article)
    assert wording.article(cited, "zh-Hans") == chinese
    assert wording.article(cited, "en") == english


@pytest.mark.parametrize(
    ("reason", "chinese", "english"),
    [
        ("withheld:justice:timeout", "justice 未提供种子（", "no part of the seed came from justice ("),
        ("withheld:justice,audit", "justice,audit 未提供种子", "no part of the seed came from justice,audit"),
        (
            "turned_away:justice:http_404",
            "向 justice 征集种子的请求未能送达或未被受理",
            "our calls for a part",
        ),
        ("withheld:a;turned_away:b;unasked:c", "a 未提供种子", "no part of the seed came from a"),
        ("seed_insufficient", "没有可用的种子来源", "no source of chance"),
        ("REGISTER_CHANGED", "冻结的资料在承诺之后被改动", "what was frozen was changed"),
        ("名录有误，经局长批准", "名录有误，经局长批准", "名录有误，经局长批准"),
    ],
)
def test_why_a_draw_is_void_is_told_in_words_and_peoples_own_words_stay(reason: str, chinese: str, english: str) -> None:
    assert wording.void(reason, "zh-Hans").startswith(chinese)
    assert wording.void(reason, "en").startswith(english)
    assert reason == chinese or not re.search("withheld|seed_|REGISTER", wording.void(reason, "zh-Hans"))


def test_a_line_of_the_register_reads_in_words() -> None:
    told = {"plan": "licensing", "extends": "b-1", "approved": ["li", "wang"], "more": {"pool-U": 3}, "was": "ANNOUNCED"}
    said = wording.facts(told, "zh-Hans", {})
    assert "追加自：b-1" in said
    assert "追加数量：pool-U 3" in said
    assert "ANNOUNCED" not in said
