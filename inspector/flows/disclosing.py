"""Penalties that are to be public: owed when one is decided, ruled on by an officer, taken back when it falls, is repaired or its days end.

Nothing becomes public, or goes, by itself: the program counts the days and reminds. What is public stays out of sight of nobody's
objection: until one is judged nothing new of its case is shown, and what is shown bears the mark of each (handbook 1.7.5, scenario 62).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from inspector.domain import disclosing as domain
from inspector.domain import publicationduty
from inspector.domain.annulled import Annulled
from inspector.domain.case import Case, CaseState, SubjectKind
from inspector.domain.consequence import Consequence, ConsequenceState, Signed
from inspector.domain.creditrecord import RecordState
from inspector.domain.decision import Decision
from inspector.domain.disclosure import Disclosed, Penalty, PenaltyKind, PenaltyLine
from inspector.domain.docket import DISCLOSURE
from inspector.domain.errors import Missing, Refusal
from inspector.domain.falling import SHAKEN
from inspector.domain.gazette import Fallen, stepped
from inspector.domain.person import same
from inspector.domain.proposal import Proposal
from inspector.domain.publicationduty import PublicationDuty, PublicationState
from inspector.domain.publish import DisclosurePart, DisclosureRow
from inspector.flows import consequences, deputies, printed, province, shown, stopped, touched, unpublish, unserved, wording
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.gazette import penalties as pages
from inspector.labels import Lang, label
from inspector.store.tx import Tx

_TOGETHER, _SAID = 500, 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Penalties:
    """The penalties of the register as they are to stand. `fresh` come in, `gone` go out; `withheld` wait for a word or for the post.

    `counted`: by agency, at least so many are of natural persons, in steps of the pack's `least`; none of less. Nor does one of whom no
    line would name anybody wait among the `withheld`: it would tell whoever knows of the proceeding how it goes.
    """

    lines: tuple[PenaltyLine, ...] = ()
    fresh: Mapping[str, PenaltyLine] = field(default_factory=dict)
    gone: tuple[str, ...] = ()
    withheld: int = 0
    counted: Mapping[str, int] = field(default_factory=dict)


def owe(office: Office, tx: Tx, case: Case, held: Consequence, now: datetime) -> None:
    """A decision takes effect: of a penalty an officer is to say by a date whether it is public. What is minor in principle is not."""
    policy = office.book.get(held.pack)
    row = policy.disclosure
    if row is None or held.proposal is not Proposal.PENALTY:
        return
    grade = policy.credit.publicities.get(held.grading.grade or "")
    if grade is not None and not grade.published:
        record(tx, case.id, Decision(state=None, because=domain.minor(held, grade)), now, {}, kept=case.pack)
        return
    code = case.subject.code if case.subject.kind is SubjectKind.FIRM else ""
    decision = domain.owe(held, row, grade, now, office.calendar, code)
    if tx.publications.add(decision.state):
        unpublish.write(tx, decision, now)
        pushed = province.owe(office, tx, decision.state, now)
        word_by = min(one.due_at for one in (decision.state, pushed) if one is not None)
        facts = {"case": case.id, "publication": decision.state.id, "due_at": word_by.isoformat()}
        tx.attention.open(DISCLOSURE, held.agency, held.id, {**facts, "basis": row.basis}, now)


def told(office: Office, held: Consequence, lang: Lang) -> tuple[str, ...]:
    """What the notice of the decision says of it: by when it may be public, until when, and that no natural person is named."""
    policy = office.book.get(held.pack)
    row, grade = policy.disclosure, policy.credit.publicities.get(held.grading.grade or "")
    if row is None or held.proposal is not Proposal.PENALTY or held.imposed_at is None or (grade and not grade.published):
        return ()
    until = row.last(office.calendar.local_date(held.imposed_at), grade)
    return (label("proceeding.told_disclosure", lang, within=wording.term(row.within, lang), until=until),)


def rule(office: Office, tx: Tx, consequence_id: str, said: Disclosed, now: datetime, token: str = "") -> PublicationDuty:
    """A named officer says whether a penalty is to be public, and what it is. Raises Missing, Refusal, Invalid.

    A penalty that stands no more is not to be (`publication_fallen`), nor one whose last day is over (`publication_over`). Where the row
    asks for a second person none who decided it says that it is not public (`disclosure_same_officer`), by name and by login (`token`).
    """
    consequences.locked(office, tx, consequence_id, now)
    held = tx.publications.get(domain.name(consequence_id), lock=True)
    if said.public and not _stands(tx, held):
        raise Refusal("publication_fallen", publication=held.id)
    if said.public and office.calendar.local_date(now) > (until := domain.of(held).until):
        raise Refusal("publication_over", publication=held.id, until=until.isoformat())
    row = _row(office, held)
    if row.second and not said.public and (own := _own(office, tx, consequence_id, said.by, token, now)):
        raise Refusal("disclosure_same_officer", consequence=consequence_id, officer=said.by, decided=", ".join(own))
    decision = domain.rule(held, said, row, now, office.calendar)
    tx.publications.put(decision.state)
    tx.attention.over(f"{DISCLOSURE}:{consequence_id}", now)
    if not said.public:
        stopped.end(tx, held.keys, now)
        tx.attention.close(f"{unpublish.MATTER}:{held.id}", now)
    made = unpublish.write(tx, decision, now)
    province.follow(office, tx, made, now)
    return made


def publish(office: Office, tx: Tx, held: PublicationDuty, on: date, reference: str, by: str, now: datetime) -> PublicationDuty:
    """A named person says since when and where a penalty is public. Raises Refusal, Invalid.

    Not before its decision has come to its subject (`publication_unserved`), nor while an objection suspends it (`publication_contested`);
    one that was annulled, or repaired, never (`publication_fallen`), nor while nobody has said that it stands without the finding
    that it rests on (`publication_shaken`), nor behind its last day (`publication_over`). So is that it was pushed to a province.
    """
    if held.state is PublicationState.OWED and (why := _waits(tx, held, on)):
        raise Refusal(why, publication=held.id, until=domain.of(held).until.isoformat())
    return post(office, tx, held, line(office, tx, held, on), on, reference, by, now)


def post(
    office: Office, tx: Tx, held: PublicationDuty, told: PenaltyLine, on: date, reference: str, by: str, now: datetime
) -> PublicationDuty:
    """A line that was worked out is public. Raises Refusal, Invalid."""
    return unpublish.settle(tx, held, domain.publish(held, told, on, reference, by, now, office.calendar), now)


def fell(office: Office, tx: Tx, held: Consequence, why: Annulled, document: str, by: str, now: datetime) -> None:
    """A penalty was annulled: what is owed of it never becomes public, what is public is to be taken back by the pack's date."""
    _over(office, tx, held.id, unpublish.WHY[why], document, by, now)


def repaired(office: Office, tx: Tx, case: Case, by: str, now: datetime) -> None:
    """What a case's subject did is repaired: it is shown no more (handbook 1.7.2)."""
    for one in tx.consequences.of_case(case.id):
        if one.proposal is Proposal.PENALTY:
            _over(office, tx, one.id, Fallen.REPAIRED, "", by, now)


def look(office: Office, tx: Tx, now: datetime) -> None:
    """What has been shown for as long as it may is to be taken back, without any request (handbook 1.7.1, scenario 64).

    What nobody has published by then is owed no more. What a former release owed to a province without a duty of its own has one then.
    """
    today = office.calendar.local_date(now)
    ends = (PublicationState.PUBLISHED, PublicationState.OWED)
    for duty in (one for one in _all(tx) if one.state in ends and (domain.of(one).until < today or domain.of(one).elsewhere)):
        held = tx.publications.get(duty.id, lock=True)
        if domain.of(held).until >= today:
            province.follow(office, tx, held, now)
            continue
        if held.state is PublicationState.PUBLISHED:
            unpublish.recall(office, tx, held, Fallen.LAPSED, "", "", "rule", now)
        if held.state is PublicationState.OWED:
            tx.attention.close(f"{DISCLOSURE}:{domain.of(held).consequence}", now)
            unpublish.settle(tx, held, publicationduty.drop(held, Fallen.LAPSED, "", "rule"), now)
        province.follow(office, tx, tx.publications.get(held.id), now)


def gather(office: Office, now: datetime, *, post: bool) -> Penalties:
    """The penalties that are public, in the order in which they became so; with `post` also what may become so now, behind all others.

    Raises Refusal (`publication_contradicted`) where a line is not what the ledger tells.
    """
    today, withheld = office.calendar.local_date(now), 0
    printed.whole(office)
    held_at: list[tuple[datetime, PenaltyLine]] = []
    fresh: dict[str, PenaltyLine] = {}
    gone: list[str] = []
    least: dict[str, int] = {}
    with office.store.read() as tx:
        duties = list(_all(tx))
        suspected = printed.suspects(tx, duties)
        for duty in duties:
            penalty = domain.of(duty)
            if duty.state is PublicationState.OWED and (not penalty.public or _waits(tx, duty, today)):
                withheld += _named(office, tx, duty)
            elif duty.state is PublicationState.OWED and post:
                fresh[duty.id] = line(office, tx, duty, today)
                held_at.append((now, replace(fresh[duty.id], contested=_contested(tx, penalty.case_id))))
            elif duty.posted is not None and penalty.shown is not None:
                out = duty.state is PublicationState.TO_REMOVE and post
                gone += [duty.id] if out else []
                told = penalty.shown
                if duty.removed is not None or out:
                    told = told.taken_back(duty.why or Fallen.UNSTATED, duty.removed.on if duty.removed else today)
                elif _contested(tx, penalty.case_id):
                    told = replace(told, contested=True)
                held_at.append((duty.posted.at, told))
            name, few = shown.agency(office, duty), _row(office, duty).least
            least[name] = max(least.get(name, few), few)
    printed.refuse(office, suspected)
    held_at.sort(key=lambda one: (one[0], one[1].id))
    named = tuple(one for _, one in held_at if one.name)
    persons = Counter(one.agency for _, one in held_at if one.person and not one.removed)
    steps = {agency: stepped(count, least[agency]) for agency, count in sorted(persons.items())}
    counted = {agency: count for agency, count in steps.items() if count}
    return Penalties(lines=named, fresh=fresh, gone=tuple(gone), withheld=withheld, counted=counted)


def say(office: Office, penalties: Penalties, base: str, by: str, now: datetime) -> None:
    """A named person says that these are public at an address, and that those are gone. Said again, nothing is added.

    What fell since its files were written is public, too, and is to be taken back.
    """
    base, today = base.rstrip("/"), office.calendar.local_date(now)
    place = {one.id: f"{base}/{pages.place(index, one)}" for index, one in enumerate(penalties.lines)}
    index = f"{base}/penalties.html"
    for some in _parts(tuple(penalties.fresh)):
        with office.store.begin() as tx:
            for name in some:
                held = tx.publications.get(name, lock=True)
                if held.state is PublicationState.OWED:
                    post(office, tx, held, penalties.fresh[name], today, place.get(name, index), by, now)
                else:
                    unpublish.overtaken(office, tx, held, penalties.fresh[name], today, place.get(name, index), by, now)
    for some in _parts(penalties.gone):
        with office.store.begin() as tx:
            for name in some:
                held = tx.publications.get(name, lock=True)
                if held.state is PublicationState.TO_REMOVE:
                    made = publicationduty.remove(held, today, place.get(name, index), by, now, office.calendar)
                    unpublish.settle(tx, held, made, now)


def line(office: Office, tx: Tx, held: PublicationDuty, today: date) -> PenaltyLine:
    """The line as it would become public now: what the pack lets be shown, of whom it lets be named."""
    penalty, row, policy = domain.of(held), _row(office, held), office.book.get(held.pack)
    case, decided = tx.cases.get(penalty.case_id), tx.consequences.get(penalty.consequence)
    named = _named(office, tx, held)
    ruled = penalty.ruled
    kinds: tuple[PenaltyKind, ...] = ruled.kinds if ruled is not None and DisclosurePart.KINDS in row.parts else ()
    act = next((one.name for one in policy.acts if one.row == decided.grading.act), "")
    return PenaltyLine(
        id=held.id,
        agency=shown.agency(office, held),
        name=case.subject.name if named else "",
        code=case.subject.code if named else "",
        item=office.book.get(case.pack).item(case.item).name if DisclosurePart.ITEM in row.parts else "",
        act=act if DisclosurePart.ACT in row.parts else "",
        kinds=kinds,
        amount=ruled.amount if ruled is not None and DisclosurePart.AMOUNT in row.parts else None,
        decided_on=penalty.decided_on if DisclosurePart.DECIDED_ON in row.parts else None,
        posted_on=today,
        until=penalty.until,
        subject=case.subject.kind,
    )


def _named(office: Office, tx: Tx, held: PublicationDuty) -> bool:
    """Whether the line of a penalty names its subject."""
    return tx.cases.get(domain.of(held).case_id).subject.kind is SubjectKind.FIRM and _row(office, held).firms


def _row(office: Office, held: PublicationDuty) -> DisclosureRow:
    """The row under which a duty was formed: a pack that was used stays."""
    row = office.book.get(held.pack).disclosure
    if row is None:
        raise Missing("publication_unknown", publication=held.id)
    return row


def _own(office: Office, tx: Tx, consequence_id: str, by: str, token: str, now: datetime) -> list[str]:
    """Who of those that decided a penalty this is, or stands in for."""
    decided, mine = tx.consequences.get(consequence_id), Signed(by=by, token=token, at=now)
    deciders = decided.deciders
    close = deputies.close_to(office, tx, decided.agency, [decided], deciders, now)
    return sorted({one.by for one in deciders if one.is_of(mine)} | {one for one in close if same(one, by)})


def _over(office: Office, tx: Tx, consequence_id: str, why: Fallen, document: str, by: str, now: datetime) -> None:
    held = tx.publications.find(domain.name(consequence_id), lock=True)
    tx.attention.over(f"{DISCLOSURE}:{consequence_id}", now)
    if held is None:
        return
    if held.state in (PublicationState.OWED, PublicationState.NOT_PUBLIC):
        unpublish.settle(tx, held, publicationduty.drop(held, why, document, by), now)
    elif held.why is Fallen.STAYED:  # it goes, or has gone, until the stay is over: now for good; the date stays
        decision = publicationduty.drop(held, why, document, by)
        tx.publications.put(decision.state)
        unpublish.write(tx, decision, now)
    else:
        unpublish.recall(office, tx, held, why, "", document, by, now)
    # what had gone from one's own register before, as at the end of its days, may stand in the other still: it goes there for this
    province.follow(office, tx, replace(tx.publications.get(held.id), why=why, reason="", document=document), now)


def _waits(tx: Tx, held: PublicationDuty, on: date) -> str:
    """Why a penalty may not become public on a day: the code of a refusal; empty where nothing keeps it."""
    penalty = domain.of(held)
    if not _stands(tx, held):
        return "publication_fallen"
    if on > penalty.until:
        return "publication_over"
    if not _founded(tx, penalty):
        return "publication_shaken"
    if touched.unheard(tx, penalty.case_id, tx.records.objections(case_id=penalty.case_id)):
        return "publication_contested"
    return "" if unserved.came(tx, penalty.consequence) else "publication_unserved"


def _stands(tx: Tx, held: PublicationDuty) -> bool:
    """Whether the penalty is in force, and nothing of its finding was repaired: also where nothing says so in a duty of before."""
    decided = tx.consequences.get(domain.of(held).consequence)
    records = (one for one in tx.records.of_case(decided.case_id) if one.outcome == decided.grading.outcome.value)
    return decided.state is ConsequenceState.IMPOSED and all(one.state is not RecordState.REPAIRED for one in records)


def _founded(tx: Tx, penalty: Penalty) -> bool:
    """Whether the finding stands that a penalty rests on, or an officer has said since that the penalty stands without it."""
    decided, case = tx.consequences.get(penalty.consequence), tx.cases.get(penalty.case_id)
    doubt = tx.attention.get(f"{SHAKEN}:{decided.id}")
    if doubt is not None and doubt["closed_at"] is None:
        return False
    return decided.upheld is not None or (case.state is CaseState.CLOSED and case.outcome is decided.grading.outcome)


def _contested(tx: Tx, case_id: str) -> bool:
    return bool(tx.records.objections(case_id=case_id, limit=1))


def _all(tx: Tx) -> Iterator[PublicationDuty]:
    after = ""
    while part := tx.publications.penalties(after, _TOGETHER):
        yield from part
        after = part[-1].id


def _parts(ids: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for start in range(0, len(ids), _SAID):
        yield ids[start : start + _SAID]
