"""The demo's panel on terminals of all sizes: where to look, that something goes on, and how to end it are always there."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from inspector.demo.screen import Screen
from inspector.domain.case import CaseState, Outcome
from inspector.labels import LANGS, Lang, known
from inspector.testing.peer import answer, peer, raw
from tests.integration.test_demo_office import exposition

END = {"en": "Ctrl-C ends it", "zh-Hans": "Ctrl-C 结束"}
MORE = {"en": "more", "zh-Hans": "另有"}
MATTERS = (
    *("review_due", "consequence_due", "work_stopped", "statement_unread", "draw_void", "credit_stuck", "callback_stuck"),
    *("credit_retraction_stuck", "draw_line_doubted", "note_lapsed", "answer_unread", "connector_barred", "superior_unknown"),
)
OURS = {name: {"url": "x", "by": "2025-03-05T17:30:00+08:00"} for name in ("seat", "letter", "case")}


def crowded(lang: Lang, lines: int) -> list[str]:
    """What a terminal of 80 columns and so many lines shows of an office in which much has happened, line by line."""
    counts = [f'inspector_cases{{state="{state}",outcome="{outcome}"}} 12345' for state in CaseState for outcome in Outcome]
    counts += [f'inspector_attention{{kind="{kind}"}} 123' for kind in MATTERS]
    told = {"type": "verification.result", "at": "2025-03-05T14:10:00+08:00", "data": {"outcome": "UNTRUE_INCURABLE"}}
    events = [{**told, "reference": f"DEMO-{n}"} for n in range(9)]
    scraped = raw(exposition("\n".join(counts) + "\n"))
    with peer(scraped, answer(200, {"events": events, "next": 9})) as office, peer(answer(200, OURS)) as outside:
        console = Console(file=io.StringIO(), force_terminal=True, width=80, height=lines)
        keys = "/srv/offices/of-the-county/inspector/var/demo/keys.json"
        screen = Screen(office.url, "tok", lang=lang, world=outside.url, keys=keys, console=console)
        screen.look()
        drawn = ["".join(part.text for part in line) for line in console.render_lines(screen.fitting())]
        whole = "\n".join(drawn[:lines])
        assert all(f"{office.url}{path}" in whole for path in ("/ops", "/openapi.json", "/metrics")), whole
        assert all(f"{outside.url}/yours/{name}" in whole for name in OURS), whole
    return drawn


@pytest.mark.parametrize("lang", LANGS)
def test_on_an_ordinary_terminal_the_last_four_events_and_the_way_out_are_always_there(lang: Lang) -> None:
    assert all(known(f"attention.{kind}", lang) for kind in MATTERS)
    drawn = crowded(lang, 24)
    assert len(drawn) <= 24, "\n".join(drawn)
    assert [any(f"DEMO-{n}" in line for line in drawn) for n in range(4, 9)] == [False, True, True, True, True]
    assert END[lang] in drawn[-1]
    assert MORE[lang] in "\n".join(drawn), "what is left out is said to be"


@pytest.mark.parametrize("lang", LANGS)
def test_what_waits_for_people_gives_way_before_any_other_figure(lang: Lang) -> None:
    drawn = crowded(lang, 32)
    assert len(drawn) <= 32
    (attention,) = [n for n, line in enumerate(drawn) if {"en": "For a person", "zh-Hans": "待人处理"}[lang] in line]
    assert MORE[lang] in "\n".join(drawn[attention : attention + 3])
    assert MORE[lang] not in "\n".join(drawn[:attention])


@pytest.mark.parametrize("lang", LANGS)
def test_where_there_is_room_everything_stands_there(lang: Lang) -> None:
    drawn = crowded(lang, 60)
    assert [n for n in range(9) if any(f"DEMO-{n}" in line for line in drawn)] == [3, 4, 5, 6, 7, 8]
    assert MORE[lang] not in "\n".join(drawn)
    assert END[lang] in drawn[-1]
