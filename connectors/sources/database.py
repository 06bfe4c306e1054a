"""A front-end database (前置库): a table, a view or one SELECT of another's database, read and never written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from connectors.config import parse, unfit
from connectors.database import PARAMETERS, Database, DatabaseConfig, Rows, Wanted, parameters
from connectors.records import LONGEST, Row, Told, digest, held_in, moment, now, since, stated, text
from inspector.domain.identity import normalise
from inspector.ports import Answer, Barred, Garbled, Question, Sighting

_EMPTY_WORDS = ("-", "--", "—", "——", "/", "N/A", "null")


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseSourceConfig(DatabaseConfig):
    """Where things lie. `facts`: the column of each fact that is held there.

    Either `table` (a view will do; a code is looked up as `connectors.database.spelled` has it) or `query`: one SELECT with `:code` in it,
    and `:fact`, `:kind`, `:on` if it needs them, which gives the columns named here. Of when the data are is said by one of three:
    `as_of_column` (of the row), `as_of_query` (one SELECT for one value: of the whole, as a copy's last transfer), or `live`: it is the
    register itself and no copy. Without it old data would pass for those of the moment they were asked for.
    """

    facts: Mapping[str, str]
    code_column: str
    table: str = ""
    query: str = ""
    as_of_column: str = ""
    as_of_query: str = ""
    as_of_in: str = ""
    live: bool = False
    version_column: str = ""
    longest_age_hours: float = 0.0
    empty_words: tuple[str, ...] = field(default=_EMPTY_WORDS)

    def bears(self, port: str) -> tuple[str, ...]:  # noqa: ARG002 - as of every connector
        """The code that is looked up; what is promised is compared here (`PARAMETERS`)."""
        return ("subject.code",)


class DatabaseSource:
    """One front-end database."""

    def __init__(self, name: str, config: Mapping[str, object]) -> None:
        held = self._config = parse(DatabaseSourceConfig, name, config)
        _check(held, name)
        self._since = since(name, held.as_of_in)
        self._database = Database(held, name)
        self.card = held.card(name, port="source", kind="database")
        dated = not held.live
        self._told = Told(card=self.card, empty_words=held.empty_words, longest_age_hours=held.longest_age_hours, dated=dated)

    def ask(self, question: Question, *, key: str) -> Answer:  # noqa: ARG002 - what is only read needs no key
        """Look one fact up. A question without its case and legal basis is refused before anything is opened (数据最小够用).

        No row is `NOT_FOUND`; a row that is empty here, too old or undated is `CANNOT_SAY`.

        Raises Unavailable and Barred (the database's), Refused (`question_without_purpose`, `fact_not_held`), Garbled (`rows_differ`,
        `rows_many`, `field_type`, `wrong_charset`, `echo_differs`: a row of another code than the one asked for).
        """
        column = held_in(question, self._config.facts)
        asked = {
            "code": question.subject_code,
            "fact": question.fact,
            "kind": question.subject_kind.value,
            "on": question.on.isoformat(),
        }
        wanted, asked_at = self._wanted(column), now()
        read = self._database.read(wanted, asked)
        reply, request = digest(read.current, read.rows), digest(wanted.table, wanted.query, wanted.columns, asked)
        if read.many:
            raise Garbled("rows_many", digest=reply, attempts=read.attempts, sent=request)
        if read.long:
            raise Garbled("field_type", digest=reply, detail=f"> {LONGEST}", attempts=read.attempts, sent=request)
        try:
            current = self._current(read)
            rows = [self._row(told, current, question, reply, read.attempts) for told in read.rows]
        except (ValueError, OverflowError) as error:
            detail = f"{type(error).__name__} in {', '.join(wanted.columns)}"
            raise Garbled("field_type", digest=reply, detail=detail, attempts=read.attempts, sent=request) from None
        return self._told.answer(
            rows, request=request, reply=reply, attempts=read.attempts, asked_at=asked_at, current=_whole(current)
        )

    def look(self) -> Sequence[Sighting]:
        """What an operator should know: that it is read as configured, of when the data are, and whether the account could write.

        Nobody is asked about: the code that is looked up is nobody's (`0`). A table whose codes are written as we would not find them
        is told (`codes_spelled`). Raises Unavailable, Barred, Garbled.
        """
        nobody = {"code": "0", "fact": "", "kind": "FIRM", "on": now().date().isoformat()}
        try:
            found: dict[str, Rows] = {
                column: self._database.read(self._wanted(column), nobody) for column in self._config.facts.values()
            }
        except Barred as error:
            there = self._database.columns(self._config.table) if error.code == "table_missing" and self._config.table else ()
            if not there:
                raise
            detail = f"{error.detail} [{', '.join(there)}]"  # what is there is asked for by an operator alone, and by no question
            raise Barred(error.code, origin=error.origin, detail=detail, attempts=error.attempts) from None
        told = [Sighting(code="columns_read", facts={"columns": ", ".join(found)})]
        read = next(iter(found.values()))
        if self._config.as_of_query:
            try:
                current = self._current(read)
            except (ValueError, OverflowError):
                raise Garbled("field_type", digest=digest(read.current), detail="as_of_query") from None
            shown = current.isoformat(timespec="minutes") if current else "-"
            told.append(Sighting(code="data_as_of", facts={"as_of": shown}, fine=current is not None))
        if self._database.strays(self._wanted(next(iter(self._config.facts.values())))):
            told.append(Sighting(code="codes_spelled", facts={"column": self._config.code_column}, fine=False))
        if self._database.may_write():
            told.append(Sighting(code="account_writes", fine=False))
        return told

    def close(self) -> None:
        """Let the connections go."""
        self._database.close()

    def _wanted(self, column: str) -> Wanted:
        held = self._config
        extra = tuple(one for one in (held.as_of_column, held.version_column) if one)
        columns = tuple(dict.fromkeys((held.code_column, column, *extra)))
        return Wanted(columns=columns, code_column=held.code_column, table=held.table, query=held.query, current=held.as_of_query)

    def _current(self, read: Rows) -> datetime | None:
        """Of when the whole is. Raises ValueError unless the query told one value."""
        if not self._config.as_of_query:
            return None
        if len(read.current) != 1:
            raise ValueError("as_of_query tells one row")
        return moment(read.current[0], self._since)

    def _row(self, told: tuple[object, ...], current: datetime | None, question: Question, reply: str, attempts: int) -> Row:
        held = self._config
        row = dict(zip(self._wanted(held.facts[question.fact]).columns, told, strict=True))
        if normalise(text(row[held.code_column]) or "") != normalise(question.subject_code):
            raise Garbled("echo_differs", digest=reply, detail=held.code_column, attempts=attempts)
        as_of = moment(row[held.as_of_column], self._since) if held.as_of_column else current
        version = text(row[held.version_column]) if held.version_column else ""
        return Row(value=text(row[held.facts[question.fact]]), as_of=as_of, version=version or "")


def connect(name: str, config: Mapping[str, object]) -> DatabaseSource:
    """The entry point. Raises Invalid when the configuration cannot be used."""
    return DatabaseSource(name, config)


def _whole(current: datetime | None) -> Row | None:
    return Row(value=None, as_of=current) if current else None


def _check(held: DatabaseSourceConfig, name: str) -> None:
    """Raise Invalid (`connector_key_range`) for settings that contradict each other or say too little."""
    stated(name, held.facts, held.code_column, held.longest_age_hours)
    if bool(held.table) == bool(held.query):
        raise unfit(name, "table", "table | query")
    if sum((bool(held.as_of_column), bool(held.as_of_query), held.live)) != 1:
        raise unfit(name, "as_of_column", "as_of_column | as_of_query | live = true")
    if held.live and held.longest_age_hours:
        raise unfit(name, "longest_age_hours", "0 (live)")
    lite = held.url.startswith("sqlite")
    for key, told in (("query", held.query), ("as_of_query", held.as_of_query)):
        # What SQLite does not know under a quoted name it takes for a text, and a column that is gone would pass for its own name.
        if told and (";" in told or not told.lstrip().upper().startswith(("SELECT", "WITH")) or (lite and '"' in told)):
            raise unfit(name, key, "one_select_lite" if lite else "one_select")
    given = parameters(held.query) if held.query else {"code"}
    if "code" not in given or not given <= PARAMETERS or (held.as_of_query and parameters(held.as_of_query)):
        raise unfit(name, "query", ":code (:fact, :kind, :on)")
