"""The demo's calm summary in the terminal: what the metrics and the event feed say, in words, always in the same place.

It reads `GET /metrics`, `GET /v1/events` and what the outside world leaves to the visitor, and nothing else, and keeps in one small
file how far it has read and how much was asked: after a restart no old event is news, and the questions, a counter of the process, go
on as everything else does. On a terminal one panel is redrawn in place; elsewhere (a pipe, a log) one plain line is written now and
then.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from prometheus_client.parser import text_string_to_metric_families
from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from inspector.demo.caller import call, fetch
from inspector.demo.office import keep
from inspector.labels import Lang, known, label

_ZONE = ZoneInfo("Asia/Shanghai")

LOOKS_SECONDS = 0.5
LINES_SECONDS = 5.0
LAST_EVENTS = 6
LEAST_EVENTS = 4
"""However few lines there are: that something goes on is what a demo is watched for."""
MOST_LINES = 3
LEAST_LINES = 24
_PAGE, _PAGES = 200, 50
_PART = " · "
_FRAME = 6
"""Columns of the panel's border and of the space between the two columns within."""

_WORDS: Mapping[str, tuple[str, str]] = {
    "title": ("Inspector: demo office", "Inspector 演示"),
    "time": ("office time", "办公时间"),
    "cases": ("Cases", "办件"),
    "outcomes": ("Outcomes", "核查结果"),
    "questions": ("Questions", "在线查询"),
    "assistance": ("Assistance", "协助核查"),
    "draws": ("Draws", "随机抽取"),
    "assignments": ("Assignments", "检查任务"),
    "attention": ("For a person", "待人处理"),
    "yours": ("Yours", "留给您"),
    "seat": ("this assignment is yours", "检查任务"),
    "letter": ("this letter is yours", "协助函"),
    "case": ("this case is yours", "复核办件"),
    "by": ("by {at}", "{at} 前"),
    "token": ("for the case log in with the token named officer in", "复核办件请用此文件中 officer 的令牌登录："),
    "more": ("and {count} more", "另有 {count} 项"),
    "none": ("nothing yet", "暂无"),
    "waits": ("waiting for the office …", "等待服务启动……"),
    "ops": ("ops page", "运行页面"),
    "api": ("API description", "接口说明"),
    "metrics": ("metrics", "监测指标"),
    "end": ("Ctrl-C ends it", "Ctrl-C 结束"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The samples of one scrape: metric name → (labels, value)."""

    samples: Mapping[str, tuple[tuple[Mapping[str, str], float], ...]] = field(default_factory=dict)

    @classmethod
    def read(cls, text: str) -> Figures:
        """Parse an exposition. Raises ValueError."""
        found: dict[str, list[tuple[Mapping[str, str], float]]] = {}
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                found.setdefault(sample.name, []).append((sample.labels, sample.value))
        return cls(samples={name: tuple(rows) for name, rows in found.items()})

    def by(self, name: str, of: str, **only: str) -> dict[str, int]:
        """The sums of a metric by one label, zeros left out."""
        sums: dict[str, int] = {}
        for labels, value in self.samples.get(name, ()):
            if value and labels.get(of) and all(labels.get(key) == wanted for key, wanted in only.items()):
                sums[labels[of]] = sums.get(labels[of], 0) + int(value)
        return sums

    def one(self, name: str) -> float:
        """The value of a metric without labels; 0 where it is not told."""
        return sum(value for _, value in self.samples.get(name, ()))


class Screen:
    """The summary. `token` is an auditor's, for the feed; `kept` the file it goes on from; `lang` None follows the terminal's locale.

    `world` is the outside world's address, where what is left to the visitor stands under the same few addresses; `keys` the file with
    the token that a visitor needs as an officer.
    """

    def __init__(
        self,
        base_url: str,
        token: str,
        *,
        world: str = "",
        keys: str = "",
        kept: Path | None = None,
        lang: Lang | None = None,
        console: Console | None = None,
    ) -> None:
        self._base = base_url
        self._token = token
        self._world = world
        self._keys = keys
        self._yours: Mapping[str, Any] = {}
        self._lang: Lang = lang or _language()
        self._console = console or Console()
        self._figures: Figures | None = None
        self._events: deque[str] = deque(maxlen=LAST_EVENTS)
        self._kept = kept
        self._after, self._before = _read(kept)
        self._now, self._moment = "", 0.0

    def watch(self, stop: threading.Event) -> None:
        """Show until `stop` is set."""
        if not self._console.is_terminal or self._console.size.height < LEAST_LINES:  # a panel would not fit, lines always do
            self._lines(stop)
            return
        with Live(self.fitting(), console=self._console, auto_refresh=False, vertical_overflow="crop") as live:
            while not stop.wait(LOOKS_SECONDS):
                self.look()
                live.update(self.fitting(), refresh=True)

    def look(self) -> None:
        """Read metrics and feed once; while the office is away the last figures stay."""
        status, body = fetch(f"{self._base}/metrics", {})
        if status == 200:
            self._figures = Figures.read(body.decode())
            if now := self._figures.one("inspector_office_timestamp_seconds"):
                self._moment = now
                self._now = f"{datetime.fromtimestamp(now, _ZONE):%Y-%m-%d %H:%M}"
        if self._world and (left := call(f"{self._world}/_yours")).well:
            self._yours = left.data
        for _ in range(_PAGES):
            feed = call(f"{self._base}/v1/events?after={self._after}&limit={_PAGE}", token=self._token)
            if not feed.well:
                break
            self._after = int(feed.data["next"])
            for event in feed.rows("events"):
                at = _clock(str(event["at"]))[-5:]
                self._events.append(f"{at}  {event['reference']}  {self._event(str(event['type']), event['data'])}")
            if len(feed.rows("events")) < _PAGE:
                break
        self._keep()

    def line(self) -> str:
        """The summary as one plain line."""
        told = [f"{self._word(name)} {text}" for name, text in self._rows() if text]
        return f"{self._now}  " + " | ".join(told) if told else self._word("waits")

    def fitting(self) -> RenderableType:
        """The panel as far as this terminal has lines for it; the addresses stand above whatever may grow.

        First the older events give way, to the last four; then what waits for people, then the other figures, of which the ops page
        has all. The last line says how to end it.
        """
        wholly = [(events, 0, 0) for events in range(LAST_EVENTS, LEAST_EVENTS - 1, -1)]
        people = [(LEAST_EVENTS, lines, 0) for lines in range(MOST_LINES, 0, -1)]
        everything = [(LEAST_EVENTS, 1, lines) for lines in range(MOST_LINES, 0, -1)]
        ways = [*wholly, *people, *everything]
        fit = (way for way in ways if len(self._console.render_lines(self.panel(*way))) <= self._console.size.height)
        return self.panel(*next(fit, ways[-1]))

    def panel(self, events: int = LAST_EVENTS, people: int = 0, figures: int = 0) -> RenderableType:
        """The summary as a panel with its last events: what is too long for a line goes on below, nothing is cut.

        Where what waits for `people`, or each of the other `figures`, has only so many lines, it says how much it leaves out, and each
        event has one line. What is the visitor's stands there whole.
        """
        rows = Table.grid(padding=(0, 2), expand=True)
        first = max(cell_len(self._word(name)) for name, _ in self._rows())
        rows.add_column(style="bold", no_wrap=True, width=first)
        rows.add_column(overflow="fold", ratio=1)
        lines = {"attention": people, "yours": 0}
        for name, whole in self._rows():
            text = self._shortened(whole, lines.get(name, figures), self._console.size.width - first - _FRAME)
            rows.add_row(self._word(name), text or Text(self._word("none" if self._figures else "waits"), style="dim"))
        shown = [*self._events][-events:]
        last = Text("\n".join([*shown, *[""] * (events - len(shown))]), style="dim", overflow="fold")
        if people:
            last.no_wrap, last.overflow = True, "ellipsis"
        places = Text(self._places(), style="cyan", overflow="fold")
        title = f"{self._word('title')} · {self._word('time')} {self._now or '…'}"
        body = Group(places, Text(), rows, Text(), last)
        return Panel(body, title=title, subtitle=self._word("end"), title_align="left")

    def _shortened(self, text: str, lines: int, width: int) -> str:
        """As many of a row's parts as fit in so many lines, and how many are left out; 0 lines: all of them."""
        parts = text.split(_PART)
        for count in range(len(parts), 0, -1):
            left = [self._word("more").format(count=len(parts) - count)] if count < len(parts) else []
            told = _PART.join([*parts[:count], *left])
            if not lines or count == 1 or len(Text(told, overflow="fold").wrap(self._console, width)) <= lines:
                return told
        return text

    def _lines(self, stop: threading.Event) -> None:
        self._say(self._places())
        shown, due = "", 0.0
        while not stop.wait(LOOKS_SECONDS):
            self.look()
            if time.monotonic() >= due and (line := self.line()) != shown:
                self._say(line)
                shown, due = line, time.monotonic() + LINES_SECONDS

    def _say(self, line: str) -> None:
        self._console.print(line, soft_wrap=True, highlight=False, markup=False)

    def _places(self) -> str:
        """Where else to look."""
        paths = {"ops": "/ops", "api": "/openapi.json", "metrics": "/metrics"}
        told = [f"{self._word(name)} {self._base}{path}" for name, path in paths.items()]
        return "   ".join([*told, *([f"{self._word('token')} {self._keys}"] if self._keys else [])])

    def _left(self) -> str:
        """What is the visitor's now: one address each, which stays the same whatever stands behind it."""
        told = []
        for name, held in self._yours.items():
            if held["by"] and datetime.fromisoformat(held["by"]).timestamp() < self._moment:
                continue  # what its date has passed is answered by somebody of the demo, sooner or later
            by = f" ({self._word('by').format(at=_clock(held['by'])[-11:])})" if held["by"] else ""
            told.append(f"{self._word(name)}{by}: {self._world}/yours/{name}")
        return _PART.join(told)

    def _rows(self) -> Iterable[tuple[str, str]]:
        held = self._figures or Figures()
        yield "cases", self._told(held.by("inspector_cases", "state"), "CaseState")
        yield "outcomes", self._told(held.by("inspector_cases", "outcome"), "Outcome")
        yield "questions", _PART.join(f"{self._ended(name)} {count}" for name, count in self._asked().items())
        yield "assistance", self._told(held.by("inspector_assistance", "state"), "AssistanceState", "ended")
        yield "draws", self._told(held.by("inspector_draws", "state"), "DrawState")
        yield "assignments", self._told(held.by("inspector_assignments", "state"), "SeatState")
        yield "attention", self._told(held.by("inspector_attention", "kind"), "attention")
        if self._world:
            yield "yours", self._left()

    def _asked(self) -> dict[str, int]:
        """Questions by how they ended: of this process, and of those before it."""
        held = (self._figures or Figures()).by("inspector_work_settled_total", "outcome", kind="ask")
        names = dict.fromkeys((*self._before, *held))
        return {name: self._before.get(name, 0) + held.get(name, 0) for name in names}

    def _ended(self, outcome: str) -> str:
        """How a question ended: what the source said, or what became of the work; by the first group of words that knows it."""
        keys = (f"asked.{outcome}", f"AnswerStatus.{outcome.upper()}", f"Verdict.{outcome.upper()}")
        return self._named(next((key for key in keys if known(key, self._lang)), keys[0]), outcome)

    def _keep(self) -> None:
        """Write down how far this has come. Losing it costs a figure of the demo and nothing else, so a full disk is no reason to end."""
        if self._kept is not None:
            with suppress(OSError):
                keep(self._kept, json.dumps({"after": self._after, "asked": self._asked()}))

    def _told(self, counts: Mapping[str, int], group: str, ends: str = "") -> str:
        """How many there are of each, in words of a group; `ends`: the group of what stands in the place of a state."""
        held = {f"{group}.{name}": (name, count) for name, count in counts.items()}
        keys = {key: f"{ends}.{name.lower()}" if ends and not known(key, self._lang) else key for key, (name, _) in held.items()}
        return _PART.join(f"{self._named(keys[key], name)} {count}" for key, (name, count) in held.items())

    def _event(self, kind: str, data: Mapping[str, object]) -> str:
        """An event in words: its kind, and what is most worth knowing about it."""
        worth: tuple[tuple[str, Callable[[str], str]], ...] = (
            ("outcome", lambda value: self._named(f"Outcome.{value}", value)),
            ("proposal", lambda value: self._named(f"Proposal.{value}", value)),
            ("reason", lambda value: self._named(f"review.{value}", value)),
        )
        told = [words(str(data[name])) for name, words in worth if data.get(name)]
        return " ".join([self._named(f"event.{kind}", kind), *told])

    def _named(self, key: str, plain: str) -> str:
        """The words of the house for a key, or the plain name where there are none."""
        return label(key, self._lang) if known(key, self._lang) else plain.lower().replace("_", " ")

    def _word(self, name: str) -> str:
        english, chinese = _WORDS[name]
        return english if self._lang == "en" else chinese


def _clock(text: str) -> str:
    """A time stamp of the office as people read it."""
    return f"{datetime.fromisoformat(text).astimezone(_ZONE):%Y-%m-%d %H:%M}"


def _read(kept: Path | None) -> tuple[int, dict[str, int]]:
    """How far an earlier screen had read the feed, and what had been asked until then; nothing where none says so."""
    try:
        held = json.loads(kept.read_text(encoding="utf-8")) if kept is not None else {}
        return int(held.get("after", 0)), {str(name): int(count) for name, count in held.get("asked", {}).items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return 0, {}


def _language() -> Lang:
    """Chinese where the environment says so, whether or not that locale has been generated."""
    told = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return "zh-Hans" if told.lower().startswith("zh") else "en"
