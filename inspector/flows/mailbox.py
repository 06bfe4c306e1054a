"""Answers by e-mail: each is taken once, believed by its sender and its code, and one that cannot be taken is kept for a person.

What counts is what is filled in between the marks of this letter's own form (`domain.slip`); whatever else its writer says is read by
a person before anything follows from it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from functools import cache, partial

import structlog

from inspector.domain import reply, slip, veil
from inspector.domain.assistance import Door, Request, arrived
from inspector.domain.errors import Away, Forbidden, InspectorError, Invalid, Missing, Stale
from inspector.domain.said import Said
from inspector.domain.slip import Sheet
from inspector.flows import contacts, doorways, hearing, replylink, returned
from inspector.flows.apart import apart
from inspector.flows.letters import SLIP
from inspector.flows.office import Office
from inspector.flows.requests import held
from inspector.flows.settle import settle_request
from inspector.flows.unsettled import MAIL_UNREAD
from inspector.flows.written import listed, meant
from inspector.incoming import Mail, Mailbox
from inspector.labels import LANGS, label, told
from inspector.ports import PortError
from inspector.store.tx import Tx

log = structlog.get_logger(__name__)

MOST_SHOWN = 20_000
"""Characters of a mail that are shown to the person who reads it; the file has the rest."""

_AUTOMATIC = "mail_automatic"
"""The one flaw by which a mail is nobody's word: a machine has answered."""
_LOOKS = 10
"""Looks into one box before the next has its turn; one takes some mails, and the last one sees that none is left."""
_KNOWN = ("number", "code")
_NAMES = (*_KNOWN, *SLIP)
_ALONE = ("signer",)  # whatever gets between its line and the closing mark has signed nothing


def pick_up(office: Office) -> int:
    """Look at every door, take what lies in every box; how many mails were put away. One that cannot be read keeps no other waiting.

    Of one that is read to its end that is written down, and of one that cannot be a person hears (`doorways`).
    """
    counts: list[int] = []
    doorways.look(office)
    for name, agency in doorways.boxes(office).items():
        try:
            if not apart(agency, partial(_read, office, name, agency, counts)):
                doorways.away(office, name, "mailbox_hangs", office.now())
        except Away:
            break  # nothing can be written down: every mail stays where it is
        except Exception as error:  # noqa: BLE001 - a folder that is away, or a fault of the connector's: the others have their turn
            code = error.code if isinstance(error, PortError) else type(error).__name__
            log.warning("mailbox.failed", connector=name, error=code)
            doorways.away(office, name, code, office.now())
    return sum(counts)


def _read(office: Office, name: str, agency: Mailbox, counts: list[int]) -> None:
    taken, whole = _emptied(office, name, agency)
    counts.append(taken)
    if not whole:
        doorways.away(office, name, "mails_left", office.now())


def _emptied(office: Office, name: str, agency: Mailbox) -> tuple[int, bool]:
    """How many mails of a box were put away, and whether none is left: then it counts as read from before the last look.

    Raises Away, and what the connector raises.
    """
    count = 0
    for _ in range(_LOOKS):
        began = office.now()
        found = [_put_away(office, name, agency, mail) for mail in agency.waiting()]
        count += sum(found)
        if not found:
            doorways.read(office, name, began)
            return count, True
        if not any(found):
            break
    return count, False


def _put_away(office: Office, name: str, agency: Mailbox, mail: Mail) -> bool:
    """Whether a mail was dealt with and put away; else it stays where it is. Raises Away, and what the connector raises."""
    read = _safely(office, name, mail)
    if read is not None:
        agency.put_away(mail, read=read)
    return read is not None


def _safely(office: Office, name: str, mail: Mail) -> bool | None:
    """One mail that something is wrong with keeps no other from its turn. What fails by a fault of ours is kept for a person, too.

    Raises Away.
    """
    try:
        return taken(office, mail)
    except Away:
        raise
    except Exception as error:
        log.exception("mailbox.mail_failed", connector=name, error=type(error).__name__, digest=mail.digest)
    try:
        with office.store.begin() as tx:
            plain = replace(mail, answers=())  # nothing of it is looked up any more: it may be what has just failed
            _keep(office, tx, plain, Form(), Invalid("mail_failed"), office.now(), theirs=False)
    except Stale:
        return None
    return False


def taken(office: Office, mail: Mail) -> bool | None:
    """Whether a mail was taken for an answer, in one transaction; else a person is told. None: not now, it stays where it is.

    Raises Away.
    """
    form, said, theirs = Form(), tuple[Said, ...](), False
    try:
        if mail.returned and returned.taken(office, mail):
            return True
        if mail.flaw:
            with suppress(InspectorError):
                form = read(slip.clean(mail.text))  # whose it is, if it says so
                with office.store.begin() as tx:
                    _known(office, tx, form)
                theirs = mail.flaw != _AUTOMATIC
            raise Invalid(mail.flaw)
        form = read(slip.clean(mail.text))
        with office.store.begin() as tx:
            request = _known(office, tx, form)
        theirs = True
        _spoken(office, request, mail)
        _form_alone(office, request, mail, form)
        said = meant(form.filled)
        with office.store.begin() as tx:
            _spoken(office, _known(office, tx, form), mail)
            _hear(office, tx, mail, form, said, office.now())
    except Stale:
        return None
    except Away:
        raise
    except InspectorError as error:
        for word in said:
            hearing.circling(office, form.number, word, error)
        with office.store.begin() as tx:
            _keep(office, tx, mail, form, error, office.now(), theirs=theirs)
            if said and error.code == "reasons_missing":
                _ask_back(office, tx, form.number, mail, office.now())
        return False
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What a mail's form says: whose it is, by which code, what is `filled` in (`twice`: with two texts), and what is said `beside` it.

    `framed`: it stands in its frame, without which nothing that is filled in counts.
    """

    number: str = ""
    code: str = ""
    filled: Mapping[str, str] = field(default_factory=dict)
    twice: tuple[str, ...] = ()
    beside: str = ""
    framed: bool = True


def read(text: str) -> Form:
    """The form in the text of a mail, found by its frame; a copy of it that is empty, or filled alike, is no other.

    Raises Missing (`mail_number`) where there is none, Forbidden (`mail_code`) for a frame that no code fits, Invalid (`mail_many`) for
    two requests.
    """
    found = slip.sheets(text)
    held = [(sheet, *slip.lines(sheet.inside, _words(), _ALONE)) for sheet in found]
    if not held:
        return _frameless(text)
    ours = [one for one in held if slip.mark(_known_by(one[1], "code")) == one[0].mark]
    if not ours:
        raise Forbidden("mail_code", number=_known_by(held[0][1], "number") or "-")
    if len({(_known_by(says, "number"), _known_by(says, "code")) for _, says, _ in ours}) > 1:
        raise Invalid("mail_many")
    filled: dict[str, set[str]] = {}
    for _, says, _ in ours:
        for name, words in says.items():
            filled.setdefault(name, set()).add(words if name not in _KNOWN else "".join(words.split()))
    twice = tuple(sorted(name for name, words in filled.items() if len(words) > 1))
    merged = {name: "\n".join(sorted(words)) for name, words in filled.items()}
    code = merged.pop("code")
    beside = _beside(text, found, ours, code)
    return Form(number=merged.pop("number", ""), code=code, filled=merged, twice=twice, beside=beside)


def _frameless(text: str) -> Form:
    """A mail in which nothing of the frame is left: whose it is, if its number and code are there. Raises Missing (`mail_number`)."""
    says = lines(text[:MOST_SHOWN])  # a letter is far shorter: whoever sends more wrote no answer to it
    number, code = says.pop("number", "").split(), says.pop("code", "").split()
    if not number or not code:
        raise Missing("mail_number", number="-")
    return Form(number=number[0], code=code[0], filled=says, framed=False)


def _beside(text: str, found: Sequence[Sheet], ours: Sequence[tuple[Sheet, Mapping[str, str], str]], code: str) -> str:
    """The writer's own words: outside of the letter, between its lines, above the form's first one, and behind who signed."""
    own = [slip.beside(text, found, quoting())]
    own += [sheet.above or "" for sheet in found if not sheet.whole(code)]
    own += [stray for _, _, stray in ours]
    own += [says["signer"] for _, says, _ in ours if "\n" in says.get("signer", "")]
    return "\n".join(filter(None, own))


def _known_by(says: Mapping[str, str], name: str) -> str:
    return "".join(says.get(name, "").split())


def lines(inside: str) -> dict[str, str]:
    """What is filled in behind the names of a form, in either language."""
    return slip.lines(inside, _words(), _ALONE)[0]


def _known(office: Office, tx: Tx, form: Form) -> Request:
    """The request whose letter a mail's writer has. Raises Missing, Forbidden before anything is looked at that the mail asks for."""
    number = form.number
    try:
        request = tx.assistance.get(number)
    except Missing:
        raise Missing("mail_number", number=number or "-") from None
    try:
        replylink.by_link(office, tx, number, form.code)
    except Forbidden:
        raise Forbidden("mail_code", number=number) from None
    return request


def _spoken(office: Office, request: Request, mail: Mail) -> None:
    """Raise Forbidden (`mail_sender`) for an address that is none of the agency's: within it letters are passed on, and codes with them."""
    if not contacts.registered(office, request, mail.sender):
        raise Forbidden("mail_sender", number=request.id, sender=mail.sender, connector=request.requested)


def _form_alone(office: Office, request: Request, mail: Mail, form: Form) -> None:
    """Raise Invalid unless a mail says what its form says, once, and nothing else: the rest, and what nobody opens here, a person reads."""
    if not form.framed:
        raise Invalid("mail_frame", field="text")
    if slip.unknown(form.beside, _harmless(office, request, mail, form)):
        raise Invalid("mail_words", field="text", told=form.beside[:200])
    if form.twice:
        raise Invalid("mail_twice", field=", ".join(form.twice))
    if mail.attached:
        raise Invalid("mail_attached", field="text", told=", ".join(one.name or "-" for one in mail.attached)[:200])


def _harmless(office: Office, request: Request, mail: Mail, form: Form) -> list[str]:
    """Words that say nothing of the request: greetings, who writes to whom, and how to call them."""
    via = {request.requester, request.requested}
    names = [node.name for node in office.tree.values() if via & {node.id, *node.connectors}]
    return [*listed("mail.polite"), *names, mail.sender, form.filled.get("signer", "").partition("\n")[0]]


def _hear(office: Office, tx: Tx, mail: Mail, form: Form, said: tuple[Said, ...], now: datetime) -> None:
    """Each word's step, once for each mail."""
    content = hashlib.sha256(json.dumps([mail.sender, form.code, dict(form.filled)]).encode()).hexdigest()
    # another daemon with the same mail is waited for before it is asked whether it has been taken
    _, request = held(tx, form.number)
    if tx.inbox.seen("mail", mail.id, content) is None:
        door = Door(by="mail", token=mail.sender, scan=mail.digest, came=arrived(request, mail.came, now))
        for word in said:
            hearing.hear(office, tx, form.number, word, now, door)
        tx.inbox.keep("mail", mail.id, content, {"request": form.number, "do": " ".join(word.do for word in said)}, now)


def _ask_back(office: Office, tx: Tx, number: str, mail: Mail, now: datetime) -> None:
    """Whoever refused without reasons is told so by mail: `said` is read only of a registered sender's own form, and no machine's.

    However many such mails come, and however often one is read, it hears so once, so that no two programs answer each other.
    """
    case, request = held(tx, number)
    if request.state.open and not reply.asked_back(request):
        came = arrived(request, mail.came, now) or now
        settle_request(tx, reply.unreasoned(request, came, now, office.book.get(case.pack).label), now)


def _keep(office: Office, tx: Tx, mail: Mail, form: Form, error: InspectorError, now: datetime, *, theirs: bool) -> None:
    """A person of the requester hears of it where the mail names a request, or answers its letter, else of the house.

    `theirs`: it is from who has the letter, the superior's included: its whole text goes along, and the ladder waits until it is seen
    to. Whether the address is theirs is told beside it. Of all of it nobody reads the link and the code that the mail quotes.
    """
    numbers: tuple[str, ...] = (form.number or str(error.facts.get("number", "")),)
    purpose = replylink.LINK
    if not theirs and (answered := replylink.answered(office, tx, mail.answers)) is not None:
        theirs, numbers, purpose = mail.flaw != _AUTOMATIC, answered.requests, answered.purpose
        if error.code == "mail_number":
            error = Invalid("mail_formless" if purpose == replylink.LINK else "mail_above", number=", ".join(numbers))
    asked: dict[str, list[Request]] = {}
    for number in numbers:
        with suppress(Missing):
            request = tx.assistance.get(number)
            asked.setdefault(request.requester, []).append(request)
    reason = {lang: told(error, lang) for lang in LANGS}
    file = mail.file.encode("utf-8", "replace").decode()  # a mail server may give any bytes as a name
    secrets = replylink.secrets(office, tx, filter(None, numbers))
    plain: dict[str, object] = {"file": file, "request": "", "refused": error.code, "reason": reason, "digest": mail.digest}
    if not asked:
        tx.attention.open(MAIL_UNREAD, office.house, mail.digest[:32], veil.over(plain, secrets), now)
    for place, (agency, requests) in enumerate(asked.items()):
        facts = plain | {"request": requests[0].id}
        if len(requests) > 1:
            facts |= {"request": "", "requests": [one.id for one in requests]}
        if theirs:
            facts |= {"attached": [asdict(one) for one in mail.attached]} if mail.attached else {}
            facts |= {"came": (arrived(requests[0], mail.came, now) or now).isoformat()}
            facts |= {"theirs": True, "text": slip.clean(mail.text)[:MOST_SHOWN], "filled": dict(form.filled)}
            facts |= {"sender": mail.sender, "registered": contacts.registered(office, requests[0], mail.sender, purpose)}
            facts |= {"above": True} if purpose == replylink.OVERSEE else {}
        about = f"{mail.digest[:32]}:{place}" if place else mail.digest[:32]
        tx.attention.open(MAIL_UNREAD, agency, about, veil.over(facts, secrets), now, [one.id for one in requests])


@cache
def _words() -> Mapping[str, str]:
    """The names of the slip's lines, in both languages, without what stands in brackets."""
    return {re.sub(r"[（(].*$", "", label(f"slip.{name}", lang)).strip().casefold(): name for lang in LANGS for name in _NAMES}


@cache
def quoting() -> slip.Quoting:
    """How mail programs say that they quote, in both languages."""
    titles, senders, heads, wrote, at = (listed(f"mail.{name}") for name in ("titles", "senders", "heads", "wrote", "at"))
    return slip.quoting(titles, senders, heads, wrote, at)
