"""An officer signs for the files that he has read: what came meanwhile is named, marked, and read first."""

from __future__ import annotations

import pytest

from inspector.domain.selfproof import ProofState
from tests.integration.test_forms import hidden, logged_in
from tests.integration.test_selfproof import at_the_edge, book, house, read, show
from tests.materials import jpeg, pdf, png
from tests.showing import House

__all__ = ["book", "house"]
pytestmark = [pytest.mark.alike, pytest.mark.slow]


def test_what_came_while_the_page_was_open_is_named_and_marked_and_nothing_stays_chosen(house: House) -> None:
    with at_the_edge(house) as edge, edge.client() as browser:
        digests = [show(edge, house, made).json()["materials"][-1]["digest"] for made in (png(), jpeg())]
        logged_in(edge, browser)
        path = f"/proofs/{house.proof}"
        shown = browser.get(path).text
        assert "打开本页之后" not in shown
        third = show(edge, house, pdf()).json()["materials"][-1]["digest"]
        form = {name: hidden(shown, name) for name in ("guard", "message", "digests")}
        form |= {"do": "read", "verdict": "match", "of_day": "2026-03-02", "reasons": "看过照片"}
        stale = browser.post(path, data=form)
        assert stale.status_code == 409
        assert "您打开本页之后又出示了文件：第 3 个文件（2026-03-02" in stale.text
        assert "digests（" not in stale.text
        assert stale.text.count("（您打开本页之后出示）") == 1
        assert "checked" not in stale.text, "nobody signs for a file by one more click"
        assert "看过照片" in stale.text, "what was typed stays"
        again = form | {name: hidden(stale.text, name) for name in ("guard", "message", "digests")}
        unchosen = browser.post(path, data={**again, "verdict": ""})
        assert (unchosen.status_code, house.get().state) == (422, ProofState.RECEIVED)
        strange = read(edge, house, "match", digests=[*digests, third, "a" * 64])
        assert (strange.status_code, strange.json()["error"]["code"]) == (409, "reading_of_none")
        assert strange.json()["error"]["message"].split(". ")[0].endswith("a" * 64), "the wrong one is named, and it alone"
        few = read(edge, house, "match", digests=digests).json()["error"]
        assert (few["code"], few["message"].split(". ")[0].endswith(third)) == ("reading_of_others", True)
        assert browser.post(path, data=again).status_code == 303
    assert house.get().state is ProofState.READ
