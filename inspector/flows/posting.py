"""Letters of the assistance procedure on their way out: each is written once, handed over, and a person hears of those nobody took."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from inspector.domain import dispute, ladder, sending
from inspector.domain import letter as post
from inspector.domain.assistance import AssistanceState, Request
from inspector.domain.case import Case, SubjectKind
from inspector.domain.contact import Contact
from inspector.domain.decision import OrderKind
from inspector.domain.errors import Stale
from inspector.domain.evidence import Verdict
from inspector.domain.letter import LetterKind
from inspector.domain.reached import UNCONFIRMED
from inspector.domain.scoreboard import heard_at, unreached
from inspector.flows import competence, contacts, letters, once, putting, replylink, unsettled
from inspector.flows.contents import named
from inspector.flows.dossier import dossier
from inspector.flows.holding import CALLED, called, holder
from inspector.flows.left import wait_where_left
from inspector.flows.office import Office, behind
from inspector.flows.recall import wait_for_it
from inspector.flows.requests import go_on, held, node_of, policy_of
from inspector.flows.settle import Settlement, hears_of_the_end, nothing, settle_request
from inspector.ports import Garbled, Letter, PortError, Refused
from inspector.store.codec import dump, load
from inspector.store.pushes import Pushed
from inspector.store.tx import Tx
from inspector.store.work import Work

AFTERWARDS = frozenset(map(LetterKind, post.AFTERWARDS))
"""What is told when a request is over: nobody answers it, so it is worth sending however the request stands."""


PUSHED = "letter:"
"""What stands in place of a seat where a push was to the liaison officer or the head of an agency; behind it the key of its work."""

PATIENCE_OVER = "patience_over"
"""Why a letter is given up that nobody has refused: its time was over while it lay here."""

RETURNED = "letter_returned"
"""A mail server took it, and reported that its addressees do not."""

EXPIRED = "letter_expired"
"""A mail server took it, and gave up: on the way, not at its addressees."""

EARLY = frozenset(LetterKind(ladder.REMINDERS[kind]) for kind in ladder.EARLY)
"""What is of no use once the date has passed that it is about."""


def needless(request: Request, kind: LetterKind, now: datetime) -> bool:
    """Whether a letter has lost its purpose on its way: nobody is reminded of a date that has passed, or of what he has done.

    But for who was not reminded before it, for we were away: that one hears so before anybody above.
    """
    if kind is LetterKind.REMINDER and ladder.reminded_late(request):
        return request.state.above
    return kind in EARLY and (now >= request.due_at or (kind is LetterKind.ACKNOWLEDGE and request.accepted))


def _idle(work: Work, request: Request, kind: LetterKind, now: datetime) -> bool:
    """Whether nobody is served by this row any more: its request is over, or it is about a clock that runs no more."""
    if kind not in AFTERWARDS and not request.state.open:
        return True
    if kind is LetterKind.ESCALATION and request.dispute is not None and request.state is AssistanceState.DISPUTED:
        return request.dispute.superior != str(work.payload["via"])  # it stands with another superior, and its link is that one's
    if kind is LetterKind.OUTCOME and work.payload.get("said", {}).get("outcome", request.echo) != request.echo:
        return True  # it became otherwise since, and that is told by a letter of its own, which may have left before this one
    stale = kind in EARLY and work.key.removesuffix(post.ALONE) != request.letter_key(kind, request.requested)
    return stale or needless(request, kind, now)


def send(work: Work, office: Office) -> Settlement:
    """Hand one letter over. A request letter whose case is over meanwhile is not sent; a notice of the end follows its letter."""
    kind = LetterKind(work.payload["letter"])
    with office.store.read() as tx:
        request = tx.assistance.get(str(work.payload["request"]))
    if _idle(work, request, kind, office.now()):
        return _obsolete(work, office, kind)
    competence.wait_for_word(office, request, kind)
    if put_by := putting.waits(work, office, request, kind):
        return put_by
    wait_for_it(work, office)
    if request.contacts.get(work.key) == "":
        return _pushed(work, office, request, contacts.reached_by(office, request.requested, kind))
    if wayless := _wayless(work, office, request, kind):
        return wayless
    agency = office.connectors.agencies[str(work.payload["via"])]
    try:
        letter = _written(work, office, request)
    except Stale:  # ended, or in another hand, before it was written down: from here nothing leaves
        return nothing("obsolete")
    try:
        receipt = agency.send(letter, key=named(work.key, letter))
    except (Refused, Garbled) as error:
        return _undeliverable(work, office, error.code, unsure=may_have_arrived(work, error), detail=said_of(error)).after(error)

    def write(tx: Tx, now: datetime) -> None:
        case, fresh = held(tx, request.id)
        letters.carried(tx, fresh, work.key, str(work.payload["via"]), receipt, now)
        letters.left(tx, receipt, str(work.payload["via"]), [(request.id, kind.value, work.key)], now)
        if kind is LetterKind.REQUEST and work.key in fresh.again:
            unsettled.replaced(tx, fresh, now)
        if kind not in AFTERWARDS:
            policy = office.book.get(case.pack)
            told = sending.sent(
                fresh,
                str(work.payload["via"]),
                receipt.reference,
                policy,
                now,
                office.calendar,
                by_hand=receipt.by_hand,
                key=work.key,
            )
            readers = () if receipt.by_hand else (holder(office, kind, str(work.payload["via"])),)
            told = replace(told, state=post.perhaps(told.state, *readers))
            settle_request(tx, post.of_kind(told, kind.value), now)

    return Settlement(write=write, outcome=kind.value, attempts=receipt.attempts, left=not receipt.by_hand)


def _wayless(work: Work, office: Office, request: Request, kind: LetterKind) -> Settlement | None:
    """What keeps a letter here: its way leads to the other side by now, or is not set up. None: it may leave."""
    via = str(work.payload["via"])
    if _misled(office, request, kind, via):
        return _undeliverable(work, office, ladder.MOVED, unsure=may_have_arrived(work, None)).unasked()
    if via not in office.connectors.agencies:
        wait_where_left(office, via, "agency_not_configured")
        return _undeliverable(work, office, "agency_not_configured").unasked()
    return None


def _misled(office: Office, request: Request, kind: LetterKind, via: str) -> bool:
    """Whether the way of a letter leads to the wrong side by now: the agency's to another one, the superior's to the agency itself."""
    asked, reader = behind(office.tree, request.requested), contacts.node(office, via)
    if asked is None or reader is None:
        return False
    return (reader.id == asked.id) is post.above(request, kind.value, via)


def _obsolete(work: Work, office: Office, kind: LetterKind) -> Settlement:
    """Nothing leaves: what the step before it said of this letter is taken back, if none of its tries can have brought it."""
    if may_have_arrived(work, None):

        def hears(tx: Tx, now: datetime) -> None:
            _, fresh = held(tx, str(work.payload["request"]))
            if kind not in AFTERWARDS and fresh.contacts.get(work.key) != "":  # a push leaves nobody a letter
                hears_of_the_end(tx, fresh, holder(office, kind, str(work.payload["via"])), now)

        return Settlement(write=hears, outcome="obsolete").unasked()

    def write(tx: Tx, now: datetime) -> None:
        _, fresh = held(tx, str(work.payload["request"]))
        if (said := ladder.stayed(fresh, kind.value, str(work.payload["via"]), now, PATIENCE_OVER)) is not fresh:
            tx.assistance.put(said)

    return Settlement(write=write, outcome="obsolete")


def _pushed(work: Work, office: Office, request: Request, to: Contact) -> Settlement:
    """A push to the liaison officer or the head: few words and the link. Who has it holds no letter, and need not be told of the end.

    One that was ordered by another way than they are reached by now has no address here any more: its step is taken once more.
    """
    if not to.pushed or to.connector != work.payload["via"]:
        return _undeliverable(work, office, ladder.MOVED, unsure=may_have_arrived(work, None)).unasked()
    channel = office.connectors.channels.get(to.connector)
    if channel is None:
        wait_where_left(office, to.connector, "channel_not_configured")
        return _undeliverable(work, office, "channel_not_configured").unasked()
    with office.store.read() as tx:
        message = contacts.push(office, tx, request, LetterKind(work.payload["letter"]), to)
    if not called(work.payload):
        with office.store.begin() as tx:
            tx.work.keep(work, {**work.payload, CALLED: True})
    key = named(work.key, message)
    try:
        receipt = once.hand(office, work, channel, message, key=key)
    except (Refused, Garbled) as error:
        return _undeliverable(work, office, error.code).after(error)

    def write(tx: Tx, now: datetime) -> None:
        made = Pushed(
            key=key[:300],
            seat=f"{PUSHED}{work.key}"[:300],
            word=str(work.payload["letter"]),
            agency=request.requester,
            inspector="",
            channel=to.connector,
            mark="",
            reference=receipt.reference[:200],
            handed_at=now,
            code=UNCONFIRMED if receipt.unconfirmed else "",
        )
        tx.pushes.add(made)
        if receipt.unconfirmed:
            _undeliverable(work, office, UNCONFIRMED, unsure=True).write(tx, now)

    return Settlement(
        write=write, outcome="undeliverable" if receipt.unconfirmed else str(work.payload["letter"]), attempts=receipt.attempts
    )


def push_failed(office: Office, tx: Tx, push: Pushed, code: str, now: datetime) -> None:
    """A channel reports that a push to the liaison officer or the head came to nobody: they were not told."""
    key = push.seat.removeprefix(PUSHED)
    about, _, _ = key.partition(f":{push.word}:")  # the id of a request that was forwarded has a colon, too
    request_id = about.removeprefix(f"{OrderKind.ASSIST_SEND.value}:")
    told = Lost(request_id=request_id, kind=LetterKind(push.word), via=push.channel, key=key, code=code, unsure=False)
    lost(tx, office, told, now)


def give_up_sending(work: Work, office: Office, error: PortError | None) -> Settlement:
    """The letter could not be handed over by any try."""
    code = error.code if error else PATIENCE_OVER
    return _undeliverable(work, office, code, unsure=may_have_arrived(work, error), detail=said_of(error))


def said_of(error: PortError | None) -> str:
    """What whoever mends it is to know of a failure beside its code: the addressees that were not taken, or what the connector noted.

    It stands in a matter of the house alone, and in no log.
    """
    return ("; ".join(error.refused) or error.detail) if error is not None else ""


def may_have_arrived(work: Work, error: PortError | None) -> bool:
    """Whether the addressee may hold a letter of which no receipt came.

    An earlier try may have brought it, in this call or in a claim before, whatever became of that daemon; who answers that the key is
    known (`conflict`) has it. Only what was refused at its first try, or never tried, surely did not arrive.
    """
    before = work.fence > 1 and called(work.payload)
    if before or not isinstance(error, Refused):
        return before or (error is not None and error.attempts > 0)  # none: nobody was called
    return error.code == "conflict" or error.attempts > 1


def _undeliverable(work: Work, office: Office, code: str, *, unsure: bool = False, detail: str = "") -> Settlement:
    """A person is told, and a request ends unanswered. `unsure`: the letter may have arrived all the same; its end will be told."""

    def write(tx: Tx, now: datetime) -> None:
        kind, via = LetterKind(work.payload["letter"]), str(work.payload["via"])
        request_id = str(work.payload["request"])
        told = Lost(request_id=request_id, kind=kind, via=via, key=work.key, code=code, unsure=unsure, detail=detail)
        lost(tx, office, told, now)

    return Settlement(write=write, outcome="undeliverable")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """A letter that nobody took. `unsure`: it may have arrived all the same. `returned`: it had left, and came back.

    `detail`: what whoever mends it is to know beside the code, such as the addresses.
    """

    request_id: str
    kind: LetterKind
    via: str
    key: str
    code: str
    unsure: bool
    returned: bool = False
    detail: str = ""


def lost(tx: Tx, office: Office, told: Lost, now: datetime) -> None:
    """A person is told, and a request ends unanswered whose letter this was, the one that asks, or the last that stood in its place.

    One that the agency knows of goes on: our channel's failure says nothing of an agency that has the request, or has taken it on. So
    does one whose link was called back: the letter with the other link is a further one.
    """
    case, request = held(tx, told.request_id)
    facts = {"letter": told.kind.value, "to": told.via, "error": told.code} | ({"detail": told.detail} if told.detail else {})
    if told.kind in AFTERWARDS or request.state.open or request.state is AssistanceState.UNANSWERED:
        # of one that is answered nobody need hear
        tx.attention.open(unsettled.UNDELIVERABLE, request.requester, told.key, facts, now)
    if told.unsure and told.kind not in AFTERWARDS and request.contacts.get(told.key) != "":
        reader = holder(office, told.kind, told.via)
        request = post.perhaps(request, reader)
        tx.assistance.put(request)
        hears_of_the_end(tx, request, reader, now)
    if told.kind in (LetterKind.ESCALATION, LetterKind.DISPUTE):
        _above(tx, office, case, request, told, now)
        return
    gone = replace(request, had={key: at for key, at in request.had.items() if key != told.key})
    if not told.unsure and told.key not in request.again:
        gone = ladder.stayed(gone, told.kind.value, told.via, now, told.code)
    if gone != request:
        tx.assistance.put(gone)
    first = told.kind is LetterKind.REQUEST and gone.state.open and told.key not in gone.again
    if first and told.returned and sending.brought(gone):
        policy = office.book.get(case.pack)
        settle_request(tx, sending.returned(gone, told.via, told.code, policy, now, office.calendar), now)
    elif sending.astray(gone) or (first and (told.returned or not gone.reached)):
        settle_request(tx, post.undeliverable(gone, told.code, now, case.pack), now)
        go_on(tx, office, gone, Verdict.NO_ANSWER, told.code, now)


def _above(tx: Tx, office: Office, case: Case, request: Request, told: Lost, now: datetime) -> None:
    """A letter to the superior was lost: nobody above was told, unless it has another one, or may have this one."""
    if told.unsure or told.key in request.again:
        return
    if told.kind is LetterKind.ESCALATION and request.state is AssistanceState.ESCALATED:
        settle_request(tx, post.unescalated(request, told.code, now, case.pack), now)
    if told.kind is LetterKind.DISPUTE and request.state is AssistanceState.DISPUTED:
        settle_request(tx, dispute.unbrought(request, told.code, now, case.pack), now)
        superior = node_of(office, told.via)
        facts = {"requested": request.requested, "case": request.case_id, "superior": superior, "error": told.code}
        tx.attention.open(unsettled.SUPERIOR_UNKNOWN, request.requester, request.id, facts, now)


def came_back(tx: Tx, office: Office, told: Lost, now: datetime) -> None:
    """A letter that had left came to nobody, as a report says that anybody may have written: who spoke has heard, whatever it says.

    What it brought is owed again. Who was counted as having it hears of the end all the same.
    """
    _, request = held(tx, told.request_id)
    first = told.kind is LetterKind.REQUEST and told.key not in request.again
    if (told.kind in AFTERWARDS and unreached(request)) or (first and heard_at(request) is not None):
        return
    if (owed := sending.owed_again(request, told.kind, told.key, now)) is not request:
        tx.assistance.put(owed)
    lost(tx, office, told, now)


def _written(work: Work, office: Office, request: Request) -> Letter:
    """What the letter says: written into its row before its first try, and read there at every other one.

    So the agency sees one letter however often it is sent, by whichever daemon, with the date that bound when it was first told, though
    this house's address or a calendar has changed since. The secret of its link lies in no row. Raises Stale where this row is not
    ours any more.
    """
    said = work.payload.get("said")
    if said is None:
        with office.store.begin() as tx:
            fresh, until = _begun(work, office, tx, request.id)
            written = letter_of(office, tx, fresh, LetterKind(work.payload["letter"]), str(work.payload["via"]))
            if reader := work.payload.get("reader"):
                written = replace(written, reader=LetterKind(reader))
            said = json.loads(dump(letters.worded(office, tx, fresh, written, str(work.payload["via"]))))
            tx.work.keep(work, {**work.payload, "said": said}, expires_at=until)
    letter = load(Letter, json.dumps(said))
    above = post.above(request, str(work.payload["letter"]), str(work.payload["via"]))
    purpose = replylink.OVERSEE if above else replylink.LINK
    with office.store.read() as tx:
        return letters.linked(letter, replylink.address(office, tx, purpose, request.id, letter.reply_url))


def _begun(work: Work, office: Office, tx: Tx, request_id: str) -> tuple[Request, datetime | None]:
    """The request as its letter is to tell it: one that we owe, if it leaves late, tells the date that is counted from here (and is

    tried until then).
    """
    case, request = held(tx, request_id)
    owed = request.owed is not None and request.owed.key == work.key
    if work.payload["letter"] != LetterKind.REQUEST.value and not owed:
        return request, None
    now = office.now()
    moved = sending.written(request, str(work.payload["via"]), office.book.get(case.pack), now, office.calendar)
    if moved is None:
        return request, None
    settle_request(tx, moved, now)
    return moved.state, moved.state.end_at or moved.state.due_at


def letter_of(office: Office, tx: Tx, request: Request, kind: LetterKind, via: str) -> Letter:
    """The letter as its row keeps it: in place of its link the address of this house.

    What came of a request is told with the least data: whose request it was and what became of the answer, nothing about the subject.
    """
    said: Mapping[str, object] = request.question
    over = kind is LetterKind.OUTCOME
    return Letter(
        kind=kind,
        request_id=request.id,
        case_id=request.case_id,
        basis=request.basis,
        ground=request.ground,
        fact=str(said["fact"]),
        subject_kind=SubjectKind(str(said["kind"])),
        subject_code="" if over else str(said["code"]),
        claimed="" if over else str(said["claimed"]),
        due_at=request.due_at,
        due_provisional=request.due_provisional,
        reply_url=office.base_url,
        on=date.fromisoformat(str(said["on"])),
        urgency=request.urgency,
        accept_by=request.accept_by,
        outcome=request.echo or "" if over else "",
        text=dossier(office, policy_of(office, tx, request), request, kind, letters.language(office, via)),
    )
