"""Commitment letters of public-interest items are shown as far and as long as was said before they were signed (the plan, 5 and 9)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from inspector.domain.calendar import Term, Unit
from inspector.domain.case import MatterKind, SubjectKind
from inspector.domain.docket import LETTER_SCOPE
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.publicity import Publicity
from inspector.flows import affix, pledges, printed, review
from inspector.flows.office import Office
from inspector.gazette import Register, files
from inspector.store.codec import dump
from inspector.store.publicationtables import pledge_shown
from inspector.store.store import Store
from tests.house import Hand, application, open_office, post

ITEM, AID = "business-licence", "legal-aid"
PUBLIC = {ITEM, AID}
CLAIMS = {"registration-status": "存续"}
WANTED = Publicity(scope="本机关网站", term=Term(amount=1, unit=Unit.YEAR), basis="S0:5", site=True)
ADDRESS = "https://example.org/results"


@pytest.fixture
def office(store: Store, hand: Hand) -> Office:
    """An office whose packs say that the letters of one item stand on its register for a year."""
    return saying(open_office(store, hand), WANTED)


def saying(office: Office, wanted: Publicity) -> Office:
    """The office, whose item says something else of its letters."""
    packs = tuple(
        replace(
            pack, items={name: replace(item, publicity=wanted) if name in PUBLIC else item for name, item in pack.items.items()}
        )
        for pack in office.book.packs
    )
    return replace(office, book=replace(office.book, packs=packs))


def letter(office: Office, number: int, **changes: object) -> str:
    """A case whose letter may be shown."""
    return post(office, application(number, ITEM, CLAIMS, publicity_scope="本机关网站", **changes))


def person(office: Office, number: int) -> str:
    """The same of a natural person."""
    told = {"subject_kind": SubjectKind.PERSON, "subject_code": "11010519491231002X", "subject_name": "张三丰"}
    claims = {"relief-status": "在册"}
    return post(office, application(number, AID, claims, publicity_scope="本机关网站", matter=MatterKind.BENEFIT, **told))


def built(office: Office, folder: Path, *, post: bool) -> pledges.Letters:
    """The register, with its letters."""
    held = pledges.gather(office, office.now(), post=post)
    affix.write(folder, files(Register(title="云溪区", lines=(), pledges=held.shown)))
    if post:
        pledges.say(office, held, ADDRESS, "李四", office.now())
    return held


def texts(folder: Path) -> str:
    """Everything that is public."""
    return "".join(path.read_text(encoding="utf-8-sig") for path in folder.rglob("*") if path.is_file())


def test_a_firms_letter_is_shown_by_its_item_and_facts_until_its_last_day_and_each_step_is_on_record(
    office: Office, hand: Hand, tmp_path: Path
) -> None:
    site, case_id = tmp_path / "site", letter(office, 1, subject_name="云溪甲公司")
    assert built(office, site, post=False).shown == (), "nothing becomes public unless somebody says so"
    (shown,) = built(office, site, post=True).shown
    told = json.loads((site / "data" / "letters-00001.jsonl").read_text(encoding="utf-8"))
    assert (told["name"], told["facts"], told["scope"]) == ("云溪甲公司", ["市场主体登记状态"], "本机关网站")
    assert "云溪甲公司" in (site / "letters-00001.html").read_text(encoding="utf-8")
    assert "存续" not in texts(site), "what was promised, by its name; values and the letter's words are not shown"
    assert built(office, site, post=True).fresh == (), "said again, nothing is added"
    hand.now += timedelta(days=367)
    assert shown.until < hand().date()
    with office.store.begin() as tx:
        pledges.look(office, tx, hand())
        assert [one["letters"] for one in tx.attention.standing(pledges.MATTER)] == [1]
    assert built(office, site, post=False).shown == (shown,), "nothing goes by itself"
    assert built(office, site, post=True).gone == (case_id,)
    assert "云溪甲公司" not in texts(site)
    with office.store.read() as tx:
        rules = [row["rule"] for row in tx.ledger.about(case_id) if row["rule"].startswith("pledge.")]
        assert tx.attention.standing(pledges.MATTER) == []
    assert rules == ["pledge.posted", "pledge.removed"]


def test_natural_persons_are_a_number_and_none_where_they_are_few(office: Office, tmp_path: Path) -> None:
    persons = [person(office, number) for number in range(1, 5)]
    assert len(built(office, tmp_path / "few", post=True).shown) == len(persons)
    assert "自然人承诺书" not in texts(tmp_path / "few")
    person(office, 5)
    built(office, tmp_path / "many", post=True)
    everything = texts(tmp_path / "many")
    assert "自然人承诺书不少于 5 份" in everything
    assert not [one for one in ("张三丰", "11010519491231002X", *persons) if one in everything]


def test_a_letter_whose_words_say_something_else_is_not_shown_until_an_officer_says_what_they_allow(
    office: Office, hand: Hand, tmp_path: Path
) -> None:
    own = {"publicity_scope": "仅在本窗口张贴"}
    narrow, wide = (post(office, application(number, ITEM, CLAIMS, **own)) for number in (1, 2))
    held = built(office, tmp_path, post=True)
    assert (held.shown, held.unread) == ((), 2), "words that no program understands are not taken for what their item says"
    with office.store.begin() as tx:
        pledges.look(office, tx, hand(), tuple(pledges.unread(office)))
        assert {one["case"]: one["words"] for one in tx.attention.standing(LETTER_SCOPE)} == dict.fromkeys(
            (narrow, wide), "仅在本窗口张贴"
        )
        pledges.rule(office, tx, narrow, False, "只许张贴", "李四", hand())
        pledges.rule(office, tx, wide, True, "窗口即网上窗口，已向申请人核实", "李四", hand())
        with pytest.raises(Invalid, match="reason_missing"):
            pledges.rule(office, tx, wide, True, " ", "李四", hand())
    held = built(office, tmp_path, post=True)
    assert ([one.case_id for one in held.shown], held.unread) == ([wide], 0)
    plain = letter(office, 3)
    with office.store.begin() as tx:
        pledges.look(office, tx, hand(), tuple(pledges.unread(office)))
        assert tx.attention.standing(LETTER_SCOPE) == []
        pledges.rule(office, tx, wide, False, "申请人说明仅指张贴", "李四", hand())
        with pytest.raises(Refusal, match="pledge_understood"):
            pledges.rule(office, tx, plain, True, "x", "李四", hand())
    assert wide in built(office, tmp_path, post=True).gone, "the last word holds"


def test_no_letter_is_shown_further_than_was_said_and_one_of_a_withdrawn_matter_goes(
    office: Office, hand: Hand, tmp_path: Path
) -> None:
    post(office, application(1, ITEM, CLAIMS))
    case_id = letter(office, 2, publicity_until=hand().date() + timedelta(days=30))
    held = built(office, tmp_path, post=True)
    assert [one.case_id for one in held.shown] == [case_id]
    assert held.shown[0].until == hand().date() + timedelta(days=30), "of two last days the earlier one"
    assert pledges.gather(saying(office, replace(WANTED, site=False)), hand(), post=True).shown == (), "the premises alone"
    with office.store.begin() as tx:
        review.withdraw(office, tx, case_id, "不办了", "hall", hand())
        pledges.look(office, tx, hand())
        assert len(tx.attention.standing(pledges.MATTER)) == 1
    assert built(office, tmp_path, post=True).gone == (case_id,)


@pytest.mark.alike
def test_a_letter_is_public_by_the_word_of_the_ledger_alone(office: Office, tmp_path: Path) -> None:
    first, other = letter(office, 1), letter(office, 2)
    built(office, tmp_path / "site", post=True)
    assert printed.look(office.store) == []
    with office.store.read() as tx:
        kept = tx.connection.execute(sa.select(pledge_shown).where(pledge_shown.c.case_id == first)).mappings().one()
    for change, told in (
        (sa.delete(pledge_shown).where(pledge_shown.c.case_id == first), f"{first}: gone"),
        (sa.update(pledge_shown).where(pledge_shown.c.case_id == first).values(body=_named(office, first, "另一家公司")), first),
        (sa.update(pledge_shown).where(pledge_shown.c.case_id == first).values(body="x"), first),
    ):
        with office.store.begin() as tx:
            tx.connection.execute(change)
        assert printed.look(office.store) == [f"pledge_shown {told}"]
        for posting in (False, True):
            with pytest.raises(Refusal, match="publication_contradicted"):
                pledges.gather(office, office.now(), post=posting)
        with office.store.begin() as tx:
            tx.connection.execute(sa.delete(pledge_shown).where(pledge_shown.c.case_id == first))
            tx.connection.execute(sa.insert(pledge_shown).values(**kept))
    assert printed.look(office.store) == []
    with office.store.begin() as tx:
        review.withdraw(office, tx, other, "不办了", "hall", office.now())
    built(office, tmp_path / "site", post=True)
    assert printed.look(office.store) == [], "one that went is no more to be there"
    with office.store.begin() as tx:
        tx.connection.execute(sa.insert(pledge_shown).values({**kept, "case_id": other}))
    assert printed.look(office.store) == [f"pledge_shown {other}"]


def _named(office: Office, case_id: str, name: str) -> str:
    with office.store.read() as tx:
        held = tx.pledges.find(case_id)
    assert held is not None
    return dump(replace(held, pledge=replace(held.pledge, name=name)))
