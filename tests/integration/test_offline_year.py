"""Draws without the daemon beside each other: what of a year is planned, and when one is over whose visits another deals anew."""

from __future__ import annotations

import json
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from inspector.cli.offline import papers
from inspector.domain import commitment
from tests.offline import HEADS, PLAN, SEED, announce, carry_out
from tests.offlinedraws import BOTH, FIRMS, listed, office, open_
from tests.operator import Operator, Said, table


@pytest.fixture
def laptop_(tmp_path: Path) -> Operator:
    """A draw of four firms, in the folder `first`."""
    held = office(tmp_path)
    put_away(held, "first")
    return held


def put_away(held: Operator, name: str) -> None:
    (held.folder / "draw").rename(held.folder / name)
    for file in held.folder.glob("draw.*.txt"):
        file.rename(held.folder / f"{name}{file.name.removeprefix('draw')}")


def _read(where: Path) -> commitment.Commitment:
    return commitment.read((where / "commit.json").read_bytes())


def follows(held: Operator, before: str, number: int, *, strata: str = "", firms: list[str] | None = None) -> Said:
    """The next draw of the register is announced and carried out in `draw`: of the same firms, or of those named, in one class A."""
    plan = PLAN.replace("330106-2026-001", f'330106-2026-{number:03d}"\nprev = "{_read(held.folder / before).c}')
    plan = plan.replace("justice", f"x{number}")
    head, tail = plan.partition("hash = ")[0], plan.partition("[strata.A]")[2]
    held.file("plan.toml", f"{head}make = true\n{strata or f'[strata.A]{tail}'}")
    if firms is not None:
        held.file("objects.csv", table(HEADS, *((name, "A", "", "东区", "", "") for name in firms)))
    said = announce(held, bans="")
    assert said.code == 0, said.err
    dice = " ".join("123456"[(k + number) % 6] for k in range(26))
    secret = held.folder / "draw.nonce-2.txt"
    return carry_out(held, "--seed", f"text={dice}", "--seed", f"reveal:x{number}={secret}")


def drawn(held: Operator, folder: str = "first") -> list[str]:
    return [one["object"] for one in listed(held, folder)["lists"][0]["visits"]]


WHOLE = '[strata.A]\nratio = "100%"\n'


def anew(held: Operator, *more: str) -> None:
    """Two visits of `first`, dealt anew under the next number."""
    said = follows(held, "first", 2, strata=WHOLE, firms=[*drawn(held)[:2], *more])
    assert said.code == 0, said.err


def share(held: Operator, folder: str = "draw") -> tuple[int, int]:
    told: dict[str, Any] = held.well("draw", "report", str(held.folder / folder), "--json").json["share"]
    return told["random"], told["planned"]


def test_visits_dealt_anew_are_no_second_planned_check(laptop_: Operator) -> None:
    assert share(laptop_, "first") == (4, 4)
    anew(laptop_)
    assert share(laptop_) == (4, 4)
    assert (open_(laptop_).code, open_(laptop_, folder="first").code) == (0, 0)
    for more in (("--firms",), ()):
        laptop_.well("draw", "export", str(laptop_.folder / "first"), str(laptop_.folder / "public"), "--public", *more)
        far = laptop_.folder / "far"
        far.mkdir()
        (laptop_.folder / "first").rename(far / "first")
        assert share(laptop_) == (4, 4), "of whoever is not named there is the ticket"
        shutil.rmtree(laptop_.folder / "public")
        (far / "first").rename(laptop_.folder / "first")
        far.rmdir()


def test_whoever_is_planned_besides_those_dealt_anew_counts_and_chance_counts_each_time(laptop_: Operator) -> None:
    fresh = next(code for code, _, status, *_ in FIRMS if not status and code not in drawn(laptop_))
    anew(laptop_, fresh)
    assert share(laptop_) == (4, 5)
    put_away(laptop_, "second")
    laptop_.file("objects.csv", table(HEADS, *FIRMS))
    assert follows(laptop_, "second", 3).code == 0
    assert share(laptop_) == (8, 9)


def test_a_draw_of_another_year_and_a_void_one_are_not_counted(tmp_path: Path) -> None:
    held = office(tmp_path)
    (tmp_path / "draw/seed.json").unlink()
    (tmp_path / "draw/result.json").unlink()
    made = json.loads((tmp_path / "draw/commit.json").read_bytes())
    year = datetime.fromisoformat(made["made"]).year
    made["made"] = (
        f"{year - 1}{made['made'][4:]}" if not made["made"][4:].startswith("-02-29") else f"{year - 1}-02-28T00:00:00+08:00"
    )
    (tmp_path / "draw/commit.json").write_text(json.dumps(made, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
    (tmp_path / "draw" / papers.WITNESS).write_bytes(papers.witness(_read(tmp_path / "draw")))
    assert carry_out(held, *SEED).code == 0
    assert share(held) == (4, 4)
    put_away(held, "first")
    assert follows(held, "first", 2).code == 0
    assert share(held) == (4, 4), "last year's"
    put_away(held, "second")
    assert follows(held, "second", 3).code == 0
    assert share(held) == (8, 8)
    said = held.say("draw", "void", str(tmp_path / "second"), "--reason", "名单有误", *BOTH)
    assert said.code == 0, said.err
    assert share(held) == (4, 4), "void"


@pytest.mark.parametrize("public", [False, True])
def test_a_draw_beside_that_cannot_be_read_or_has_false_figures_is_named_and_counted_nowhere(
    laptop_: Operator, public: bool
) -> None:
    assert follows(laptop_, "first", 2).code == 0
    assert share(laptop_) == (8, 8)
    where = laptop_.folder / "first"
    if public:
        assert open_(laptop_, folder="first").code == 0
        laptop_.well("draw", "export", str(where), str(laptop_.folder / "public"), "--public")
        shutil.rmtree(where)
        where = laptop_.folder / "public"
        assert share(laptop_) == (8, 8)
    right = (where / "result.json").read_bytes()
    told = json.loads(right)
    stratum = told["lists"][0]["strata"]["A"]
    stratum["k"], stratum["selected"] = 1, stratum["selected"][:1]
    for wrong in (b"", b"[]", b"{}", b'{"lists": 3}', json.dumps(told).encode()):
        (where / "result.json").write_bytes(wrong)
        said = laptop_.say("draw", "report", str(laptop_.folder / "draw"))
        assert (said.code, str(where) in said.err, "Traceback" in said.err) == (4, True, False), said.err
    (where / "result.json").write_bytes(right)
    (where / "witness").mkdir(exist_ok=True)
    (where / "witness/record.json").write_bytes(b"{")
    said = laptop_.say("draw", "report", str(laptop_.folder / "draw"))
    assert (said.code, str(where) in said.err) == (4, True), said.err


def test_a_draw_is_not_over_while_another_one_that_deals_its_visits_anew_is_not(laptop_: Operator) -> None:
    anew(laptop_)
    record = laptop_.folder / "first/witness/record.json"
    for lang in ("en", "zh-Hans"):
        said = laptop_.say("draw", "open", str(laptop_.folder / "first"), "--on", "2026-01-05", *BOTH, lang=lang)
        assert said.code == 2, "the day is looked at first"
    said = open_(laptop_, folder="first")
    assert (said.code, str(laptop_.folder / "draw") in said.err, record.exists()) == (4, True, False), said.err
    assert open_(laptop_).code == 0
    assert open_(laptop_, folder="first").code == 0


def test_a_void_one_and_one_of_other_objects_keep_no_draw_from_being_over(laptop_: Operator) -> None:
    fresh = next(code for code, _, status, *_ in FIRMS if not status and code not in drawn(laptop_))
    anew(laptop_, fresh)
    assert open_(laptop_, folder="first").code == 0, "a list that is drawn whole anyway, with one of ours in it"
    (laptop_.folder / "first/witness/record.json").unlink()
    shutil.rmtree(laptop_.folder / "draw")
    for file in laptop_.folder.glob("draw.*"):
        file.unlink()
    anew(laptop_)
    assert open_(laptop_, folder="first").code == 4
    assert laptop_.say("draw", "void", str(laptop_.folder / "draw"), "--reason", "名单有误", *BOTH).code == 0
    assert open_(laptop_, folder="first").code == 0
