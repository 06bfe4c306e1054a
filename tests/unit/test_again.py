"""What failed beside others is tried once more, alone, and named; what fails again fails."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests import again


def left(root: Path, source: str, names: list[str]) -> None:
    """A project of one file of tests, and what pytest left behind of a run of it."""
    (root / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    (root / "test_it.py").write_text(source, encoding="utf-8")
    cache = root / ".pytest_cache" / "v" / "cache"
    cache.mkdir(parents=True)
    (cache / "lastfailed").write_text(json.dumps(dict.fromkeys(names, True)), encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize(("body", "code"), [("assert True", 0), ("assert False", 1)])
def test_what_passes_alone_is_named_and_what_fails_again_fails(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], body: str, code: int
) -> None:
    left(tmp_path, f"def test_one():\n    {body}\ndef test_other():\n    assert False\n", ["test_it.py::test_one"])
    assert again.main(tmp_path) == code
    assert ("UNSTABLE" in capfd.readouterr().out) == (code == 0)


def test_many_at_once_are_no_chance(tmp_path: Path) -> None:
    left(tmp_path, "def test_one():\n    assert True\n", [f"test_it.py::test_one[{each}]" for each in range(again.LIMIT + 1)])
    assert again.main(tmp_path) == 1


def test_a_run_that_left_no_word_is_no_passed_one(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="lastfailed"):
        again.main(tmp_path)
