"""What a firm finds of itself on the page that checks draws where the public bundle names nobody: its ticket alone tells."""

from __future__ import annotations

import json
from typing import Any

import pytest

from inspector.domain.draw import receipt
from tests.bundles import Bundle, vector
from tests.published import Files, of_the_house
from tests.second import opinions
from tests.tampering import encode

pytestmark = pytest.mark.needs("node")


def unnamed(held: Bundle) -> Files:
    """As the house publishes a draw of which no firm is named: tickets alone."""
    return of_the_house(held, *(one for listed in held.carry_out().lists for one in listed.selected))


def changed(files: Files, code: str, entries: str, place: int, ticket: str) -> Files:
    """The bundle with another ticket in the place of one, in order still."""
    told: Any = json.loads(files["result.json"])
    one = told["lists"][0]["strata"][code]
    one[entries][place] = {"ticket": ticket}
    if entries == "selected":
        one["limit"] = one["selected"][-1]["ticket"]
    return files | {"result.json": encode(told)}


def test_a_firm_that_the_bundle_tells_by_its_ticket_alone_is_found_by_its_code() -> None:
    held = vector("1")
    (listed,), rows, files = held.carry_out().lists, held.frame("scjg").objects, unnamed(held)
    spare = {one for stratum in listed.strata.values() for one in stratum.reserve}
    fates = {row.id: "drawn" if row.id in listed.selected else "reserve" if row.id in spare else "unlisted" for row in rows}
    assert {*fates.values()} == {"drawn", "reserve", "unlisted"}
    assert list(opinions(files | {"find": one.encode()} for one in fates)) == list(fates.values())


@pytest.mark.slow
def test_a_receipt_whose_row_was_struck_from_the_result_speaks_against_it() -> None:
    """Its row is the committed register's and its ticket has its place among those told: whoever stands there was put there."""
    held = vector("1")
    (listed,), files = held.carry_out().lists, unnamed(held)
    code, one = next((code, one) for code, one in listed.strata.items() if len(one.selected) > 1 and one.reserve)
    first, spare = (
        receipt(held.commitment, held.frame("scjg"), name, "scjg", held.carry_out()) for name in (one.selected[0], one.reserve[0])
    )
    plain = {name: first[name] for name in ("line", "index", "n", "path")}
    told = json.loads(files["result.json"])["lists"][0]["strata"][code]
    less = f"{int(told['selected'][0]['ticket'], 16) - 1:064x}"
    near = f"{int(told['reserve'][0]['ticket'], 16) - 1:064x}"
    struck, passed = changed(files, code, "selected", 0, less), changed(files, code, "reserve", 0, near)
    asked = [(files, first), (struck, first), (struck, plain), (passed, spare)]
    said = [
        [one["code"] for one in json.loads(line)] for line in opinions(held | {"receipt": encode(own)} for held, own in asked)
    ]
    assert said == [
        ["receipt_in", "receipt_drawn"],
        *[["receipt_in", "receipt_struck"]] * (1 if len(told["reserve"]) == 1 else 3),
    ]
    grave = json.loads(next(opinions([struck | {"receipt": encode(first)}])))
    assert grave[-1].get("bad") is True
