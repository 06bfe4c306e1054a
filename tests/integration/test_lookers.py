"""A subject reads for itself who has looked at its data and who was asked, behind the link of its notice (PIPL art. 44, 45)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any, cast

import pytest

from inspector.domain.agreed import Contact
from inspector.domain.case import SubjectKind
from inspector.domain.inquiry import Asked, Inquiry
from inspector.domain.viewing import Purpose, Shown, Viewing
from inspector.flows.office import AgencyNode
from inspector.labels import label
from inspector.store.store import Store
from inspector.web.lookers import MOST, by_day
from inspector.web.roles import Role
from tests.edge import WENT, serving
from tests.house import START, Hand
from tests.reached import PHONE, House, opened

pytestmark = pytest.mark.alike


@pytest.fixture
def house(store: Store, hand: Hand) -> House:
    return opened(store, hand, Contact(phone=PHONE))


def test_a_subject_is_told_which_agency_looked_what_for_and_who_was_asked_but_no_clerk(house: House) -> None:
    path = f"{house.path(house.give().id)}/viewings"
    with serving(house.office) as edge, edge.client(**WENT) as subject:
        nobody = subject.get(path)
        assert (nobody.status_code, "还没有人查看过。" in nobody.text) == (200, True)
        with edge.as_(Role.OFFICER, name="李四") as officer:
            officer.get(f"/v1/cases/{house.case_id}")
            officer.get(f"/v1/cases/{house.case_id}/explain")
        told = subject.get(path).text
        english = subject.get(f"{path}?lang=en").text
        assert path.removesuffix("/viewings") in told, "and back to the notice"
        assert f'href="{path}"' in subject.get(path.removesuffix("/viewings")).text, "the notice leads here"
    shown = "、".join(label(f"Shown.{one}", "zh-Hans") for one in ("CASE", "EXPLANATION"))
    assert f"{house.hand().date()} · <bdi>区市场监管局</bdi> · 办理办件 · {shown} ·" in told
    assert ("李四" in told, "《个人信息保护法》第34条" in told, "还没有人" in told) == (False, True, False)
    assert ("数据共享接口" in told, "登记状态" in told) == (True, True), "who outside was asked, and what about"
    assert ("handling cases" in english, "Personal Information Protection Law, article 34" in english) == (True, True)
    with house.office.store.read() as tx:
        assert {one.by for one in tx.viewings.of_case(house.case_id)} == {"李四"}, "whoever reads about itself is no viewer"


@pytest.mark.parametrize(
    ("connector", "owner", "told"),
    [
        ("housing", "housing", "区住建局"),
        ("leader", "", "区住建局"),
        ("housing", "不动产登记中心", "不动产登记中心"),
        ("post", "post", "post"),
    ],
)
def test_another_agency_that_was_asked_is_told_by_its_name_and_not_by_that_of_its_connector(
    house: House, monkeypatch: pytest.MonkeyPatch, connector: str, owner: str, told: str
) -> None:
    tree = house.office.tree
    monkeypatch.setitem(cast(dict[str, AgencyNode], tree), "houses", replace(tree["houses"], head="leader"))
    path = f"{house.path(house.give().id)}/viewings"
    asked = Inquiry(
        key="k",
        at=START,
        agency="bureau",
        case_id=house.case_id,
        port=Asked.AGENCY,
        connector=connector,
        owner=owner,
        kind=SubjectKind.FIRM,
        code="91110105MA00000000",
        fact="registration-status",
        basis="S0:7",
        outcome="request",
        attempts=1,
    )
    with house.office.store.begin() as tx:
        tx.inquiries.add(asked)
    with serving(house.office) as edge, edge.client(**WENT) as subject:
        assert f"其他机关（协助函） · <bdi>{told}</bdi> · " in subject.get(path).text


def test_an_article_that_several_rows_cite_is_told_to_the_subject_once(house: House) -> None:
    path = house.path(house.give(basis=("S0:7;P:2.7", "S0:7", "P:2.7")).id)
    with serving(house.office) as edge, edge.client(**WENT) as subject:
        page = subject.get(path).text
    cited = [line for line in page.splitlines() if "第7项" in line or "第2.7节" in line]
    assert "".join(cited).count("第7项") == 1, cited
    assert "第2.7节" not in "".join(cited), "what this program proposes is no law that a subject reads"


def test_only_the_link_of_a_notice_opens_it_and_only_as_long_as_the_notice_itself(house: House) -> None:
    notice = house.give()
    path = house.path(notice.id)
    with serving(house.office) as edge, edge.client(**WENT) as anybody:
        assert anybody.get(f"{path[:-2]}xx/viewings").status_code == 403
        assert anybody.get(f"/subject/{notice.id}/viewings").status_code == 403
        assert anybody.get(f"{path}/viewings").status_code == 200
        with edge.as_(Role.OFFICER, name="李四") as officer:
            called = officer.post(f"/v1/subject-notices/{notice.id}/link", json={"reason": "发错了人"})
            assert called.status_code == 200, called.text
        assert anybody.get(f"{path}/viewings").status_code == 403, "called back with the notice"


def test_what_a_day_saw_is_told_once_for_each_agency_and_purpose_newest_first() -> None:
    def seen(day: int, agency: str, role: str, what: Shown, by: str = "李四") -> Viewing:
        why = {"officer": Purpose.HANDLING, "operator": Purpose.RUNNING}[role]
        article = {"officer": "PIPL:34", "operator": "PIPL:51"}[role]
        told: dict[str, Any] = {
            "by": by,
            "role": role,
            "agency": agency,
            "door": "page",
            "case_id": "c",
            "kind": SubjectKind.PERSON,
            "code": "X",
        }
        return Viewing(day=date(2026, 3, day), at=START + timedelta(days=day), shown=what, purpose=why, basis=article, **told)

    looks = by_day(
        [
            seen(2, "bureau", "officer", Shown.EXPLANATION),
            seen(2, "bureau", "officer", Shown.LIST, "王五"),
            seen(3, "", "operator", Shown.CASE, "root"),
            seen(3, "city", "officer", Shown.CASE),
        ]
    )
    assert [(one.day.day, one.agency, one.article, one.shown) for one in looks] == [
        (3, "city", "34", (Shown.CASE,)),
        (3, "", "51", (Shown.CASE,)),
        (2, "bureau", "34", (Shown.LIST, Shown.EXPLANATION)),
    ]
    assert by_day([]) == []
    assert len(looks) < MOST
