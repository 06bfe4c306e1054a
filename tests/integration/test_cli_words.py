"""What commands print for people is words of the language chosen, and a command imports no more than it needs."""

from __future__ import annotations

import dataclasses
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import pytest
from typer.testing import CliRunner

from inspector.cli.app import app
from inspector.cli.heads import HEADS, head
from inspector.domain import case as cases
from inspector.domain.decision import Order, OrderKind
from inspector.store.store import Store
from tests import house
from tests.integration.test_cli_case import HEADS as COLUMNS
from tests.integration.test_cli_case import bring, row
from tests.operator import Operator, one_database, settled, table

pytestmark = pytest.mark.alike

database_url = one_database

NOTARY = '\n[witnesses.notary]\nkind = "http"\nurl = "http://127.0.0.1:9/notary"\n'
HAN = re.compile("[\u4e00-\u9fff]")
CODES = {member.value for kind in vars(cases).values() if isinstance(kind, type) and issubclass(kind, StrEnum) for member in kind}
ORDERS = "|".join(re.escape(kind) for kind in OrderKind if "." in kind)
RAW = re.compile(
    rf"\b(True|False|None|null|1970-01-01|{'|'.join(code for code in CODES if code.isupper())}|(?:{ORDERS})(?![:.\w]))\b"
)


@pytest.fixture
def operator(database_url: str, tmp_path: Path) -> Operator:
    return settled(database_url, tmp_path, NOTARY)


@pytest.fixture
def store(operator: Operator) -> Iterator[Store]:
    with house.closing(operator.store()) as held:
        yield held


def told(operator: Operator, lang: str, *words: str) -> str:
    """What a command that goes well prints on standard output."""
    ran = CliRunner().invoke(app, [*words, "--config", str(operator.config), "--lang", lang])
    assert ran.exit_code == 0, ran.output
    return ran.stdout


LISTS = (
    *(("case", "list"), ("work", "list", "--state", "all"), ("connector", "list"), ("attention", "list"), ("token", "list")),
    *(
        ("schedule", "list"),
        ("draw", "list"),
        ("plan", "list"),
        ("policy", "list"),
        ("catalogue", "list"),
        ("roster", "conflict", "list", "--agency", "bureau"),
    ),
)


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "zh-Hans"])
def test_lists_and_things_shown_speak_the_language_chosen_with_an_empty_database_and_with_a_full_one(
    operator: Operator, store: Store, lang: str
) -> None:
    def raw() -> dict[str, str]:
        return {" ".join(words): found[0] for words in LISTS if (found := RAW.search(told(operator, lang, *words)))}

    assert raw() == {}
    bring(operator, operator.file("c.csv", table(COLUMNS, row(1), row(2))))
    operator.well("token", "issue", "hall", "--agency", "bureau", "--role", "system")
    operator.well("plan", "create", "licensing", "--year", "2026")
    operator.well("catalogue", "apply", "business-licence")
    with store.begin() as tx:
        now = tx.machine_now()
        tx.work.order([Order(kind=OrderKind.TELL, key="tell:1", due_at=now, urgent_by=now, payload={"event": "1"})], now)
        tx.attention.open("plan_not_published", "bureau", "draw:1", {}, now)
    assert raw() == {}
    case = operator.well("case", "list", "--json").json[0]["id"]
    work = operator.well("work", "list", "--state", "all", "--json").json[0]["id"]
    for words in (
        ("case", "show", case),
        ("work", "show", str(work)),
        ("plan", "show", "licensing", "--year", "2026"),
        ("catalogue", "show", "business-licence"),
    ):
        said = told(operator, lang, *words)
        assert RAW.search(said) is None, said
        if lang == "zh-Hans":
            heads = [line.partition(":")[0] for line in said.splitlines() if ":" in line]
            assert [one for one in heads if not HAN.search(one)] == [], said
    if lang == "zh-Hans":
        tables = {" ".join(words): told(operator, lang, *words).splitlines()[0].split() for words in LISTS}
        assert {name: [one for one in heads if not HAN.search(one)] for name, heads in tables.items() if len(heads) > 1} == {
            name: [] for name, heads in tables.items() if len(heads) > 1
        }


def test_a_case_is_shown_in_words_and_keeps_its_codes_in_json(operator: Operator) -> None:
    bring(operator, operator.file("c.csv", table(COLUMNS, row(1))))
    held = operator.well("case", "list", "--json").json[0]
    said = told(operator, "zh-Hans", "case", "show", held["id"])
    for wanted in (
        "办理方式: 告知承诺",
        "主体\n",
        "  名称: 某某有限公司",
        "  签署人: 张三",
        "承诺事实 1\n",
        "  内容: 存续",
        "  核查状态: ",
        "期限算法: ",
    ):
        assert wanted in said, said
    assert '{"' not in said
    english = told(operator, "en", "case", "show", held["id"])
    assert "route: Notification and commitment" in english
    as_json = json.loads(told(operator, "en", "case", "show", held["id"], "--json"))
    assert (as_json["route"], as_json["matter"]) == ("COMMITMENT", "LICENCE")


def test_every_field_of_a_stored_case_has_a_name_in_both_languages() -> None:
    kinds = [one for one in vars(cases).values() if dataclasses.is_dataclass(one) and one.__module__ == cases.__name__]
    names = {field.name for kind in kinds if kind is not cases.Rated for field in dataclasses.fields(kind)}
    assert len(names) > 30
    assert sorted(names - HEADS.keys()) == []
    assert [name for name in HEADS if not HAN.search(head(name, "zh-Hans")) or HAN.search(head(name, "en"))] == []


def test_work_that_nobody_holds_shows_no_date_of_1970(operator: Operator, store: Store) -> None:
    with store.begin() as tx:
        now = tx.machine_now()
        tx.work.order([Order(kind=OrderKind.TELL, key="tell:1", due_at=now, urgent_by=now, payload={})], now)
    work = str(operator.well("work", "list", "--state", "all", "--json").json[0]["id"])
    assert operator.well("work", "show", work, "--json").json["lease_until"] is None
    assert "1970" not in told(operator, "en", "work", "show", work)


@pytest.mark.slow
def test_what_only_looks_something_up_imports_neither_web_nor_wires(operator: Operator) -> None:
    bring(operator, operator.file("c.csv", table(COLUMNS, row(1))))
    program = """
import sys
from typer.testing import CliRunner
from inspector.cli.app import app
for words in (["case", "list"], ["work", "list"], ["draw", "list"], ["attention", "list"], ["token", "list"], ["ledger", "verify"]):
    ran = CliRunner().invoke(app, [*words, "--config", sys.argv[1]])
    assert ran.exit_code == 0, ran.output
heavy = {"fastapi", "starlette", "uvicorn", "httpx", "httpcore", "anyio", "jinja2", "apscheduler", "prometheus_client", "alembic"}
print(sorted(heavy & set(sys.modules)))
"""
    ran = subprocess.run(
        [sys.executable, "-P", "-c", program, str(operator.config)],
        env={"PYTHONPATH": str(house.ROOT), "PATH": "/usr/bin"},
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert (ran.returncode, ran.stdout) == (0, "[]\n"), ran.stderr


def test_an_import_into_a_pipe_says_its_sum_and_nothing_of_the_log(operator: Operator, capfd: pytest.CaptureFixture[str]) -> None:
    file = operator.file("c.csv", table(COLUMNS, *(row(number) for number in range(1, 4))))
    words = ("case", "import", file, "--agency", "bureau", "--sender", "hall", "--yes", "--json")
    said = operator.well(*words)
    assert said.json["opened"] == 3
    beside = capfd.readouterr()
    assert "case.opened" not in said.err + said.out + beside.err + beside.out
    assert (beside.out, [line for line in said.err.splitlines() if line.startswith("{")]) == ("", [])
