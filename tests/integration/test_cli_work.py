"""`work`, `connector`, `token`, `attention`, `schedule`, `ledger`, `policy`, `export`: an operator's other hands."""

from __future__ import annotations

import json
import re
import shutil
import stat
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from inspector.domain.decision import Order, OrderKind
from inspector.store.store import Store
from inspector.web import opswords
from tests import house
from tests.operator import Operator, on_both, one_database, operated, process, settled

pytestmark = pytest.mark.alike

CONNECTOR = '\n[witnesses.notary]\nkind = "http"\nurl = "http://127.0.0.1:9/notary"\n'


database_url = one_database


@pytest.fixture
def operator(database_url: str, tmp_path: Path) -> Operator:
    return settled(database_url, tmp_path, CONNECTOR)


@pytest.fixture
def store(operator: Operator) -> Iterator[Store]:
    with house.closing(operator.store()) as held:
        yield held


def quarantine(store: Store, *keys: str) -> list[int]:
    """Work rows as the worker leaves them after their last attempt."""
    with store.begin() as tx:
        now = tx.machine_now()
        orders = [Order(kind=OrderKind.TELL, key=key, due_at=now, urgent_by=now, payload={"event": key}) for key in keys]
        tx.work.order(orders, now)
    with store.begin() as tx:
        claimed = tx.work.claim("test", now, now, timedelta(seconds=60), 10)
    with store.begin() as tx:
        for one in claimed:
            tx.work.quarantine(one, "E-106", now)
    return sorted(one.id for one in claimed)


@on_both
def test_quarantined_work_is_listed_shown_retried_or_released_and_the_ledger_says_by_whom(
    operator: Operator, store: Store
) -> None:
    first, second = quarantine(store, "tell:1", "tell:2")
    assert [one["id"] for one in operator.well("work", "list", "--json").json] == [first, second]
    assert operator.well("work", "show", str(first), "--json").json["payload"] == {"event": "tell:1"}
    operator.well("work", "retry", str(first))
    operator.well("work", "release", str(second), "--reason", "sent by post")
    with store.read() as tx:
        assert [(row["state"], row["attempts"]) for row in (tx.work.show(first), tx.work.show(second))] == [
            ("ready", 0),
            ("done", 1),
        ]
    rules = dict(operated(store))
    assert rules["operator.work.retry"]["work"] == [first]
    assert rules["operator.work.release"]["reason"] == "sent by post"
    assert all(str(facts["by"]).startswith("os:") for facts in rules.values())


@on_both
def test_the_matter_of_stopped_work_is_over_when_the_last_row_of_its_kind_has_been_seen_to(
    operator: Operator, store: Store
) -> None:
    first, second = quarantine(store, "tell:1", "tell:2")
    with store.begin() as tx:
        tx.attention.open("work_stopped", "bureau", "tell:bureau", {"kind": "tell"}, tx.machine_now())

    def matters() -> list[str]:
        with store.read() as tx:
            return [held["about"] for held in tx.attention.page(None)]

    operator.well("work", "retry", str(first))
    assert matters() == ["tell:bureau"]
    operator.well("work", "release", str(second), "--reason", "sent by post")
    assert matters() == []


@pytest.mark.parametrize("wordless", [(), ("{option}", ""), ("{option}", " \u200b ")], ids=["unsaid", "empty", "blank"])
@pytest.mark.parametrize(
    ("words", "option"),
    [
        (("work", "release", "{id}"), "--reason"),
        (("connector", "pause", "notary"), "--reason"),
        (("attention", "close", "team_short:v-1"), "--note"),
    ],
    ids=["release", "pause", "close"],
)
def test_what_a_person_lets_go_needs_words(
    operator: Operator, store: Store, words: tuple[str, ...], option: str, wordless: tuple[str, ...]
) -> None:
    (held,) = quarantine(store, "tell:1")
    with store.begin() as tx:
        tx.attention.open("team_short", "bureau", "v-1", {"place": 1}, tx.machine_now())
    said = operator.say(*(word.format(id=held, option=option) for word in (*words, *wordless)))
    assert (said.code, (option if not wordless else "Say the reason") in said.err) == (2, True)
    with store.read() as tx:
        assert tx.work.show(held)["state"] == "quarantined"
        assert len(tx.attention.page(None)) == 1
        assert not any(lane.paused for lane in tx.lanes.all())
    assert operated(store) == []


@pytest.mark.slow
def test_check_says_how_much_lies_in_quarantine(operator: Operator, store: Store) -> None:
    def warned() -> list[str]:
        findings = operator.say("check", "--json").json
        return [one["message"] for one in findings if one["name"] == "work"]

    assert not warned()
    quarantine(store, "tell:1", "tell:2")
    assert warned() == ["rows that lie in quarantine and wait for a person: 2"]


def test_work_that_is_in_no_quarantine_is_refused_and_not_missing(operator: Operator, store: Store) -> None:
    (held,) = quarantine(store, "tell:1")
    operator.well("work", "retry", str(held))
    for words in (("retry", str(held)), ("release", str(held), "--reason", "sent by post")):
        said = operator.say("work", *words)
        assert (said.code, f"Work {held} is not in quarantine" in said.err) == (4, True)


@on_both
def test_of_several_retries_all_happen_or_none(operator: Operator, store: Store) -> None:
    (held,) = quarantine(store, "tell:1")
    refused = operator.say("work", "retry", str(held), "99999")
    assert (refused.code, "There is no work 99999" in refused.err) == (3, True)
    assert "There is no work 99999" in operator.say("work", "release", "99999", "--reason", "x").err
    with store.read() as tx:
        assert tx.work.show(held)["state"] == "quarantined"
    assert "operator.work.retry" not in [rule for rule, _ in operated(store)]


def test_a_paused_connector_is_passed_over_until_it_is_resumed(operator: Operator, store: Store) -> None:
    operator.well("connector", "pause", "notary", "--reason", "maintenance")
    (told,) = operator.well("connector", "list", "--json").json
    assert (told["name"], told["paused"]) == ("notary", True)
    with store.begin() as tx:
        now = tx.machine_now()
        tx.work.order([Order(kind=OrderKind.DRAW_LODGE, key="k", due_at=now, urgent_by=now, lane="notary")], now)
        assert tx.work.claim("test", now, now, timedelta(seconds=60), 10) == []
    operator.well("connector", "resume", "notary")
    with store.begin() as tx:
        assert len(tx.work.claim("test", now, now, timedelta(seconds=60), 10)) == 1
    assert operator.say("connector", "pause", "no-such", "--reason", "x").code == 3
    assert operator.say("connector", "pause", "notary", "--reason", " ").code == 2


def test_a_connector_that_does_not_load_is_listed_with_what_is_wrong_and_a_pulse_cannot_be_paused(operator: Operator) -> None:
    source = '[sources.one]\nkind = "http"\nurl = "http://127.0.0.1:1"\npersonal_data = ["subject.code", "subject.kind"]\n'
    operator.settle_in(f'\n{source}[sources.two]\nkind = "http"\n[pulse]\nkind = "http"\nurl = "http://127.0.0.1:1"\n')
    operator.well("migrate")
    listed = operator.well("connector", "list", "--json").json
    assert [(row["name"], row["error"]) for row in listed] == [("one", None), ("two", "connector_key_missing"), ("pulse", None)]
    assert "subject.code, claim.value, subject.kind" in operator.well("connector", "list").out
    for lang, told in (("en", "needs url"), ("zh-Hans", "缺少 url")):
        shown = operator.say("connector", "list", lang=lang).out
        assert (told in shown, "connector_key_missing" in shown) == (True, False), shown
    assert operator.say("connector", "pause", "pulse", "--reason", "x").code == 4


@on_both
def test_a_token_is_shown_once_opens_the_door_and_shuts_it_when_revoked(operator: Operator, store: Store) -> None:
    text = operator.well("token", "issue", "hall", "--agency", "bureau", "--role", "system", "--days", "30").out.strip()
    with store.read() as tx:
        found = tx.tokens.find(text, tx.machine_now())
        assert found is not None
        assert (found.name, found.agency, found.role) == ("hall", "bureau", "system")
        assert tx.tokens.find(text, tx.machine_now() + timedelta(days=31)) is None
    listed = operator.well("token", "list", "--json")
    assert text not in listed.out
    assert text not in json.dumps(operated(store))
    operator.well("token", "revoke", listed.json[0]["id"])
    with store.read() as tx:
        assert tx.tokens.find(text, tx.machine_now()) is None
    again = operator.say("token", "revoke", listed.json[0]["id"])
    assert (again.code, "was revoked before, at 20" in again.err) == (4, True), "it stands in the list"
    assert operator.say("token", "revoke", "nope").code == 3


@pytest.mark.parametrize("words", [["--role", "king", "--agency", "bureau"], ["--role", "system", "--agency", "nowhere"]])
def test_a_token_for_no_role_or_no_agency_is_not_issued(operator: Operator, store: Store, words: list[str]) -> None:
    assert operator.say("token", "issue", "x", *words).code == 2
    with store.read() as tx:
        assert tx.tokens.all() == []


@on_both
def test_a_matter_is_closed_once(operator: Operator, store: Store) -> None:
    with store.begin() as tx:
        tx.attention.open("team_short", "bureau", "v-1", {"place": 1}, tx.machine_now())
    (matter,) = operator.well("attention", "list", "--json").json
    assert operator.well("attention", "close", matter["id"], "--note", "supplementary draw").code == 0
    assert operator.well("attention", "list", "--json").json == []
    assert operator.say("attention", "close", matter["id"], "--note", "again").code == 3
    with store.read() as tx:
        (row,) = tx.ledger.about("v-1")
    assert row["rule"] == "attention.close"
    assert all(word in row["body"] for word in ("os:", "supplementary draw"))


def test_schedules_tell_their_next_run_and_how_late_they_are(operator: Operator, store: Store) -> None:
    with store.begin() as tx:
        now = tx.machine_now()
        tx.schedules.declare("plan:late", "every 4h", now - timedelta(hours=1))
        tx.schedules.declare("plan:soon", "every 4h", now + timedelta(hours=1))
    late, soon = operator.well("schedule", "list", "--json").json
    assert late["overdue_seconds"] > 3000
    assert soon["overdue_seconds"] == 0


def test_at_any_pace_a_slot_that_has_come_is_due_and_never_a_next_run_in_the_past(store: Store) -> None:
    """At the demo's pace 27 office minutes are a third of a second, in which no tick has come yet."""
    clock = house.Hand()
    office = replace(house.open_office(store, clock, sources={}), waited=lambda since, until: (until - since) / 5400)
    with store.begin() as tx:
        tx.schedules.declare("plan:licensing", "every 4h", clock())
    clock.now += timedelta(minutes=27)
    with store.read() as tx:
        (row,) = tx.schedules.all()
        (line,) = opswords._schedules(office, tx, "en")
    assert "due now, since" in line
    assert "next" not in line
    assert "0:00:01" in line, "the wait is told, and is never nothing"
    assert office.overdue(row, clock() - timedelta(hours=1)) is None


@on_both
def test_a_changed_ledger_entry_is_found(operator: Operator, store: Store) -> None:
    quarantine(store, "tell:1")
    operator.well("work", "release", "1", "--reason", "x")
    with store.begin() as tx:
        tx.ledger.seal(tx.machine_now())
    assert operator.well("ledger", "verify", "--json").json["seals"] == 1
    with store.begin() as tx:
        tx.connection.exec_driver_sql("update ledger set body = replace(body, 'os:', 'os:not-')")
    told = operator.say("ledger", "verify", "--json")
    assert (told.code, told.json["holds"]) == (1, False)


@on_both
def test_cases_evidence_and_events_are_exported_as_json_lines(operator: Operator, store: Store) -> None:
    office = house.open_office(store, house.Hand(), sources={"registers": house.Table(default="=")})
    made = [house.post(office, house.application(n, "business-licence", {"registration-status": "存续"})) for n in (1, 2, 3)]
    house.settle(office)
    with store.begin() as tx:
        tx.events.place()
    assert [one["id"] for one in operator.well("export", "cases").lines] == sorted(made)
    assert sorted(one["case_id"] for one in operator.well("export", "evidence").lines) == sorted(made)
    events = operator.well("export", "events").lines
    assert [one["position"] for one in events] == list(range(1, len(events) + 1))
    assert operator.well("export", "events", "--after", "1").lines == events[1:]
    file = operator.folder / "cases.jsonl"
    operator.well("export", "cases", "--to", str(file), "--after", min(made))
    assert len(file.read_text(encoding="utf-8").splitlines()) == 2
    assert operator.say("export", "cases", "--to", str(file)).code == 2, "an export never replaces a file"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600, "it holds everybody's data"
    told = [facts for rule, facts in operated(store) if rule == "operator.export"]
    assert [(one["what"], one["after"], one["count"], one["file"]) for one in told][-1] == (
        "cases",
        min(made),
        len(made) - 1,
        file.name,
    )
    assert [one["what"] for one in told][:3] == ["cases", "evidence", "events"], (
        "who exported what is kept, also to the standard output"
    )


def test_a_time_in_json_bears_the_offices_offset_whichever_clock_it_was_read_from(operator: Operator) -> None:
    issued = operator.well("token", "issue", "hall", "--agency", "bureau", "--role", "system", "--json").json
    (listed,) = operator.well("token", "list", "--json").json
    assert issued["expires_at"] == listed["expires_at"]
    assert listed["expires_at"].endswith("+08:00")


def test_packs_are_listed_rendered_and_compared(operator: Operator) -> None:
    labels = [one["label"] for one in operator.well("policy", "list", "--json").json]
    assert len(labels) >= 2
    assert operator.well("policy", "render", labels[0]).out.startswith("# ")
    assert "→" in operator.well("policy", "diff", labels[0], labels[1]).out
    assert "no difference" in operator.well("policy", "diff", labels[0], labels[0]).out
    assert operator.say("policy", "render", "no@1").code == 3
    sheet = operator.folder / "sheet.xlsx"
    operator.well("policy", "render", labels[0], "--out", str(sheet))
    before = sheet.read_bytes()
    again = operator.say("policy", "render", labels[0], "--out", str(sheet))
    assert (again.code, "there already" in again.err, sheet.read_bytes()) == (2, True, before)
    other = operator.say("policy", "render", labels[0], "--out", str(operator.folder / "sheet.pdf"))
    assert (other.code, ".md, .html, .xlsx" in other.err) == (2, True)


def later_in_force(pack: str) -> str:
    """The text of a pack that takes effect when nobody here will see it."""
    moved = re.sub(r"(?m)^effective_from = .*", "effective_from = 2199-01-01", pack)
    return re.sub(r"exempt_review_by = [0-9-]+", "exempt_review_by = 2199-06-01", moved)


def test_a_pack_named_without_a_version_is_the_one_in_force_today_and_says_which(operator: Operator) -> None:
    packs = operator.folder / "packs"
    shutil.copytree(house.ROOT / "policies" / "demo", packs / "demo")
    pack = (packs / "demo" / "pack.toml").read_text(encoding="utf-8")
    version = tomllib.loads(pack)["version"]
    later = later_in_force(re.sub(r"(?m)^version = .*", 'version = "later"', pack))
    (packs / "demo" / "pack-later.toml").write_text(later.replace("title = ", 'title = "后" # '), encoding="utf-8")
    told = ("--folder", str(packs))
    said = operator.well("policy", "render", "demo", *told)
    assert said.out == operator.well("policy", "render", f"demo@{version}", *told).out
    assert f"demo@{version} is the version in force on" in said.err
    assert operator.well("policy", "render", "demo", "--json", *told).json["pack"] == f"demo@{version}"
    forth, back = (operator.well("policy", "diff", *way, *told).out for way in (("demo", "demo@later"), ("demo@later", "demo")))
    assert "→" in forth
    assert forth != back
    assert back == operator.well("policy", "diff", "demo@later", *told).out, "what is left out is what holds today"
    for words in (("diff", "demo"), ("render", "dem")):
        for lang in ("en", "zh-Hans"):
            refused = operator.say("policy", *words, *told, lang=lang)
            assert refused.code in (2, 3)
            assert f"demo@{version}, demo@later" in refused.err


def test_a_pack_that_is_not_in_force_yet_is_named_with_its_days(operator: Operator) -> None:
    packs = operator.folder / "packs"
    shutil.copytree(house.ROOT / "policies" / "demo", packs / "demo")
    file = packs / "demo" / "pack.toml"
    file.write_text(later_in_force(file.read_text(encoding="utf-8")), encoding="utf-8")
    said = operator.say("policy", "render", "demo", "--folder", str(packs))
    assert said.code == 3
    assert "2199-01-01" in said.err


def test_a_version_of_a_pack_without_examples_is_warned_of_with_the_file_to_write(operator: Operator) -> None:
    packs = operator.folder / "packs"
    shutil.copytree(house.ROOT / "policies", packs)
    text = (packs / "maoji" / "examples.toml").read_text(encoding="utf-8")
    (packs / "maoji" / "examples.toml").write_text(text.replace('pack = "maoji@', 'pack = "maoji@0-'), encoding="utf-8")
    said = operator.say("policy", "check", "--folder", str(packs))
    (line,) = [line for line in said.out.splitlines() if "warning" in line]
    (label,) = operator.say("policy", "check", "--folder", str(packs), "--json").json["silent"]
    assert said.code == 0
    assert (
        line
        == f'{label}: warning: has no examples; write examples-{label.split("@")[1]}.toml beside it with the line pack = "{label}"'
    )


def test_terms_that_end_before_a_letter_or_a_visit_are_warned_of(operator: Operator) -> None:
    packs = operator.folder / "packs"
    shutil.copytree(house.ROOT / "policies", packs)
    pack = (packs / "maoji" / "pack.toml").read_text(encoding="utf-8")
    (packs / "maoji" / "pack.toml").write_text(
        pack.replace('timer = "verify"', 'timer = "verify" #').replace("20wd", "10wd"), encoding="utf-8"
    )
    said = operator.say("policy", "check", "--folder", str(packs))
    assert "maoji@2026.1 · item hr-agency-staff · fact office-lease · verify: 10wd ends before" in said.out
    assert (
        "maoji@2026.1 · item dispatch-premises · verify: 10wd ends before a visit given on its first day has to be made (visit 15wd)"
        in said.out
    )


def test_help_comes_without_the_engine_and_tells_the_exit_codes(tmp_path: Path) -> None:
    told = process("--help", folder=tmp_path)
    assert told.code == 0
    assert "Exit codes" in told.out
    heavy = {"alembic", "fastapi", "httpx", "sqlalchemy"}
    probe = f"import sys, inspector.cli.app; print(sorted({heavy} & set(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", probe], cwd=house.ROOT, capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "[]"


def test_a_stored_string_cannot_steer_the_terminal(operator: Operator, store: Store) -> None:
    (held,) = quarantine(store, "tell:1")
    with store.begin() as tx:
        tx.connection.exec_driver_sql("update work set error = 'a" + chr(27) + "[2Jb'")
    assert chr(27) not in operator.well("work", "list").out
    assert chr(27) not in operator.well("work", "show", str(held)).out


@pytest.mark.parametrize(("what", "code"), [("events", 2), ("cases", 3), ("evidence", 3)])
def test_an_export_goes_on_from_a_place_that_is_there_or_says_that_it_is_none(operator: Operator, what: str, code: int) -> None:
    said = operator.say("export", what, "--after", "nope")
    assert (said.code, said.out, bool(said.err)) == (code, "", True)
