"""An operator at the command line: a folder with settings and a database, and a way to give commands."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
import sqlalchemy as sa
from typer import main as typer_main
from typer import testing
from typer.testing import CliRunner

from inspector.cli.app import app
from inspector.domain.calendar import SHANGHAI
from inspector.store import migrate
from inspector.store.store import Store
from tests import house

SETTINGS = """
policies = {policies}
not_yet = [
  "sources.registers", "sources.social", "assistance.housing", "assistance.civil-affairs",
  "seeds.dice", "seeds.justice", "seeds.audit",
]

[database]
url = {url}
synchronous = "NORMAL"

[agencies.city]
name = "市"
pack = "demo"

[agencies.bureau]
name = "区市场监管局"
parent = "city"

[agencies.other]
name = "邻区局"
parent = "city"

[plans.licensing]
agency = "bureau"
trigger = "every 4h"
pool = true
"""

# Putting the tree of commands together takes longer than most of them.
vars(testing)["_get_command"] = cache(typer_main.get_command)

Cell = str | int | date

on_both = pytest.mark.parametrize("database_url", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
"""For a test of what the two databases might do differently; the others run on SQLite alone."""

_FORMATS = "http://schemas.openxmlformats.org"
MAIN = f'xmlns="{_FORMATS}/spreadsheetml/2006/main" xmlns:r="{_FORMATS}/officeDocument/2006/relationships"'
_RELATION = f"{_FORMATS}/officeDocument/2006/relationships"
_PARTS = "application/vnd.openxmlformats-officedocument.spreadsheetml"
WORKBOOK = {
    "[Content_Types].xml": f'''<Types xmlns="{_FORMATS}/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Override PartName="/xl/workbook.xml" ContentType="{_PARTS}.sheet.main+xml"/>
<Override PartName="/xl/styles.xml" ContentType="{_PARTS}.styles+xml"/>
<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_PARTS}.worksheet+xml"/></Types>''',
    "_rels/.rels": f'''<Relationships xmlns="{_FORMATS}/package/2006/relationships">
<Relationship Id="r1" Type="{_RELATION}/officeDocument" Target="xl/workbook.xml"/></Relationships>''',
    "xl/_rels/workbook.xml.rels": f'''<Relationships xmlns="{_FORMATS}/package/2006/relationships">
<Relationship Id="r1" Type="{_RELATION}/worksheet" Target="worksheets/sheet1.xml"/>
<Relationship Id="r2" Type="{_RELATION}/styles" Target="styles.xml"/></Relationships>''',
    "xl/workbook.xml": f'<workbook {MAIN}><sheets><sheet name="1" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/styles.xml": f'<styleSheet {MAIN}><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>',
}
"""The parts of an Excel file around its one sheet; style 1 is a date."""


@pytest.fixture(params=["sqlite"])
def one_database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a fresh database, to stand in a test module as its `database_url`: SQLite unless the test says `on_both`."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'inspector.sqlite3'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


@dataclass(frozen=True, slots=True)
class Said:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The answer as JSON."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """The answer as JSON lines."""
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass(frozen=True, slots=True)
class Operator:
    """Gives commands from a folder of its own."""

    folder: Path
    url: str
    uid: int | None = None

    @property
    def another(self) -> Operator:
        """Another user of the same machine."""
        return replace(self, uid=54_321)

    @property
    def config(self) -> Path:
        """The settings file."""
        return self.folder / "inspector.toml"

    def settle_in(self, more: str = "") -> Operator:
        """Write the settings; unless they name a port, any free one will do."""
        if "[web]" not in more:
            more += "\n[web]\nport = 0\n"
        told = SETTINGS.format(policies=json.dumps(str(house.ROOT / "policies")), url=json.dumps(self.url))
        self.config.write_text(told + more, encoding="utf-8")
        return self

    def say(self, *words: str, typed: str | None = None, lang: str = "en") -> Said:
        """A command in this process."""
        assert "--lang" not in words[1:], "of two the last would count: say it by `lang`"
        with pytest.MonkeyPatch.context() as patch:
            if self.uid is not None:
                patch.setattr(os, "getuid", lambda: self.uid)
            told = CliRunner().invoke(app, [*words, "--config", str(self.config), "--lang", lang], input=typed)
        if told.exception is not None and not isinstance(told.exception, SystemExit):
            raise told.exception
        return Said(told.exit_code, told.stdout, told.stderr)

    def migrated(self) -> Operator:
        """The database as `migrate` makes it, which `tests/integration/test_cli_check.py` runs."""
        house.open_store(self.url).close()
        if "sqlite" in self.url:
            Path(str(sa.make_url(self.url).database)).chmod(0o600)
        return self

    def well(self, *words: str, lang: str = "en") -> Said:
        """A command that must succeed."""
        told = self.say(*words, lang=lang)
        assert told.code == 0, told.out + told.err
        return told

    def store(self) -> Store:
        """The database itself, for a look behind the commands; the house has begun in it, for its secret is that of its draws."""
        held = Store(self.url, synchronous="OFF")
        if migrate.present(held) == migrate.newest():
            with held.begin() as tx:
                if tx.office.get() is None:
                    now = tx.machine_now()
                    tx.office.found(now, now, 1.0, skip_closed=False)
        return held

    def file(self, name: str, text: str, encoding: str = "utf-8") -> str:
        """A file of the folder; its path."""
        file = self.folder / name
        file.write_text(text, encoding=encoding)
        return str(file)

    def workbook(self, name: str, *rows: Sequence[Cell], merged: str = "") -> str:
        """An Excel file of the folder, as plain as the format allows; its path. `merged` is a range of cells."""
        file = self.folder / name
        lines = "".join(
            f'<row r="{n}">{"".join(_cell(value, f"{chr(65 + at)}{n}") for at, value in enumerate(row))}</row>'
            for n, row in enumerate(rows, 1)
        )
        more = f'<mergeCells count="1"><mergeCell ref="{merged}"/></mergeCells>' if merged else ""
        with zipfile.ZipFile(file, "w") as packed:
            for part, text in (
                *WORKBOOK.items(),
                ("xl/worksheets/sheet1.xml", f"<worksheet {MAIN}><sheetData>{lines}</sheetData>{more}</worksheet>"),
            ):
                packed.writestr(part, text)
        return str(file)


def _cell(value: Cell, place: str) -> str:
    if isinstance(value, str):
        return f'<c r="{place}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    if isinstance(value, date):
        return f'<c r="{place}" s="1"><v>{(value - date(1899, 12, 30)).days}</v></c>'
    return f'<c r="{place}"><v>{value}</v></c>'


def settled(url: str, folder: Path, more: str = "") -> Operator:
    """An operator with settings and a migrated database."""
    house.open_store(url).close()
    return Operator(folder, url).settle_in(more)


def publish(operator: Operator, plan: str = "licensing") -> None:
    """Draw this year's plan up, approve it and publish it, so that its draws may take place."""
    year = f"{datetime.now(SHANGHAI).year}"
    operator.well("plan", "create", plan, "--year", year)
    operator.another.well("plan", "approve", plan, "--year", year, "--by", "李主任", "--document", "3号")
    operator.well("plan", "publish", plan, "--year", year, "--reference", "公告栏")


def process(*words: str, environment: Mapping[str, str] | None = None, folder: Path | None = None) -> Said:
    """A command in a real process of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("INSPECTOR_")}
    ran = subprocess.run(
        [sys.executable, "-P", "-m", "inspector", *words],
        env={**kept, "PYTHONPATH": str(house.ROOT), **(environment or {})},
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=240,
    )
    return Said(ran.returncode, ran.stdout, ran.stderr)


def table(heads: Iterable[str], *rows: Iterable[str]) -> str:
    """CSV text of plain cells."""
    return "".join(",".join(row) + "\n" for row in (heads, *rows))


def quoted(cell: str) -> str:
    """A cell of CSV whatever signs it is made of."""
    return '"' + cell.replace('"', '""') + '"'


def operated(store: Store) -> list[tuple[str, Mapping[str, Any]]]:
    """(rule, body) of what operators have done, in order."""
    with store.read() as tx:
        rows = tx.connection.exec_driver_sql("select rule, body from ledger where rule like 'operator.%%' order by id").all()
    return [(row[0], json.loads(row[1])["facts"]) for row in rows]
