"""`check` says when the links of letters and pushes would name an address that nobody reaches."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.operator import Operator, settled


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    return Operator(tmp_path, f"sqlite:///{tmp_path / 'inspector.sqlite3'}").settle_in()


@pytest.mark.parametrize(
    ("web", "state"),
    [
        ("", "WARN"),
        pytest.param('host = "::1"', "WARN", marks=pytest.mark.slow),
        ('host = "0.0.0.0"', "FAIL"),
        pytest.param('host = "192.0.2.7"', "FAIL", marks=pytest.mark.slow),
        ('host = "0.0.0.0"\nbase_url = "https://inspector.example"', None),
        pytest.param('base_url = "http://0.0.0.0:8080"', "FAIL", marks=pytest.mark.slow),
    ],
)
def test_an_office_whose_letters_would_name_an_address_nobody_reaches_is_told_so(
    operator: Operator, web: str, state: str | None
) -> None:
    operator.migrated()
    operator.settle_in(f"[web]\n{web}\n")
    found = [one for one in operator.say("check", "--json").json if one["name"] == "web.base_url"]
    assert [one["state"] for one in found] == ([state] if state else [])
    for one in found:
        assert "web.base_url" in one["mend"]
        assert "base_url" in one["mend_zh"]


@pytest.mark.postgres
@pytest.mark.slow
def test_on_postgresql_where_daemons_share_one_office_the_address_has_to_be_said(postgres_url: str, tmp_path: Path) -> None:
    operator = settled(postgres_url, tmp_path)
    told = operator.say("check", "--json")
    assert (told.code, [one["state"] for one in told.json if one["name"] == "web.base_url"]) == (1, ["FAIL"])
    operator.settle_in('[web]\nport = 0\nbase_url = "https://inspector.example"\n')
    assert operator.say("check", "--json").code == 0
