"""Packs and calendars put into their folders while the daemon runs: taken up without a restart, or refused without an outage."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from inspector import bootstrap
from inspector.bootstrap import House
from inspector.settings import load
from inspector.store.room import Row
from inspector.store.tables import case_file
from tests.edge import a_case
from tests.house import START, closing, settle
from tests.integration.test_installation import Installation
from tests.workdays import holidays

pytestmark = pytest.mark.alike


@dataclass
class Running:
    """A house whose folders somebody changes. Its ticks do not run: the test looks when it wants to."""

    at: Installation
    house: House
    token: str

    def look(self) -> None:
        """Two looks: by the second one what was changed has been left alone for a while."""
        self.house.daemon.law.look()
        self.house.daemon.law.look()

    def write(self, name: str, text: str) -> None:
        (self.at.policies / name).write_text(text, encoding="utf-8")

    def second(self, **dates: str) -> str:
        """The next version of the pack, in force from 2026 on unless `dates` say otherwise."""
        told = {"effective_from": "2026-04-01", "exempt_review_by": "2027-04-01", **dates}
        version = self.at.stricter().replace('version = "1"', 'version = "2"', 1)
        lines = [f"{key} = {told[key]}" if (key := line.split(" ")[0]) in told else line for line in version.splitlines()]
        return "\n".join(lines)

    def post(self, number: int) -> dict[str, object]:
        """A case over HTTP."""
        url = f"http://127.0.0.1:{self.house.server.port}/v1/cases"
        answer = httpx.post(url, json=a_case(number), headers={"Authorization": f"Bearer {self.token}"}, trust_env=False)
        assert answer.is_success, answer.text
        told: dict[str, object] = answer.json()
        return told

    def long_ago(self) -> None:
        """What was taken in so far came in March, before the next version's day."""
        with self.at.store.begin() as tx:
            tx.connection.execute(sa.update(case_file).values(opened_at=START))

    def matters(self, kind: str) -> list[Row]:
        with self.at.store.read() as tx:
            return [row for row in tx.attention.page(None) if row["kind"] == kind]

    def recounts(self) -> list[Row]:
        with self.at.store.read() as tx:
            return [row for row in tx.work.page() if row["kind"] == "calendar.recount"]

    def ledger(self, about: str) -> list[str]:
        with self.at.store.read() as tx:
            return [row["rule"] for row in tx.ledger.about(about)]

    @property
    def refused(self) -> float | None:
        return self.house.metrics.registry.get_sample_value("inspector_law_refused")


@pytest.fixture
def running(tmp_path: Path, database_url: str) -> Iterator[Running]:
    at = Installation(tmp_path, database_url)
    with closing(at.store):
        house = bootstrap.house(load(at.operator.config), at.store)
        house.server.start()
        now = datetime.now(UTC)
        with at.store.begin() as tx:
            token = tx.tokens.issue("hall", "bureau", "system", now, now + timedelta(days=1))
        try:
            yield Running(at, house, token)
        finally:
            house.server.stop()


@pytest.mark.slow
def test_a_new_version_is_announced_once_and_rules_what_is_taken_in_from_its_date(running: Running) -> None:
    assert running.post(1)["pack"] == "demo@1"
    running.long_ago()
    running.write("demo/pack-2.toml", running.second())
    running.look()
    running.look()
    assert running.post(2)["pack"] == "demo@2"
    assert running.post(1)["pack"] == "demo@1", "what was taken in before stays under the version of then"
    (told,) = running.matters("pack_announced")
    assert (told["about"], json.loads(told["body"])["from"]) == ("demo@2", "2026-04-01")
    assert running.ledger("demo@2") == ["pack.announced"]
    worker = running.house.daemon.worker.office.book
    assert worker.in_force("demo", datetime.now(UTC).date()).label == "demo@2", "and the daemon's own work goes by it"


@pytest.mark.slow
def test_a_version_of_a_day_to_come_is_announced_and_waits_for_its_day(running: Running) -> None:
    running.write("demo/pack-2.toml", running.second(effective_from="2199-01-01", exempt_review_by="2199-12-01"))
    running.look()
    assert [row["about"] for row in running.matters("pack_announced")] == ["demo@2"]
    assert running.post(1)["pack"] == "demo@1"


@pytest.mark.slow
def test_a_broken_version_is_refused_with_a_matter_and_a_metric_and_the_old_one_stays(running: Running) -> None:
    running.write("demo/pack-2.toml", running.second().replace('outcome = "TRUE"', 'outcome = "PERHAPS"'))
    running.look()
    (told,) = running.matters("law_refused")
    assert "PERHAPS" in json.loads(told["body"])["told"]
    assert (running.refused, running.post(1)["pack"]) == (1, "demo@1")
    running.long_ago()
    running.write("demo/pack-2.toml", running.second())
    running.look()
    assert (running.matters("law_refused"), running.refused) == ([], 0)
    assert running.post(2)["pack"] == "demo@2"


@pytest.mark.slow
def test_a_version_whose_day_lies_before_cases_of_another_is_refused_in_words_and_the_old_one_stays(running: Running) -> None:
    running.post(1)
    running.write("demo/pack-2.toml", running.second())
    running.look()
    (told,) = running.matters("law_refused")
    said = json.loads(told["body"])
    assert said["why"] == "pack_backdated"
    assert "demo@2 would have been in force since 2026-04-01" in said["told"]
    assert "政策包 demo@2 自 2026-04-01 起生效" in said["told"]
    assert (running.refused, running.post(2)["pack"]) == (1, "demo@1")


@pytest.mark.slow
def test_a_used_version_that_leaves_while_it_is_in_force_stays_in_force_and_is_told_until_it_is_back(running: Running) -> None:
    running.write("demo/pack-2.toml", running.second())
    running.look()
    assert running.post(1)["pack"] == "demo@2"
    file = running.at.policies / "demo/pack-2.toml"
    away = file.rename(file.with_name("pack-2.toml.bak"))
    running.look()
    (told,) = running.matters("law_refused")
    said = json.loads(told["body"])
    assert said["why"] == "pack_gone"
    assert "would rule instead: demo@1" in said["told"]
    assert "将改由以下版本生效：demo@1" in said["told"]
    assert (running.refused, running.post(2)["pack"]) == (1, "demo@2")
    away.rename(file)
    running.look()
    assert (running.matters("law_refused"), running.refused) == ([], 0)
    assert running.post(3)["pack"] == "demo@2"


@pytest.mark.slow
def test_a_broken_calendar_is_told_in_words_of_both_languages(running: Running) -> None:
    running.write("calendars/cn-2027.toml", NEXT_YEAR[: NEXT_YEAR.index("[[holiday]]")])
    running.look()
    (told,) = running.matters("law_refused")
    assert json.loads(told["body"]) == {
        "why": "calendar_holidays_expected",
        "told": "cn-2027.toml, holiday: holidays are expected; write one [[holiday]] section for each holiday of the notice"
        "｜cn-2027.toml 的 holiday：应为节假日；通知中的每个节假日写一个 [[holiday]] 节",
    }


@pytest.mark.slow
def test_a_broken_version_that_is_taken_away_again_leaves_no_matter(running: Running) -> None:
    running.write("demo/pack-2.toml", "half a fi")
    running.look()
    assert len(running.matters("law_refused")) == 1
    (running.at.policies / "demo/pack-2.toml").unlink()
    running.look()
    assert (running.matters("law_refused"), running.refused) == ([], 0)


@pytest.mark.slow
def test_a_file_that_is_still_being_written_is_not_judged(running: Running) -> None:
    whole = running.second()
    for size in (100, 1000, 5000):
        running.write("demo/pack-2.toml", whole[:size])
        running.house.daemon.law.look()
    assert running.matters("law_refused") == []
    running.write("demo/pack-2.toml", whole)
    running.look()
    assert running.post(1)["pack"] == "demo@2"


@pytest.mark.slow
def test_a_used_version_that_is_edited_in_place_is_refused_and_goes_on_as_it_was(running: Running) -> None:
    running.post(1)
    running.write("demo/pack.toml", running.at.stricter())
    running.write("calendars/cn-2027.toml", NEXT_YEAR)
    running.look()
    (told,) = running.matters("law_refused")
    assert json.loads(told["body"])["why"] == "pack_changed"
    assert 2027 not in running.house.daemon.office.calendar.years, "all of it or nothing"
    with running.at.store.read() as tx:
        assert 2027 not in tx.calendars.known()


@pytest.mark.slow
def test_the_calendar_of_a_year_is_taken_up_and_open_dates_are_counted_again(running: Running) -> None:
    running.write("calendars/cn-2027.toml", NEXT_YEAR)
    running.look()
    assert 2027 in running.house.daemon.office.calendar.years
    assert sorted(row["key"] for row in running.recounts()) == ["calendar.recount:2027/1", "calendar.recount:2027/1:again"]


@pytest.mark.slow
def test_a_recount_that_the_former_calendar_put_off_is_made_as_soon_as_the_daemon_works_by_the_newer_one(
    running: Running,
) -> None:
    former = running.house.office
    running.write("calendars/cn-2027.toml", NEXT_YEAR)
    running.look()
    settle(former)  # a thread that had picked the row up before the office was replaced
    before, _ = running.recounts()
    assert (before["error"], before["due_at"] > former.now()) == ("calendar_elsewhere", True)
    running.write("demo/pack-2.toml", running.second(effective_from="2199-01-01", exempt_review_by="2199-12-01"))
    running.look()
    soon, again = running.recounts()
    assert (soon["due_at"] <= former.now(), again["due_at"] > former.now() + timedelta(hours=23)) == (True, True)


@pytest.mark.slow
def test_a_start_after_the_folders_were_mended_closes_what_the_process_before_was_told(running: Running) -> None:
    running.write("demo/pack-2.toml", "half a fi")
    running.look()
    (running.at.policies / "demo/pack-2.toml").unlink()
    again = bootstrap.house(load(running.at.operator.config), running.at.store)
    again.server.start()
    again.daemon.law.look()
    again.server.stop()
    assert running.matters("law_refused") == []


NEXT_YEAR = f"""\
year = 2027
notice = ""
notice_date = 2026-11-05
source = "invented for this test"
[[holiday]]
name = "元旦"
days_off = [{holidays(2027)}]
"""


@pytest.mark.slow
def test_a_pack_in_force_without_an_approval_is_told_until_one_comes_and_that_stands_in_the_ledger_once(running: Running) -> None:
    (told,) = running.matters("pack_unapproved")
    digest = running.house.office.book.get("demo@1").digest
    assert (told["agency"], json.loads(told["body"])) == ("city", {"pack": "demo@1", "digest": digest})
    lines = [
        'pack = "demo@1"',
        f'sha256 = "{digest}"',
        'by = "示例区司法局"',
        'document = "示例司发〔2025〕1号"',
        "on = 2025-01-02",
        "",
    ]
    running.write("demo/approval-1.toml", "\n".join(lines))
    running.look()
    assert (running.refused, running.matters("pack_unapproved")) == (0, [])
    assert running.ledger("demo@1") == ["pack.approved"]
    running.write("demo/examples-1.toml", 'pack = "demo@1"\n')
    running.look()
    assert running.ledger("demo@1") == ["pack.approved"], "also at the next look"
    (running.at.policies / "demo" / "approval-1.toml").unlink()
    running.look()
    assert [row["about"] for row in running.matters("pack_unapproved")] == ["city:demo@1:withdrawn"]


@pytest.mark.slow
def test_a_new_version_in_a_misnamed_file_is_told_at_once_and_no_more_when_it_has_gone(running: Running) -> None:
    stray = running.at.policies / "demo" / "pack-2.toml.txt"
    stray.write_text(running.second(), encoding="utf-8")
    running.look()
    (told,) = running.matters("law_refused")
    assert "demo/pack-2.toml.txt" in json.loads(told["body"])["told"]
    stray.unlink()
    running.look()
    assert (running.refused, running.matters("law_refused")) == (0, [])
