"""An office in which something of everything is under way: cases in every position, letters out, draws before and after their seed.

Whoever asks the API about invented ids alone hears that they are unknown, and nothing of what lies behind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from hashlib import sha256

from connectors.channels import supervision
from inspector.domain import publicationduty
from inspector.domain.annual import Consent
from inspector.domain.case import CaseState, MatterKind, SubjectKind
from inspector.domain.catalogue import Opinion
from inspector.domain.challenge import Applicant
from inspector.domain.fieldnote import Place
from inspector.domain.gazette import CheckResult, Fallen
from inspector.domain.material import kept
from inspector.domain.roster import RosterObject
from inspector.domain.statement import Difference, Step, Unlike
from inspector.domain.visit import Visit
from inspector.flows import catalogue, dispatch, fieldnotes, planning, publication, recusing, repeals, selfproof, shown
from inspector.flows.draw import announce_now
from inspector.flows.office import Office, Plan
from inspector.store.store import Store
from tests import livingsubjects, records_living
from tests.house import Hand, Table, application, post, settle
from tests.integration.test_draw_way import inspectors, thrown
from tests.integration.test_replacements import pool_draw
from tests.integration.test_suspension import listing
from tests.materials import png
from tests.owing import owe
from tests.underway import under_way

PERSON = "110105194912310021"
FIRM = "TEST00000000000099"
STATUS = {"registration-status": "存续"}
SPRING, AUTUMN, WINTER = "spring", "autumn", "winter"
SHOT = fieldnotes.Shot(
    digest=sha256(png()).hexdigest(), case_id="", claim="", remark="", place=Place(), captured_at=None, sent_at=None
)
"""What is said of a photo."""
MANY = 12
"""Living things of a kind: an answer ends each, and the next request wants another."""
SHARED, RETURNED = 100, 8
"""Visits that the operations about visits and seats share, in pairs of one that waits for its result and one that waits for its inspectors'
word, two pairs for each operation; and visits whose result a platform returns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Living:
    """The office, and its living things by the name of the path's parameter (`name` by what stands before it).

    They come in groups that live and die together: the seats of a visit, the visit itself. `fitting` are fields that a message about
    one of them must hold.
    """

    office: Office
    ids: Mapping[str, Sequence[Sequence[str | int]]]
    fitting: Mapping[str, Mapping[str, object]]

    def family(self, kind: str) -> str:
        """Of which kind the things are that these are parts of."""
        return "visit" if kind == "seats" else kind


def living(store: Store, hand: Hand) -> Living:
    """An office of the kind above."""
    office, drawn = pool_draw(store, hand, objects=4 * (SHARED + RETURNED), reserve=30, replace_share=Fraction(1, 2))
    office = listing(office)
    platform = supervision.connect("platform", {"url": "http://127.0.0.1:9", "asks": {"number": "seat", "page": "link"}})
    office = replace(
        office,
        connectors=replace(office.connectors, channels={**office.connectors.channels, "platform": platform}),
        tree={**office.tree, "bureau": replace(office.tree["bureau"], heads=("hall",))},  # whoever calls decides as its head
        plans={**office.plans, SPRING: _plan(SPRING, "houses"), AUTUMN: _plan(AUTUMN, "other"), WINTER: _plan(WINTER, "bureau")},
    )
    with store.begin() as tx:
        drafted, agreed, _ = (planning.create(office, tx, "weekly", year, by="王科员", now=hand()) for year in (2026, 2027, 2028))
        planning.approve(office, tx, "weekly", agreed.content.year, Consent(by="李主任", document="3号"), hand())
        visits = tx.visits.of_draw(drawn.number)
        teams = {visit.id: tx.visits.team(visit.id) for visit in visits}
        for first, *_ in teams.values():
            said = {"by": "陈局长", "reason": "kin", "evidence": "户籍档案"}
            recusing.apply(office, tx, first.visit, first.inspector, applicant=Applicant.COLLEAGUE, **said, now=hand())
    returning, pairs = visits[SHARED:], list(zip(visits[:SHARED:2], visits[1:SHARED:2], strict=True))
    for visit in (*visits[:SHARED:2], *returning):  # these wait for their results, the others for their inspectors' word
        with store.begin() as tx:
            for seat in teams[visit.id]:
                dispatch.accept(tx, dispatch.seat_name(seat), hand())
            fieldnotes.photo(office, tx, dispatch.seat_name(teams[visit.id][0]), selfproof.take(png()), SHOT, 60, hand())
    waiting = [_announced(office, hand, SPRING, "houses"), _announced(office, hand, AUTUMN, "other")]
    with store.read() as tx:
        seed_at = max(tx.draws.get(number).seed_at or hand.now for number in waiting)
    hand.now = max(hand.now, seed_at)
    settle(office)  # these wait for their figures now
    announced = _announced(office, hand, WINTER, "bureau")  # and this one for its day
    proofs = _proofs(office)
    proceedings, steps = under_way(office, _against(office), MANY)
    cases, letters = _cases(office), _letters(office)  # last: what is settled after them asks, and then no clock of theirs runs
    duties = _duties(office, visits)
    items, entries = _items(office), _entries(office, [case for pair in cases for case in pair])
    notices, (tips, checks) = livingsubjects.notices(office, cases[0][0], MANY), livingsubjects.tips(office, FIRM, MANY)
    with store.read() as tx:
        seats = {v.id: [dispatch.seat_name(seat) for seat in tx.visits.team(v.id) if seat.state.open] for v in visits}
        references = {case: tx.cases.get(case).reference for pair in cases for case in pair}
    return Living(
        office=office,
        ids={
            "case_id": cases,
            "request_id": [[letter] for letter in letters],
            "proof_id": proofs,
            "consequence_id": proceedings,
            "digest": [[sha256(kept(png()).content).hexdigest()]],
            "attention_id": [[matter] for matter in _matters(office)],
            "number": [[announced, drawn.number, *waiting]],
            "visit": [[one.id, other.id] for one, other in pairs],
            "inspector": [[first.inspector] for first, *_ in teams.values()],
            "code": [[visit.code] for visit in visits[:2]],
            "seats": [[*seats[one.id], *seats[other.id]] for one, other in pairs],
            "returned": [seats[visit.id] for visit in returning],
            "channel": [["platform"]],
            "plans": [["weekly", SPRING, AUTUMN], *[["weekly"]] * 5],
            "agency": [["bureau"]],
            "item": [list(group) for group in items],
            "entry": records_living.records(office, entries),
            "objection": records_living.contested(office, entries),
            "bar": [*records_living.bars(office, MANY)],
            "deputy": records_living.deputies(office, MANY),
            "duty": [*duties, duties[0]],
            "notice_id": notices,
            "tip_id": tips,
            "check_id": checks,
            "year": [[2026], [2029, 2030, 2031], [2026], [2027], [2028]],  # to read, to draw up, to approve, publish and withdraw
        },
        fitting={
            "weekly": {"digest": drafted.digest[:8], "on": None, "set_aside": {}},
            **{item: told for group in items for item, told in group.items()},
            "": {"case_id": cases[0][0]},
            **{one: {"on": hand.now.date().isoformat(), "way": "PAPER"} for group in notices for one in group},
            **{one: {"visited_on": hand.now.date().isoformat()} for group in checks for one in group},
            **{entry: {"step": "RETRACT"} for entry in entries},
            **{bar: {"on": hand.now.date().isoformat()} for (bar,) in records_living.bars(office, MANY)},
            **steps,
            **{duty: {"on": hand.now.date().isoformat(), "reference": "公告栏"} for group in duties for duty in group},
            drawn.number: {"more": {visits[0].stakes[0].stratum: 1}},
            **{number: {"figures": thrown(number)} for number in waiting},
            **{case: {"reference": references[case]} for pair in cases for case in pair},
            **{
                name: {"challenged": first.inspector, "inspector": second.inspector, "reason": "kin"}
                for name, (first, second) in teams.items()
            },
            **{seat: {"inspector": teams[name][1].inspector, "reason": "kin"} for name, held in seats.items() for seat in held},
        },
    )


def _plan(name: str, agency: str) -> Plan:
    return Plan(name=name, agency=agency, trigger="every 7d", pool=True)


def _announced(office: Office, hand: Hand, plan: str, agency: str) -> str:
    """The number of a plan's draw, committed to; of the agency's own firms and inspectors."""
    with office.store.begin() as tx:
        tx.rosters.put_inspectors(
            [replace(one, agency=agency, certificate=f"{agency}-{one.certificate}", pools=(agency,)) for one in inspectors(9)]
        )
        for number in range(1, 41):
            code = f"{plan.upper()}{number:012d}"
            firm = RosterObject(agency=agency, kind=SubjectKind.FIRM, code=code, original=code, name="某公司", pool=agency)
            tx.rosters.enrol(firm)
    with office.store.begin() as tx:
        made = announce_now(office, tx, plan, "clerk", hand())
    assert made is not None
    settle(office)
    return made.number


def _cases(office: Office) -> list[tuple[str, str]]:
    """Cases of one firm in pairs: one with an officer, since the source contradicts it, and one that the source has not answered yet."""
    registers = office.connectors.sources["registers"]
    assert isinstance(registers, Table)
    registers.rows["registration-status", FIRM] = "吊销"
    given = [application(number, "business-licence", STATUS, subject_code=FIRM) for number in range(1, 1 + 4 * MANY)]
    early = [post(office, one) for one in given[: 2 * MANY]]
    settle(office)
    with office.store.read() as tx:
        assert {tx.cases.get(one).state for one in early} == {CaseState.REVIEW}
    return list(zip(early, [post(office, one) for one in given[2 * MANY :]], strict=True))


def _against(office: Office) -> tuple[str, str]:
    """Two cases with an officer, of which nothing else here is."""
    registers = office.connectors.sources["registers"]
    assert isinstance(registers, Table)
    registers.rows["registration-status", FIRM] = "吊销"
    first, second = (post(office, application(number, "business-licence", STATUS, subject_code=FIRM)) for number in (800, 801))
    settle(office)
    return first, second


def _letters(office: Office) -> list[str]:
    """Letters to an agency that holds the facts of a person, some for each operation."""
    changes = {"subject_kind": SubjectKind.PERSON, "subject_code": PERSON, "matter": MatterKind.CONFIRMATION}
    given = [application(900 + number, "hukou-housing", {"home-title": "王某"}, **changes) for number in range(4 * MANY)]
    cases = [post(office, one) for one in given]
    with office.store.read() as tx:
        return [request.id for case in cases for request in tx.assistance.of_case(case)]


def _proofs(office: Office) -> list[list[str]]:
    """Questions to subjects, some for each operation; what is read and looked at has been shown before."""
    changes = {"subject_kind": SubjectKind.PERSON, "subject_code": PERSON, "matter": MatterKind.CONFIRMATION}
    groups: list[list[str]] = []
    for place, step in enumerate(("read", "materials", "decline", "handover", "link", "reading", "look")):
        numbers = range(2000 + place * MANY, 2000 + (place + 1) * MANY)
        cases = [post(office, application(number, "exam-work-years", {"work-years": "5"}, **changes)) for number in numbers]
        settle(office)
        with office.store.begin() as tx:
            groups.append([proof.id for case in cases for proof in tx.selfproofs.of_case(case)])
            for proof in groups[-1] if step in ("reading", "look") else ():
                selfproof.receive(office, tx, proof, selfproof.take(png()), "", office.now())
    return groups


def _items(office: Office) -> list[dict[str, dict[str, object]]]:
    """Items of the catalogue, some for each step, with what a message about each must hold."""
    steps = ("read", "apply", "review", "publish", "file", "withdraw", "confirm")
    made: list[dict[str, dict[str, object]]] = []
    with office.store.begin() as tx:
        for place, step in enumerate(steps):
            fitting: dict[str, object] = {"on": None, "edition": None, "source": "", "meeting": None}
            group: dict[str, dict[str, object]] = {}
            for item in [f"{step}-{number}" for number in range(MANY)]:
                group[item] = {**fitting, "name": item, "basis": "P:2.4", "excluded": [], "statute": None}
                if step == "apply":
                    continue
                given = catalogue.Proposal(agency="bureau", item=item, by="王科员", name=item, basis="P:2.4")
                held = catalogue.apply(office, tx, given, office.now())
                group[item]["digest"] = held.digest[:8]
                if place > steps.index("review") or step == "read":
                    seen = Opinion(by="李主任", bureau="区司法局", document="1号")
                    catalogue.review(office, tx, "bureau", item, seen, office.now())
                if place > steps.index("publish") or step == "read":
                    catalogue.publish(office, tx, "bureau", item, by="赵科员", reference="平台", on=None, now=office.now())
            made.append(group)
        repeals.enter(office, tx, "P", on=office.now().date(), by="周科员", document="", now=office.now())
    return made


def _duties(office: Office, visits: Sequence[Visit]) -> list[list[str]]:
    """Results that are to be published, that are public, and that are to be taken back."""
    now, today = office.now(), office.now().date()
    groups: list[list[str]] = [[], [], []]
    with office.store.begin() as tx:
        for place, visit in enumerate(visits[: 3 * MANY]):
            row, formed = office.book.get("demo@1").publish, replace(visit, done_at=now)
            duty = publicationduty.owe(formed, "bureau", row, "demo@1", now, office.calendar).state
            owe(tx, duty, now)
            groups[place // MANY].append(duty.id)
            if place >= MANY:
                line = shown.line(office, tx, duty, formed, CheckResult.NOTHING, now, shown.Sheets())
                publication.post(office, tx, duty, line, today, "公告栏", "李四", now)  # the record of their draw is still closed
            if place >= 2 * MANY:
                publication.recall(office, tx, duty.id, Fallen.REVOKED, "", "", "李四", now)
    return groups


def _entries(office: Office, cases: Sequence[str]) -> list[str]:
    """Credit records that were taken back and stand at the platform all the same."""
    names = {f"credit:{case}:1": case for case in cases[:MANY]}
    said = {"entry": "", "reason": "WITHDRAWN", "basis": "S0:8", "at": office.now().isoformat()}
    found = [
        Difference(kind=Unlike.STANDING, entry=entry, case_id=case, agency="bureau", step=Step.RETRACT)
        for entry, case in names.items()
    ]
    with office.store.begin() as tx:
        for entry, case in names.items():
            tx.books.ordered(entry, case, "bureau", "platform", {"grade": "kept"}, office.now())
            tx.books.fallen(entry, "platform", {**said, "entry": entry}, office.now())
        tx.books.differ("platform", found, office.now())
    return list(names)


def _matters(office: Office) -> list[str]:
    """Matters that wait for a person."""
    names = [f"v-{number}" for number in range(MANY)]
    with office.store.begin() as tx:
        for name in names:
            tx.attention.open("visit_overdue", "bureau", name, {"n": 1}, office.now())
    return [f"visit_overdue:{name}" for name in names]
