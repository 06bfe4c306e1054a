"""Issue 8, shown 4: under draws, visits and kill -9 no by-way keeps a word of who was planted.

By-ways here: what daemons say until they die and after, with every address that was asked; metrics; errors that senders hear; pushes to
inspectors; the public files of draws and the public register.
"""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from inspector import bootstrap, settings
from inspector import gazette as pages
from inspector.flows import affix, gazette
from inspector.flows.office import Connectors
from inspector.store.drawtables import MEMBERS, draw_file
from inspector.store.tables import subject
from tests.fault.load import get, kill, murder, stands, start
from tests.fault.office import Site, site
from tests.fault.senders import mixed_case
from tests.operator import one_database
from tests.sealing import found

database_url = one_database
CASES = 60


def planted(kind: str) -> set[str]:
    """The numbers and names of those whom cases are about."""
    subjects = [mixed_case(number)["subject"] for number in range(CASES)]
    return {one[name] for one in subjects if one["kind"] == kind for name in ("code", "name")}


def published(held: Site, folder: Path) -> tuple[bytes, bytes]:
    """(the public files of all draws, everything that a build of the public register writes)."""
    with closing(held.store()) as store:
        office = bootstrap.office(settings.load(held.config), store, connectors=Connectors())
        with store.read() as tx:
            public = sa.select(draw_file.c.bytes).where(draw_file.c.name != MEMBERS)
            files = b"".join(tx.connection.execute(public).scalars())
            assert tx.connection.execute(sa.select(sa.func.count()).select_from(subject)).scalar_one() > 0
        made = gazette.gather(office, office.now(), post=True)
        register = pages.Register(title="云溪区", lines=made.lines, withheld=made.withheld, counted=made.counted, pledges=())
        affix.write(folder, pages.files(register))
    return files, b"".join(one.read_bytes() for one in folder.rglob("*") if one.is_file())


@pytest.mark.fault
@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_daemons_that_are_killed_amid_draws_and_visits_leave_no_word_of_anybody(database_url: str, tmp_path: Path) -> None:
    persons, firms = planted("PERSON"), planted("FIRM")
    assert min(len(persons), len(firms)) > CASES // 3
    with site(database_url, tmp_path, mixed=True, told=tmp_path / "daemons.log") as held:
        assert len(murder(held, 4, list(range(CASES)))) >= 3, "the last cases may be over before the last kill"
        daemon = start(held)
        try:
            metrics = get(held.port, "/metrics")[1]
            errors = get(held.port, f"/v1/cases/{min(persons)}")
        finally:
            kill(daemon)
        assert set(stands(held)) >= {"DRAWN draw", "DONE visit", "DONE seat"}, "there were draws and visits"
        pushes = get(held.world_port, "/_kept")[1]["pushes"]
        files, register = published(held, tmp_path / "site")
        said = held.told.read_bytes() if held.told else b""
        anybody = persons | firms
        where = {
            "said": found(said, anybody),
            "metrics": found(metrics if isinstance(metrics, bytes) else json.dumps(metrics).encode(), anybody),
            "errors": found(json.dumps([errors, held.wrong]).encode(), anybody),
            "pushes": found(json.dumps(pushes).encode(), persons),
            "draws": found(files, persons),
            "register": found(register, persons),
        }
        assert where == {name: set[str]() for name in where}
        assert said.count(b"died at") >= 2, "the last words of the killed are among what was read"
        assert b"case.opened" in said, "and so is what is told at each step"
        assert (len(pushes) > 0, len(files) > 0, len(register) > 0) == (True, True, True)
