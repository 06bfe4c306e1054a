"""What a phone sends behind its own result is not late for that: late is what came after the date, or was written after the result."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import timedelta

import pytest

from tests.edge import Edge
from tests.house import Hand
from tests.integration.test_fieldnotes import edge, links, note, photo, team  # noqa: F401 - fixtures
from tests.materials import jpeg

pytestmark = pytest.mark.alike


def test_a_photo_of_the_same_outbox_is_not_late_and_one_taken_after_the_result_or_sent_after_the_date_is(
    edge: Edge,  # noqa: F811
    hand: Hand,
    links: ExitStack,  # noqa: F811
) -> None:
    visit, (first, second), (client, mate) = team(edge, links)
    shot = hand() + timedelta(minutes=5)
    hand.on(hours=2)
    wrote = hand()
    hand.on(hours=1)  # out of the cellar: signal again
    sent = {"sent_at": hand().isoformat()}
    done = client.post(f"/v1/seats/{first}/notes", json=note(visit, "match", captured_at=wrote.isoformat(), **sent)).json()
    assert (done["became"], done["came"]["late"]) == ("RESULT", False)
    hand.on(minutes=1)
    result, sent = hand(), {"sent_at": hand().isoformat()}

    def came(number: int, captured: str) -> bool:
        said = photo(jpeg(number), captured_at=captured, **sent)
        return bool(client.post(f"/v1/seats/{first}/photos", json=said).json()["came"]["late"])

    assert not came(1, shot.isoformat()), "it only lay behind the result in the same phone"
    assert came(2, result.isoformat()), "taken after the result"
    hand.now = visit.due_at + timedelta(hours=1)
    said = photo(jpeg(3), captured_at=shot.isoformat(), sent_at=hand().isoformat())
    assert mate.post(f"/v1/seats/{second}/photos", json=said).json()["came"]["late"], "it came after the visit's date"
