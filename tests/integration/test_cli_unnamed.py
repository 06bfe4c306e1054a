"""Settings that are not those of the database: `check` fails where they leave cases to nobody, and the demo's are named as such."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from inspector.cli.terminal import Terminal
from tests.house import Hand, application, open_office, post
from tests.integration.test_way import LICENCE
from tests.operator import Operator, settled

pytestmark = pytest.mark.alike


@pytest.mark.slow
def test_settings_without_the_agency_of_a_case_fail_for_a_daemon_would_stop_its_work(tmp_path: Path) -> None:
    operator = settled(f"sqlite:///{tmp_path / 'inspector.sqlite3'}", tmp_path)
    with closing(operator.store()) as store:
        post(open_office(store, Hand()), application(1, "business-licence", LICENCE))
    assert operator.say("check").code == 0
    whole = operator.config.read_text("utf-8")
    operator.config.write_text(whole[: whole.index("[agencies.city]")], encoding="utf-8")
    told = operator.say("check", "--json")
    (found,) = [one for one in told.json if one["name"] == "agencies.bureau" and "cases" in one["message"]]
    assert (told.code, found["state"], "[agencies.bureau]" in found["mend"]) == (1, "FAIL", True)


@pytest.mark.parametrize(("named", "as_json"), [(False, False), (False, True), (True, False)])
def test_a_command_that_talks_to_the_demos_office_unnamed_says_so_once_beside_its_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], named: bool, as_json: bool
) -> None:
    demo = Operator(tmp_path, f"sqlite:///{tmp_path / 'demo.sqlite3'}").settle_in()
    file = demo.config.rename(tmp_path / "demo.toml")
    monkeypatch.setenv("INSPECTOR_DEMO", str(tmp_path))
    terminal = Terminal(file if named else None, "en", as_json=as_json)
    assert terminal.settings == terminal.settings
    heard = capsys.readouterr()
    assert (heard.out, heard.err.count("demo office 演示")) == ("", 0 if named or as_json else 1)


def test_a_look_at_no_connectors_says_so_and_the_list_has_no_empty_columns(tmp_path: Path) -> None:
    operator = settled(f"sqlite:///{tmp_path / 'inspector.sqlite3'}", tmp_path)
    assert "no connectors" in operator.well("connector", "check").out
    operator.settle_in('\n[pulse]\nkind = "http"\nurl = "http://127.0.0.1:9/ping"\n')
    heads = operator.well("connector", "list", lang="en").out.splitlines()[0]
    assert ("name" in heads.lower(), "until" in heads.lower()) == (True, False)
