"""Another program in another language, sharing nothing with ours, comes to the same draws (draw-protocol threat 15)."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests import needs
from tests.bundles import VECTORS, Bundle, random_bundle, vector

pytestmark = pytest.mark.needs("node")


def opinions(bundles: Sequence[Bundle], folder: Path) -> list[str]:
    """One line for each bundle."""
    folders = [held.write(folder / str(number)) for number, held in enumerate(bundles)]
    program = [needs.require("node"), str(VECTORS / "verify.mjs"), *map(str, folders)]
    return subprocess.run(program, capture_output=True, text=True, check=False).stdout.splitlines()


def agrees(held: Bundle) -> str:
    return f"agrees C={held.commitment.c} W={held.commitment.w}"


def test_the_second_program_agrees_on_every_vector(tmp_path: Path) -> None:
    vectors = [vector(name) for name in ("1", "2", "3", "sm3")]
    assert opinions(vectors, tmp_path) == [agrees(held) for held in vectors]


def test_the_second_program_agrees_on_forty_random_bundles(tmp_path: Path) -> None:
    bundles = [random_bundle(number) for number in range(40)]
    assert opinions(bundles, tmp_path) == [agrees(held) for held in bundles]
    told = [held["teams"].values() for bundle in bundles for held in bundle.result["lists"]]
    assert sum(None in team for teams in told for team in teams) > 40, "many of their seats are impossible"
    assert {bundle.commitment.suite.name for bundle in bundles} == {"sha256", "sm3"}


def test_the_second_program_refuses_what_does_not_hold(tmp_path: Path) -> None:
    held = vector("1")
    (files,) = held.frames.values()
    turned = json.loads(json.dumps(held.result))
    next(iter(turned["lists"][0]["teams"].values())).reverse()
    wrong = [
        replace(held, result=turned),
        replace(held, frames={"scjg": (files[0], files[1], b"")}),
        replace(held, frames={"scjg": (files[0].replace(b"\tB\t", b"\tA\t", 1), *files[1:])}),
        replace(held, parts=[{**held.parts[0], "round": 657414}]),
        replace(held, parts=[{**held.parts[0], "signature": "b7" * 48}]),
    ]
    assert [line.split(" ")[0] for line in opinions(wrong, tmp_path)] == ["REFUSED"] * len(wrong)
