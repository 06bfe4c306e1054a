"""`connector check` explains what is no address: a database and a folder of deliveries, in both languages, and changes nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from inspector.cli.finding import Fault, Finding, State
from inspector.cli.reaching import Configured, findings
from inspector.settings import Settings
from inspector.testing import CODE
from tests.deliveries import OTHER, ROWS, Exchange, csv
from tests.frontends import FrontEnd


def found(kind: str, keys: Mapping[str, Any], *, call: bool = True) -> list[Finding]:
    one = Configured(section="sources", group="sources", name="front", told={"kind": kind} | dict(keys))
    return list(findings(one, Settings(), call=call))


def test_a_database_is_read_as_configured_and_an_account_that_may_write_is_told(tmp_path: Path) -> None:
    front = FrontEnd(url=f"sqlite:///{tmp_path / 'front.db'}")
    front.fill()
    front.run("CREATE TABLE transfers (ended TEXT)", "INSERT INTO transfers VALUES ('2026-01-06')")
    read, dated, writes = found(
        "database", front.keys(as_of_column=None, as_of_query="SELECT ended FROM transfers", version_column=None)
    )
    assert read.what == ("its columns can be read (zt)", "各列可读（zt）")
    assert dated.what == ("its data are of 2026-01-06T00:00+08:00", "数据日期为 2026-01-06T00:00+08:00")
    assert (writes.state, "write" in writes.what[0], "只读" in writes.mend[1]) == (State.WARN, True, True)


def test_what_keeps_a_database_from_being_read_is_said(tmp_path: Path) -> None:
    front = FrontEnd(url=f"sqlite:///{tmp_path / 'front.db'}")
    (gone,) = found("database", front.keys())
    assert (gone.state, gone.fault) == (State.FAIL, Fault.OURS), "our own setting is no outage of anybody"
    assert gone.what[0] == f"url = '{tmp_path / 'front.db'}': there is no such file or folder"
    front.run("CREATE TABLE other (a INTEGER)")
    (missing,) = found("database", front.keys())
    assert missing.what[0].startswith("the table or a column is not there")
    assert missing.what[1].startswith("没有该表或者该列")
    assert [one.state for one in found("database", front.keys(), call=False)] == [State.OK]
    (wrong,) = found("database", front.keys(table=None, query="DELETE FROM qy"))
    assert wrong.state is State.FAIL


def test_the_delivery_in_use_and_those_that_are_not_used_are_told_with_why_and_nothing_is_kept(tmp_path: Path) -> None:
    exchange = Exchange(tmp_path)
    exchange.folder.mkdir()
    (none,) = found("files", exchange.keys())
    assert (none.state, none.fault, none.what[0]) == (State.FAIL, Fault.THEIRS, "there is no good delivery")
    half = exchange.deliver(csv(), "20260105", rows=4)
    none, why = found("files", exchange.keys())
    assert (none.state, why.what[0].partition(": ")[2][:25]) == (State.FAIL, "qy-20260105.csv holds 3 r")
    half.unlink()
    exchange.deliver(csv([*ROWS, [OTHER, "存续"]]), rows=4)
    exchange.deliver(csv(), "20260107", rows=9)
    used, refused, unsealed, differing = found("files", exchange.keys())
    assert used.what[0].startswith("the newest good delivery is qy-20260106.csv: 4 rows, of 2026-01-06T00:00+08:00, ")
    assert refused.what[0].startswith("a delivery is not used: qy-20260107.csv holds 3 rows where 9 were said")
    assert refused.what[1].startswith("有交换文件未予使用：qy-20260107.csv 有 3 行，而所报为 9 行")
    assert differing.what[1].startswith("有 1 个代码的多行记录互相矛盾")
    assert [one.state for one in (used, refused, unsealed, differing)] == [State.OK, *[State.WARN] * 3]
    assert not (tmp_path / "keep").exists()
    assert exchange.used() == "qy-20260106.csv"
    assert next(one.what[0] for one in found("files", exchange.keys())) == used.what[0], "the same from the index"


def test_neither_says_whose_records_it_has_seen(tmp_path: Path) -> None:
    exchange = Exchange(tmp_path)
    exchange.folder.mkdir()
    exchange.deliver(csv([*ROWS, ["1.1E+17", CODE]]), rows=4)
    told = json.dumps([[*one.what, *one.mend] for one in found("files", exchange.keys())], ensure_ascii=False)
    assert CODE not in told
    assert "1.1E+17" not in told
