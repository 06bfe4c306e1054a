"""Fixtures every test may ask for; see tests/postgres.py for the server, tests/needs.py for what may be left out."""

from __future__ import annotations

import gc
import logging
import os
import re
import signal
import sys
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
import structlog
from hypothesis import settings

from inspector.store import room
from inspector.store.store import Store
from tests import apart, compiled, house, needs, postgres, reread, sealing, trees
from tests.fault import chance

structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.dev.ConsoleRenderer(
            colors=False, exception_formatter=structlog.dev.plain_traceback
        ),  # with locals it takes seconds
    ],
    wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),  # who wants to hear more asks for it
)

EVERYDAY = "not slow and not bench"
"""What pyproject.toml asks for where nobody asks for anything else."""

collect_ignore = ["elsewhere"]
"""A package of another team, whose tests are run where it is installed."""

WHOLLY_SLOW = re.compile(r"^pytestmark = .*\bpytest\.mark\.slow\b", re.MULTILINE)

TURN = os.environ.get("INSPECTOR_TEST_TURN", "")
"""`0/3`: of the slow tests this run takes the first of three parts, as `.ci/run` does with one part for each commit."""

SEALED = os.environ.get("INSPECTOR_TEST_SEALED", "") not in ("", "0")
"""Whether every test that asks for a `store` gets one that seals what is personal, as an office with `[privacy]` keys."""

SEED = pytest.StashKey[int]()
SLOW, UNREAD = pytest.StashKey[int](), pytest.StashKey[set[Path]]()
"""How many slow tests the everyday run leaves out, and which files of nothing but slow ones it leaves unread."""

settings.register_profile("house", deadline=None)  # how long something takes is shown by benchmarks, and no test fails by it
settings.load_profile("house")
compiled.share()
room.STRICT = True
apart.watch()
reread.remember()
if (
    signal.getsignal(signal.SIGINT) is signal.SIG_IGN
):  # a job in a shell's background ignores it, and all that it starts would, too
    signal.signal(signal.SIGINT, signal.default_int_handler)
gc.disable()  # until all is collected: hardly anything of it is garbage, and looking for it takes a fifth of the time


def pytest_addoption(parser: pytest.Parser) -> None:
    """What may be said of a run besides."""
    parser.addoption(
        "--seed", type=int, default=None, help="of the faults that come by chance; chosen, and told with each failure"
    )


def pytest_configure(config: pytest.Config) -> None:
    """The seed of this run's faults; each process of several has the same."""
    told = getattr(config, "workerinput", {}).get("seed", config.getoption("seed"))
    config.stash[SEED] = chance.use(told)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """One of several processes hears it."""
    node.workerinput["seed"] = node.config.stash[SEED]


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """One PostgreSQL for each test process, started when the first test asks."""
    with postgres.server() as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: postgres.Server) -> Iterator[str]:
    """The SQLAlchemy URL of an empty PostgreSQL database."""
    url = postgres_server.lend()
    yield url
    postgres_server.give_back(url)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The SQLAlchemy URL of a fresh, empty database: each test runs once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'inspector.sqlite3'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Modules that are slow as a whole the everyday run does not even read, unless they are named: they are an eighth of all."""
    if config.option.markexpr != EVERYDAY or not collection_path.match("test_*.py"):
        return None
    asked = [config.invocation_params.dir / one.partition("::")[0] for one in config.args]
    if collection_path in asked or not any(map(collection_path.is_relative_to, asked)):
        return None
    if not WHOLLY_SLOW.search(collection_path.read_text(encoding="utf-8")):
        return None
    config.stash.setdefault(UNREAD, set()).add(collection_path)
    return True


def pytest_deselected(items: Sequence[pytest.Item]) -> None:
    """Counts what the everyday run, or a turn, leaves out for being slow; what somebody asked to leave out he knows himself."""
    for item in items:
        if item.get_closest_marker("slow") and (item.config.option.markexpr == EVERYDAY or TURN):
            item.config.stash[SLOW] = item.config.stash.get(SLOW, 0) + 1


def pytest_sessionfinish(session: pytest.Session) -> None:
    """One of several processes tells the one that sums up; each has collected the same."""
    stash = session.config.stash
    if (output := getattr(session.config, "workeroutput", None)) is not None:
        output["left_out"] = stash.get(SLOW, 0), [str(one) for one in stash.get(UNREAD, ())]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Hears it; a process that crashed has told nothing."""
    if left_out := getattr(node, "workeroutput", {}).get("left_out"):
        node.config.stash[SLOW], node.config.stash[UNREAD] = left_out[0], set(map(Path, left_out[1]))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What is `alike` on both databases runs on PostgreSQL with the slow ones, as `.ci/run` does: it is a third of all the time.

    Not what `differs` among it: who waits for whom, and whose fence holds, PostgreSQL settles by row locks, not by one writer.
    Those that read the trees of all code stand beside each other, so that one process reads them and not each.
    """
    for item in items:
        marks = {mark.name for mark in item.iter_markers()}
        if marks >= {"alike", "postgres"} and "differs" not in marks:
            item.add_marker(pytest.mark.slow)
    items.sort(key=lambda one: one.get_closest_marker("trees") is None)
    if SEALED:
        _leave(config, items, [one for one in items if one.get_closest_marker("bare")])
    if TURN:
        _take_turn(config, items)


def _take_turn(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves the slow tests of the other parts out; a test's name says to which part it belongs, in each process the same."""
    part, parts = map(int, TURN.split("/"))
    _leave(config, items, [one for one in items if one.get_closest_marker("slow") and crc32(one.nodeid.encode()) % parts != part])


def _leave(config: pytest.Config, items: list[pytest.Item], left: list[pytest.Item]) -> None:
    """Leaves some tests out."""
    if left:
        gone = set(left)
        items[:] = [one for one in items if one not in gone]
        config.hook.pytest_deselected(items=left)


def pytest_collection_finish() -> None:
    """What was collected stays: nobody need look through it for garbage five thousand times, nor often through what a test makes."""
    gc.enable()
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """What was read of the tree is let go with the last test that asks for it: it is large."""
    if item.get_closest_marker("trees") and not (nextitem and nextitem.get_closest_marker("trees")):
        trees.nodes.cache_clear()


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leaves out a test marked `needs(name)` on a machine without it."""
    for mark in item.iter_markers("needs"):
        for name in mark.args:
            needs.require(name)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """When strict, a test left out is a test failed. A failure among faults says by which seed it came."""
    report = yield
    _fail_when_strict(report)
    if report.failed and item.get_closest_marker("fault"):
        report.sections.append(("seed", f"--seed {item.config.stash[SEED]}"))
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a module that skips itself while it is collected."""
    report = yield
    _fail_when_strict(report)
    return report


def _fail_when_strict(report: pytest.TestReport | pytest.CollectReport) -> None:
    if needs.strict() and report.skipped and not hasattr(report, "wasxfail"):
        reason = _reason(report)
        if not needs.allowed(reason):
            report.outcome = "failed"
            report.longrepr = f"{reason} (--strict: nothing may be left out 严格模式下不得跳过)"


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    return report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Names each failure as it comes: who stops a long run, or whose time is over, knows what had failed by then."""
    if report.failed and "PYTEST_XDIST_WORKER" not in os.environ:
        print(f"\n{report.nodeid} ({report.when}) FAILED 未通过", file=sys.__stderr__, flush=True)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Says at the end, loudly, what this machine had to leave out and how to mend it, and what the everyday run leaves out."""
    lines = needs.report([_reason(report) for report in terminalreporter.getreports("skipped")])
    lines += needs.slow(config.stash.get(SLOW, 0), files=len(config.stash.get(UNREAD, ())))
    if lines:
        terminalreporter.section("LEFT OUT 未运行", yellow=True, bold=True)
        for line in lines:
            terminalreporter.line(line, yellow=True)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """A migrated store, once on each database; an office's that seals where the run asks for it."""
    with house.closing(sealing.sealed_store(database_url) if SEALED else house.open_store(database_url)) as held:
        yield held


@pytest.fixture
def hand() -> house.Hand:
    """Office time in the test's hand."""
    return house.Hand()
