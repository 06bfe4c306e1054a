"""What is public of a penalty and of a letter, by an officer's hand on the pages; and the register with both, within reach of everybody."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspector import gazette as pages
from inspector.domain.disclosure import PenaltyKind
from inspector.domain.docket import LETTER_SCOPE
from inspector.domain.drawcount import DrawCount
from inspector.domain.gazette import CheckResult, Fallen
from inspector.domain.headlist import Lodged, PublicHead
from inspector.domain.treehead import TreeHead
from inspector.flows import affix, disclosing, pledges
from inspector.store.store import Store
from tests.browser.test_pages import check
from tests.browser.visitor import Door
from tests.edge import serving
from tests.house import Hand
from tests.integration.test_disclosed_pages import OWN_WORDS, lettered
from tests.integration.test_disclosure import built, fined, rule
from tests.integration.test_province import abroad

pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium"), pytest.mark.slow]


def test_an_officer_finds_a_letter_on_the_list_and_says_what_its_own_words_allow(store: Store, hand: Hand, door: Door) -> None:
    office, case_id = lettered(store, hand)
    with serving(office) as edge:
        for reader in (door.phone(edge.url), door.desk(edge.url)):
            reader.log_in(edge.token("officer", name="李四"), "/review")
            assert "认定承诺书所写公开范围是否包括网站" in reader.text()
        reader.follow("R-000001")
        assert reader.page.url.endswith(f"/matters/{LETTER_SCOPE}:{case_id}")
        assert OWN_WORDS in reader.text()
        check(reader)
        reader.press("可以上网公开")
        assert reader.alert().inner_text() == "请填写理由"
        reader.page.locator("#site-reasons").fill("窗口即网上窗口，已向签署人核实")
        reader.press("可以上网公开")
        assert "已经办结" in reader.text() or reader.page.get_by_role("button", name="可以上网公开").count() == 0
        assert "认定承诺书" not in reader.follow("返回列表")
        check(reader)
    assert [one.case_id for one in pledges.gather(office, hand(), post=True).shown] == [case_id]


def test_an_officer_says_on_the_page_of_a_penalty_that_it_is_public(store: Store, hand: Hand, door: Door, tmp_path: Path) -> None:
    case, held = fined(store, hand)
    with serving(case.office) as edge:
        reader = door.phone(edge.url)
        reader.log_in(edge.token("officer", name="李四"), f"/consequences/{held.id}")
        check(reader)
        reader.page.get_by_label("是否具有一定社会影响").select_option(label="公开")
        reader.page.get_by_role("checkbox", name="罚款").check()
        reader.page.get_by_label("金额（元）").fill("30000")
        reader.page.locator("#disclosure-reasons").fill("涉及公共安全，群众关注")
        reader.press("作出认定")
        assert "30000 元" in reader.text()
        check(reader)
    with store.read() as tx:
        (duty,) = tx.publications.penalties("", 9)
    assert duty.penalty is not None
    assert duty.penalty.ruled is not None
    assert duty.penalty.ruled.kinds == (PenaltyKind.FINE,)
    assert len(built(case, tmp_path / "site").lines) == 1


def test_an_officer_enters_on_the_page_of_a_penalty_that_its_province_has_it(store: Store, hand: Hand, door: Door) -> None:
    case, held = abroad(store, hand)
    rule(case, held)
    with serving(case.office) as edge:
        reader = door.phone(edge.url)
        reader.log_in(edge.token("officer", name="李四"), f"/consequences/{held.id}")
        check(reader)
        reader.page.locator("#way-push").click()
        reader.page.locator("#push-on").fill(case.office.calendar.local_date(hand()).isoformat())
        reader.page.locator("#push-reference").fill("回执 粤推2026-17")
        check(reader)
        reader.press("登记推送")
        assert "回执 粤推2026-17" in reader.text()
        check(reader)


def test_penalties_counts_and_heads_are_read_from_the_disk_in_both_languages(
    store: Store, hand: Hand, door: Door, tmp_path: Path
) -> None:
    case, held = fined(store, hand)
    rule(case, held)
    (line,) = disclosing.gather(case.office, hand(), post=True).lines
    gone = line.taken_back(Fallen.UNLAWFUL, line.posted_on)
    head = PublicHead(
        head=TreeHead(size=412, root="9f" * 32), day=line.posted_on, lodged=(Lodged(witness="notary", receipt="N-1", at=None),)
    )
    draw = DrawCount(
        draw="bureau-2026-00001",
        agency=line.agency,
        drawn=5,
        made=4,
        called_off=1,
        results={CheckResult.NOTHING: 3},
        counted=1,
        waiting=0,
        removed=0,
    )
    told = pages.Register(
        title="云溪区市场监管局",
        lines=(),
        penalties=(line, gone),
        penalties_counted={line.agency: 7},
        heads=(head,),
        draws=(draw,),
    )
    affix.write(tmp_path / "site", pages.files(told))
    for reader in (door.desk(f"file://{tmp_path}/site/"), door.phone(f"file://{tmp_path}/site/")):
        reader.open("index.html")
        check(reader)
        assert "自然人行政处罚不少于 7 项" in reader.follow("行政处罚公示")
        check(reader)
        shown = reader.follow("第 1 页")
        assert "罚款" in shown
        assert "决定已经确认违法" in shown
        check(reader)
        assert "30000 yuan" in reader.follow("English")
        check(reader)
        reader.open("index.html")
        assert "bureau-2026-00001" in reader.follow("各批次数量")
        check(reader)
        reader.open("en/heads.html")
        assert f"412:{'9f' * 32}" in reader.text()
        check(reader)
