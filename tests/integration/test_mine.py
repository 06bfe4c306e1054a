"""An inspector's list of assignments tells them apart before anybody may know whom they are to (issue 6; handbook 1.2.18)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from inspector.domain.visit import Seat, Visit
from inspector.flows import dispatch
from inspector.labels import label
from inspector.store.store import Store
from tests.drawn import announced, carried_out, drawing
from tests.edge import Edge, serving
from tests.house import Hand, settle

pytestmark = pytest.mark.alike


def key(seat: Seat) -> str:
    """The secret of its inspector's phone, which lists by a browser here and acts by a program."""
    return f"the phone of {seat.inspector}"


@contextmanager
def listing(edge: Edge, seat: Seat) -> Iterator[Callable[..., str]]:
    """A phone that is signed in by the seat's link, once: the list as its inspector reads it, without its markup."""
    with edge.client() as phone:
        phone.cookies.set("inspector_phone", key(seat))
        assert phone.post(f"/mine/{seat.name}/{edge.office.link_token('seat', seat.name)}").status_code == 303

        def read(lang: str = "zh-Hans") -> str:
            told = phone.get(f"/mine?lang={lang}").text
            return re.sub(r"<[^>]+>|\s+", " ", told.partition("<tbody")[2].partition("</tbody>")[0])

        yield read


def said(about: dict[str, str], verdict: str) -> dict[str, object]:
    """A note about one fact."""
    return {"findings": [{**about, "verdict": verdict, "note": "门牌不符"}]}


def hidden(edge: Edge, visit: Visit) -> Visit:
    """The visit as it is before its release."""
    with edge.office.store.begin() as tx:
        held = tx.visits.get(visit.id, lock=True)
        return tx.visits.put(replace(held, released=False, release_at=held.due_at - timedelta(hours=1)))


def test_an_assignment_is_told_from_others_by_what_kind_number_place_and_what_waits_and_names_nobody(
    store: Store, hand: Hand
) -> None:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand, cases=1)
    carried_out(office, hand, held.number)
    with store.read() as tx:
        (visit,) = tx.visits.of_draw(held.number)
        first, second = tx.visits.team(visit.id)
    (brief,) = visit.briefs
    with serving(office) as edge, listing(edge, first) as one, listing(edge, second) as other:
        early = hidden(edge, visit)
        told, kind = one(), label(f"CheckType.{visit.check}", "zh-Hans")
        wanted = (*brief.items, kind, held.number, visit.id, "组内第1位")
        assert [word for word in wanted if word not in told] == []
        assert brief.items
        assert "请在期限前接受任务" in told
        assert "接受期限" in told
        assert "组内第2位" in other()
        assert [word for word in (early.name, early.code, *(doubt.claimed for doubt in early.doubts)) if word in told] == []


@pytest.mark.slow
def test_an_accepted_assignment_says_what_it_waits_for_and_a_lead_what_is_to_be_decided(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand, cases=1)
    carried_out(office, hand, held.number)
    with store.read() as tx:
        (visit,) = tx.visits.of_draw(held.number)
        first, second = tx.visits.team(visit.id)
        (doubt,) = visit.doubts
    with store.begin() as tx:
        more = replace(doubt, claim="door-plate", fact="door-plate")
        tx.visits.put(replace(tx.visits.get(visit.id, lock=True), doubts=(doubt, more)))
        dispatch.accept(tx, first.name, hand())
    with serving(office) as edge, listing(edge, first) as one, listing(edge, second) as other:
        told = one()
        assert "同组人员尚未全部接受" in told
        assert second.inspector in told, "once released it is told who has still to accept"
        assert "接受期限" not in told
        accept, note = f"/v1/seats/{second.name}/accept", {"case_id": doubt.case_id, "claim": doubt.claim}
        with edge.client(X_Link_Token=office.link_token("seat", second.name), X_Phone_Key=key(second)) as mate:
            assert mate.post(accept).status_code == 200
            assert mate.post(accept.replace("accept", "notes"), json=said(note, "match")).json()["became"] == "WAITS"
        with edge.client(X_Link_Token=office.link_token("seat", first.name), X_Phone_Key=key(first)) as lead:
            answer = lead.post(f"/v1/seats/{first.name}/notes", json=said(note, "mismatch"))
            assert answer.json()["became"] == "CLASH"
        assert "say different things" in one("en")
        assert "say different things" not in other("en"), "the lead alone decides"


@pytest.mark.slow
def test_what_comes_in_late_and_differs_is_on_its_leads_list_and_pushed_to_the_lead_once(store: Store, hand: Hand) -> None:
    office, phones, _ = drawing(store, hand)
    _, held = announced(office, hand, cases=1)
    carried_out(office, hand, held.number)
    with store.read() as tx:
        (visit,) = tx.visits.of_draw(held.number)
        first, second = tx.visits.team(visit.id)
    (doubt,) = visit.doubts
    about = {"case_id": doubt.case_id, "claim": doubt.claim}
    with serving(office) as edge, listing(edge, first) as one, listing(edge, second) as other:

        def post(seat: Seat, what: str, **sent: object) -> dict[str, object]:
            with edge.client(X_Link_Token=office.link_token("seat", seat.name), X_Phone_Key=key(seat)) as phone:
                answer = phone.post(f"/v1/seats/{seat.name}/{what}", json=sent or None)
                assert answer.status_code == 200, answer.text
                settle(office)
                told: dict[str, object] = answer.json()
                return told

        def pushed(seat: Seat) -> list[str]:
            with store.read() as tx:
                return [row.word for row in tx.pushes.of_seat(seat.name)]

        settle(office)
        for seat in (first, second):
            post(seat, "accept")
        assert post(first, "notes", **said(about, "match"))["became"] == "RESULT"
        assert one() == "", "the visit is made"
        hand.on(days=1)
        assert post(second, "notes", **said(about, "mismatch"))["became"] == "CLASH"
        assert "say different things" in one("en")
        assert other() == "", "the lead alone decides"
        assert phones.messages[-1].data["changed"] is True
        assert (pushed(first), pushed(second)) == (["assignment", "differs"], ["assignment"]), "once"
        with store.read() as tx:
            newest = [note.id for note in tx.fieldnotes.notes(visit.id, "bureau") if note.seat == first.name][-1]
        post(first, "choices", **about, note=newest, reasons="当场核对了门牌")
        assert one() == "", "it is decided"


def test_what_no_phone_has_yet_is_this_phones_from_when_it_is_opened_in_a_links_list_and_its_inspector_hears_of_another(
    store: Store, hand: Hand
) -> None:
    office, _, _ = drawing(store, hand, staff=2)
    _, held = announced(office, hand, cases=2)
    carried_out(office, hand, held.number)
    with store.read() as tx:
        teams = [tx.visits.team(visit.id) for visit in tx.visits.of_draw(held.number)]
        used, loose = (next(seat for seat in team if seat.inspector == teams[0][0].inspector) for team in teams)
    with serving(office) as edge, edge.client() as stranger, edge.client() as own:
        path = f"/seat/{loose.name}/{office.link_token('seat', loose.name)}"
        own.cookies.set("inspector_phone", "the inspector's own phone")
        assert stranger.post(f"/mine/{used.name}/{office.link_token('seat', used.name)}").status_code == 303
        listed = stranger.get("/mine").text
        assert (loose.name in listed, path in listed) == (True, False), "its link is nobody's to copy"
        assert label("ui.mine_loose", "zh-Hans") in listed
        assert own.get(path).status_code == 200, "a list that was only read takes nothing away"
        form = {"seat": loose.name, "guard": listed.partition('name="guard" value="')[2].partition('"')[0]}
        assert stranger.post("/mine/open", data={**form, "guard": "x"}).status_code == 403
        assert stranger.post("/mine/open", data={**form, "seat": "V-9:0:0"}).status_code == 404
        assert own.post("/mine/open", data=form).headers["location"].startswith("/login"), "who is not signed in"
        opened = stranger.post("/mine/open?lang=en", data=form)
        assert (opened.status_code, opened.headers["location"]) == (303, f"{path}?lang=en")
        assert stranger.post("/mine/open", data=form).status_code == 303, "once more is as good as once"
        assert f'href="{path}"' in stranger.get("/mine").text
        told = own.get(path)
        assert (told.status_code, "link_elsewhere" in told.text or label("error.link_elsewhere", "zh-Hans") in told.text) == (
            403,
            True,
        )
    with store.read() as tx:
        bound = [row for row in tx.ledger.about(loose.visit) if row["rule"] == "seat.bound"]
    assert len(bound) == 1, "and it is on record"
