"""Whoever posts a letter late reads both of its dates, by whichever door it is said; and the superior's letter has its line, too."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from inspector.domain.letter import LetterKind
from inspector.flows import posted, wording
from inspector.labels import label
from inspector.store.store import Store
from tests.edge import serving
from tests.house import Hand, settle
from tests.integration.test_forms import hidden, logged_in
from tests.integration.test_letters import request_of
from tests.integration.test_posting import by_post, to_post

pytestmark = pytest.mark.alike


def test_a_program_that_closes_the_letter_reads_the_printed_date_and_the_one_that_counts(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    office, _, case_id = by_post(store, hand, tmp_path)
    settle(office)
    was = request_of(store, case_id).due_at
    (matter,) = to_post(office)
    hand.on(days=8)
    with serving(office) as edge, edge.as_("officer", name="李四") as officer:
        heads = {"Idempotency-Key": "post-1"}
        told = [officer.post(f"/v1/attention/{matter}/close", json={"note": "已寄出"}, headers=heads).json() for _ in range(2)]
    assert told[0] == told[1], "the same message says the same again"
    dates = [datetime.fromisoformat(told[0][name]) for name in ("printed", "due_at")]
    assert dates == [was, request_of(store, case_id).due_at]
    assert dates[0] < dates[1]


def test_a_letter_that_is_posted_in_time_has_no_dates_to_tell(store: Store, hand: Hand, tmp_path: Path) -> None:
    office, *_ = by_post(store, hand, tmp_path)
    settle(office)
    (matter,) = to_post(office)
    with serving(office) as edge, edge.as_("officer", name="李四") as officer:
        told: Any = officer.post(f"/v1/attention/{matter}/close", json={"note": "已寄出"}).json()
    assert (told["closed"], told.get("printed"), told.get("due_at")) == (True, None, None)


def test_on_the_page_of_its_request_a_letter_is_said_to_be_posted_and_both_dates_are_read(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    office, _, case_id = by_post(store, hand, tmp_path)
    settle(office)
    request = request_of(store, case_id)
    hand.on(days=8)
    with serving(office) as edge, edge.client() as browser:
        logged_in(edge, browser)
        path = f"/requests/{request.id}?lang=en"
        before = browser.get(path).text
        assert label("ui.post_letter", "en") in before
        assert wording.at(request.due_at) in before
        form = {"guard": hidden(before, "guard"), "do": "posted", "letter": hidden(before, "letter")}
        empty = browser.post(path, data={**form, "message": "m-1", "note": " "})
        assert (empty.status_code, len(to_post(office))) == (422, 1), "what was done is needed"
        strange = browser.post(path, data={**form, "message": "m-2", "note": "x", "letter": "letter:other:request:x"})
        assert (strange.status_code, len(to_post(office))) == (409, 1)
        after = browser.post(path, data={**form, "message": "m-3", "note": "已挂号寄出"})
        again = browser.get(path).text
    moved = request_of(store, case_id)
    assert moved.due_at > request.due_at
    told = label("ui.posted_late", "en", printed=wording.at(request.due_at), due=wording.at(moved.due_at))
    assert (after.status_code, told in after.text) == (200, True), after.text
    assert (to_post(office), label("ui.post_letter", "en") in again) == ([], False)


def test_the_superiors_letter_says_when_the_request_ends_and_what_becomes_of_that_if_it_is_posted_later(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    office, _, case_id = by_post(store, hand, tmp_path, above=True)
    settle(office)
    while not [one for one in to_post(office) if f":{LetterKind.ESCALATION.value}:" in one]:
        hand.on(days=1)
        settle(office)
    held = request_of(store, case_id)
    assert held.end_at is not None
    assert held.end_counted is not None
    (sheet,) = tmp_path.glob("*-escalation-*.html")
    text = sheet.read_text(encoding="utf-8")
    assert label("letter.ends", "zh-Hans", day=wording.at(held.end_at)).strip() in text
    line = label(
        "letter.posted_end",
        "zh-Hans",
        after=held.end_counted.after,
        term=wording.term(held.end_counted.term, "zh-Hans"),
    )
    assert line in text
    (matter,) = to_post(office)
    hand.on(days=2)
    with store.begin() as tx:
        moved = posted.seen_to(office, tx, matter, "李四", office.now(), note="已挂号寄出")
    ends = request_of(store, case_id).end_at
    assert ends is not None
    assert moved == posted.Moved(printed=held.end_at, due_at=ends)
    assert ends > held.end_at
