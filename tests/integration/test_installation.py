"""What an installation refuses to be: a pack edited under its old label, one letter box for two agencies, one name for two systems."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from inspector import bootstrap, settings
from inspector.domain.calendar import SHANGHAI
from inspector.domain.case import Outcome
from inspector.domain.decision import Because, Decision
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.listed import Listed
from inspector.domain.plan import Draw, DrawKind, DrawState
from inspector.flows import catalogue, review
from inspector.flows.office import Connectors, Office
from inspector.flows.record import record
from inspector.policybook import PacksInvalid
from inspector.store.packtables import pack
from inspector.store.store import Store
from tests.house import ROOT, Hand, Table, application, open_office, post, settle
from tests.operator import Operator
from tests.packs import after

pytestmark = pytest.mark.slow

LICENCE = {"registration-status": "存续"}
CURABLE = 'outcome = "UNTRUE_CURABLE"'
ACT = "act-untrue-curable"
MINOR, GENERAL = 'grade = "minor"', 'grade = "general"'
TRANSITION = '\n[[transition]]\nid = "before"\nof = ["demo@1"]\nscopes = ["outcomes"]\nbasis = "S0:8;S70:3"\n'
PERMITTING = '[sources]\nS70 = { title = "《示例区信用条例》", heavier = ["3"] }\n'


class Installation:
    """An operator's folder with its own copy of the shipped packs, and its office."""

    def __init__(self, folder: Path, url: str = "") -> None:
        self.operator = Operator(folder, url or f"sqlite:///{folder / 'inspector.sqlite3'}").settle_in()
        self.policies = folder / "policies"
        shutil.copytree(ROOT / "policies", self.policies)
        told = self.operator.config.read_text(encoding="utf-8")
        shipped = json.dumps(str(ROOT / "policies"))
        self.operator.config.write_text(told.replace(shipped, json.dumps(str(self.policies))), encoding="utf-8")
        self.operator.well("migrate")
        self.store = self.operator.store()

    @property
    def pack(self) -> Path:
        """The file of demo@1."""
        return self.policies / "demo" / "pack.toml"

    def start(self, hand: Hand) -> Office:
        """The office as a start of the daemon makes it, in the test's time."""
        ports = Connectors(sources={"registers": Table(default="吊销")})
        with self.store.begin() as tx:
            tx.lanes.ensure(ports.names())
        return replace(bootstrap.office(settings.load(self.operator.config), self.store, connectors=ports), now=hand)

    def stricter(self) -> str:
        """The text of demo@1 with one grade changed: of an outcome, and of the act that it is found by."""
        text = after(CURABLE, MINOR, GENERAL, self.pack.read_text(encoding="utf-8"))
        return after(f'id = "{ACT}"', MINOR, GENERAL, text)

    def followed(self, more: str = "") -> Path:
        """The file of demo@2, stricter and with `more` rows, in force from April on."""
        version = self.stricter().replace('version = "1"', 'version = "2"', 1).replace("[sources]\n", PERMITTING, 1) + more
        dates = {"effective_from": "2026-04-01", "exempt_review_by": "2027-04-01"}
        lines = [f"{key} = {dates[key]}" if (key := line.split(" ")[0]) in dates else line for line in version.splitlines()]
        file = self.policies / "demo" / "pack-2.toml"
        file.write_text("\n".join(lines), encoding="utf-8")
        return file


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    return Installation(tmp_path)


@pytest.mark.slow
def test_a_pack_that_a_case_cites_cannot_be_edited_in_place(installation: Installation, hand: Hand) -> None:
    post(installation.start(hand), application(1, "business-licence", LICENCE))
    before = installation.pack.read_text(encoding="utf-8")
    installation.pack.write_text(installation.stricter(), encoding="utf-8")
    with pytest.raises(Refusal, match="pack_changed"):
        installation.start(hand)
    checked = installation.operator.say("check", "--json")
    assert checked.code == 1
    failed = [one for one in checked.json if one["state"] == "FAIL"]
    assert "pack-VERSION.toml" in json.dumps(failed)
    installation.pack.write_text(before, encoding="utf-8")
    installation.start(hand)


def test_a_pack_that_nothing_cites_may_still_be_edited(installation: Installation, hand: Hand) -> None:
    installation.start(hand)
    installation.pack.write_text(installation.stricter(), encoding="utf-8")
    office = installation.start(hand)
    case_id = post(office, application(1, "business-licence", LICENCE))
    installation.start(hand)
    with office.store.read() as tx:
        assert tx.cases.get(case_id).pack == "demo@1"
    assert office.book.get("demo@1").outcomes[Outcome.UNTRUE_CURABLE].grade == "general", "the edited row is the one in force"


def test_a_new_version_rules_the_cases_that_are_taken_in_under_it_and_no_others(installation: Installation, hand: Hand) -> None:
    before = installation.start(hand)
    old = post(before, application(1, "business-licence", LICENCE))
    settle(before)  # in 40 days the question and the end of the term would both be due, and whichever came first would win
    installation.followed()
    hand.on(days=40)
    office = installation.start(hand)
    new = post(office, application(2, "business-licence", LICENCE))
    settle(office)
    assert [_decided(office, case_id) for case_id in (old, new)] == [("demo@1", "minor"), ("demo@2", "general")]


@pytest.mark.slow
def test_a_pack_that_has_left_the_folder_still_decides_and_explains_what_was_taken_in_under_it(
    installation: Installation, hand: Hand
) -> None:
    before = installation.start(hand)
    old = post(before, application(1, "business-licence", LICENCE))
    settle(before)
    installation.followed()
    installation.pack.unlink()
    hand.on(days=40)
    office = installation.start(hand)
    new = post(office, application(2, "business-licence", LICENCE))
    settle(office)
    assert office.book.in_force("demo", hand().date()).label == "demo@2"
    assert [_decided(office, case_id) for case_id in (old, new)] == [("demo@1", "minor"), ("demo@2", "general")]
    assert "demo@1" in installation.operator.well("case", "explain", old).out
    checked = installation.operator.say("check", "--json").json
    assert [one["state"] for one in checked if one["name"] == "policies.demo@1"] == ["WARN"]


def _decided(office: Office, case_id: str) -> tuple[str, str]:
    """The pack of a case, and the grade it sends when an officer has found the commitment untrue."""
    with office.store.begin() as tx:
        cited = tuple(piece.id for piece in tx.cases.evidence(case_id))
        case = review.decide(office, tx, case_id, Outcome.UNTRUE_CURABLE, "李四", "登记状态为吊销", cited, office.now(), act=ACT)
    with office.store.read() as tx:
        entered = [json.loads(row["payload"])["grade"] for row in tx.work.page(case_id=case_id) if row["kind"] == "credit"]
        grades = entered or [
            one.grading.grade for one in tx.consequences.of_case(case_id) if one.proposal.value == "RECORD_CREDIT"
        ]
    (grade,) = grades
    return case.pack, str(grade)


def test_one_letter_box_cannot_be_that_of_two_agencies(installation: Installation, hand: Hand) -> None:
    told = installation.operator.config.read_text(encoding="utf-8")
    shared = told
    for name in ("bureau", "other"):
        shared = shared.replace(f"[agencies.{name}]", f'[agencies.{name}]\nconnector = "letters"')
    installation.operator.config.write_text(shared, encoding="utf-8")
    with pytest.raises(Invalid, match="agency_connector_shared") as refused:
        installation.start(hand)
    assert {refused.value.facts["agency"], refused.value.facts["other"]} == {"bureau", "other"}


def test_a_system_name_belongs_to_one_agency_until_its_tokens_end(store: Store, hand: Hand) -> None:
    open_office(store, hand)
    now = datetime.now(UTC)

    def issue(agency: str, role: str = "system", at: datetime = now) -> str:
        with store.begin() as tx:
            return tx.tokens.issue("hall", agency, role, at, at + timedelta(days=1))

    issue("bureau")
    issue("bureau")
    issue("other", "officer")
    with pytest.raises(Refusal, match="token_name_taken"):
        issue("other")
    issue("other", at=now + timedelta(days=2))


def test_a_revoked_name_is_free_again(store: Store) -> None:
    now = datetime.now(UTC)
    with store.begin() as tx:
        tx.tokens.issue("hall", "bureau", "system", now, now + timedelta(days=1))
        (held,) = tx.tokens.all()
        tx.tokens.revoke(held["id"], now)
        assert tx.tokens.issue("hall", "other", "system", now, now + timedelta(days=1))


def test_a_legal_date_ends_when_the_office_of_the_settings_closes(installation: Installation, hand: Hand) -> None:
    told = installation.operator.config.read_text(encoding="utf-8")
    installation.operator.config.write_text(told + '\n[time]\nopens = 09:00:00\ncloses = "17:00"\n', encoding="utf-8")
    office = installation.start(hand)
    case_id = post(office, application(1, "business-licence", LICENCE))
    with office.store.read() as tx:
        assert tx.cases.get(case_id).due_at == datetime(2026, 3, 16, 17, tzinfo=SHANGHAI)
    installation.operator.config.write_text(told + "\n[time]\nopens = 18:00:00\n", encoding="utf-8")
    with pytest.raises(Invalid, match="office_hours_reversed"):
        installation.start(hand)
    assert installation.operator.say("check").code == 1


def test_a_transition_row_alone_lets_a_later_version_rule_an_open_case(installation: Installation, hand: Hand) -> None:
    before = installation.start(hand)
    cases = [post(before, application(number, "business-licence", LICENCE)) for number in (1, 2)]
    settle(before)
    installation.followed(TRANSITION)
    office = installation.start(hand)
    assert _decided(office, cases[0]) == ("demo@1", "minor"), "not before its day"
    hand.on(days=40)
    assert _decided(office, cases[1]) == ("demo@1", "general"), "how it was verified stays, what follows is of the new version"
    with office.store.read() as tx:
        (told,) = (json.loads(one["body"]) for one in tx.ledger.about(cases[1]) if one["rule"] == "officer.review")
    assert (told["pack"], told["facts"]["transition"]) == ("demo@2", "before")
    assert "S0:8;S70:3" in told["basis"]
    assert "by the transition: before" in installation.operator.well("case", "explain", cases[1]).out


@pytest.mark.slow
def test_a_version_that_says_it_was_in_force_while_cases_were_taken_in_under_another_is_refused(
    installation: Installation, hand: Hand
) -> None:
    hand.now = datetime(2026, 4, 8, 9, tzinfo=SHANGHAI)
    post(installation.start(hand), application(1, "business-licence", LICENCE))
    file = installation.followed()
    with pytest.raises(Refusal, match="pack_backdated") as refused:
        installation.start(hand)
    assert refused.value.facts == {"pack": "demo@2", "day": "2026-04-01", "other": "demo@1", "last": "2026-04-08"}
    assert "pack-2" not in installation.operator.say("check").out
    assert "demo@2 would have been in force since 2026-04-01" in installation.operator.say("check").out
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("effective_from = 2026-04-01", "effective_from = 2026-04-09"), encoding="utf-8")
    installation.start(hand)
    file.write_text(text, encoding="utf-8")
    with pytest.raises(Refusal, match="pack_backdated"):
        installation.start(hand)


@pytest.mark.slow
def test_a_used_version_in_force_may_not_leave_the_folder_to_an_older_one(installation: Installation, hand: Hand) -> None:
    file = installation.followed()
    hand.now = datetime(2026, 4, 8, 9, tzinfo=SHANGHAI)
    office = installation.start(hand)
    text = file.read_text(encoding="utf-8")
    file.unlink()
    installation.start(hand)  # nothing was decided by it: it may be taken back
    file.write_text(text, encoding="utf-8")
    assert post(office, application(1, "business-licence", LICENCE))
    file.unlink()
    with pytest.raises(Refusal, match="pack_gone") as refused:
        installation.start(hand)
    told = refused.value.facts
    assert (told["pack"], told["other"]) == ("demo@2", "demo@1")
    checked = installation.operator.say("check")
    assert checked.code == 1
    assert "Policy pack demo@2 has decided things and its days are not over" in checked.out
    file.write_text(text, encoding="utf-8")
    installation.start(hand)


@pytest.mark.parametrize(
    ("named", "lists"),
    [
        ("demo@1", ()),
        (
            "maoji@2026.1",
            (Listed(name="lead", agency="city", pack="maoji@2026.1"), Listed(name="b", agency="bureau", pack="demo@1")),
        ),
        ("maoji@2026.1", (Listed(name="lead", agency="city"), Listed(name="b", agency="bureau"))),
    ],
    ids=["its own", "a list of its own", "a part in another's"],
)
def test_a_version_that_says_it_was_in_force_while_a_draw_was_made_under_another_is_refused(
    installation: Installation, hand: Hand, named: str, lists: tuple[Listed, ...]
) -> None:
    office = installation.start(hand)
    made = Draw(
        number="bureau-2026-00001",
        agency="bureau",
        plan="yearly",
        slot="2026",
        pack=named,
        state=DrawState.PREPARING,
        made_at=datetime(2026, 4, 8, 9, tzinfo=SHANGHAI),
        prev=None,
        parties=(),
        lists=lists,
        kind=DrawKind.SUPPLEMENT,
    )
    with office.store.begin() as tx:
        assert tx.draws.add(made)
    installation.followed()
    installation.start(hand)  # what owes is dealt by its own law, whatever is in force
    (installation.policies / "demo" / "pack-2.toml").unlink()
    with office.store.begin() as tx:
        assert tx.draws.add(replace(made, number="bureau-2026-00002", slot="2027", kind=DrawKind.PLAN))
        tx.connection.execute(sa.delete(pack).where(pack.c.label == "demo@2"))  # as if it came for the first time
    installation.followed()
    with pytest.raises(Refusal, match="pack_backdated") as refused:
        installation.start(hand)
    assert (refused.value.facts["other"], refused.value.facts["last"]) == ("demo@1", "2026-04-08")


def test_a_version_whose_day_is_past_may_come_into_an_office_that_has_taken_in_nothing_since(
    installation: Installation, hand: Hand
) -> None:
    post(installation.start(hand), application(1, "business-licence", LICENCE))  # in March
    installation.followed()
    hand.now = datetime(2026, 4, 8, 9, tzinfo=SHANGHAI)
    office = installation.start(hand)
    assert office.policy("bureau", hand().date()).label == "demo@2"


def test_a_transition_may_come_from_a_version_that_is_kept_and_from_none_that_nobody_has(
    installation: Installation, hand: Hand
) -> None:
    post(installation.start(hand), application(1, "business-licence", LICENCE))
    file = installation.followed(TRANSITION)
    installation.pack.unlink()
    assert [row.of for row in installation.start(hand).book.get("demo@2").transitions] == [frozenset(["demo@1"])]
    file.write_text(file.read_text(encoding="utf-8").replace('of = ["demo@1"]', 'of = ["demo@I"]'), encoding="utf-8")
    with pytest.raises(PacksInvalid, match="no version demo@I is known"):
        installation.start(hand)


def test_an_outcome_weighs_no_more_than_by_a_version_that_is_kept_without_an_article_that_permits_it(
    installation: Installation, hand: Hand
) -> None:
    post(installation.start(hand), application(1, "business-licence", LICENCE))
    installation.followed(TRANSITION.replace("S0:8;S70:3", "S0:8"))
    installation.pack.unlink()
    with pytest.raises(PacksInvalid, match="UNTRUE_CURABLE weighs more on who committed under demo@1 than it did"):
        installation.start(hand)


def test_a_pack_that_decided_by_a_transition_alone_is_neither_edited_nor_forgotten(
    installation: Installation, hand: Hand
) -> None:
    before = installation.start(hand)
    case_id = post(before, application(1, "business-licence", LICENCE))
    settle(before)
    file = installation.followed(TRANSITION)
    installation.start(hand)
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('scopes = ["outcomes"]', 'scopes = ["outcomes", "extensions"]'), encoding="utf-8")
    office = installation.start(hand)
    hand.on(days=40)
    assert _decided(office, case_id) == ("demo@1", "general")
    file.write_text(text, encoding="utf-8")
    with pytest.raises(Refusal, match="pack_changed"):
        installation.start(hand)
    file.unlink()
    third = text.replace('version = "2"', 'version = "3"', 1).replace(
        "effective_from = 2026-04-01", "effective_from = 2026-06-01"
    )
    (file.parent / "pack-3.toml").write_text(third, encoding="utf-8")
    assert installation.start(hand).book.get("demo@2").transitions, "its text is kept, as the decision cites it"


def test_a_pack_by_which_the_catalogue_or_a_plan_was_decided_is_used_and_one_that_was_announced_is_not(
    store: Store, hand: Hand
) -> None:
    office = open_office(store, hand)
    labels = [pack.label for pack in office.book.packs]
    with store.begin() as tx:
        because = Because(rule="pack.announced", basis=(), pack="maoji@2026.2")
        record(tx, "maoji@2026.2", Decision(state=None, because=because), hand(), {})
        assert tx.packs.cited(labels) == []
        catalogue.apply(office, tx, catalogue.Proposal(agency="bureau", item="business-licence", by="王五"), hand())
    with store.begin() as tx:
        assert tx.packs.cited(labels) == ["demo@1"]
