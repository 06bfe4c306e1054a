"""An agency's link opens one request, for a time, until it is called back; opening it uses nothing up."""

from __future__ import annotations

from threading import Event, Thread
from typing import Any

import pytest

from inspector.domain.assistance import AssistanceState, Quarrel, Request
from inspector.flows import assist, replylink, wording
from inspector.store.store import Store
from tests.clerks import REASONS_ZH
from tests.edge import WENT, Edge, serving
from tests.house import Hand, settle
from tests.integration.test_letters import an_office, opened, request_of
from tests.integration.test_way import Post


def status(edge: Edge, request: Request, secret: str, purpose: str = "assist") -> int:
    """What a link is answered with."""
    with edge.client() as client:
        return client.get(f"/{purpose}/{request.id}/{secret}").status_code


@pytest.mark.alike
def test_a_link_opens_its_own_request_again_and_again_until_it_is_called_back_and_for_a_while_after_its_end(
    store: Store, hand: Hand
) -> None:
    civil = Post("civil-affairs")
    office = an_office(store, hand, {"civil-affairs": civil})
    with serving(office) as edge:
        request, other = (request_of(store, opened(office, number)) for number in (1, 2))
        settle(office)
        with store.read() as tx:
            first = replylink.token(office, tx, replylink.LINK, request.id)
        assert [status(edge, request, first) for _ in range(3)] == [200] * 3
        assert request_of(store, request.case_id).state is AssistanceState.SENT, (
            "what only fetches a page is nobody who went there"
        )
        with edge.client(**WENT) as early, edge.client(**WENT) as browser:
            early.get(f"/assist/{request.id}/{first}", headers={"Sec-Purpose": "prefetch;prerender"})
            assert request_of(store, request.case_id).state is AssistanceState.SENT
            browser.get(f"/assist/{request.id}/{first}")
        assert request_of(store, request.case_id).state is AssistanceState.DELIVERED
        assert status(edge, other, first) == status(edge, request, first, "oversee") == 403

        with edge.as_("officer", agency="other") as stranger:
            told = {"reason": "发错邮箱", "anew": True}
            assert stranger.post(f"/v1/assistance/{request.id}/link", json=told).status_code == 404
        with edge.as_("officer", name="李四") as officer:
            assert officer.post(f"/v1/assistance/{request.id}/link", json=told | {"reason": " "}).status_code == 422
            assert officer.post(f"/v1/assistance/{request.id}/link", json=told).status_code == 200
        settle(office)
        second = civil.letters[-1].reply_url.rpartition("/")[2]
        assert (second == first, status(edge, request, first), status(edge, request, second)) == (False, 403, 200)
        with store.read() as tx:
            assert all(second not in row["payload"] for row in tx.work.page(case_id=request.case_id))

        with edge.client(X_Link_Token=second) as client:
            told = {"verdict": "match", "signer": "区民政局 王五"}
            assert client.post(f"/v1/assistance/{request.id}/answer", json=told).status_code == 200
        hand.on(days=office.link_days)
        assert status(edge, request, second) == 200
        hand.on(days=1)
        assert status(edge, request, second) == 403


@pytest.mark.alike
def test_the_common_superior_decides_a_dispute_by_its_own_link_alone(store: Store, hand: Hand) -> None:
    county = Post("county-office")
    office = an_office(store, hand, {"civil-affairs": Post("civil-affairs"), "county-office": county})
    with serving(office) as edge, edge.client() as client:
        request = request_of(store, opened(office))
        settle(office)
        own, above = (office.link_token(purpose, request.id) for purpose in ("assist", "oversee"))
        told = {"do": "contest", "about": "COMPETENCE", "reasons": "不属于本局职权", "signer": "王五", "message": "1"}
        assert client.post(f"/assist/{request.id}/{own}", data=told).status_code == 303
        assert request_of(store, request.case_id).state is AssistanceState.DISPUTED
        settle(office)
        assert county.letters[-1].reply_url.endswith(f"/oversee/{request.id}/{above}")

        page = f"/oversee/{request.id}/{above}"
        seen, dispute = client.get(page).text, request_of(store, request.case_id).dispute
        assert "不属于本局职权" in seen
        assert dispute is not None
        assert f"<dt>决定期限</dt><dd><strong>{wording.at(dispute.due_at)}</strong></dd>" in seen
        lacking = client.post(page, data={"message": "2"})
        assert lacking.status_code == 422
        assert f"请选择被请求机关应否协助；{REASONS_ZH}；请填写签署人" in lacking.text
        decided = {"helps": "yes", "reasons": "属于其职权", "signer": "区政府 李四", "message": "3"}
        assert client.post(f"/oversee/{request.id}/{own}", data=decided).status_code == 403
        assert client.post(page, data=decided).status_code == 303
        assert request_of(store, request.case_id).state.open
        after = client.get(page).text
        assert '<dd dir="auto" class="typed">属于其职权</dd>' in after, "what was decided stands there, with its reasons"
        assert "<form" not in after.partition("<main")[2].partition("</main>")[0]
        assert "决定期限" not in after
        assert f"<dt>作出决定的时间</dt><dd>{wording.at(hand())}</dd>" in after
        assert client.post(page, data=decided | {"message": "4", "helps": "no"}).status_code == 303
        stands = request_of(store, request.case_id)
        assert (stands.state.open, stands.dispute and stands.dispute.helps) == (True, True), "a dispute is decided once"
        assert len(stands.afterwords) == 1, "and what is said after it is kept"


@pytest.mark.alike
@pytest.mark.parametrize("door", ["page", "interface", "superior", "superior's page"])
def test_a_link_that_is_called_back_while_a_word_comes_in_says_nothing_any_more(
    store: Store, hand: Hand, monkeypatch: pytest.MonkeyPatch, door: str
) -> None:
    office = an_office(store, hand, {"civil-affairs": Post("civil-affairs")})
    request = request_of(store, opened(office))
    settle(office)
    above = door.startswith("superior")
    if above:
        with store.begin() as tx:
            assist.contest(office, tx, request.id, Quarrel.COMPETENCE, "不属于本局职权", "王五", hand())
    with store.read() as tx:
        secret = replylink.token(office, tx, replylink.OVERSEE if above else replylink.LINK, request.id)
    looked: list[bool] = []
    opens = replylink.opens

    def meanwhile(*told: Any) -> bool:
        """The first look still finds it; then it is called back."""
        fine = opens(*told)
        if not looked:
            looked.append(True)
            Thread(target=call_back).start()
            done.wait(60)
        return fine

    def call_back() -> None:
        with store.begin() as tx:
            replylink.call_back(tx, request.id, "李四", "发错邮箱", hand(), anew=False)
        done.set()

    done = Event()
    with serving(office) as edge:
        with edge.client() as browser:
            assert browser.get(f"/{'oversee' if above else 'assist'}/{request.id}/{secret}").status_code == 200
        monkeypatch.setattr(replylink, "opens", meanwhile)
        said = {"verdict": "match", "signer": "王五"}
        judged = {"helps": False, "reasons": "不属于其职权", "signer": "区政府 李四"}
        with edge.client(X_Link_Token=secret) as client:
            if door == "page":
                code = client.post(f"/assist/{request.id}/{secret}", data={**said, "do": "answer", "message": "1"}).status_code
            elif door == "interface":
                code = client.post(f"/v1/assistance/{request.id}/answer", json=said).status_code
            elif door == "superior":
                code = client.post(f"/v1/assistance/{request.id}/decision", json=judged).status_code
            else:
                told = judged | {"helps": "no", "message": "1"}
                code = client.post(f"/oversee/{request.id}/{secret}", data=told).status_code
    assert (code, request_of(store, request.case_id).state.open) == (403, True)
