"""What an office says of a delivery by its name: that it counts though it corrects another, or that it answers nothing."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from inspector.domain.errors import Invalid
from inspector.testing import CODE, QUESTION
from tests.deliveries import ROWS, Exchange, csv


@pytest.fixture
def exchange(tmp_path: Path) -> Exchange:
    made = Exchange(tmp_path)
    made.folder.mkdir()
    return made


def test_a_correction_of_the_same_date_is_let_in_by_its_name_and_stays_in_use(exchange: Exchange) -> None:
    exchange.deliver(csv())
    assert exchange.used() == "qy-20260106.csv"
    mended = exchange.deliver(csv([ROWS[0], [CODE, "注销"], *ROWS[2:]]), end="a.csv")
    assert (exchange.used(), exchange.why()) == ("qy-20260106.csv", ["delivery_twice"])
    assert exchange.used(accept=mended.name) == mended.name
    assert exchange.used(accept=mended.name) == mended.name, "after a restart, too"
    assert exchange.used() == mended.name, "what is in use needs no word any more"
    mended.write_bytes(csv([ROWS[0], [CODE, "吊销"], *ROWS[2:]]))
    with closing(exchange.source()) as made:
        made.pick_up()
        assert made.ask(QUESTION, key="k-1").value == "注销"
    with closing(exchange.source(accept=mended.name)) as made:
        made.pick_up()
        assert made.ask(QUESTION, key="k-1").value == "吊销", "under the same name, too"


def test_a_delivery_that_the_office_has_put_out_of_use_answers_nothing_whether_or_not_it_lies_there(exchange: Exchange) -> None:
    exchange.deliver(csv(), "20260105")
    wrong = exchange.deliver(csv(), "20260106")
    assert exchange.used() == wrong.name
    with closing(exchange.source(withdrawn=[wrong.name])) as made:
        assert [one.facts["files"] for one in made.look() if one.code == "delivery_withdrawn"] == [wrong.name]
    wrong.unlink()
    assert exchange.used() == wrong.name, "what the other side clears away goes on answering"
    assert exchange.used(withdrawn=[wrong.name]) == "qy-20260105.csv", "the one before it, with its own date"
    (exchange.folder / "qy-20260105.csv").unlink()
    assert exchange.used(withdrawn=[wrong.name, "qy-20260105.csv"]) is None
    with closing(exchange.source(withdrawn=["qy-20260105.csv"])) as made:
        assert (made.supply(look=False).age_seconds, made.look()[0].code) == (None, "delivery_none")
    exchange.deliver(csv(), "20260106")
    exchange.deliver(csv(), "20260104")
    assert exchange.used(withdrawn=["qy-20260106.csv", "qy-20260105.csv"]) == "qy-20260104.csv", "nor while it lies there again"
    with pytest.raises(Invalid, match="connector_key_range"):
        exchange.source(accept="qy-20260106.csv", withdrawn=["qy-20260106.csv"])
