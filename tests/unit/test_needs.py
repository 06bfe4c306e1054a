"""What a run of the tests leaves out is said at its end."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from tests import needs

LINE = r"^slow: (\d+) tests and generated requests left out 慢测试未运行：\1 项及随机生成的请求。./test --slow$"


@pytest.mark.parametrize(
    ("tests", "requests", "said"),
    [
        (0, False, []),
        (3, False, ["slow: 3 tests left out 慢测试未运行：3 项。./test --slow"]),
        (0, True, ["slow: generated requests left out 慢测试未运行：随机生成的请求。./test --slow"]),
    ],
)
def test_slow_tests_are_told_only_where_some_are_left_out(tests: int, requests: bool, said: list[str]) -> None:
    assert needs.slow(tests, requests=requests) == said


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_everyday_run_tells_at_its_end_how_many_slow_tests_it_left_out_and_a_run_that_chose_does_not() -> None:
    def ran(*asked: str) -> str:
        words = [sys.executable, "-m", "pytest", "-q", "--copies", "2", *asked]
        outside = {name: value for name, value in os.environ.items() if name != "INSPECTOR_TEST_TURN"}
        return subprocess.run(words, cwd=needs.ROOT, env=outside, capture_output=True, text=True, check=True).stdout

    told = re.search(LINE, ran("tests/integration", "-k", "receipts_were_lost"), re.MULTILINE)
    assert told is not None
    assert int(told[1]) > 100
    assert "slow:" not in ran("tests/statistics/test_assignment.py", "-m", "not slow")
