"""File exchange by folder (文件交换): the other side delivers CSV or Excel files, and questions are looked up in the newest good one."""

from __future__ import annotations

import fcntl
import sqlite3
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from connectors import delivery, shelf
from connectors.config import parse, unfit
from connectors.delivery import ODD, Completeness, Delivery, Layout
from connectors.exchange import DeliveryConfig, Fetch, FilesConfig, Left, check
from connectors.records import Row, Told, digest, held_in, now
from connectors.shelf import Label
from inspector.domain.errors import Invalid
from inspector.domain.identity import normalise
from inspector.incoming import Supply, Unused
from inspector.ports import Answer, Barred, Garbled, NotYet, Origin, PortError, Question, Sighting, Unavailable

_NAMED = 5
"""So many names are told of files that lie there and concern nobody any more."""


class FilesSource:
    """One exchange by folder, or by another way whose `fetch` fills the folder.

    A delivery is read when it comes, by one thread, into an index (`connectors.shelf`); until it has been found good the one before
    answers, with its date. What is wrong with a delivery nobody's question hears of: the one before only gets older.
    """

    def __init__(self, name: str, held: DeliveryConfig, folder: Path, *, kind: str = "files", fetch: Fetch | None = None) -> None:
        """Raises Invalid (`connector_key_range`)."""
        check(held, name)
        self._config, self._fetch = held, fetch
        self._folder, self._keep = folder, Path(held.keep)
        self._shelf = self._keep / f"{digest(name)[:16]}.sqlite3"
        self._names, self._complete = delivery.pattern(held.files), Completeness(held.complete)
        columns = tuple(dict.fromkeys(held.facts.values()))
        self._layout = Layout(code_column=held.code_column, columns=columns, encoding=held.encoding, words=dict(held.words))
        told = (sorted((column, sorted(words)) for column, words in held.words.items()),) if held.words else ()
        self._shape = digest(held.code_column, columns, *told)
        self.card = held.card(name, port="source", kind=kind)
        self._told = Told(card=self.card, empty_words=held.empty_words, longest_age_hours=held.longest_age_hours, dated=True)
        self._lock = threading.Lock()
        self._reading: threading.Thread | None = None
        self._looked = float("-inf")
        self._seen, self._read_whole = time.monotonic(), False
        self._stopped = threading.Event()
        self._refused: dict[tuple[str, tuple[int, ...]], Invalid] = {}
        self._left = Left()
        self._passed: tuple[delivery.Passed, ...] = ()
        self._used: tuple[str, tuple[int, ...], str, str] | None = None
        self._failure: PortError | None = None

    def ask(self, question: Question, *, key: str) -> Answer:  # noqa: ARG002 - what is only read needs no key
        """Look one fact up in the delivery in use. A question without its case and legal basis is refused (数据最小够用).

        No row is `NOT_FOUND`; a row that is empty here, or a delivery that is too old, is `CANNOT_SAY`. The answer's date is the
        delivery's.

        Raises NotYet (`delivery_reading`: the first one is long), Unavailable (`delivery_none`, `unreachable`, `keep_failed`), Barred
        (`unauthorised`), Refused (`question_without_purpose`, `fact_not_held`), Garbled (`rows_differ`, `rows_many`, `field_type`,
        `code_destroyed`).
        """
        column = held_in(question, self._config.facts)
        reading, code, asked_at = self._round(), normalise(question.subject_code), now()
        held = self._find(code)
        if held is None and reading is not None:
            reading.join(self._config.budget_seconds)
            held = self._find(code)
        if held is None and reading is not None and reading.is_alive():
            raise NotYet("delivery_reading", origin=Origin.US)
        if held is None:
            raise self._missing()
        label, found = held
        self._whole(label, code, found=bool(found))
        if len(found) >= shelf.MOST_ROWS:
            raise Garbled("rows_many", digest=label.digest)
        values = {said[self._layout.columns.index(column)] for said in found}
        if ODD in values:
            raise Garbled("field_type", digest=label.digest, detail=column)
        as_of, request = label.moment, digest(column, code)
        rows = [Row(value=None if value is None else str(value), as_of=as_of, version=label.name) for value in values]
        whole = Row(value=None, as_of=as_of, version=label.name)
        return self._told.answer(rows, request=request, reply=label.digest, attempts=1, asked_at=asked_at, current=whole)

    def pick_up(self) -> None:
        """Look into the folder and take the newest good delivery into use, if it is newer than the one in use.

        Raises PortError when nothing can be fetched, the folder not be read or the index not be made; what is in use stays in use,
        and what was fetched before something went wrong is used.
        """
        with self._alone() as mine:
            if not mine:
                return
            try:
                if self._fetch is not None:
                    self._left = self._fetch(self._folder, self._goes_on)
            finally:
                if self._folder.is_dir() or self._fetch is None:
                    self._take()
            self._seen, self._read_whole = time.monotonic(), True

    def supply(self, *, look: bool) -> Supply:
        """How old the delivery in use is, and how long a look is overdue; `look`: have the folder looked into when it is time."""
        if look:
            self._round()
        label, failure = self._label(), self._failure
        flawed = next(iter((*self.refused[::-1], *delivery.newer(self._passed, label)[::-1])), None)
        facts = delivery.named_in(flawed) if flawed and not failure else {}
        if label is not None and label.shape != self._shape:
            label = None
        return Supply(
            age_seconds=None if label is None else (now() - label.moment).total_seconds(),
            longest_seconds=self._config.longest_age_hours * 3600 or None,
            unseen_seconds=max(0.0, time.monotonic() - self._seen - self._config.look_seconds),
            looked=self._read_whole,
            error=failure.code if failure else flawed.code if flawed else "",
            file=str(facts.get("file", "")),
            facts=facts,
            unused=self._unused(label),
        )

    @property
    def refused(self) -> tuple[Invalid, ...]:
        """What is wrong with deliveries that came after the one in use, by their names, as of the last look."""
        label = self._label()
        return tuple(error for (name, _), error in sorted(self._refused.items()) if label is None or name > label.name)

    def _unused(self, label: Label | None) -> tuple[Unused, ...]:
        """What lies there, may be read, and is not used: as of the last look, by name and the time or mark of each file."""
        flawed = [
            (error, "-".join(map(str, mark)))
            for (name, mark), error in sorted(self._refused.items())
            if error.code not in delivery.PASSING and (label is None or name > label.name)
        ]
        flawed += [(one.why, one.written.isoformat()) for one in delivery.telling(self._passed, label)]
        told = [(error.code, mark, delivery.named_in(error)) for error, mark in flawed]
        return tuple(Unused(code=code, file=str(facts.get("file", "")), mark=mark, facts=facts) for code, mark, facts in told)

    def look(self) -> Sequence[Sighting]:
        """What an operator should know: the delivery in use, those that are not used and why, and rows that contradict each other.

        Nothing is written where the daemon keeps its index: a new delivery is judged beside it. Raises Unavailable, Barred.
        """
        label, told = self._label(), list[Sighting]()
        try:
            with tempfile.TemporaryDirectory() as beside:
                folder = self._folder
                if self._fetch is not None:
                    folder = delivery.copied(folder, Path(beside) / "in")
                    self._left = self._fetch(folder, self._goes_on)
                label = self._newest(label, Path(beside) / "shelf", folder)
        except (OSError, sqlite3.Error) as error:
            raise Unavailable("keep_failed", origin=Origin.US, detail=type(error).__name__) from None
        told += [Sighting(code="delivery_refused", facts={"error": one}, fine=False) for one in self._refused.values()]
        newer = delivery.newer(self._passed, label)
        told += [Sighting(code="delivery_passed", facts={"error": one}, fine=False) for one in newer]
        told += self._never(sorted(one.name for one in delivery.telling(self._passed, label) if one.why not in newer))
        if label is None or label.shape != self._shape:  # or made by other settings, of what is not there any more
            return [Sighting(code="delivery_none", fine=False, grave=True), *told]
        age = (now() - label.moment) / timedelta(hours=1)
        facts = {"file": label.name, "rows": label.rows, "as_of": label.moment.isoformat(timespec="minutes"), "hours": round(age)}
        longest = self._config.longest_age_hours
        told.insert(0, Sighting(code="delivery_used", facts=facts))
        if longest and age > longest:
            told.append(Sighting(code="delivery_old", facts={"hours": round(age), "longest": longest}, fine=False))
        if label.unsealed:
            told.append(Sighting(code="delivery_unsealed", facts={"file": label.name}, fine=False))
        if label.differing:
            told.append(Sighting(code="rows_contradict", facts={"count": label.differing}, fine=False))
        if label.rounded:
            told.append(Sighting(code="codes_rounded", facts={"count": label.rounded}, fine=False))
        if label.twice:
            told.append(Sighting(code="rows_twice", facts={"count": label.twice}))
        return told

    def _never(self, misnamed: Sequence[str]) -> Iterator[Sighting]:
        """What is never read, by our own word or by its name."""
        if self._config.withdrawn:
            yield Sighting(code="delivery_withdrawn", facts={"files": ", ".join(self._config.withdrawn)})
        if misnamed:
            yield Sighting(code="deliveries_misnamed", facts={"count": len(misnamed), "files": ", ".join(misnamed[:_NAMED])})

    def close(self) -> None:
        """Give up what is being read; the next start reads it anew."""
        self._stopped.set()
        reading = self._reading
        if reading is not None:
            reading.join(self._config.budget_seconds)

    def _round(self) -> threading.Thread | None:
        """See that somebody looks into the folder when it is time; who is looking now."""
        with self._lock:
            under_way = self._reading is not None and self._reading.is_alive()
            if not under_way and not self._stopped.is_set() and time.monotonic() - self._looked >= self._config.look_seconds:
                self._looked = time.monotonic()
                self._reading = threading.Thread(target=self._quietly, name=f"pick-up {self.card.name}", daemon=True)
                self._reading.start()
            return self._reading

    def _quietly(self) -> None:
        try:
            self.pick_up()
            self._failure = None
        except PortError as error:
            self._failure = error  # told to whoever asks while there is no delivery at all

    def _whole(self, label: Label, code: str, *, found: bool) -> None:
        """Raise Garbled where rows whose codes a spreadsheet seems to have rounded might be this subject's, or its row another's."""
        other = delivery.hidden(code)
        if label.rounded == 0 or other is None:
            return
        held = self._find(other) if code != other and not found else None
        if code == other or (held is not None and held[1]):
            raise Garbled("code_destroyed", digest=label.digest)

    def _find(self, code: str) -> tuple[Label, list[shelf.Values]] | None:
        """What the delivery in use says of a code; None when there is none, or its index was made by other settings."""
        try:
            held = shelf.find(self._shelf, code)
        except (OSError, sqlite3.Error, ValueError, TypeError) as error:
            if shelf.discarded(self._shelf, error):  # it is made anew from what lies in the folder
                self._looked = float("-inf")
            raise Unavailable("keep_failed", origin=Origin.US, detail=type(error).__name__) from None
        return held if held is not None and held[0].shape == self._shape and self._stands(held[0]) else None

    def _label(self) -> Label | None:
        """Of the delivery in use; None where the office has put it out of use: then it answers nothing, and the next good one is taken."""
        label = shelf.labelled(self._shelf)
        return label if label is not None and self._stands(label) else None

    def _stands(self, label: Label) -> bool:
        return label.name not in self._config.withdrawn

    def _missing(self) -> PortError:
        """Why there is nothing to look into. A fresh error: each is raised by its own thread."""
        failure = self._failure
        if isinstance(failure, Barred):
            return Barred(failure.code, origin=failure.origin, detail=failure.detail)
        if failure is not None:
            return Unavailable(failure.code, origin=failure.origin, detail=failure.detail)
        return Unavailable("delivery_none", origin=Origin.THEM)

    def _candidates(self, label: Label | None, folder: Path) -> Iterator[Delivery]:
        """What is whole and newer than what is in use, the newest first. Raises Unavailable, Barred."""
        try:
            found = delivery.look(folder, self._names, self._complete, now())
        except PermissionError:
            raise Barred("unauthorised", detail="folder") from None
        except OSError as error:
            raise Unavailable("unreachable", detail=type(error).__name__) from None
        self._passed = (*found.passed, *self._left.passed)
        lying = {(one.path.name, one.mark) for one in found.whole} | found.flawed.keys()
        self._refused = (
            {key: error for key, error in self._refused.items() if key in lying} | dict(found.flawed) | dict(self._left.flaws)
        )
        # stable: of one date the one that the office lets in comes first, for the first good one is taken
        for one in sorted(found.whole, key=lambda one: (one.as_of, one.path.name == self._config.accept), reverse=True):
            if label is not None and one.as_of < label.moment:
                return
            if one.path.name in self._config.withdrawn:
                continue
            refused = self._refused.get((one.path.name, one.mark))
            in_use = label is not None and (one.path.name, one.mark, label.digest, self._shape) == self._used
            if not in_use and (refused is None or refused.code in delivery.PASSING):
                yield one

    def _newest(self, label: Label | None, made: Path, folder: Path) -> Label | None:
        """The label of the newest good delivery: `label` while nothing newer is good, else that of the index that is now at `made`.

        What is not good is remembered with its fault. Raises Unavailable, Barred, OSError, sqlite3.Error.
        """
        for one in self._candidates(label, folder):
            try:
                taken = self._made(one, label, made)
            except Invalid as error:
                self._refused[one.path.name, one.mark] = error
                continue
            self._used = (one.path.name, one.mark, taken.digest, self._shape)
            if taken is not label:  # else there may be another content of its date, of which a person hears
                return taken
        return label

    def _take(self) -> None:
        label, made = self._label(), self._shelf.with_suffix(".part")
        try:
            taken = self._newest(label, made, self._folder)
            if taken is not None and taken is not label:
                shelf.place(made, self._shelf)
        except (OSError, sqlite3.Error) as error:
            raise Unavailable("keep_failed", origin=Origin.US, detail=type(error).__name__) from None
        finally:
            made.unlink(missing_ok=True)

    def _made(self, one: Delivery, label: Label | None, made: Path) -> Label:
        """A delivery's index, at `made`, if it is good; `label` itself when it is what is in use.

        Raises Invalid, OSError, sqlite3.Error.
        """
        if one.mark[1] > self._config.max_file_bytes:
            raise Invalid("delivery_large", file=one.path.name, bytes=one.mark[1], most=self._config.max_file_bytes)
        held = delivery.digest(one)
        if label is not None and one.as_of == label.moment:
            if held != label.digest and one.path.name != self._config.accept:
                raise Invalid("delivery_twice", file=one.path.name, other=label.name)
            if held == label.digest and label.shape == self._shape:
                return label
        rows = self._going_on(delivery.rows(one, self._layout))
        unsealed = self._complete is Completeness.MANIFEST and one.sha256 is None
        of = Label(name=one.path.name, digest=held, as_of=one.as_of.isoformat(), shape=self._shape, unsealed=unsealed)
        told = shelf.build(made, rows, of, delivery.rounded)
        delivery.unchanged(one)
        if told.rows == 0:
            raise Invalid("delivery_empty", file=one.path.name)
        least = self._config.least_share
        if label is not None and told.rows < label.rows * least and one.path.name != self._config.accept:
            raise Invalid("delivery_shrunk", file=one.path.name, rows=told.rows, before=label.rows, least=f"{least:.0%}")
        return told

    def _goes_on(self) -> bool:
        return not self._stopped.is_set()

    def _going_on(self, rows: Iterator[tuple[str, shelf.Values]]) -> Iterator[tuple[str, shelf.Values]]:
        for row in rows:
            if not self._goes_on():
                raise OSError("the house is closing")
            yield row

    @contextmanager
    def _alone(self) -> Iterator[bool]:
        """Whether it is ours to read deliveries now: of several daemons that share `keep` one does, and the others see its index."""
        try:
            self._keep.mkdir(mode=0o700, parents=True, exist_ok=True)
            held = self._shelf.with_suffix(".lock").open("w")
        except OSError as error:
            raise Unavailable("keep_failed", origin=Origin.US, detail=type(error).__name__) from None
        with held:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True


def connect(name: str, config: Mapping[str, object]) -> FilesSource:
    """The entry point. Raises Invalid when the configuration cannot be used."""
    return opened(name, parse(FilesConfig, name, config))


def opened(name: str, held: FilesConfig) -> FilesSource:
    """A source of these settings. Raises Invalid (`connector_key_range`)."""
    folder, wanted = Path(held.folder), "/… (≠ keep)"
    if not folder.is_absolute() or folder.resolve() == Path(held.keep).resolve():
        raise unfit(name, "folder", wanted)
    return FilesSource(name, held, folder)
