"""A demo left off goes on where it stopped: whoever was outside takes up the open work again, and keeps numbers and promises."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path

import pytest

from connectors.credit.http import HttpCredit
from connectors.seeds.reveal import RevealSeed
from connectors.witness.http import HttpWitness
from inspector.demo.caller import call
from inspector.demo.diary import Diary
from inspector.ports import Refused
from inspector.testing.peer import answer, peer
from inspector.testing.samples import ENTRY, RETRACTION
from tests.integration.test_demo_people import letter, send
from tests.outside import Running, accepting, paths, push, until, world

ASLEEP = ("--calm", "--cases", "0", "--day", "60000")
"""A world in which nobody comes to act before it is stopped."""
CASE = "0" * 32
"""A case whose applicant concludes, in the usual world."""
AWAKE = ("--calm", "--cases", "0", "--day", "0.02")


def numbers(outside: Running, entry: str, draw: str) -> tuple[str, str, object]:
    """What a credit platform, a notary and a party say of an entry and a draw."""
    credit, notary = HttpCredit("credit", outside.at("credit")), HttpWitness("notary", outside.at("notary"))
    party = RevealSeed("audit", outside.at("audit"))
    try:
        told = credit.record(replace(ENTRY, entry_id=entry), key=f"c-{entry}").reference
        return told, notary.lodge(draw, "a" * 64, key=f"w-{draw}").reference, party.promise("d-1", key=f"p-{draw}")["hash"]
    finally:
        for one in (credit, notary, party):
            one.close()


@pytest.mark.slow
def test_links_and_letters_that_were_open_at_the_stop_are_answered_after_it_at_the_offices_new_address(tmp_path: Path) -> None:
    kept = ("--kept", str(tmp_path / "world.jsonl"))
    result = {"id": CASE, "type": "verification.result", "case": CASE, "at": "2025-03-20T10:00:00+08:00"}
    with peer() as before:
        with world(*ASLEEP, *kept, "--office", before.url) as outside:
            outside.rule(peer="housing", say="answers")
            send(outside, "housing", letter(before, "r1"))
            push(outside, before, accepting(), to="phone-1")
            assert call(f"{outside.url}/approving", result).well
        assert before.heard == []
    visit = {"visit": {"doubts": [{"case_id": "a" * 32, "claim": "c1"}]}}
    with peer(answer(200, visit)) as after, world(*AWAKE, *kept, "--office", after.url) as outside:
        seat = f"POST /v1/seats/{accepting().replace(':', '%3A')}"
        wanted = {"POST /v1/assistance/c1.k1~0.0/answer", f"{seat}/accept", f"{seat}/result", f"POST /v1/cases/{CASE}/conclude"}
        until(lambda: wanted <= set(paths(after)))
        until(lambda: outside.seen()["under_way"] == 0)
    with peer() as later, world(*AWAKE, *kept, "--office", later.url) as outside:
        assert outside.seen()["under_way"] == 0, "what the office has taken is not said again"
    assert Diary(tmp_path / "world.jsonl").room("day") == {"today": "2025-03-20"}


@pytest.mark.slow
def test_what_did_not_get_through_before_the_stop_is_said_after_it(tmp_path: Path) -> None:
    kept = ("--kept", str(tmp_path / "world.jsonl"))
    with peer(answer(503)) as draining, world(*AWAKE, *kept, "--office", draining.url, "--tries", "2") as outside:
        push(outside, draining, accepting(), to="phone-1")
        until(lambda: any(path.endswith("/accept") for path in paths(draining)))
        until(lambda: outside.seen()["under_way"] == 0)
    with peer(answer(200, {"visit": {}})) as office, world(*AWAKE, *kept, "--office", office.url):
        until(lambda: any(path.endswith("/result") for path in paths(office)))


@pytest.mark.slow
def test_numbers_values_and_promises_outlast_a_restart(tmp_path: Path) -> None:
    kept = ("--kept", str(tmp_path / "world.jsonl"))
    with world(*ASLEEP, *kept) as outside:
        first, again = numbers(outside, "e-1", "d-1"), numbers(outside, "e-1", "d-1")
        second = numbers(outside, "e-2", "d-2")
        credit = HttpCredit("credit", outside.at("credit"))
        credit.retract(replace(RETRACTION, entry_id="e-2"), key="x-2")
        credit.close()
        third = numbers(outside, "e-3", "d-3")
    with world(*ASLEEP, *kept) as outside:
        assert numbers(outside, "e-1", "d-1") == first == again
        fourth = numbers(outside, "e-4", "d-4")
        notary, credit = HttpWitness("notary", outside.at("notary")), HttpCredit("credit", outside.at("credit"))
        with pytest.raises(Refused, match="http_409"):
            notary.lodge("d-1", "b" * 64, key="w-other")
        with pytest.raises(Refused, match="http_410"):
            credit.record(replace(ENTRY, entry_id="e-2"), key="c-e-2")
        for one in (notary, credit):
            one.close()
    told = (first, second, third, fourth)
    assert len({one[0] for one in told}) == len({one[1] for one in told}) == 4, "no number is given twice"
    assert len({one[2] for one in told}) == 1


def test_the_diary_keeps_the_last_word_of_each_thing_and_passes_over_a_torn_line(tmp_path: Path) -> None:
    file = tmp_path / "world.jsonl"
    with_days = Diary(file, day=0.000_001)
    with_days.put("seats", "v1", {"since": 1})
    with_days.put("seats", "v2", "甲")
    with_days.put("seats", "v1", {"since": 2})
    with_days.drop("seats", "v2")
    with_days.close()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600, "the links in it are for their holders"
    with file.open("ab") as torn:
        torn.write(b'[9, "seats", "v1", {"si')
    again = Diary(file)
    assert again.room("seats") == {"v1": {"since": 2}}
    assert again.lived > 0, "the days outside are counted on"
    assert file.read_bytes().count(b"\n") == 1, "what is over does not stay in the file for ever"
    again.put("seats", "v3", 3)
    again.close()
    assert Diary(file).room("seats") == {"v1": {"since": 2}, "v3": 3}
