"""Findings for people and programs: one line each, in both languages unless one was asked for."""

from __future__ import annotations

from collections.abc import Iterable

import typer

from inspector.cli.finding import Finding, State
from inspector.cli.heads import head
from inspector.cli.terminal import Terminal, clean, echo, to_json

_COLOURS = {State.OK: "green", State.WARN: "yellow", State.FAIL: "red"}

_MARKS = {State.OK: "正常 ", State.WARN: "警告 ", State.FAIL: "错误 "}


def show(terminal: Terminal, findings: Iterable[Finding]) -> None:
    """Print each finding as soon as it is there."""
    held = []
    for one in findings:
        held.append(one)
        if not terminal.as_json:
            mark = typer.style(_MARKS[one.state] if _chinese(terminal) else f"{one.state.value:<5}", fg=_COLOURS[one.state])
            named = head(one.name, "zh-Hans") if _chinese(terminal) else one.name
            echo(f"{mark} {clean(named)}: {clean(_words(terminal, one))}")
    if terminal.as_json:
        echo(to_json([_json(one) for one in held], indent=2))


def _chinese(terminal: Terminal) -> bool:
    return terminal.asked_lang == "zh-Hans"


def _words(terminal: Terminal, one: Finding) -> str:
    if terminal.asked_lang is not None:
        return one.told(0 if terminal.lang == "en" else 1)
    english, chinese = one.told(0), one.told(1)
    return english if english == chinese else f"{english} ｜ {chinese}"


def _json(one: Finding) -> dict[str, str]:
    return {
        "state": one.state.value,
        "name": one.name,
        "message": one.what[0],
        "mend": one.mend[0],
        "message_zh": one.what[1],
        "mend_zh": one.mend[1],
        "fault": one.fault.value if one.state is State.FAIL else "",
    }
