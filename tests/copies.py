"""Runs the tests in several copies of the process that has collected them: `pytest --copies 4`.

To read 140,000 lines of tests and all that they import, and to rewrite their asserts, takes a process half a minute, and processes that
begin anew pay it each. A copy (`fork`) has read all of it, and has what was made ready once. The first process hands each copy its next
few tests while it is at the last of those it has, and hears of each when it is over. A copy that dies loses the test it was at, aloud;
another goes on.
"""

from __future__ import annotations

import os
import sys
import threading
import traceback
import warnings
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from typing import Any, NoReturn

import pytest

HAND, SHARING, ALL = 6, 20, 10_000
"""Tests of one module that are handed over together at the most; of those that share a browser, which is dear to start; and of those that
share trees of all the code, which are dear to parse. Slow ones go one by one."""


class Copies:
    """Whether this process is one."""

    here = False


def asked(session: pytest.Session) -> bool:
    """Whether there are tests to be run, and in copies."""
    option = session.config.option
    return option.copies > 1 and not option.collectonly and not session.testsfailed and len(session.items) > 1


def deal(session: pytest.Session) -> None:
    """Runs all tests; raises what pytest's own loop raises where enough have failed."""
    assert threading.active_count() == 1, "a thread would be missing in each copy"
    if reporter := session.config.pluginmanager.get_plugin("terminalreporter"):
        reporter.showfspath = False  # modules run beside each other
    session.config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined] # one for all, in which each has its own
    hands, copies, made = deque(_hands(session.items)), list[_Copy](), 0
    try:
        while hands or copies:
            while hands and len(copies) < session.config.option.copies:
                copies.append(_Copy(session, made, hands, [copy.wire for copy in copies]))
                made += 1
            for one in wait([copy.wire for copy in copies]):
                copy = next(copy for copy in copies if copy.wire is one)
                if not copy.hear(hands):
                    copies.remove(copy)
                    if rest := copy.lost():
                        hands.appendleft(rest)
                _go_on(session)
    finally:  # whoever is at a test finds nobody to tell of it, and ends
        for copy in copies:
            copy.wire.close()
        for copy in copies:
            copy.end()


def _go_on(session: pytest.Session) -> None:
    """Raises where enough have failed."""
    if session.shouldfail:
        raise session.Failed(session.shouldfail)
    if session.shouldstop:
        raise session.Interrupted(session.shouldstop)


def _hands(items: Sequence[pytest.Item]) -> Iterator[deque[int]]:
    """Which tests are handed over together, in the order of their first ones."""
    sharing: dict[tuple[str, int], list[int]] = {}
    for at, item in enumerate(items):
        sharing.setdefault(_shares(item), []).append(at)
    for (_, many), ones in sharing.items():
        yield from (deque(ones[at : at + many]) for at in range(0, len(ones), many))


def _shares(item: pytest.Item) -> tuple[str, int]:
    """What a test shares with others, and how many of them go together."""
    marks = {mark.name for mark in item.iter_markers()}
    for name, many in (("slow", 1), ("browser", SHARING), ("whole", ALL)):
        if name in marks:
            return name, many
    return str(item.path), HAND


class _Copy:
    """One copy as the first process sees it: `held` are the tests it has and has not told of, in the order in which it runs them."""

    def __init__(self, session: pytest.Session, number: int, hands: deque[deque[int]], others: list[Connection]) -> None:
        self.session, self.held, self.more = session, deque[int](), True
        sys.stdout.flush()
        sys.stderr.flush()
        self.wire, theirs = Pipe()
        self.process = os.fork()
        if self.process == 0:
            for wire in (self.wire, *others):  # held here, nobody would hear that the first process has gone
                wire.close()
            _live(session, theirs, number)
        theirs.close()
        self._hand(hands)

    def _hand(self, hands: deque[deque[int]]) -> None:
        """The next tests, or word that there are none: it never has to wait at the end of one."""
        while self.more and len(self.held) < 2:
            self.more = bool(hands)
            given = hands.popleft() if hands else deque[int]()
            self.held += given
            with suppress(OSError):  # it is dead, as is heard next
                self.wire.send(list(given))

    def hear(self, hands: deque[deque[int]]) -> bool:
        """Tells the session of a test that is over, and hands on; false where nothing more comes."""
        try:
            told = self.wire.recv()
        except (EOFError, OSError):
            return False
        self._tell(told)
        self._hand(hands)
        return True

    def _tell(self, told: list[Any]) -> None:
        item, hook = self.session.items[self.held.popleft()], self.session.config.hook
        for one in told:
            if isinstance(one, warnings.WarningMessage):
                warned = {"warning_message": one, "when": "runtest", "nodeid": item.nodeid, "location": None}
                hook.pytest_warning_recorded.call_historic(kwargs=warned)
            else:
                hook.pytest_runtest_logreport(report=hook.pytest_report_from_serializable(config=self.session.config, data=one))
        hook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)

    def lost(self) -> deque[int]:
        """It is gone: the test it was at has failed, the rest is for others.

        Raises:
            RuntimeError: it ended badly behind its last test.
        """
        status = self.end()
        if not self.held and status:
            raise RuntimeError(f"a copy of the tests' process ended badly behind its last test: {status}")
        if self.held:
            item, hook = self.session.items[self.held[0]], self.session.config.hook
            said = f"the process that ran it died: {status}"
            report = pytest.TestReport(item.nodeid, item.location, {}, "failed", said, "call")
            self._tell([hook.pytest_report_to_serializable(config=self.session.config, report=report)])
        return self.held

    def end(self) -> int:
        """Waits for it; its exit status, negative where a signal ended it."""
        self.wire.close()
        return os.waitstatus_to_exitcode(os.waitpid(self.process, 0)[1])


def _live(session: pytest.Session, wire: Connection, number: int) -> NoReturn:
    """What a copy does, from its beginning to its end."""
    status = 1
    try:
        _be_another(session.config, number)
        status = _run(session, wire)
    except BaseException:  # noqa: BLE001 -- told where it can be seen, and as its exit status
        traceback.print_exc(file=sys.__stderr__)
    finally:
        os._exit(status)


def _be_another(config: pytest.Config, number: int) -> None:
    """What two processes must not share, and what the first one alone has to do."""
    Copies.here = True
    config.workerinput = {}  # type: ignore[attr-defined] # by this, plugins know that another process sums up
    capture: Any = config.pluginmanager.get_plugin("capturemanager")
    capture.stop_global_capturing()
    capture.start_global_capturing()
    capture.suspend_global_capture()
    if reporter := config.pluginmanager.get_plugin("terminalreporter"):
        config.pluginmanager.unregister(reporter)
    folders = config._tmp_path_factory  # type: ignore[attr-defined]
    folders._basetemp = folders.getbasetemp() / f"copy{number}"
    folders._basetemp.mkdir(mode=0o700)
    folders._exit_stack = ExitStack()  # what it holds cleans up behind all


class _Teller:
    """Hears of a test all that pytest says of it."""

    def __init__(self, config: pytest.Config) -> None:
        self.config, self.told = config, list[Any]()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.told.append(self.config.hook.pytest_report_to_serializable(config=self.config, report=report))

    def pytest_warning_recorded(self, warning_message: warnings.WarningMessage, when: str) -> None:
        if when == "runtest":  # those of before the first process has told
            said = pytest.PytestWarning(f"{warning_message.category.__name__}: {warning_message.message}")
            self.told.append(warnings.WarningMessage(said, type(said), warning_message.filename, warning_message.lineno))


def _run(session: pytest.Session, wire: Connection) -> int:
    """Runs what is handed over, until there is no more or nobody who hands."""
    hook, held, more = session.config.hook, deque[int](), True
    teller = _Teller(session.config)
    session.config.pluginmanager.register(teller)
    teller.told.clear()  # what was warned of before the copy began is told to whoever is registered
    with suppress(EOFError, OSError, KeyboardInterrupt):
        while True:
            while more and len(held) < 2:  # what the next one shares with this one stays for it
                given = wire.recv()
                more = bool(given)
                held += given
            if not held:
                break
            item, upcoming = session.items[held.popleft()], session.items[held[0]] if held else None
            hook.pytest_runtest_protocol(item=item, nextitem=upcoming)
            wire.send(teller.told)
            teller.told = []
    hook.pytest_sessionfinish(session=session, exitstatus=pytest.ExitCode.OK)
    return 0
