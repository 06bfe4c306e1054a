"""The hunt in what the month does not have: what falls and stands still, what is said in one proceeding of several, two firms of one file.

A planted person, its words and those about it are in no log, metric, address, error or matter that whoever runs the machine reads, nor on
the disk (PIPL art. 51; decisions 225, 244, 245).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa

from inspector.domain.annulled import Annulled
from inspector.domain.case import Outcome
from inspector.domain.consequence import StatementKind
from inspector.domain.errors import InspectorError
from inspector.domain.proposal import Proposal
from inspector.flows import annulling, objections, review, twins
from inspector.labels import LANGS, told
from inspector.store.store import Store
from inspector.store.tables import attention
from inspector.web.roles import Role
from tests import house
from tests.edge import serving
from tests.engine import listening
from tests.house import Hand, Table, application, open_office, post, settle
from tests.integration.test_hunt import Hunt
from tests.proceedings import Proceeding
from tests.sealing import at_rest, found, sealed_store

NAME, SIGNER, CODE, LETTER = "欧阳暗记商行", "暗记签名人", "91110105MA00ANJI0X", "暗记承诺书"
DEFENCE, OBJECTION, REASONS, DOCUMENT, APART = ("暗记申辩词", "暗记异议词", "暗记裁量理由", "暗记文书号", "暗记分立理由")
MARKS = {NAME, SIGNER, CODE, LETTER, DEFENCE, OBJECTION, REASONS, DOCUMENT, APART}
KINDS = {"statement_beside", "consequence_shaken", "organisation_apart"}
"""Matters that came about: whoever runs the machine may list them."""


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    with house.closing(sealed_store(database_url)) as held:
        yield held


def found_false(store: Store, hand: Hand) -> Proceeding:
    """An officer has found against the planted subject."""
    office = open_office(store, hand, sources={"registers": Table(default="吊销")})
    planted = {"subject_name": NAME, "subject_code": CODE, "signed_by": SIGNER, "letter_text": LETTER}
    case_id = post(office, application(1, "business-licence", {"registration-status": "存续"}, **planted))
    settle(office)
    with store.begin() as tx:
        review.conclude(office, tx, case_id, "hall", hand())
        ids = tuple(piece.id for piece in tx.cases.evidence(case_id))
    with store.begin() as tx:
        review.decide(office, tx, case_id, Outcome.FALSE_KNOWING, "李四", REASONS, ids, hand())
    return Proceeding(office=office, hand=hand, case=case_id)


def gone_through(case: Proceeding) -> Iterator[Callable[[], object]]:
    """What is said in one proceeding of several, what falls, and what then stands still; with what is refused meanwhile."""
    entry = case.impose(case.the(Proposal.RECORD_CREDIT)).entry
    revoke, penalty = case.noticed(case.the(Proposal.REVOKE)), case.the(Proposal.PENALTY)
    case.serve(case.give(penalty))
    case.say(penalty, StatementKind.DEFENCE, DEFENCE)
    settle(case.office)
    made = case.object(entry, OBJECTION)
    yield lambda: case.answer(made, case.by("李四"), upheld=True)
    with case.office.store.begin() as tx:
        objections.decide(case.office, tx, made.id, case.by("周八"), REASONS, case.hand(), upheld=True)
    settle(case.office)
    yield lambda: case.rule(revoke, "孙七", law=DOCUMENT, public_interest=REASONS)
    for _ in range(2):  # the second time it is over

        def annul() -> None:
            with case.office.store.begin() as tx:
                annulling.entry(case.office, tx, entry, Annulled.COURT, DOCUMENT, "钱七", case.hand())

        yield annul
    with case.office.store.begin() as tx:
        twins.ask(tx, "bureau", "a" * 64, 2, "李四", APART, case.hand())
    settle(case.office)


@pytest.mark.slow
def test_what_fell_and_stands_still_tells_whoever_runs_the_machine_of_nobody(store: Store, hand: Hand) -> None:
    with listening(level="DEBUG") as log:
        case = found_false(store, hand)
        refused: list[str] = []
        for step in gone_through(case):
            try:
                step()
            except InspectorError as error:
                refused += [told(error, lang) for lang in LANGS]
        with serving(case.office) as edge:
            hunt = Hunt(case.office, edge)
            with edge.as_(Role.OPS, name="运维") as ops:
                paths = "/v1/attention", "/v1/publications", f"/v1/cases/{case.case}"
                seen = [hunt.call(ops, "GET", path).text for path in paths]
            with edge.as_(Role.SYSTEM, name="hall") as hall:
                heard = hunt.call(hall, "GET", "/v1/events").text
            with edge.client() as anybody:
                metrics = anybody.get("/metrics").text
    where = {
        "log": log.getvalue(),
        "metrics": metrics,
        "names": "\n".join(hunt.names),
        "errors": "\n".join([*hunt.errors, *refused]),
        "ops": "\n".join(seen),
        "events": heard,
    }
    assert {name: found(text.encode(), MARKS) for name, text in where.items()} == {name: set[str]() for name in where}
    assert len(refused) >= 4, "there were refusals to look at"
    assert found(at_rest(store), MARKS) == set()
    with store.read() as tx:
        came = {str(row.kind) for row in tx.connection.execute(sa.select(attention.c.kind))}
    assert came >= KINDS, "the matters came about"
