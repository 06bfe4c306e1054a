"""What a command holds in its hands: settings, store and office, opened when first asked for, and a way to speak."""

from __future__ import annotations

import dataclasses
import json
import os
import pwd
import sys
import types
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from enum import Enum, StrEnum
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import typer

from inspector.cli import columns, words
from inspector.cli.heads import head
from inspector.domain.calendar import SHANGHAI
from inspector.domain.decision import Because
from inspector.domain.errors import InspectorError, Invalid, Refusal
from inspector.domain.evidence import blank
from inspector.domain.person import at_machine, declared
from inspector.labels import Lang, known, label

if TYPE_CHECKING:
    from inspector.flows.office import Office
    from inspector.settings import Settings
    from inspector.store.store import Store
    from inspector.store.tx import Tx

T = TypeVar("T")

PATIENCE = 3.0
"""Seconds to wait for a database; a daemon waits longer, a person asks again."""


_DATES = frozenset({"due_at", "file_by"})
"""The columns with a date of law that a row's `provisional` speaks of."""


class UnreachableError(InspectorError):
    """The database or something outside does not answer."""


class Terminal:
    """One command's hands. `close` gives the database back."""

    def __init__(self, config: Path | None, lang: Lang | None, *, as_json: bool) -> None:
        self._config = config
        self.as_json = as_json
        self.asked_lang = lang
        self.lang: Lang = lang or language(os.environ)
        self._opened: list[Store] = []

    @property
    def config(self) -> Path | None:
        """The settings file: the one named (or $INSPECTOR_CONFIG), that of the demo, or none (variables alone)."""
        return self._config or _demo_config()

    @cached_property
    def settings(self) -> Settings:
        """The settings. Whoever talks to the demo's office without having named it is told so once. Raises Invalid."""
        from inspector import settings

        file = self.config
        if self._config is None and file is not None and not self.as_json:
            self.aside(self.words("demo_talks", file=file))
        return settings.load(file)

    def open_store(self, *, make: bool = False) -> Store:
        """The store, reached within some seconds; `make` lets an SQLite file come into being. Raises UnreachableError."""
        from inspector import bootstrap
        from inspector.store import checkup
        from inspector.store.opening import make_folder, reach, refuse_gone

        self.quieten()
        refuse_gone(self.settings.database.url, lock=not make)
        lacking = checkup.missing_file(self.settings.database.url)
        if lacking is not None and not make:
            raise UnreachableError("database_missing", file=str(lacking))
        if make:
            make_folder(self.settings.database.own_folder)
        held = bootstrap.store(self.settings)
        self._opened.append(held)
        reach(held, PATIENCE)
        return held

    def quieten(self) -> None:
        """A command answers by itself, and the ledger keeps what it did: of the log there is only what went wrong, never on its answer.

        One JSON object a line where the settings say so and nobody's eyes are there; unconfigured, structlog would write among the answer.
        """
        from inspector.telemetry import logs

        told = self.settings.log
        json_lines = told.format == "json" and not sys.stderr.isatty()
        logs.configure(level="ERROR" if told.level == "ERROR" else "WARNING", json=json_lines)

    @cached_property
    def store(self) -> Store:
        """The store of a migrated database. Raises Refusal for one of another release."""
        from inspector.store import keys, migrate

        held = self.open_store()
        present = migrate.present(held)
        migrate.refuse_foreign(present)
        if present != migrate.newest():
            raise Refusal("database_not_migrated", present=present or "-", wanted=migrate.newest())
        keys.refuse_unfit(held)
        return held

    @cached_property
    def office(self) -> Office:
        """The office with packs and calendar but without connectors: for all that does not order anything from outside."""
        from inspector import bootstrap
        from inspector.flows.office import Connectors

        self._stand_still()
        return bootstrap.office(self.settings, self.store, connectors=Connectors())

    @cached_property
    def desk(self) -> Office:
        """The office for what no pack decides: where the folder's packs have a flaw it goes on without them, and says so beside the answer.

        So a valve is closed, a token given and the record copied on the day on which somebody has spoilt a pack.
        """
        from inspector import bootstrap, lawbook
        from inspector.cli.packless import packless

        try:
            return self.office
        except InspectorError as error:
            if error.code not in lawbook.OF_PACKS:
                raise
            self.aside(self.words("packs_flawed", flaw=words.told(error, self.lang)))
        return bootstrap.office(self.settings, self.store, proof=packless(self.settings))

    @cached_property
    def whole_office(self) -> Office:
        """The office with its connectors, whose names decide what intake orders; none of them is called here."""
        from inspector import bootstrap

        self._stand_still()
        return bootstrap.office(self.settings, self.store)

    def _stand_still(self) -> None:
        """An office whose time pauses while no daemon runs has no later moment because somebody looks at it."""
        from inspector import bootstrap

        if self.settings.time.pauses:
            bootstrap.go_on(self.store, idle=True)

    def look(self, ask: Callable[[Tx], T]) -> T:
        """Read in one transaction."""
        with self.store.read() as tx:
            return ask(tx)

    def act(self, rule: str, about: str, do: Callable[[Tx, datetime], T], **facts: object) -> T:
        """Write in one transaction, together with the ledger entry that says who did it."""
        from inspector.flows.reconcile import telling

        now = self.desk.now()
        with telling(self.desk), self.store.begin() as tx:
            done = do(tx, now)
            sign(tx, rule, about, now, facts)
        return done

    def close(self) -> None:
        """Give every connection back."""
        for held in self._opened:
            held.close()

    # Speaking

    def words(self, key: str, **facts: object) -> str:
        """The command line's own words."""
        return words.say(key, self.lang, **facts)

    def line(self, text: str) -> None:
        """A line for people; a program that asked for JSON does not get it."""
        if not self.as_json:
            echo(columns.fitted(clean(text), columns.of_terminal()))

    def aside(self, text: str) -> None:
        """A line beside the answer, on standard error."""
        echo(clean(text), err=True)

    def say(self, key: str, **facts: object) -> None:
        """A line of the command line's own words."""
        self.line(self.words(key, **facts))

    def value(self, told: object) -> None:
        """The answer as JSON, when it was asked for."""
        if self.as_json:
            echo(to_json(told, indent=2))

    def rows(
        self, names: Sequence[str], rows: Iterable[Mapping[str, object]], codes: Mapping[str, str] = types.MappingProxyType({})
    ) -> None:
        """Rows as a table for people, or as a JSON list with all they hold.

        `codes`: the columns whose texts are codes, and the group of labels that has their words.
        """
        held = list(rows)
        self.value(held)
        if self.as_json:
            return
        if not held:
            self.say("nothing")
            return
        heads = [head(name, self.lang) for name in names]
        cells = [[self._cell(row, name, codes.get(name)) for name in names] for row in held]
        for line in columns.laid_out(heads, cells, columns.of_terminal()):
            echo(line)

    def _cell(self, row: Mapping[str, object], name: str, group: str | None) -> str:
        """One value of a row; a date that a notice of days off still to come can move is marked as such."""
        text = clean(in_words(row.get(name), self.lang, group)).replace("\n", " ")
        return self.dated(text, provisional=bool(text and name in _DATES and row.get("provisional")))

    def dated(self, text: str, *, provisional: bool) -> str:
        """A date in words, with the mark of one that is provisional."""
        return self.words("provisional", at=text) if provisional else text

    def page(
        self,
        names: Sequence[str],
        held: Sequence[Mapping[str, object]],
        limit: int,
        filters: str,
        *,
        key: str = "id",
        codes: Mapping[str, str] = types.MappingProxyType({}),
    ) -> None:
        """Rows of a list that was asked for one row more than the limit: so it is known whether there are more, and said how to go on."""
        self.rows(names, held[:limit], codes)
        if len(held) > limit and not self.as_json:
            self.aside(self.words("further", after=held[limit - 1][key], filters=filters))

    def fields(self, told: Mapping[str, object], codes: Mapping[str, str] = types.MappingProxyType({})) -> None:
        """One thing: its fields line by line, without those it has nothing in, or JSON."""
        self.value(told)
        for name, value in told.items():
            if text := in_words(value, self.lang, codes.get(name)):
                self.line(f"{head(name, self.lang)}: {text}")

    def signer(self, by: str | None) -> str:
        """Who signs: the person named with --by, and the machine's user who wrote that name; two names of one user are one person.

        Raises Refusal (`signer_undeclared`) for a user whom the settings do not declare while they declare others: nobody could tell
        whether it is another person than the one on the pages.
        """
        people, user = self.settings.people, operator()
        known = declared(user, people)
        if people and not known:
            raise Refusal("signer_undeclared", user=user)
        return at_machine(by, user, known)

    def sure(self, question: str) -> bool:
        """Whether a person at a terminal says yes; False when nobody is there to ask."""
        return self.manned and typer.confirm(question, err=True)

    @property
    def manned(self) -> bool:
        """Whether somebody sits there to be asked."""
        return sys.stdin.isatty() and not self.as_json

    def reason(self, given: str | None, option: str) -> str:
        """The words a person owes the record: as given, else asked for where somebody sits there. Raises Invalid."""
        if given is None and self.manned:
            given = str(typer.prompt(self.words("why?"), err=True))
        if given is None:
            raise Invalid("option_missing", option=option)
        if blank(given):
            raise Invalid("reason_missing", field=option.removeprefix("--"))
        return given

    @contextmanager
    def progress(self, total: int) -> Iterator[Callable[[], None]]:
        """A bar on standard error for long work; nothing where standard error is no terminal."""
        if total < 200 or not sys.stderr.isatty():
            yield lambda: None
            return
        from rich.console import Console
        from rich.progress import Progress

        with Progress(console=Console(stderr=True)) as bar:
            task = bar.add_task(self.words("rows"), total=total)
            yield lambda: bar.advance(task)


def echo(text: str, *, err: bool = False) -> None:
    """Say something. Whoever reads us may have heard enough (`| head`): what a command does must not depend on its being heard."""
    try:
        typer.echo(text, err=err)
    except BrokenPipeError:
        stream = sys.stderr if err else sys.stdout
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())  # what is still in the buffer, and what will be said, goes there
        os.close(nowhere)


def language(environment: Mapping[str, str]) -> Lang:
    """Chinese where the locale says so, else English."""
    told = next((environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), "")
    return "zh-Hans" if told.lower().startswith("zh") else "en"


def operator() -> str:
    """The operating system's user, from the kernel and not from a variable that anybody can set."""
    uid = os.getuid()
    try:
        return f"os:{pwd.getpwuid(uid).pw_name}"
    except KeyError:  # a container may run a number that no file names
        return f"os:uid-{uid}"


def sign(tx: Tx, rule: str, about: str, now: datetime, facts: Mapping[str, object]) -> None:
    """The ledger entry of what an operator did."""
    from inspector.store.tx import new_id

    told = Because(rule=f"operator.{rule}", basis=(), pack="", facts={"by": operator(), **facts})
    tx.ledger.append(new_id(), about[:200], told, {}, now)


def to_json(told: object, *, indent: int | None = None) -> str:
    """JSON text of rows and domain values."""
    return json.dumps(told, ensure_ascii=False, indent=indent, default=_json)


def in_words(value: object, lang: Lang, group: str | None = None) -> str:
    """A value for people: yes and no, the words of an enum's member or of a code in a group of labels; nothing stays empty."""
    if isinstance(value, bool):
        return words.say("yes" if value else "no", lang)
    if isinstance(value, tuple | list):
        return ", ".join(in_words(one, lang, group) for one in value)
    named = group or (type(value).__name__ if isinstance(value, StrEnum) else None)
    if named is not None and isinstance(value, str):
        text = value.value if isinstance(value, StrEnum) else value
        for key in (f"{named}.{text}", f"{named}.{text.upper().replace('.', '_')}"):
            if known(key, lang):
                return label(key, lang)
    return plain(value)


def plain(value: object) -> str:
    """A value as it is written."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, tuple | list):
        return ", ".join(plain(one) for one in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def clean(text: str) -> str:
    """Text without control characters, so that a stored string cannot steer the terminal."""
    return "".join(one if one.isprintable() or one == "\n" else "·" for one in text)


def _json(value: object) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).isoformat()  # the office's offset, like all that comes from the database
    if isinstance(value, date):
        return value.isoformat()
    return sorted(value) if isinstance(value, frozenset | set) else str(value)


def _demo_config() -> Path | None:
    """The configuration the demo has written at its last start, if any."""
    here = os.environ.get("INSPECTOR_DEMO")
    checkout = Path(__file__).resolve().parents[2]
    base = checkout if (checkout / "pyproject.toml").is_file() else Path.cwd()
    file = (Path(here) if here else base / "var" / "demo") / "demo.toml"
    return file if file.is_file() else None


def office_now(settings: Settings, tx: Tx) -> datetime:
    """Office time, by which the ledger's entries are dated, where no office is put together: as it runs, stands still, or is to begin.

    By the machine's an office that runs, or is to begin (`time.starts_at`), in the past had an entry of days to come, and went on there.
    """
    from inspector.lawbook import calendar_of

    told, pace = settings.time, tx.office.pace(calendar_of(settings))
    if pace is None:
        return datetime.fromisoformat(told.starts_at) if told.starts_at else tx.machine_now()
    last = max(filter(None, (pace.office_anchor, tx.ledger.last_at(), tx.schedules.last_at())))
    return last if told.pauses else max(last, pace.office(tx.machine_now()))
