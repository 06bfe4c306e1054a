"""Second looks at results that found nothing: drawn by the protocol, dealt to another team, off site, and nothing follows by itself."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest

from inspector.domain.approval import Approval
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.finding import Seen
from inspector.domain.inspection import CheckType
from inspector.domain.plan import Draw, DrawKind, DrawState
from inspector.domain.replacement import Ceased
from inspector.domain.visit import Visit, VisitState
from inspector.flows import dispatch, edits, extend, planning, replacing, secondlook, supplement
from inspector.flows.draw import announce_now
from inspector.flows.history import history
from inspector.flows.lookback import differing as remembered
from inspector.flows.office import Office, Plan
from inspector.flows.publish import public_bundle
from inspector.flows.reporting import report
from inspector.flows.secondlook import counted
from inspector.flows.supervision import FOUND
from inspector.flows.voiding import sign
from inspector.store.store import Store
from inspector.verifier import verify_draw
from inspector.web.roles import Role
from tests.drawn import carried_out
from tests.edge import serving
from tests.house import Hand, next_period, settle
from tests.integration.test_draw_way import inspectors, visits
from tests.integration.test_fieldnotes import photo
from tests.integration.test_replacements import pool_draw
from tests.materials import png

pytestmark = [pytest.mark.alike, pytest.mark.slow]
_SHEET = {"rows": [{"modes": ["on-site"]}], "signing": "REFUSED", "signing_reason": "负责人不在", "statement": "门店已转让"}
FILLED, RANG = {"sheet": _SHEET}, {"way": "TELEPHONE", "words": "无人接听"}


def looked_at_in(office: Office, share: str) -> tuple[Office, str]:
    """The office with a plan that draws second looks, by packs of that share."""
    packs = tuple(
        replace(one, second_look=replace(one.second_look, share=Fraction(share))) if one.second_look else one
        for one in office.book.packs
    )
    plan = Plan(name="again", agency="bureau", trigger="every 7d", of="results")
    office = replace(office, plans={**office.plans, "again": plan}, book=replace(office.book, packs=packs))
    return office, share


def looking(store: Store, hand: Hand, share: str = "1/2") -> tuple[Office, list[Visit]]:
    """Ten visits of a pool: eight found nothing, one found something, one is still to be made; and a plan that draws second looks."""
    office, drawn = pool_draw(store, hand)
    office, _ = looked_at_in(office, share)
    made = visits(office, drawn.number)
    for one in made[:9]:
        enter(office, one, Seen.FINDING if one is made[8] else Seen.NOTHING, "发现问题" if one is made[8] else "正常营业")
    return office, made


def enter(office: Office, visit: Visit, seen: Seen, remarks: str = "") -> list[str]:
    """Both inspectors accept, and one of them enters the result."""
    with office.store.begin() as tx:
        names = [dispatch.seat_name(seat) for seat in tx.visits.team(visit.id) if seat.state.open]
        for name in names:
            dispatch.accept(tx, name, office.now())
        dispatch.report(office, tx, names[0], (), remarks, office.now(), seen=seen)
    return names


def drawn_again(office: Office, hand: Hand) -> Draw:
    """The draw of a period that begins now."""
    hand.on(minutes=1)
    next_period(office, "again")
    with office.store.begin() as tx:
        held = announce_now(office, tx, "again", "clerk", hand())
    assert held is not None
    settle(office)
    return carried_out(office, hand, held.number)


def rows(office: Office, number: str, name: str) -> list[list[str]]:
    with office.store.read() as tx:
        return [line.split("\t") for line in tx.draws.files(number)[name].decode().splitlines()]


def team(office: Office, visit: Visit) -> set[str]:
    with office.store.read() as tx:
        return {seat.inspector for seat in tx.visits.team(visit.id)}


def test_whoever_made_the_first_check_is_not_sent_again_under_a_new_staff_code(store: Store, hand: Hand) -> None:
    office, made = looking(store, hand, share="1")
    first = {one.id: team(office, one) for one in made}
    with store.begin() as tx:
        held = tx.rosters.inspectors("bureau")
        tx.rosters.remove_inspectors("bureau", [one.id for one in held], hand())
        tx.rosters.put_inspectors([replace(one, id=f"N{one.id}", former=(f"bureau:{one.id}",)) for one in held])
    looks = visits(office, drawn_again(office, hand).number)
    assert len(looks) == 8
    assert all(not {staff.removeprefix("N") for staff in team(office, one)} & first[one.looks_at] for one in looks)


def test_results_that_found_nothing_are_drawn_another_team_looks_and_no_cap_of_the_firm_is_used(
    store: Store, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, made = looking(store, hand)
    with store.read() as tx:
        before = history(office, tx, "bureau").seen
    held = drawn_again(office, hand)
    assert held.kind is DrawKind.SECOND_LOOK
    framed = rows(office, held.number, "objects.tsv")
    assert {(row[0], row[1], row[2]) for row in framed} == {(one.id, "second-look", "1") for one in made[:8]}
    looks = visits(office, held.number)
    assert len(looks) == 4, "half of eight"
    first = {one.id: team(office, one) for one in made}
    assert all(len(team(office, one)) == 2 and not team(office, one) & first[one.looks_at] for one in looks)
    barred = {(row[0], row[1]) for row in rows(office, held.number, "bans.tsv")}
    assert barred >= {(one.id, staff) for one in made[:8] for staff in first[one.id]}, (
        "whoever was there is barred before any seed"
    )
    whom = {one.id: (one.kind, one.code) for one in made}
    assert all(one.check is CheckType.OFF_SITE and one.released and not one.case_ids for one in looks)
    assert all((one.kind, one.code) == whom[one.looks_at] for one in looks)
    with store.read() as tx:
        after = history(office, tx, "bureau").seen
        assert {code: after.get(code) for code in before} == before, "nobody was visited by it"
        assert remembered(office, tx, ["bureau"], hand()) == []
        assert report(office, tx, held.number).estimates == ()
    for one in looks:
        enter(office, one, Seen.NOTHING)
    enter(office, made[9], Seen.NOTHING)
    with store.begin() as tx:
        files = public_bundle(office, tx, held.number, hand())
    code, told = verify_draw.opinion(files)
    assert code == 0, told
    with store.read() as tx:
        private = tx.draws.files(held.number)
    whole = {name: text for name, text in private.items() if name.endswith(".json")}
    whole |= {f"again.{name}": private[name] for name in ("objects.tsv", "inspectors.tsv", "bans.tsv")}
    code, told = verify_draw.opinion(whole)
    assert code == 0, told
    assert not any("TEST0" in text.decode(errors="ignore") for text in files.values()), "no firm stands in it"
    following = drawn_again(office, hand)
    assert [row[0] for row in rows(office, following.number, "objects.tsv")] == [made[9].id], "every result stands in one frame"
    monkeypatch.setattr(secondlook, "_MARGIN", timedelta(days=60))  # as if all three draws were of one day
    hand.on(minutes=1)
    next_period(office, "again")
    with store.begin() as tx:
        assert announce_now(office, tx, "again", "clerk", hand()) is None, "and in no other, however soon one follows"


def test_what_was_entered_is_shown_to_who_accepted_without_a_name_and_a_difference_is_a_matter_and_nothing_else(
    store: Store, hand: Hand
) -> None:
    office, made = looking(store, hand, share="1/8")
    with store.read() as tx:
        first = {one.id: dispatch.seat_name(tx.visits.team(one.id)[0]) for one in made}
    with serving(office) as edge:
        for name in list(first.values())[:8]:
            with edge.client(X_Link_Token=office.link_token("seat", name)) as phone:
                for what, sent in (("photos", photo(png(), remark="门头")), ("notes", FILLED), ("attempts", RANG)):
                    assert phone.post(f"/v1/seats/{name}/{what}", json=sent).status_code == 200
        held = drawn_again(office, hand)
        (look,) = visits(office, held.number)
        with store.read() as tx:
            names = [dispatch.seat_name(one) for one in tx.visits.team(look.id)]
        lead, mate = (edge.client(X_Link_Token=office.link_token("seat", name)) for name in names)
        with lead, mate:
            path = f"/v1/seats/{names[0]}/looked-at"
            assert lead.get(path).json()["error"]["code"] == "not_accepted", "the work is for who looks"
            assert lead.get(f"/v1/seats/{names[0]}").json()["visit"]["looks_at"] == look.looks_at
            page = lead.get(f"/seat/{names[0]}/{office.link_token('seat', names[0])}?lang=en").text
            assert "Nobody goes" in page
            for name, client in zip(names, (lead, mate), strict=True):
                assert client.post(f"/v1/seats/{name}/accept").status_code == 200
            work = lead.get(path).json()
            assert (work["visit"], work["seen"], work["remarks"], len(work["photos"])) == (
                look.looks_at,
                "NOTHING",
                "正常营业",
                1,
            )
            assert not [staff for staff in team(office, made[0]) | team(office, made[1]) if staff in json.dumps(work)]
            assert ["on-site"] in [one["said"] for one in work["sheet"]["lines"]]
            assert (work["sheet"]["statements"][0]["words"], work["sheet"]["signatures"][0]["inspector"]) == ("门店已转让", "")
            digest = work["photos"][0]["digest"]
            assert lead.get(f"{path}/{digest}").headers["content-type"] == "image/png"
            page = lead.get(f"/seat/{names[0]}/{office.link_token('seat', names[0])}?lang=en").text
            assert all(one in page for one in (f"/looked-at/{digest}", "门店已转让", "负责人不在", "无人接听"))
            assert lead.get(f"/seat/{names[0]}/{office.link_token('seat', names[0])}/looked-at/{digest}").status_code == 200
            said = {"findings": [], "remarks": ""}
            assert lead.post(f"/v1/seats/{names[0]}/result", json=said).json()["error"]["code"] == "seen_missing"
            wordless = lead.post(f"/v1/seats/{names[0]}/result", json={**said, "seen": "FINDING"}).json()
            assert wordless["error"]["code"] == "look_wordless"
            told = lead.post(
                f"/v1/seats/{names[0]}/result", json={"findings": [], "seen": "FINDING", "remarks": "照片是另一处门头"}
            )
            assert told.status_code == 200
        with edge.as_(Role.OFFICER) as officer:
            (matter,) = [one for one in officer.get("/v1/attention").json()["attention"] if one["kind"] == "second_look_differs"]
            assert matter["facts"] == {"draw": held.number, "result": look.looks_at}, (
                "whose work it was stands in no list of matters"
            )
            mute = officer.post(f"/v1/attention/second_look_differs:{look.id}/close", json={"note": " "}).json()
            assert mute["error"]["code"] == "reason_missing", "an officer decides, by name and in words"
            said = {"note": "经询问，照片拍摄于隔壁，责成补拍"}
            assert officer.post(f"/v1/attention/second_look_differs:{look.id}/close", json=said).status_code == 200
            assert officer.get("/v1/second-looks").json() == {"looks": [{"agency": "bureau", "became": "finding", "count": 1}]}
    with store.read() as tx:
        assert [row["body"] for row in tx.ledger.about(look.looks_at) if row["rule"] == "visit.looked"], (
            "each photo opened is on record"
        )
        assert tx.visits.get(look.looks_at).state is VisitState.DONE, "the result itself stands"
        assert not tx.attention.get(f"{FOUND}:{look.id}"), "nothing is held against the subject"
    going = made[9]
    with pytest.raises(Invalid, match="seen_not_of_visit"):
        enter(office, going, Seen.UNCLEAR, "不清楚")


def test_a_look_passes_on_by_the_rule_never_to_the_first_team_and_one_that_nobody_can_make_is_owed_whole(
    store: Store, hand: Hand
) -> None:
    office, _ = looking(store, hand, share="1/8")
    held = drawn_again(office, hand)
    (look,) = visits(office, held.number)
    first = team(office, replace(look, id=look.looks_at))
    for turn in range(5):  # nine inspectors, without the first team and the mate five can follow
        with store.begin() as tx:
            seat = next(one for one in tx.visits.team(look.id) if one.place == 0 and one.state.open)
            dispatch.decline(office, tx, dispatch.seat_name(seat), f"请假{turn}", hand())
    with store.read() as tx:
        sat = tx.visits.team(look.id)
    assert not {one.inspector for one in sat} & first
    with store.begin() as tx:
        seat = next(one for one in tx.visits.team(look.id) if one.place == 0 and one.state.open)
        dispatch.decline(office, tx, dispatch.seat_name(seat), "请假", hand())
        assert tx.visits.get(look.id).state is VisitState.SHORT, "nobody is left, and nobody is picked"
        with pytest.raises(Refusal, match="look_stays"):
            replacing.cease(office, tx, look.id, how=Ceased.DEREGISTERED, evidence="证明", by="李科长", now=hand())
    with store.begin() as tx:
        assert supplement.announce(office, tx, "again", by="李科长", now=hand()) is None
    with store.begin() as tx:
        tx.rosters.put_inspectors(inspectors(14))
    following = drawn_again(office, hand)
    assert [row[:2] for row in rows(office, following.number, "objects.tsv")] == [[look.looks_at, "second-look-owed"]]
    (anew,) = visits(office, following.number)
    assert (anew.replaces, visits(office, held.number)[0].state) == (look.id, VisitState.CANCELLED)
    assert not team(office, anew) & (first | team(office, look))
    for name in ("李科长", "王主任"):
        with store.begin() as tx:
            sign(office, tx, following.number, by=name, reason="种子程序有误", now=hand())
    assert visits(office, following.number)[0].state is VisitState.CANCELLED
    with store.begin() as tx:
        again = announce_now(office, tx, "again", "clerk", hand())
    assert again is not None
    assert [row[0] for row in rows(office, again.number, "objects.tsv")] == [look.looks_at], "nobody's look is voided away"
    with store.read() as tx:
        assert counted(tx, ["bureau"]) == [("bureau", "called_off", 2)]


def test_a_plan_of_results_needs_its_row_and_no_annual_plan_and_nobody_extends_it(store: Store, hand: Hand) -> None:
    office, _ = looking(store, hand)
    bare = replace(office, book=replace(office.book, packs=tuple(replace(one, second_look=None) for one in office.book.packs)))
    with store.begin() as tx, pytest.raises(Refusal, match="second_look_unruled"):
        announce_now(bare, tx, "again", "clerk", hand())
    with store.begin() as tx, pytest.raises(Refusal, match="plan_of_results"):
        planning.create(office, tx, "again", 2026, by="clerk", now=hand())
    owing = replace(
        office,
        book=replace(office.book, packs=tuple(replace(one, draw=replace(one.draw, plan=True)) for one in office.book.packs)),
    )
    held = drawn_again(owing, hand)
    given = Approval(reason="扩大", basis="1号", more={}, asked_by="李科长", asked_at=hand())
    with store.begin() as tx, pytest.raises(Refusal, match="extension_kind"):
        extend.sign(office, tx, held.number, given, hand())


def test_what_moved_among_those_who_may_look_is_counted_in_its_commitment(store: Store, hand: Hand) -> None:
    office, _ = looking(store, hand)
    with store.begin() as tx:
        before = tx.rosters.inspectors("bureau")[0]
        after = replace(before, cap=0)
        edits.note(office, tx, "bureau", [(before, after)], "os:keeper", hand())
        tx.rosters.put_inspectors([after])
    held = drawn_again(office, hand)
    with store.read() as tx:
        told = json.loads(tx.draws.file(held.number, "commit.json"))["lists"][0]["derivation"]
        moves = report(office, tx, held.number).moves
    assert (told["moved"]["since"], told["moved"]["edited"], told["above"]) == (None, 1, ["county", "city"])
    assert moves is not None
    assert moves.edited == 1


def test_who_announces_chooses_no_moment_for_the_frame_ends_where_the_period_began(store: Store, hand: Hand) -> None:
    office, drawn = pool_draw(store, hand)
    office, share = looked_at_in(office, "1/1000000")
    made = visits(office, drawn.number)
    with store.begin() as tx:
        assert announce_now(office, tx, "again", "clerk", hand()) is None, "no period has begun yet"
    next_period(office, "again")
    hand.on(minutes=1)
    enter(office, made[4], Seen.NOTHING)
    with store.begin() as tx:
        assert announce_now(office, tx, "again", "clerk", hand()) is None, "whoever waits for one result gets no frame of it"
    hand.on(days=3)
    enter(office, made[2], Seen.NOTHING)
    held = drawn_again(office, hand)
    assert {row[0] for row in rows(office, held.number, "objects.tsv")} == {made[2].id, made[4].id}
    assert (held.state, visits(office, held.number)) == (DrawState.DRAWN, []), f"{share} of two is not one: the seed decides"
    enter(office, made[3], Seen.NOTHING)
    for name in ("李科长", "王主任"):
        with store.begin() as tx:
            sign(office, tx, held.number, by=name, reason="种子程序有误", now=hand())
    with store.begin() as tx:
        again = announce_now(office, tx, "again", "clerk", hand())
    assert again is not None
    assert {row[0] for row in rows(office, again.number, "objects.tsv")} == {made[2].id, made[4].id}, (
        "the same period, the same frame"
    )
    settle(office)
    carried_out(office, hand, again.number)
    following = drawn_again(office, hand)
    assert [row[0] for row in rows(office, following.number, "objects.tsv")] == [made[3].id], "and each stands in one"
