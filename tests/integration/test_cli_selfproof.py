"""`self-proof`: what is open, the link, a file, and what an officer has read, at the command line."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from inspector.domain.calendar import SHANGHAI
from inspector.domain.case import MatterKind, Outcome
from inspector.flows import selfproof
from inspector.store.store import Store
from tests import house
from tests.integration.test_way import person
from tests.materials import PLACE, jpeg
from tests.operator import Operator, one_database, settled

pytestmark = [pytest.mark.alike, pytest.mark.slow]

database_url = one_database


@pytest.fixture
def operator(database_url: str, tmp_path: Path) -> Operator:
    return settled(database_url, tmp_path)


def today() -> datetime:
    """The commands go by the real hour."""
    return datetime.now(SHANGHAI)


def asked(store: Store) -> tuple[str, str]:
    """A case whose source is not there, so that its subject is asked; the self-proof."""
    office = house.open_office(store, today)
    case_id = house.post(office, person(1, "exam-work-years", {"work-years": "5"}, MatterKind.CONFIRMATION))
    house.settle(office)
    with store.read() as tx:
        (proof,) = tx.selfproofs.of_case(case_id)
    return case_id, proof.id


def test_an_operator_hands_the_link_over_saves_what_was_shown_and_enters_what_is_read(operator: Operator, tmp_path: Path) -> None:
    with house.closing(operator.store()) as store:
        case_id, proof = asked(store)
        (row,) = operator.well("self-proof", "list", "--json").json
        assert (row["id"], row["state"]) == (proof, "ASKED")
        link = operator.well("self-proof", "link", proof, "--by", "李主任").out.strip()
        assert f"/show/{proof}/" in link
        assert operator.well("self-proof", "call-back", proof, "--reasons", "发错了人", "--json").json["state"] == "ASKED"
        assert operator.well("self-proof", "link", proof, "--json").json["link"] != link
        assert operator.say("self-proof", "read", proof, "--verdict", "match", "--of-day", "2026-03-01").code == 4, (
            "nothing was shown"
        )
        office = house.open_office(store, today)
        with store.begin() as tx:
            (material,) = selfproof.receive(office, tx, proof, selfproof.take(jpeg()), "劳动合同", today()).materials
        told = operator.well("self-proof", "show", proof, lang="zh-Hans").out
        assert ("劳动合同" in told, "RECEIVED" in told) == (True, False), "people read words"
        file = tmp_path / "photo.jpg"
        operator.well("self-proof", "save", proof, material.digest, str(file))
        assert PLACE not in file.read_bytes()
        day = f"{today():%Y-%m-%d}"
        done = operator.well("self-proof", "read", proof, "--verdict", "match", "--of-day", day, "--value", "9", "--json").json
        assert done["state"] == "READ"
        with store.read() as tx:
            assert tx.cases.get(case_id).outcome is Outcome.TRUE
            rules = [row["rule"] for row in tx.ledger.about(case_id)]
        assert {"self_proof.hand", "self_proof.link", "self_proof.looked", "self_proof.read"} <= set(rules)
        assert "What the subject was asked to show" in operator.well("case", "explain", case_id).out
