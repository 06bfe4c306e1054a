"""A letter on paper is a whole page in a folder, once for each letter; and a letter that people read says everything but its secret."""

from __future__ import annotations

import os
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pytest

from connectors.agencies import email, paper
from inspector import testing
from inspector.domain.errors import Invalid
from inspector.domain.letter import LetterKind, short
from inspector.domain.words import Words
from inspector.flows import letters, unsettled, wording
from inspector.letterpage import page
from inspector.ports import Barred, Unavailable
from inspector.store.store import Store
from inspector.testing import LETTER, caught
from tests.house import Hand, post, settle
from tests.integration.test_letters import an_office, opened, request_of
from tests.integration.test_mail import PLAIN
from tests.integration.test_way import HOUSEHOLD, Post, person
from tests.mailroom import mailroom


class TestPaper(testing.AgencyContract):
    """What holds for every agency holds for this one; a folder is never silent."""

    folder: ClassVar[Path]

    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path) -> None:
        type(self).folder = tmp_path

    def connect(self) -> Any:
        return paper.connect("housing", {"folder": str(self.folder)})

    def connect_silent(self) -> Any:
        return None


def test_a_letter_lies_there_once_whole_and_for_whoever_posts_it(tmp_path: Path) -> None:
    letter = replace(LETTER, words=Words(title="函<1>", slip=("核查意见", "签署人"), slip_title="答复"), request_id="../R 1/区")
    with closing(paper.connect("housing", {"folder": str(tmp_path)})) as made:
        first, again = made.send(letter, key="k-1"), made.send(letter, key="k-1")
        other = made.send(letter, key="k-2")
        assert [one.facts for one in made.look()] == [{"count": 2}]
    assert first == again
    assert first.by_hand
    assert sorted(file.name for file in tmp_path.iterdir()) == sorted([first.reference, other.reference])
    file = tmp_path / first.reference
    text = file.read_text(encoding="utf-8")
    assert (file.stat().st_mode & 0o777, text.count("<dt>")) == (0o640, 2)
    assert "函&lt;1&gt;" in text
    assert LETTER.reply_url not in text, "nobody types a link off paper, and a secret does not lie about"


def test_a_folder_that_is_away_is_later_and_one_that_is_shut_bars(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    with closing(paper.connect("housing", {"folder": str(tmp_path / "here")})) as made:
        (tmp_path / "here").rmdir()
        error = caught(lambda: made.send(LETTER, key="k-1"))
        assert (type(error), error.code) == (Unavailable, "folder_failed")
        if os.geteuid():
            (tmp_path / "here").mkdir(mode=0o500)
            assert isinstance(caught(lambda: made.send(LETTER, key="k-1")), Barred)
    with pytest.raises(Invalid, match="connector_key_range"):
        paper.connect("housing", {"folder": "letters"})


@pytest.mark.alike
def test_a_letter_in_words_names_who_asks_what_and_by_when_and_leaves_work_to_a_person_until_it_is_answered(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    with mailroom() as room:
        made = email.connect("civil-affairs", {**PLAIN, "port": room.port, "to": ["hall@civil.example", "old@civil.example"]})
        room.answers = {"old@civil.example": "550 5.1.1 unknown"}
        office = an_office(
            store, hand, {"civil-affairs": made, "county-office": paper.connect("county-office", {"folder": str(tmp_path)})}
        )
        case_id = post(office, person(1, "relief-household", HOUSEHOLD))
        settle(office)
        (letter,) = room.letters
        request = request_of(store, case_id)
        told = letter.get_content()
        for word in (
            "区民政局",
            "区市场监管局",
            "答复期限：2026-03-",
            f"请求编号：{request.id}",
            "毛管办〔2021〕4号",
            "签署人：",
        ):
            assert word in told, word
        link = f"{office.base_url}/assist/{request.id}/{office.link_token('assist', request.id)}"
        assert f"\n{link}\n" in told
        assert f"答复码：{link.rpartition('/')[2]}\n" in told
        assert (
            letter["Subject"] == f"协助核查函〔{short(request.id)}〕：请于{request.due_at:%Y-%m-%d %H:%M}前答复（区市场监管局）"
        )
        hand.now = request.escalate_at
        settle(office)
    (laid,) = tmp_path.glob("*.html")
    assert "区民政局" in laid.read_text(encoding="utf-8")
    with store.read() as tx:
        matters = {one["kind"]: one["agency"] for one in tx.attention.page(None)}
        kept = [row["payload"] for row in tx.work.page(case_id=case_id, kind="assist.send")]
    assert {unsettled.PARTLY, unsettled.TO_POST} <= {*matters}
    assert all(link.rpartition("/")[2] not in one for one in kept), "the secret of a link lies in no row"


@pytest.mark.alike
def test_every_kind_of_letter_has_its_words(store: Store, hand: Hand) -> None:
    office = an_office(store, hand, {"civil-affairs": Post("civil-affairs")})
    request = request_of(store, opened(office))
    with store.read() as tx:
        for kind in {*LetterKind} - {LetterKind.DIGEST}:  # whose letters have words of their own
            made = letters.worded(office, tx, request, replace(LETTER, kind=kind, basis=request.basis), "civil-affairs")
            told = f"{made.words}"
            assert request.id in made.words.body, kind
            assert "…" not in told, "a fact was not given"
            assert "letter." not in told, "there are no words"
            said = (made.words.counted, made.words.effect, made.words.silence)
            assert all(text in made.words.body for text in said if text is not None)
            asks = kind not in letters.TELLING | letters.ABOVE
            if asks:  # below the dashed line, which whoever answers cuts along
                slip = page(made).partition('<section class="slip">')[2]
                assert request.id in slip
                assert wording.at(made.due_at) in slip
            assert [*map(bool, said)] == [kind not in letters.TELLING, asks, asks]
