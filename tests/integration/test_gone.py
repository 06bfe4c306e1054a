"""Who has left the office, or was recused, after the result: reads nothing more by the old link, and makes no evidence (issue 6)."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest

from inspector.domain.challenge import Applicant
from inspector.domain.evidence import Verdict
from inspector.domain.finding import Finding
from inspector.flows import dispatch, recusing
from tests.edge import Edge
from tests.house import Hand, settle
from tests.integration.test_fieldnotes import code, edge, links, note, photo, team  # noqa: F401 - fixtures
from tests.materials import jpeg

WORDS = "当时店里还有一台未申报的压面机"


def goes(edge: Edge, hand: Hand, visit: Any, staff: str, how: str) -> None:  # noqa: F811
    """An inspector leaves the register, or the post, or is recused by the head."""
    with edge.office.store.begin() as tx:
        if how == "removed":
            tx.rosters.remove_inspectors("bureau", [staff], hand())
        elif how == "post":
            tx.rosters.put_inspectors([replace(tx.rosters.inspector("bureau", staff), in_post=False)])
        else:
            recusing.decide(edge.office, tx, visit.id, staff, granted=True, by="王局长", why="属实", now=hand())


@pytest.mark.slow
@pytest.mark.parametrize("how", ["removed", "post", "recused"])
def test_who_is_gone_after_the_result_reads_nothing_by_the_link_and_only_what_was_written_before_is_kept_apart(
    edge: Edge,  # noqa: F811
    hand: Hand,
    links: ExitStack,  # noqa: F811
    how: str,
) -> None:
    visit, (first, _), (client, _) = team(edge, links)
    office = edge.office
    page = f"/seat/{first}/{office.link_token('seat', first)}"
    (doubt,) = visit.doubts
    with office.store.begin() as tx:
        staff = tx.visits.team(visit.id)[0].inspector
        if how == "recused":
            told: Any = {"applicant": Applicant.COLLEAGUE, "by": "赵", "reason": "kin", "evidence": "口头"}
            recusing.apply(office, tx, visit.id, staff, **told, now=hand())
        found = Finding(case_id=doubt.case_id, claim=doubt.claim, verdict=Verdict.MATCH, note="")
        dispatch.report(office, tx, first, [found], "按承诺经营", hand())
    settle(office)
    with edge.client() as browser:
        before = browser.get(page).text
    assert visit.name in before
    assert "按承诺经营" in before
    hand.on(hours=2)
    wrote = hand()
    hand.on(days=2)
    goes(edge, hand, visit, staff, how)
    settle(office)
    hand.on(hours=3)
    with edge.client() as browser:
        after = browser.get(page).text
        assert visit.name not in after
        assert "按承诺经营" not in after
        assert 'name="do" value="note"' not in after
        assert "您已离岗或已被决定回避" in after
    assert client.get(f"/v1/seats/{first}").json()["visit"]["name"] == ""
    assert code(client.get(f"/v1/seats/{first}/notes")) == (403, "seat_passed_on")
    said = {"way": "ON_SITE", "words": "无人接听"}
    assert code(client.post(f"/v1/seats/{first}/attempts", json=said)) == (403, "seat_passed_on")
    assert code(client.post(f"/v1/seats/{first}/notes", json=note(visit, "mismatch", WORDS))) == (403, "seat_passed_on")
    assert code(client.post(f"/v1/seats/{first}/photos", json=photo(jpeg()))) == (403, "seat_passed_on")
    times = {"captured_at": wrote.isoformat(), "sent_at": hand().isoformat()}
    came = client.post(f"/v1/seats/{first}/notes", json=note(visit, "mismatch", WORDS, **times)).json()
    assert (came["became"], came["came"]["apart"]) == ("KEPT", True)
    shot = client.post(f"/v1/seats/{first}/photos", json=photo(jpeg(), **times)).json()
    assert shot["came"]["apart"] is True
    with office.store.read() as tx:
        (kept,) = tx.fieldnotes.notes(visit.id, "bureau")
        assert kept.times.apart
        evidence = [one for one in tx.cases.evidence(doubt.case_id) if WORDS in str(one)]
        assert not evidence, "it decides nothing"
        open_now = {row["kind"] for row in tx.attention.page(None) if not row["closed_at"]}
    assert "note_lapsed" in open_now
    assert "note_clash" not in open_now
