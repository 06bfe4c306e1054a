"""`draw looks`, and a draw of second looks exported and verified, as an operator gives them."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspector.domain.finding import Seen
from tests import house
from tests.house import Hand
from tests.integration.test_draw_way import visits
from tests.integration.test_secondlook import drawn_again, enter, looking
from tests.operator import one_database, settled

pytestmark = [pytest.mark.alike, pytest.mark.slow]

database_url = one_database


def test_an_operator_counts_what_became_of_looks_and_the_public_bundle_verifies_with_the_program_beside_it(
    database_url: str, tmp_path: Path
) -> None:
    operator, hand = settled(database_url, tmp_path), Hand()
    with house.closing(operator.store()) as store:
        office, made = looking(store, hand)
        held = drawn_again(office, hand)
        looks = visits(office, held.number)
        for look, seen in zip(looks, (Seen.NOTHING, Seen.NOTHING, Seen.UNCLEAR), strict=False):
            enter(office, look, seen, "照片模糊")
        assert [row["became"] for row in operator.well("draw", "looks", "--agency", "bureau", "--json").json] == [
            *("nothing", "open", "unclear")
        ]
        assert "does not show it" in operator.well("draw", "looks").out
        for one in (looks[3], made[9]):
            enter(office, one, Seen.NOTHING)
    folder = operator.folder / "again"
    operator.well("draw", "export", held.number, str(folder), "--public")
    assert operator.well("draw", "verify", str(folder), "--json").json["holds"]
    whole = operator.folder / "whole"
    operator.well("draw", "export", held.number, str(whole))
    assert operator.well("draw", "verify", str(whole), "--json").json["holds"]
