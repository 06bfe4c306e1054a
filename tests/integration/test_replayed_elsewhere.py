"""Scenario 20: from its manifest a draw of the daemon is replayed elsewhere, on another Python: identical list, order and teams."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from inspector.domain.commitment import read
from inspector.domain.suite import Suite, root
from inspector.store.store import Store
from inspector.verifier import verify_draw
from tests import pythons
from tests.house import ROOT, Hand
from tests.integration.test_draw_way import announced, carried_out, drawing, visits
from tests.integration.test_whole_batch import BUNDLE

pytestmark = [pytest.mark.alike, pytest.mark.slow, pytest.mark.needs("another-python")]

REPLAY = """
import sys
from pathlib import Path
from json import loads
from inspector.domain import draw, frame
from inspector.domain.commitment import read
at = Path(sys.argv[1])
registers = frame.read(*((at / f"{name}.tsv").read_bytes() for name in ("objects", "inspectors", "bans")))
made = read((at / "commit.json").read_bytes())
parts = loads((at / "seed.json").read_text(encoding="utf-8"))["parts"]
sys.stdout.buffer.write(draw.carry_out(made, {made.lists[0].name: registers}, parts).content())
"""


def test_scenario_20_given_its_manifest_another_machine_and_python_come_to_the_same_list_order_and_teams(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    office, _, _ = drawing(store, hand, staff=9)
    _, held = announced(office, hand, cases=12)
    carried_out(office, hand, held.number)
    with store.read() as tx:
        files = tx.draws.files(held.number)
        seated = {one.object_id: [seat.inspector for seat in tx.visits.team(one.id)] for one in visits(office, held.number)}

    told, commitment = json.loads(files["commit.json"]), read(files["commit.json"])
    listed, seed = told["lists"][0], json.loads(files["seed.json"])
    assert listed["objects"]["root"] == root(Suite(), files["objects.tsv"].split(b"\n")[:-1]), "register hash"
    assert listed["derivation"]["pack"] == office.policy("bureau", held.made_at.date()).label, "pack version"
    assert (told["v"], told["hash"]) == ("ssj1", "sha256"), "algorithm id"
    assert (seed["commit"], len(seed["parts"])) == (commitment.c, len(told["seed"])), "seed"

    elsewhere = tmp_path / "elsewhere"  # nothing of the house goes along but what is handed out
    elsewhere.mkdir()
    for name in BUNDLE:
        (elsewhere / name).write_bytes(files[name])
    program = shutil.copy(str(verify_draw.__file__), tmp_path / "verify_draw.py")
    for other in pythons.others():
        checked = subprocess.run([other, "-I", program, str(elsewhere)], capture_output=True, text=True, check=False)
        assert checked.returncode == 0, checked.stdout + checked.stderr
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "77"}
        again = subprocess.run(
            [other, "-S", "-c", REPLAY, str(elsewhere)], capture_output=True, env=environment, cwd=tmp_path, check=False
        )
        assert again.returncode == 0, again.stderr.decode()
        assert again.stdout == files["result.json"], "list, order and teams, to the byte"
    teams = json.loads(files["result.json"])["lists"][0]["teams"]
    assert (len(teams), teams) == (12, seated), "and these are the teams that were sent"
