"""A notice says whom it is to, on the link's page and on paper: nobody is served what is another's (Penalties Law art. 59)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from inspector.domain.agreed import Contact
from inspector.domain.case import SubjectKind
from inspector.store.store import Store
from inspector.web.subject import Party
from tests.edge import WENT, serving
from tests.house import Hand
from tests.integration.test_forms import logged_in
from tests.living import PERSON
from tests.reached import PHONE, House, opened

pytestmark = pytest.mark.alike


@pytest.fixture
def house(store: Store, hand: Hand) -> House:
    return opened(store, hand, Contact(phone=PHONE))


def test_the_link_s_page_the_paper_and_the_list_name_the_party(house: House) -> None:
    notice, case = house.give(), house.case()
    with serving(house.office) as edge, edge.client(**WENT) as anybody, edge.client() as browser:
        logged_in(edge, browser)
        for page in (anybody.get(house.path(notice.id)).text, browser.get(f"/notices/{notice.id}/paper").text):
            for word in (case.subject.name, case.subject.code, case.reference, "制发机关", "制发时间"):
                assert word in page, word
        assert case.subject.name in browser.get("/notices").text


def test_of_a_natural_person_not_the_whole_number_stands_there(house: House) -> None:
    case = house.case()
    person = replace(case.subject, kind=SubjectKind.PERSON, code=PERSON)
    assert Party.of(replace(case, subject=person)).code == f"{PERSON[:6]}********{PERSON[-4:]}"
