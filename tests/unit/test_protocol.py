"""The protocol's page is enough to check a draw by hand: its example comes out, and whatever the code cites stands in it."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from inspector.cli.bundle import Bundle, judge
from inspector.domain.audit import MARGIN, Witness
from inspector.domain.beacon import CHAINS
from inspector.domain.commitment import LARGEST_TEAM, LEAST_BITS, LIST_NAME
from inspector.domain.exclusion import Exclusion
from inspector.verifier import verify_draw
from tests.beacons import CHAINED_SAID, QUICK_SAID
from tests.bundles import VECTORS
from tests.needs import ROOT

PAGE = "docs/reference/draw-protocol.md"
STEPS = re.compile(r"^```bash\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SPAN = r"\d+(?:(?:, | and | to )\d+)*"
"""How docstrings name several: `3 to 7`, `5, 6, 15`, `17 and 18`."""


@cache
def page() -> str:
    return (ROOT / PAGE).read_text(encoding="utf-8")


def heads() -> list[str]:
    return re.findall(r"^##+ (.+)$", page(), re.MULTILINE)


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """The folder that the example's steps leave, and what a shell prints meanwhile; it shares nothing with the engine but the page."""
    folder, steps = tmp_path_factory.mktemp("example"), "".join(STEPS.findall(page()))
    run = subprocess.run(["bash", "-euo", "pipefail", "-c", steps], cwd=folder, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")
    return folder, run.stdout.splitlines()


# --- the draw worked by hand


def test_every_value_of_the_draw_worked_by_hand_is_what_a_shell_prints(example: tuple[Path, list[str]]) -> None:
    shown = re.findall(r"^#> (.*)$", "\n".join(STEPS.findall(page())), re.MULTILINE)
    assert example[1] == shown
    assert len(shown) > 25


def test_every_verifier_takes_the_folders_that_the_draw_worked_by_hand_leaves(example: tuple[Path, list[str]]) -> None:
    folder, shown = example
    w = shown[next(place for place, one in enumerate(shown) if one.isdecimal()) + 2]  # the commitment's length, C, W
    full, public = (judge(Bundle.of_folder(one), Witness(value=w)) for one in (folder, folder / "public"))
    assert (full.verdict.problems, full.replayed, public.verdict.problems) == ((), 2, ())
    for one in (folder, folder / "public"):
        code, said = verify_draw.opinion(one)
        assert (code, said[0]) == (0, "agrees 一致: example-001")


def test_without_the_repair_that_the_example_shows_it_does_not_agree(example: tuple[Path, list[str]]) -> None:
    files = {one.name: one.read_bytes() for one in example[0].iterdir() if one.is_file()}
    teams, stuck = b'"firm-3":["Z2"],"firm-2":["Z1"]', b'"firm-3":["Z1"],"firm-2":[null]'
    assert teams in files["result.json"]
    code, said = verify_draw.opinion(files | {"result.json": files["result.json"].replace(teams, stuck)})
    assert (code, "teams" in said[0]) == (1, True)


# --- what the code cites


def cited(what: str) -> Iterator[tuple[str, int]]:
    """(file, number) of every `ruling 7`, `rulings 3 to 7`, `threat 13` in the program."""
    for file in sorted((ROOT / "inspector").rglob("*")):
        if file.suffix in {".py", ".js", ".html", ".toml"}:
            for told in re.findall(rf"(?i)\b{what}s? ({SPAN})", file.read_text(encoding="utf-8")):
                for span in re.split(r", | and ", told):
                    first, _, last = span.partition(" to ")
                    yield from ((str(file.relative_to(ROOT)), number) for number in range(int(first), int(last or first) + 1))


@pytest.mark.parametrize(
    ("what", "least", "form"), [("ruling", 100, r"^### Ruling (\d+)$"), ("threat", 6, r"^- \*\*Threat (\d+)\*\*")]
)
def test_each_ruling_and_threat_that_the_program_cites_stands_in_the_page(what: str, least: int, form: str) -> None:
    there = [int(number) for number in re.findall(form, page(), re.MULTILINE)]
    assert there == list(range(1, len(there) + 1)), "each once, in order"
    told = list(cited(what))
    assert len(told) >= least, "the form of the citations has changed"
    assert [one for one in told if one[1] not in there] == []


@pytest.mark.slow
def test_each_section_that_the_program_cites_stands_in_the_page() -> None:
    there = {head.split(" ")[0] for head in heads()}
    assert {str(number) for number in range(1, 13)} <= there
    told = set()
    for file in (ROOT / "inspector").rglob("*"):
        if file.suffix not in {".py", ".js"}:
            continue
        text = file.read_text(encoding="utf-8")
        told |= {(file.name, number) for number in re.findall(r"(?<![\w.])7\.\d{1,2}(?![\w.]*\d)", text)}
        told |= {(file.name, one) for one in re.findall(r"(?i)draw-protocol,? (?:section )?(\d[\d.]*\d|\d)", text)}
        told |= {(file.name, one) for one in re.findall(r"(?<!engine\.md )[Ss]ection (\d[\d.]*\d|\d)", text)}
    assert {"2", "3", "4", "7.1", "7.2", "7.3", "7.4", "7.5", "7.6", "7.8", "7.9"} <= {number for _, number in told}
    assert sorted(one for one in told if one[1] not in there) == []


# --- numbers and names that stand in both


def test_the_beacons_of_the_page_are_those_that_are_pinned() -> None:
    section = page().partition("\n## 2 ")[2].partition("\n## 3 ")[0]
    for chain in CHAINS.values():
        pinned = (chain.hash, chain.key, chain.scheme, chain.tag.decode(), str(int(chain.genesis.timestamp())))
        assert [one for one in pinned if one not in section] == []
        assert f"{chain.period.seconds} s" in section
    assert set(re.findall(r"`([0-9a-f]{64})`", section)) == set(CHAINS)
    known = [*QUICK_SAID.values(), *CHAINED_SAID.values()]
    assert [str(one) for one in known if str(one) not in section] == []


def test_bounds_and_codes_of_the_page_are_the_programs() -> None:
    prose = " ".join(page().split())
    assert f"All together must reach {LEAST_BITS}." in prose
    assert f"`team` (1 to {LARGEST_TEAM})" in prose
    assert f"`{LIST_NAME.pattern}`" in prose
    assert MARGIN.total_seconds() == 600
    assert "at least ten minutes before" in prose
    told = prose.partition("Its codes, the first that applies: ")[2].partition(".")[0]
    assert re.findall(r"`([a-z-]+)`", told) == [one.value for one in Exclusion]


def test_each_vector_is_named_in_the_page() -> None:
    section = page().partition("\n## 8 ")[2].partition("\n## 9 ")[0]
    assert set(re.findall(r"`(ssj1-[a-z0-9]+\.json)`", section)) == {file.name for file in VECTORS.iterdir()}
