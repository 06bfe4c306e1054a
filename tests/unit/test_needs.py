"""What a run of the tests leaves out is said at its end."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from tests import needs

LINE = r"^slow: (\d+) tests and (\d+) files left out 慢测试未运行：\1 项及 \2 个文件。./test --slow$"


@pytest.mark.parametrize(
    ("tests", "files", "said"),
    [
        (0, 0, []),
        (3, 0, ["slow: 3 tests left out 慢测试未运行：3 项。./test --slow"]),
        (0, 2, ["slow: 2 files left out 慢测试未运行：2 个文件。./test --slow"]),
        (3, 2, ["slow: 3 tests and 2 files left out 慢测试未运行：3 项及 2 个文件。./test --slow"]),
    ],
)
def test_slow_tests_are_told_only_where_some_are_left_out(tests: int, files: int, said: list[str]) -> None:
    assert needs.slow(tests, files=files) == said


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_everyday_run_tells_at_its_end_how_many_slow_tests_and_files_it_left_out_and_a_run_that_chose_does_not() -> None:
    def ran(*asked: str) -> str:
        words = [sys.executable, "-m", "pytest", "-q", "-n", "1", *asked]
        outside = {name: value for name, value in os.environ.items() if name != "INSPECTOR_TEST_TURN"}
        return subprocess.run(words, cwd=needs.ROOT, env=outside, capture_output=True, text=True, check=True).stdout

    told = re.search(LINE, ran("tests/integration", "-k", "receipts_were_lost"), re.MULTILINE)
    assert told is not None
    assert int(told[1]) > 100
    assert int(told[2]) > 10
    assert "slow:" not in ran("tests/statistics/test_assignment.py", "-m", "not slow")
