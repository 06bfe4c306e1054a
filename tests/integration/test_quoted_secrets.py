"""A mail that quotes our letter shows nobody the link and the code by which anybody would answer in the agency's name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from inspector.domain.assistance import AssistanceState
from inspector.domain.evidence import Verdict
from inspector.domain.said import Said, Saying
from inspector.domain.veil import VEIL
from inspector.flows import attention, mailbox, replylink, transcription, unsettled
from inspector.store.store import Store
from tests.edge import serving
from tests.house import Hand, post, settle
from tests.integration.test_clerks import filled
from tests.integration.test_forms import logged_in
from tests.integration.test_letters import an_office, request_of
from tests.integration.test_mail import agency
from tests.integration.test_mailbox import put, written
from tests.integration.test_way import HOUSEHOLD, person
from tests.mailroom import mailroom

pytestmark = pytest.mark.alike


def test_nobody_reads_the_link_and_the_code_that_a_mail_quotes(store: Store, hand: Hand, tmp_path: Path) -> None:
    with mailroom() as room:
        office = an_office(store, hand, {"civil-affairs": agency(room.port, inbox_folder=str(tmp_path))})
        case_id = post(office, person(1, "relief-household", HOUSEHOLD))
        settle(office)
        letter = room.letters[0]
    request = request_of(store, case_id)
    with store.read() as tx:
        secret = replylink.token(office, tx, replylink.LINK, request.id)
    said = filled(str(letter.get_content()), {"核查意见": "一致", "签署人": "王五", "理由": f"见 {secret}"})
    assert said.count(secret) > 1
    above = "我局认为与来函所述不一致，详情另告。\n\n"
    quoted = "\n".join(f"> {row}" for row in said.splitlines())
    put(tmp_path, "1", written(above + quoted))
    put(tmp_path, "2", written(above + quoted.replace(secret, f"{secret[:13]}\n> {secret[13:]}"), number="<m-2@housing.example>"))
    put(tmp_path, "3", written(f"请看 {secret}\n\n{said}", number="<m-3@housing.example>"))
    assert mailbox.pick_up(office) == 3
    with store.read() as tx:
        matters = tx.attention.of_kind(unsettled.MAIL_UNREAD)
        plain = json.dumps([one.facts for one in matters], ensure_ascii=False)
    assert len(matters) == 3
    assert all(one.facts.get("theirs") for one in matters)
    assert secret not in plain
    assert secret[:13] not in plain
    assert VEIL in plain
    with serving(office) as edge, edge.client() as browser, edge.as_("officer") as officer:
        logged_in(edge, browser)
        shown = browser.get(f"/requests/{request.id}").text + officer.get("/v1/attention").text
    assert "详情另告" in shown
    assert secret not in shown

    paste = transcription.Paper(written=above + quoted, scan="0" * 64)
    word = Said(do=Saying.ANSWER, verdict=Verdict.MATCH, signer="王五", reasons=quoted[:3000])
    with store.begin() as tx:
        transcription.transcribe(office, tx, request.id, word, paste, "officer", hand())
    told = request_of(store, case_id)
    assert told.state is AssistanceState.ANSWERED
    assert told.door is not None
    assert VEIL in told.door.written
    assert secret not in told.door.written
    assert secret not in str(told.reply)

    with serving(office) as edge, edge.client() as browser:
        logged_in(edge, browser)
        page = browser.get(f"/requests/{request.id}").text
    assert "对方机关掌握的情况" in page, "an officer reads of their records"
    assert "贵机关掌握的情况" not in page


def test_a_matter_of_an_older_release_shows_none_either() -> None:
    body = json.dumps({"text": "答复码：aB3-dE6_gH9jK2mN5pQ8rS1tU4vW7xY0"})
    assert attention.facts("letter_undeliverable", body) == {"text": f"答复码：{VEIL}"}
