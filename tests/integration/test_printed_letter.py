"""A request's letter as a PDF by command alone: the page that paper connectors lay, for whichever way it went otherwise."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from connectors.agencies import paper
from inspector.domain.letter import short
from inspector.flows import assist, wording
from inspector.store.store import Store
from tests.forgetting import forget_done
from tests.house import Hand, closing, post, settle
from tests.integration.test_letters import an_office, request_of
from tests.integration.test_way import HOUSEHOLD, Post, person
from tests.needs import require
from tests.operator import Operator, on_both, one_database, settled

database_url = one_database


@pytest.fixture
def operator(database_url: str, tmp_path: Path) -> Operator:
    return settled(
        database_url, tmp_path, '\n[agencies.welfare]\nname = "区民政局"\nparent = "city"\nconnector = "civil-affairs"\n'
    )


@pytest.fixture
def held(operator: Operator) -> Iterator[Store]:
    with closing(operator.store()) as store:
        yield store


def laid(store: Store, folder: Path, hand: Hand) -> tuple[str, bytes]:
    """A request whose letter lies on paper: its number, and the page."""
    folder.mkdir()
    office = an_office(store, hand, {"civil-affairs": paper.connect("civil-affairs", {"folder": str(folder)})})
    case_id = post(office, person(1, "relief-household", HOUSEHOLD))
    settle(office)
    (page,) = folder.glob("*.html")
    return request_of(store, case_id).id, page.read_bytes()


@pytest.mark.slow
@on_both
def test_the_page_is_the_one_that_lies_there_and_prints_on_a4_with_its_letters_embedded(
    operator: Operator, held: Store, tmp_path: Path
) -> None:
    require("chromium")
    request, page = laid(held, tmp_path / "letters", Hand())
    as_page, as_pdf = tmp_path / "letter.html", tmp_path / "letter.pdf"
    told = operator.well("assistance", "letter", request, "--to", str(as_page), "--json").json
    assert as_page.read_bytes() == page
    assert (told["id"], told["letter"], told["as_written"]) == (request, "request", True)
    said = operator.well("assistance", "letter", short(request), "--to", str(as_pdf), lang="zh-Hans")
    assert (str(as_pdf) in said.out, said.err) == (True, "")
    made = as_pdf.read_bytes()
    assert made.startswith(b"%PDF-")
    assert re.search(rb"/MediaBox \[0 0 59[45][.\d]* 84[12][.\d]*\]", made)
    assert re.search(rb"/FontFile|/Subtype /Type3", made)
    assert {stat.S_IMODE(one.stat().st_mode) for one in (as_page, as_pdf)} == {0o600}, "it says what is known of its subject"


@on_both
def test_without_a_browser_it_says_how_else_and_what_is_there_stays(
    operator: Operator, held: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    request, page = laid(held, tmp_path / "letters", Hand())
    monkeypatch.setenv("PATH", str(tmp_path))
    file = tmp_path / "letter.html"
    for lang, word in (("en", "--to FILE.html"), ("zh-Hans", "--to 文件.html")):
        refused = operator.say("assistance", "letter", request, "--to", str(tmp_path / "letter.pdf"), lang=lang)
        assert (refused.code, word in refused.err, (tmp_path / "letter.pdf").exists()) == (2, True, False)
    with held.read() as tx:
        case_id = tx.assistance.case_of(request)
        assert tx.viewings.of_case(case_id) == [], "what could not be printed was shown to nobody"
    operator.well("assistance", "letter", request, "--to", str(file))
    with held.read() as tx:
        assert [one.shown for one in tx.viewings.of_case(case_id)] == ["REQUEST"]
    file.write_text("ours", encoding="utf-8")
    assert operator.say("assistance", "letter", request, "--to", str(file)).code == 2
    assert file.read_text(encoding="utf-8") == "ours"
    assert operator.say("assistance", "letter", request, "--to", str(tmp_path / "letter.docx")).code == 2
    assert operator.say("assistance", "letter", "R-none", "--to", str(tmp_path / "other.html")).code == 3
    none = operator.say("assistance", "letter", request, "--letter", "head", "--to", str(tmp_path / "other.html"))
    assert (none.code, "There are: request" in none.err, (tmp_path / "other.html").exists()) == (3, True, False)
    assert page


@on_both
def test_what_was_said_by_another_way_is_printed_as_it_was_said_and_what_is_forgotten_is_worded_anew_and_told(
    operator: Operator, held: Store, tmp_path: Path
) -> None:
    hand = Hand()
    office = an_office(held, hand, {"civil-affairs": Post("civil-affairs")})
    case_id = post(office, person(1, "relief-household", HOUSEHOLD))
    settle(office)
    request = request_of(held, case_id)
    first, later, over = (tmp_path / name for name in ("first.html", "later.html", "over.html"))
    assert operator.well("assistance", "letter", request.id, "--to", str(first)).err == ""
    assert request.id in first.read_text(encoding="utf-8")
    assert "/assist/" not in first.read_text(encoding="utf-8"), "nobody types a link off paper"
    with held.begin() as tx:
        forget_done(tx, hand.now + timedelta(days=1))
        assist.accept(office, tx, request.id, "赵六", hand.now)
    told = operator.well("assistance", "letter", request.id, "--to", str(later), lang="zh-Hans")
    assert "按请求的现状拟写" in told.err
    dates = [re.findall("答复期限：.*", one.read_text(encoding="utf-8")) for one in (first, later)]
    assert (len(dates[0]) > 0, dates[0]) == (True, dates[1]), "nothing has moved its date"
    assert f"请求编号：{request.id}" in later.read_text(encoding="utf-8")
    with held.begin() as tx:
        assist.refuse(office, tx, request.id, "没有这些档案", "赵六", hand.now)
    assert operator.say("assistance", "letter", request.id, "--to", str(over)).code == 3, "it is over, and nothing is kept of it"


@on_both
def test_whoever_closes_a_late_letters_matter_or_prints_it_again_is_told_the_date_that_counts(
    operator: Operator, held: Store, tmp_path: Path
) -> None:
    request, page = laid(held, tmp_path / "letters", Hand())
    with held.read() as tx:
        (matter,) = [str(row["id"]) for row in tx.attention.page(None) if row["kind"] == "letter_to_post"]
        was = tx.assistance.get(request).due_at
    closed = operator.well("attention", "close", matter, "--note", "已挂号寄出")
    with held.read() as tx:
        binds = tx.assistance.get(request).due_at
    assert binds > was
    assert (wording.at(was) in closed.out, wording.at(binds) in closed.out) == (True, True)
    file = tmp_path / "again.html"
    again = operator.well("assistance", "letter", request, "--to", str(file))
    assert wording.at(binds) in again.err
    assert file.read_bytes() == page, "what was written stays, with its line for the day of posting"
    assert "寄出日期：____________" in page.decode()
