"""The figures of a ceremony: people are told when they are due, and type them in a browser or at the command line. On both databases."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest

from inspector.domain.calendar import SHANGHAI
from inspector.domain.decision import Because, Decision
from inspector.domain.plan import Draw, DrawState
from inspector.flows import succession
from inspector.flows.office import Office
from inspector.flows.seeding import Standing, standing, type_figures
from inspector.flows.succession import FIGURES_DUE
from inspector.store.store import Store
from tests import house
from tests.drawn import announced, drawing
from tests.edge import Edge, serving
from tests.house import Hand, settle
from tests.integration.test_draw_way import thrown
from tests.operator import Operator


def due(office: Office) -> list[str]:
    with office.store.read() as tx:
        return [row["about"] for row in tx.attention.page(None) if row["kind"] == FIGURES_DUE]


def waiting(store: Store, hand: Hand) -> tuple[Office, Draw]:
    """A draw whose day of the dice has come."""
    office, _, _ = drawing(store, hand)
    held = announced(office, hand, cases=1)[1]
    assert due(office) == [], "nobody is asked before the time"
    with store.read() as tx:
        held = tx.draws.get(held.number)
    assert held.seed_at is not None
    hand.now = held.seed_at
    settle(office)
    return office, held


def type_them(office: Office, number: str, by: str, figures: str = "") -> None:
    with office.store.begin() as tx:
        type_figures(office, tx, number, by, figures or thrown(number), office.now())


@pytest.mark.alike
def test_when_the_time_has_come_a_person_is_told_until_the_second_typing_agrees(store: Store, hand: Hand) -> None:
    office, held = waiting(store, hand)
    assert due(office) == [f"{held.number}:dice"]
    with store.read() as tx:
        matter = tx.attention.get(f"{FIGURES_DUE}:{held.number}:dice")
    assert matter is not None
    assert held.figures_by is not None
    assert held.figures_by.isoformat() in matter["body"]
    type_them(office, held.number, "赵")
    assert due(office) == [f"{held.number}:dice"]
    type_them(office, held.number, "钱", thrown("others"))
    assert due(office) == [f"{held.number}:dice"], "they differ"
    type_them(office, held.number, "钱")
    assert due(office) == []


@pytest.mark.alike
def test_a_draw_that_died_of_silence_asks_nobody_any_more(store: Store, hand: Hand) -> None:
    office, held = waiting(store, hand)
    hand.on(days=9)
    settle(office)
    with store.read() as tx:
        assert tx.draws.get(held.number).state is DrawState.VOID
    assert f"{held.number}:dice" not in due(office)


def logged_in(edge: Edge, client: httpx.Client, name: str, after: str) -> None:
    answer = client.post(f"/login?next={after}", data={"token": edge.token("clerk", "bureau", name)})
    assert (answer.status_code, answer.headers["location"]) == (303, after)


def sent(client: httpx.Client, at: str, figures: str, **more: str) -> httpx.Response:
    text = client.get(at).text
    told = {name: re.search(rf'name="{name}" value="([^"]*)"', text)[1] for name in ("guard", "message", "party")}  # type: ignore[index]
    return client.post(at, data=told | {"figures": figures} | more)


@pytest.mark.slow
def test_two_clerks_type_the_figures_in_a_browser_and_neither_sees_the_others(store: Store, hand: Hand) -> None:
    office, held = waiting(store, hand)
    at, right = f"/figures/{held.number}", thrown(held.number)
    with serving(office) as edge, edge.client() as first, edge.client() as second, edge.client() as other:
        assert first.get(at).headers["location"] == f"/login?next={at}"
        assert first.post("/login", data={"token": edge.token("clerk", "bureau", "赵")}).headers["location"] == "/figures"
        assert held.number in first.get("/figures?lang=en").text
        logged_in(edge, second, "钱", at)
        shown = first.get(f"{at}?lang=en").text
        assert "26 × 1..6" in shown
        assert f"{office.calendar.local(held.figures_by):%Y-%m-%d %H:%M}" in shown  # type: ignore[arg-type]
        short = sent(first, at, "1 2 3")
        assert (short.status_code, "共录入 3 个，首个不符的是第 4 个" in short.text) == (422, True)
        assert ">\n1 2 3</textarea>" in short.text, "what was typed is kept"
        assert "请录入数字" in sent(first, at, " ").text
        assert sent(first, at, thrown("a slip"), minutes="档案1号").status_code == 303
        assert "等待另一人录入" in first.get(at).text
        assert sent(second, at, right).status_code == 303
        assert "录入不一致" in second.get(at).text
        assert thrown("a slip") not in second.get(at).text
        assert first.post(at, data={"figures": right}).status_code == 403, "not without the form's guard"
        assert sent(first, at, right).status_code == 303
        logged_in(edge, other, "孙", at)
        assert other.get("/figures/bureau-2026-99999").status_code == 404
        told = other.get(f"/v1/draws/{held.number}", headers={"Authorization": f"Bearer {edge.token('clerk')}"}).json()
        assert (told["figures_by"][:16], told["typists"]) == (f"{held.figures_by:%Y-%m-%dT%H:%M}", {"dice": ["赵", "钱"]})
        assert other.post("/login", data={"token": edge.token("system")}).status_code == 403
    with store.read() as tx:
        made = tx.draws.get(held.number)
    assert standing(made, "dice", "赵") is Standing.AGREES
    settle(office)
    with store.read() as tx:
        assert tx.draws.get(held.number).state is DrawState.DRAWN


@pytest.mark.alike
@pytest.mark.slow
def test_the_command_line_takes_the_figures_of_two_users_of_the_machine_and_says_when_they_are_due(tmp_path: Path) -> None:
    operator = Operator(tmp_path, f"sqlite:///{tmp_path / 'inspector.sqlite3'}").settle_in()
    operator.migrated()
    hand = Hand(now=datetime.now(SHANGHAI) - timedelta(days=4))
    with house.closing(operator.store()) as store:
        office, _, _ = drawing(store, hand)
        held = announced(office, hand, cases=1)[1]
        with store.begin() as tx:  # its time is now
            made = tx.draws.get(held.number, lock=True)
            now = datetime.now(SHANGHAI)
            moved = replace(made, seed_at=now - timedelta(hours=1), figures_by=now + timedelta(hours=9))
            because = Because(rule="draw.lodge", basis=(), pack=made.pack, facts={})
            succession.settle(tx, Decision(state=moved, because=because), now)
    number, right = held.number, thrown(held.number)
    assert "1..6" in operator.say("draw", "figures", number, "1 2 7").err
    assert operator.well("draw", "figures", number, right, "--by", "赵", "--json").json["typed"] == "WAITS"
    assert operator.well("draw", "figures", number, right, "--by", "钱", "--json").json["typed"] == "WAITS", (
        "one user is one person"
    )
    shown = operator.well("draw", "show", number, "--json").json
    assert (len(shown["typists"]["dice"]), shown["figures_by"] is not None) == (1, True)
    assert "agree" in operator.another.well("draw", "figures", number, right, "--by", "钱").out
