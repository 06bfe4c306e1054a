"""Which tests come to which line, so that of a change those are asked first that are about it: recorded once, kept in a file."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from coverage import Coverage

from tests.mutants.sample import ROOMS
from tests.without import ROOT

MOST = 60
"""Tests that a mutant has to outlive; those that come to the fewest lines are about it more than a way that crosses everything."""


class Lines:
    """Of each module, by line, the tests (`tests/…/test_x.py::test_y`) that come there."""

    def __init__(self, held: Mapping[tuple[str, int], frozenset[str]]) -> None:
        self._held = held
        self._reach = Counter(test for tests in held.values() for test in tests)

    def tests(self, module: str, lines: Iterable[int]) -> list[str]:
        """Those that come to lines of a module, first those that come to the fewest lines of all; as many as count."""
        come = {test for line in lines for test in self._held.get((module, line), ())}
        return sorted(come, key=lambda test: (self._reach[test], test))[:MOST]

    @classmethod
    def read(cls, paths: Iterable[Path]) -> Lines:
        """What `record` has written, in one file or in several."""
        found: dict[tuple[str, int], frozenset[str]] = {}
        for path in paths:
            told = json.loads(path.read_text(encoding="utf-8"))
            for module, lines in told["lines"].items():
                for line, tests in lines.items():
                    place = module, int(line)
                    found[place] = found.get(place, frozenset()) | {told["tests"][test] for test in tests}
        return cls(found)


class _Told:
    """Tells `coverage` which test it is, so that what other threads do meanwhile is counted as that test's."""

    def __init__(self, coverage: Coverage) -> None:
        self._coverage = coverage

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self._coverage.switch_context(item.nodeid.partition("[")[0])
        try:
            return (yield)
        finally:
            self._coverage.switch_context("")


def record(tests: Sequence[str], into: Path) -> int:
    """Run the everyday tests of these files on SQLite, and write down which of them come to which line; pytest's own code."""
    with TemporaryDirectory() as place:
        rooms = [str(ROOT / room) for room in ROOMS]
        coverage = Coverage(data_file=f"{place}/data", source=rooms, config_file=False, messages=False)
        coverage.start()
        asked = ["-q", "-n", "0", "-m", "not slow and not bench and not postgres", "-p", "no:cacheprovider", *tests]
        ended = int(pytest.main(asked, plugins=[_Told(coverage)]))
        coverage.stop()
        data = coverage.get_data()
        come = sorted(data.measured_contexts() - {""})
        number = {test: place for place, test in enumerate(come)}
        lines = {
            Path(path).relative_to(ROOT).as_posix(): {
                str(line): sorted(number[one] for one in told if one) for line, told in data.contexts_by_lineno(path).items()
            }
            for path in data.measured_files()
        }
    into.write_text(json.dumps({"tests": come, "lines": lines}, ensure_ascii=False), encoding="utf-8")
    return ended
