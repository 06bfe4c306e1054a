"""`plan` at the command line, and what `check` says of plans without their year."""

from __future__ import annotations

import re
import shlex
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from inspector import bootstrap, settings
from inspector.cli.fitting import annual
from inspector.domain.calendar import SHANGHAI
from inspector.flows.office import Connectors
from tests import house
from tests.edge import serving
from tests.house import Hand
from tests.operator import Operator, one_database, operated, settled, table

pytestmark = pytest.mark.slow

database_url = one_database


def this_year() -> str:
    """The year at the office; a run may pass its end."""
    return str(datetime.now(SHANGHAI).year)


@pytest.fixture
def operator(database_url: str, tmp_path: Path) -> Operator:
    held = settled(database_url, tmp_path)
    file = held.file("objects.csv", table(["code"], ["TEST1"], ["TEST2"]))
    held.well("roster", "import", "objects", file, "--agency", "bureau")
    return held


def test_a_plan_goes_from_a_trial_to_its_publication_and_the_draw_goes_on(operator: Operator) -> None:
    trial = operator.well("plan", "create", "licensing", "--year", this_year(), "--dry-run")
    assert "nothing was written" in trial.out
    assert operator.well("plan", "list", "--json").json == []
    early = operator.say("draw", "announce", "licensing")
    assert (early.code, f"plan create licensing --year {this_year()}" in early.err) == (4, True)
    made = operator.well("plan", "create", "licensing", "--year", this_year(), "--json").json
    assert (made["state"], made["objects"], made["strata"][0]["objects"]) == ("DRAFT", 2, 2)
    assert operator.say("plan", "approve", "licensing", "--year", this_year(), "--document", "3号").code == 4, "the same user"
    assert operator.say("plan", "approve", "licensing", "--year", this_year(), "--document", "3号", "--by", "李主任").code == 4, (
        "by any name"
    )
    step = ["plan", "approve", "licensing", "--year", this_year(), "--document", "3号", "--by", "李主任"]
    assert operator.say(*step, "--on", "yesterday").code == 2
    assert operator.another.say(*step, "--digest", "0" * 64).code == 4
    operator.another.well(*step, "--digest", made["digest"])
    told = operator.well("plan", "publish", "licensing", "--year", this_year(), "--reference", "公告栏").out
    assert ("Published" in told, "李主任" in told, "公告栏" in told) == (True, True, True)
    assert operator.well("draw", "announce", "licensing", "--json").json["draw"]["state"] == "PREPARING"
    shown = operator.well("plan", "show", "licensing", "--year", this_year(), "--json").json
    assert (shown["state"], shown["digest"]) == ("PUBLISHED", made["digest"])
    gone = operator.well("plan", "withdraw", "licensing", "--year", this_year(), "--reason", "有误", "--json").json
    assert (gone["state"], gone["reason"]) == ("WITHDRAWN", "有误")
    assert [row["state"] for row in operator.well("plan", "list", "--agency", "city", "--json").json] == ["WITHDRAWN"]
    assert operator.well("plan", "list", "--agency", "other", "--json").json == []
    with house.closing(operator.store()) as store:
        rules = [rule for rule, _ in operated(store) if rule.startswith("operator.plan")]
    assert rules == [f"operator.plan.{step}" for step in ("create", "approve", "publish", "withdraw")]


def test_the_year_is_planned_approved_and_published_by_what_the_how_to_says_to_type(database_url: str, tmp_path: Path) -> None:
    """One user of the machine, two persons: word by word, but for the year and for what one command tells the next."""
    agency = '[agencies.licensing]\nname = "行政审批局"\nparent = "city"\n'
    held = settled(
        database_url, tmp_path, agency + '[plans.weekly]\nagency = "licensing"\ntrigger = "cron mon 09:00"\npool = true\n'
    )
    file = held.file("objects.csv", table(["code"], ["TEST1"], ["TEST2"]))
    held.well("roster", "import", "objects", file, "--agency", "licensing")
    page = (house.ROOT / "docs" / "how-to" / "draw.md").read_text("utf-8").partition("## Publish the year's plan")[2]
    shown = "".join(re.findall(r"^```sh\n(.*?)^```$", page.partition("\n## ")[0], re.MULTILINE | re.DOTALL))
    lines = [
        shlex.split(line)
        for line in re.sub(
            r"\\\n", " ", shown.replace("2026 ", f"{this_year()} ").replace("/2026/", f"/{this_year()}/")
        ).splitlines()
    ]
    with house.closing(held.store()) as store:
        office = bootstrap.office(settings.load(held.config), store, connectors=Connectors())
        with serving(office) as edge:
            told = token = ""
            for words in lines:
                if words[0] == "curl":
                    data = re.sub(
                        "[0-9a-f]{16}", re.findall(r"--digest ([0-9a-f]{16})", told)[0], words[words.index("--data") + 1]
                    )
                    with edge.client(Authorization=f"Bearer {token}", Content_Type="application/json") as client:
                        answer = client.post(words[-1].removeprefix("http://127.0.0.1:8321"), content=data.encode())
                    assert (answer.status_code, answer.json()["state"]) == (200, "APPROVED"), answer.text
                else:
                    out = held.well(*words[1:]).out
                    token, told = (out.strip(), told) if words[1] == "token" else (token, out)
    assert [words[2] for words in lines if words[0] == "./run"] == ["create", "create", "issue", "publish"]
    assert held.well("plan", "show", "weekly", "--year", this_year(), "--json").json["state"] == "PUBLISHED"


def test_check_names_the_plans_that_wait_for_their_year_and_from_november_on_for_the_next(operator: Operator) -> None:
    lines = [one for one in operator.say("check", "--json").json if one["name"] == "plans.licensing"]
    assert any(f"plan create licensing --year {this_year()}" in str(one) and one["state"] == "WARN" for one in lines)
    told = settings.load(operator.config)
    with house.closing(operator.store()) as store:
        hand = Hand()
        office = replace(bootstrap.office(told, store, connectors=Connectors()), now=hand)

        def lacking() -> list[str]:
            return [one.mend[0] for one in annual(office) if one.mend[0].startswith("plan ")]

        assert [one.mend[0] for one in annual(office) if "term-seed" in one.what[0]] == ["let the trigger leave that long"], (
            "every 4h"
        )

        this, following = (f"plan create licensing --year {year}" for year in (2026, 2027))
        assert lacking() == [this]
        hand.on(days=244)
        assert (hand().month, lacking()) == (11, [this, following])
