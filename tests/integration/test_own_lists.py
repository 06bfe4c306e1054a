"""Departments that check together with quotas of their own: one commitment, one seed, a list each (vector 3, ruling 16).

The market bureau and the fire service draw from registers that overlap, each by its own pack. Who has drawn a firm goes there.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from inspector.cli.bundle import Bundle, judge
from inspector.domain.case import SubjectKind
from inspector.domain.commitment import read
from inspector.domain.errors import Invalid, Missing, Refusal
from inspector.domain.inspection import Authority, CheckType, Inspection
from inspector.domain.plan import Draw
from inspector.domain.roster import RosterObject
from inspector.domain.sampling import Window
from inspector.domain.stake import Stake
from inspector.domain.visit import VisitState
from inspector.flows import dispatch, planning, review
from inspector.flows.draw import announce_now
from inspector.flows.framing import frame
from inspector.flows.history import history
from inspector.flows.office import Office, Plan
from inspector.flows.publish import public_bundle, receipt_of
from inspector.flows.reporting import report
from inspector.flows.reportwords import markdown, tell
from inspector.flows.windows import start
from inspector.labels import LANGS
from inspector.store.store import Store
from inspector.verifier import verify_draw
from inspector.web.roles import Role
from tests.edge import serving
from tests.house import Hand, settle
from tests.integration.test_draw_way import Phones, carried_out, visits
from tests.integration.test_joint import FIRM, accepted, drawn, entered, lines, seats, stored, together, waiting
from tests.needs import require
from tests.operator import Operator
from tests.receipts import holds
from tests.second import judged

pytestmark = [pytest.mark.alike, pytest.mark.slow]

MARKET, FIRE = "bureau", "other"
OWN = Plan(name="joint", agency=MARKET, trigger="every 7d", partners=(FIRE,), lists="own", pool=True)
STAFF = {MARKET: 9, FIRE: 9}


def departments(store: Store, hand: Hand, staff: dict[str, int] | None = None, share: str = "1/4") -> tuple[Office, Phones]:
    """The market bureau draws half of its firms and sends two, the fire service a quarter and sends three."""
    office, phones = together(store, hand, staff or STAFF)
    (pack,) = (one for one in office.book.packs if one.id == "demo")

    def ruled(name: str, share: str, **draw: object):  # type: ignore[no-untyped-def]
        rows = tuple(replace(row, ratio=Fraction(share)) if row.stratum == "pool-U" else row for row in pack.samplings)
        return replace(pack, id=name, samplings=rows, draw=replace(pack.draw, **draw))  # type: ignore[arg-type]

    without_end = {"ceased_share": Fraction(1)}
    packs = (ruled("demo", "1/2", **without_end), ruled("fire", share, team=3, reserve=4, **without_end))
    others = tuple(one for one in office.book.packs if one.id != "demo")
    tree = {**office.tree, FIRE: replace(office.tree[FIRE], pack="fire")}
    book = replace(office.book, packs=(*others, *packs))
    return replace(office, plans={"joint": OWN}, tree=tree, book=book), phones


def firms(office: Office, agency: str, numbers: range) -> None:
    """Firms of an agency's register."""
    rows = [
        RosterObject(agency=agency, kind=SubjectKind.FIRM, code=f"TEST{n:014d}", original="", name="某公司", pool=agency)
        for n in numbers
    ]
    with office.store.begin() as tx:
        tx.rosters.put_objects(rows)


def held(store: Store, hand: Hand, pack: str = "fire") -> tuple[Office, Draw, dict[str, set[str]], Phones]:
    """The draw, carried out, and what each agency's list has drawn: twelve firms each, six of them in both registers."""
    office, phones = departments(store, hand)
    office = replace(office, tree={**office.tree, FIRE: replace(office.tree[FIRE], pack=pack)})
    firms(office, MARKET, range(1, 13))
    firms(office, FIRE, range(7, 19))
    with store.begin() as tx:
        made = announce_now(office, tx, "joint", "clerk", hand())
    assert made is not None
    settle(office)
    done = carried_out(office, hand, made.number)
    result = json.loads(stored(office, done)["result.json"])
    told = {one["name"]: {name for stratum in one["strata"].values() for name in stratum["selected"]} for one in result["lists"]}
    return office, done, told, phones


def verified(folder: Path, files: dict[str, bytes]) -> None:
    """The engine, the program and the page come to the same; one list passed off as another's is refused by all three."""
    right, wrong = folder / "right", folder / "wrong"
    swapped = {f"{FIRE}.inspectors.tsv": files[f"{MARKET}.inspectors.tsv"], f"{FIRE}.bans.tsv": files[f"{MARKET}.bans.tsv"]}
    for where, held in ((right, files), (wrong, files | swapped)):
        where.mkdir()
        for name, content in held.items():
            (where / name).write_bytes(content)
    after = sum(content.count(b"\n") for name, content in files.items() if name.endswith("after.jsonl"))
    opinion = judge(Bundle.of_folder(right), None)
    assert (opinion.verdict.holds, opinion.replayed, opinion.verdict.problems) == (True, after, ())
    assert not judge(Bundle.of_folder(wrong), None).verdict.holds
    assert [verify_draw.main([str(where)]) for where in (right, wrong)] == [0, 1]
    require("node")
    first, second = judged([right, wrong])
    assert first.startswith("agrees")
    assert not second.startswith("agrees")


def ended(office: Office, number: str, hand: Hand) -> None:
    """Every visit is made."""
    for made in visits(office, number):
        accepted(office, hand, made)
        for agency in made.agencies:
            if next(one for one in visits(office, number) if one.id == made.id).state.open:
                entered(office, hand, made, agency)


def test_each_agency_draws_by_its_own_rules_under_one_commitment_and_a_firm_of_both_lists_is_one_visit(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    office, done, told, phones = held(store, hand)
    files = stored(office, done)
    commitment, body = read(files["commit.json"]), json.loads(files["commit.json"])
    market, fire = (commitment.list_named(name).rules for name in (MARKET, FIRE))
    assert (market.team, fire.team, fire.reserve) == (2, 3, 4)
    assert [len(told[name]) for name in (MARKET, FIRE)] == [6, 3], "half of twelve, and a quarter of twelve"
    assert [(one["agency"], one.get("lead")) for one in body["lists"]] == [(MARKET, True), (FIRE, None)]
    packs = [office.policy(agency, hand().date()).label for agency in (MARKET, FIRE)]
    assert [one["derivation"]["pack"] for one in body["lists"]] == packs
    assert len(set(packs)) == 2
    made = {one.object_id: one for one in visits(office, done.number)}
    assert made.keys() == told[MARKET] | told[FIRE], "the visits are the union by id"
    for name, visit in made.items():
        assert visit.agencies == tuple(agency for agency in (MARKET, FIRE) if name in told[agency])
        assert Counter(seat.agency for seat in seats(office, visit)) == {one: {MARKET: 2, FIRE: 3}[one] for one in visit.agencies}
        assert visit.check is (CheckType.JOINT if len(visit.agencies) > 1 else CheckType.PLANNED)
        assert visit.stakes == tuple(Stake(agency=one, stratum="pool-U", sampled=True) for one in visit.agencies)
    pushed = Counter(message.to.partition("-")[0] for message in phones.messages)
    assert pushed == {MARKET: 12, FIRE: 9}, "to each agency's own officers, for its own list"
    with store.read() as tx:
        since = start(hand(), Window.YEAR)
        assert [tx.visits.drawn_since(one, since) for one in (MARKET, FIRE)] == [{"pool-U": 6}, {"pool-U": 3}]
        assert sorted(tx.visits.planned_since(since)) == [(MARKET, True, 6), (FIRE, True, 3)]
    verified(tmp_path, files)


def test_a_firm_that_both_must_see_is_one_visit_with_a_team_of_each_and_a_substitute_sits_in_his_own_agencys_seat(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    office, _ = departments(store, hand)
    cases = waiting(office, MARKET, FIRE)
    done, made = drawn(office, hand)
    assert (made.agencies, set(made.case_ids)) == ((MARKET, FIRE), set(cases.values()))
    assert [one.place for one in seats(office, made, FIRE)] == [2, 3, 4]
    with store.begin() as tx:
        dispatch.decline(office, tx, seats(office, made, FIRE)[2].name, "与当事人有亲属关系", hand())
    (line,) = lines(office, done, FIRE)
    assert (line["seat"], line["kind"], lines(office, done, MARKET)) == (2, "redeal", [])
    verified(tmp_path, stored(office, done))
    for agency in (MARKET, FIRE):
        accepted(office, hand, made)
        entered(office, hand, made, agency)
    with store.read() as tx:
        assert tx.visits.get(made.id).state is VisitState.DONE


def test_whose_case_is_withdrawn_before_the_seed_stays_at_home_and_its_list_says_so(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    office, _ = departments(store, hand)
    cases = waiting(office, MARKET, FIRE)
    with store.begin() as tx:
        made = announce_now(office, tx, "joint", "clerk", hand())
        assert made is not None
        assert [tx.cases.undrawn(agency) for agency in (MARKET, FIRE)] == [[], []], "neither draws it a second time"
    settle(office)
    with store.begin() as tx:
        review.withdraw(office, tx, cases[MARKET], "不再办理", "hall", hand())
    done = carried_out(office, hand, made.number)
    (visit,) = visits(office, done.number)
    assert (visit.agencies, visit.case_ids) == ((FIRE,), (cases[FIRE],))
    assert {seat.agency for seat in seats(office, visit)} == {FIRE}
    assert [[line["kind"] for line in lines(office, done, agency)] for agency in (MARKET, FIRE)] == [["withdrawn"], []]
    verified(tmp_path, stored(office, done))


def test_a_cap_binds_the_list_of_its_own_agency_alone_and_a_visit_counts_for_those_who_go(store: Store, hand: Hand) -> None:
    office, _ = departments(store, hand)
    for agency in (MARKET, FIRE):
        firms(office, agency, range(1, 2))
    with store.begin() as tx:
        limits = office.policy(FIRE, hand().date()).limits
        cap = limits.frequencies["U"].cap or 0
        past = Inspection(agency=FIRE, kind=SubjectKind.FIRM, code=FIRM, on=hand().date(), check=CheckType.PLANNED)
        tx.inspections.put([replace(past, on=hand().date().replace(day=1 + n), authority=Authority.OWN) for n in range(cap)])
        made = frame(office, tx, OWN, office.policy(MARKET, hand().date()), "n", hand())
    assert {name: [row.status for row in one.objects] for name, one in made.frames.items()} == {MARKET: ["1"], FIRE: ["cap"]}
    assert (made.own[MARKET].derivation["excluded"], made.own[FIRE].derivation["excluded"]) == ({}, {"pool-U": {"cap": 1}})
    done, visit = drawn(office, hand)
    assert visit.agencies == (MARKET,)
    with store.read() as tx:
        ours, theirs = ([one for one in history(office, tx, agency).of(FIRM) if one.open] for agency in (MARKET, FIRE))
    assert [one.authority for one in (*ours, *theirs)] == [Authority.OWN, Authority.OTHER], f"{done.number} is the market's alone"


def test_an_agency_reads_its_own_visits_teams_and_receipts_and_nothing_of_the_other_list(store: Store, hand: Hand) -> None:
    office, done, told, _ = held(store, hand)
    alone = {agency: sorted(told[agency] - told[other]) for agency, other in ((MARKET, FIRE), (FIRE, MARKET))}
    with serving(office) as edge, edge.as_("officer", FIRE) as fire, edge.as_("officer", MARKET) as market:
        shown = {one["object_id"]: one["team"] for one in fire.get(f"/v1/draws/{done.number}").json()["result"]}
        assert (set(shown), {len(team) for team in shown.values()}) == (told[FIRE], {3})
        shown = {one["object_id"]: one["team"] for one in market.get(f"/v1/draws/{done.number}").json()["result"]}
        assert (set(shown), {len(team) for team in shown.values()}) == (told[MARKET], {2})
        path = f"/v1/draws/{done.number}/receipts"
        assert fire.post(path, json={"code": f"TEST{1:014d}"}).status_code == 404, "it stands in the market's register alone"
        early = fire.post(path, json={"code": f"TEST{7:014d}"}).json()
        assert (early["list"], "c" in early, "visited" in early) == (FIRE, False, False)
        assert fire.post(path, json={"code": f"TEST{7:014d}", "agency": MARKET}).status_code == 404
    with serving(office) as edge, edge.client() as desk:
        at = f"/ops/draws/{done.number}"
        desk.post("/login", data={"token": edge.token(Role.OFFICER, FIRE), "next": at}, headers={"Origin": edge.url})
        page = desk.get(f"{at}?lang=en")
        assert (page.status_code, f"({FIRE})" in page.text, "Objects of several lists" in page.text) == (200, True, True)
        assert desk.get(f"{at}?agency={MARKET}").status_code == 404
    with serving(office) as edge, edge.as_("officer", FIRE) as fire, edge.as_("officer", MARKET) as market:
        for seen, stranger in ((FIRE, market), (MARKET, fire)):
            for visit in visits(office, done.number):
                if visit.object_id in alone[seen]:
                    (first, *_) = seats(office, visit)
                    assert stranger.get(f"/v1/seats/{first.name}").status_code == 404


def test_after_the_visits_bundle_receipt_and_report_tell_each_list_and_how_likely_a_firm_was_visited_at_all(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    office, done, told, _ = held(store, hand)
    with store.read() as tx, pytest.raises(Refusal, match="draw_embargoed"):
        public_bundle(office, tx, done.number, hand())
    ended(office, done.number, hand)
    with store.read() as tx:
        bundle = public_bundle(office, tx, done.number, hand())
        both = receipt_of(office, tx, done.number, f"TEST{7:014d}", hand(), agency=FIRE)
        one = receipt_of(office, tx, done.number, f"TEST{1:014d}", hand())
        hidden = receipt_of(office, tx, done.number, f"TEST{7:014d}", hand(), within=[MARKET])
        with pytest.raises(Missing, match="receipt_unknown"):
            receipt_of(office, tx, done.number, f"TEST{1:014d}", hand(), within=[FIRE])
        reports = {agency: report(office, tx, done.number, agency) for agency in (MARKET, FIRE)}
        with pytest.raises(Invalid, match="draw_no_list_of"):
            report(office, tx, done.number, "civil")
    for name, content in bundle.items():
        (tmp_path / name).write_bytes(content)
    assert judge(Bundle.of_folder(tmp_path), None).verdict.holds
    assert verify_draw.main([str(tmp_path)]) == 0
    named = {
        name: {json.loads(line)["line"].split("\t")[0] for line in bundle[f"{name}.drawn.jsonl"].splitlines()} for name in told
    }
    assert named == told
    commitment = read(bundle["commit.json"])
    assert holds(commitment, both, FIRE)
    assert not holds(commitment, both, MARKET)
    assert (both["chance"], one["chance"], one["visited"], hidden["list"]) == ("3/12", "6/12", "1/2", MARKET)
    assert "visited" not in hidden
    exact = Fraction(str(both["visited"]))
    assert Fraction(1, 2) < exact < 1 - Fraction(1, 2) * Fraction(3, 4), "the ticket is one: less than by independent lists"
    for agency, made in reports.items():
        assert (made.agency, [(row.k, row.eligible) for row in made.chances]) == (agency, [(len(told[agency]), 12)])
        (union,) = made.unions
        assert (union.objects, union.strata, union.chance.least) == (6, (f"{MARKET}: pool-U", f"{FIRE}: pool-U"), exact)
        assert [row.drawn for row in made.estimates] == [0], "no class is judged yet; how many were drawn stands below"
        assert (made.share.random, made.share.planned) == (len(told[agency]), len(told[agency]))
        assert all(f"({agency})" in markdown(tell(made, lang)) for lang in LANGS)


def test_the_annual_plan_has_each_agencys_totals_by_its_own_pack_and_holds_for_no_other_lists(store: Store, hand: Hand) -> None:
    office, _ = departments(store, hand)
    firms(office, MARKET, range(1, 13))
    firms(office, FIRE, range(7, 15))
    with store.begin() as tx:
        made = planning.create(office, tx, "joint", 2026, by="王科员", now=hand())
    (partner,) = made.content.partners
    assert made.content.lists == "own"
    assert [(one.stratum, one.objects, one.each) for one in (*made.content.strata, *partner.strata)] == [
        ("pool-U", 12, 6),
        ("pool-U", 8, 2),
    ]
    assert (partner.agency, partner.inspectors, partner.pack) == (FIRE, 9, office.policy(FIRE, hand().date()).label)
    shared = replace(OWN, lists="shared")
    assert planning._shape(made.content, [FIRE]) == f"{planning._shape(shared, [FIRE])}, lists=own"


@pytest.mark.slow
def test_the_command_line_shows_plan_draw_receipt_and_report_of_each_list(
    store: Store, hand: Hand, database_url: str, tmp_path: Path
) -> None:
    Operator(tmp_path, database_url).store().close()  # the house has begun, with the secret that the draw will be of
    office, done, told, _ = held(store, hand, pack="demo")
    clerk = Operator(tmp_path, database_url).settle_in('lists = "own"\n')
    refused = clerk.say("check")
    assert 'licensing has lists = "own"' in refused.out + refused.err, "lists of their own need other agencies"
    clerk.settle_in()
    shown = clerk.well("draw", "show", done.number, "--json").json
    assert {one["id"]: set(one["teams"]) for one in shown["visits"]} == {
        one.id: set(one.agencies) for one in visits(office, done.number)
    }, "it is told whose inspectors go, also where one agency goes alone"
    files = clerk.well("draw", "export", done.number, str(tmp_path / "out"), "--json").json["files"]
    assert {f"{name}.{kind}.tsv" for name in told for kind in ("objects", "inspectors", "bans")} <= set(files)
    assert clerk.well("draw", "verify", str(tmp_path / "out"), "--json").json["holds"]
    ended(office, done.number, hand)
    for agency, names in told.items():
        report = clerk.well("draw", "report", done.number, "--agency", agency, "--json").json
        assert (report["agency"], report["chances"][0]["k"]) == (agency, len(names))
        receipt = clerk.well("draw", "receipt", done.number, f"TEST{7:014d}", "--agency", agency)
        assert receipt.json["list"] == agency
        assert f"in the list {agency}" in receipt.err
    assert clerk.say("draw", "report", done.number, "--agency", "civil").code == 2
