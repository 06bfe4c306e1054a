"""The key of codes is changed while a process of before still runs: it writes nothing any more, and what it wrote is brought along."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
import sqlalchemy as sa

from inspector.domain.case import SubjectKind
from inspector.domain.errors import Away
from inspector.domain.roster import RosterObject
from inspector.store import keys
from inspector.store.keytables import key_use
from inspector.store.store import Store
from inspector.store.tables import metadata
from tests import house
from tests.house import Hand, application, open_office, post
from tests.sealing import CODES, OTHER_CODES, TURNED, sealed_store, used

pytestmark = pytest.mark.alike
CLAIMS = {"registration-status": "存续"}
FIRM = application(1, "business-licence", CLAIMS)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """A process of before."""
    with house.closing(sealed_store(database_url)) as held:
        yield held


@pytest.fixture
def turned(store: Store) -> Iterator[Store]:
    """One that has the new keys."""
    with house.closing(Store(store.url.render_as_string(hide_password=False), synchronous="OFF", keys=TURNED)) as held:
        yield held


def listed(name: str) -> RosterObject:
    return RosterObject(
        agency="bureau", kind=SubjectKind.FIRM, code=FIRM.subject_code, original=FIRM.subject_code, name=name, pool="east"
    )


def told(store: Store) -> set[str]:
    """The keys under which codes lie."""
    return set(used(store)) & {CODES.id, OTHER_CODES.id}


def test_a_process_of_before_writes_nothing_once_the_key_of_codes_was_changed(store: Store, turned: Store, hand: Hand) -> None:
    office = open_office(store, hand)
    post(office, FIRM)
    assert keys.settle_codes(turned) > 0
    with pytest.raises(Away, match="keys_changed"):
        post(office, replace(FIRM, reference="R-2", subject_code="91310000MA1FL0000X"))
    with pytest.raises(Away, match="keys_changed"), store.begin() as tx:
        tx.rosters.enrol(listed("甲"))
    assert told(turned) == {OTHER_CODES.id}
    case_id = post(open_office(turned, hand), replace(FIRM, reference="R-3"))
    with turned.read() as tx:
        assert tx.cases.get(case_id).subject.code == FIRM.subject_code


def test_what_a_process_of_before_had_written_comes_under_the_key_though_it_stands_there_twice(
    store: Store, turned: Store, hand: Hand
) -> None:
    """Before such were refused."""
    office = open_office(store, hand)
    first = post(office, FIRM)
    with store.begin() as tx:
        tx.rosters.enrol(listed("甲"))
    assert keys.settle_codes(turned) > 0
    assert not keys.astray(turned)
    with store.begin() as tx:
        tx.connection.execute(sa.delete(key_use))
    second = post(office, replace(FIRM, reference="R-2"))
    with store.begin() as tx:
        tx.rosters.enrol(replace(listed("乙"), warnings=()))
    with turned.begin() as tx:
        tx.connection.execute(sa.insert(key_use).values(purpose="code", key=OTHER_CODES.id, since=tx.machine_now()))
    assert told(turned) == {CODES.id, OTHER_CODES.id}
    assert keys.astray(turned)
    assert keys.settle_codes(turned) > 0
    assert (told(turned), keys.astray(turned), keys.settle_codes(turned)) == ({OTHER_CODES.id}, False, 0)
    with turned.read() as tx:
        assert {tx.cases.get(one).subject.code for one in (first, second)} == {FIRM.subject_code}
        assert [one.name for one in tx.rosters.objects("bureau")] == ["乙"], "written last"
        assert tx.connection.execute(sa.select(sa.func.count()).select_from(metadata.tables["subject"])).scalar_one() == 1
