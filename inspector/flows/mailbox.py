"""Answers by e-mail: each is taken once, believed by its sender and its code, and one that cannot be taken is kept for a person."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache

import structlog

from inspector.domain.assistance import Door
from inspector.domain.errors import Away, Forbidden, InspectorError, Invalid, Missing, Stale
from inspector.domain.evidence import Verdict
from inspector.domain.said import Said, Saying, guess
from inspector.flows import assist, contacts, hearing
from inspector.flows.letters import SLIP
from inspector.flows.office import Office
from inspector.flows.requests import held
from inspector.incoming import LONGEST_LINE, Mail, Mailbox
from inspector.labels import LANGS, label, told
from inspector.ports import PortError
from inspector.store.tx import Tx

log = structlog.get_logger(__name__)

UNREAD = "mail_unread"
"""The matter of a mail that could not be taken for an answer."""

_DAY = re.compile(r"(\d{4})[^\d\n]{1,3}(\d{1,2})[^\d\n]{1,3}(\d{1,2})\D{0,2}")
_NAMES = ("number", "code", *SLIP)


def pick_up(office: Office) -> int:
    """Take what lies in every box; how many mails were put away. A box that cannot be read keeps no other waiting."""
    count = 0
    for name, agency in office.connectors.agencies.items():
        if not isinstance(agency, Mailbox):
            continue
        try:
            for mail in agency.waiting():
                read = _safely(office, name, mail)
                if read is not None:
                    agency.put_away(mail, read=read)
                    count += 1
        except Away:
            break  # nothing can be written down: every mail stays where it is
        except Exception as error:  # noqa: BLE001 - a folder that is away, or a fault of the connector's: the others have their turn
            code = error.code if isinstance(error, PortError) else type(error).__name__
            log.warning("mailbox.failed", connector=name, error=code)
    return count


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
            _keep(office, tx, mail, "", Invalid("mail_failed"), office.now())
    except Stale:
        return None
    return False


def taken(office: Office, mail: Mail) -> bool | None:
    """Whether a mail was taken for an answer, in one transaction; else a person is told. None: not now, it stays where it is.

    Raises Away.
    """
    said: tuple[Said, ...] = ()
    number = _told(mail.fields).get("number", "")
    try:
        if mail.flaw:
            raise Invalid(mail.flaw)
        if twice := _twice(mail):
            raise Invalid("mail_many") if twice & {"number", "code"} else Invalid("mail_twice", field=", ".join(sorted(twice)))
        said = meant(mail.fields)
        with office.store.begin() as tx:
            _hear(office, tx, mail, number, said, office.now())
    except Stale:
        return None
    except Away:
        raise
    except InspectorError as error:
        for word in said:
            hearing.circling(office, number, word, error)
        with office.store.begin() as tx:
            _keep(office, tx, mail, number, error, office.now())
        return False
    return True


def meant(lines: Mapping[str, str]) -> tuple[Said, ...]:
    """What the filled lines of a mail say: one word, or a part of an answer and a wish for more time for the rest of it.

    Reasons alone that speak of more time are no refusal, and no step is guessed from them (`mail_longer`): a person reads them.

    Raises Invalid (`mail_verdict`, `mail_day`, `mail_line`, `mail_longer`, `slip_mixed`) for what is no such thing.
    """
    filled = _told(lines)
    for name, text in filled.items():
        if len(text) > LONGEST_LINE:
            raise Invalid("mail_line", field=name, most=LONGEST_LINE)
    verdict = _verdict(filled["verdict"]) if "verdict" in filled else None
    day = _day(filled["day"]) if "day" in filled else None
    value, rest, to, reasons, longer = (filled.get(name, "") for name in ("value", "rest", "to", "reasons", "longer"))
    signer, do = filled.get("signer", ""), guess(verdict, value, rest, day, to, reasons, longer)
    wish = Said(do=Saying.EXTEND if day is None else Saying.PROPOSE, signer=signer, reasons=_joined(longer, reasons), day=day)
    if do is wish.do:
        return (wish,)
    if do is Saying.DECLINE and any(word in reasons.casefold() for word in _time_words()):
        raise Invalid("mail_longer", field="reasons")
    said = Said(do=do, signer=signer, verdict=verdict, value=value, rest=rest, reasons=reasons, day=day, to=to)
    return (said, wish) if longer else (said,)


def _joined(longer: str, reasons: str) -> str:
    return "\n".join(filter(None, (longer, reasons)))


def _hear(office: Office, tx: Tx, mail: Mail, number: str, said: tuple[Said, ...], now: datetime) -> None:
    """Raises Missing, Forbidden before anything is looked at that the mail asks for."""
    code = _told(mail.fields).get("code", "")
    try:
        request = tx.assistance.get(number)
    except Missing:
        raise Missing("mail_number", number=number or "-") from None
    try:
        assist.by_link(office, tx, number, code)
    except Forbidden:
        raise Forbidden("mail_code", number=number) from None
    theirs: list[object] = [office.connectors.agencies.get(via) for via in contacts.ways(office, request.requested)]
    if not any(isinstance(agency, Mailbox) and agency.speaks(mail.sender) for agency in theirs):
        raise Forbidden("mail_sender", number=number, sender=mail.sender)
    content = hashlib.sha256(json.dumps([mail.sender, dict(mail.fields)]).encode()).hexdigest()
    held(tx, number)  # another daemon with the same mail is waited for before it is asked whether it has been taken
    if tx.inbox.seen("mail", mail.id, content) is None:
        for word in said:
            hearing.hear(office, tx, number, word, now, Door(by="mail", token=mail.sender))
        tx.inbox.keep("mail", mail.id, content, {"request": number, "do": " ".join(word.do for word in said)}, now)


def _keep(office: Office, tx: Tx, mail: Mail, number: str, error: InspectorError, now: datetime) -> None:
    """A person of the requester hears of it where the mail names a request, else of the house."""
    try:
        agency = tx.assistance.get(number).requester
    except Missing:
        agency, number = office.house, ""
    file = mail.file.encode("utf-8", "replace").decode()  # a mail server may give any bytes as a name
    reason = {lang: told(error, lang) for lang in LANGS}
    facts = {"file": file, "request": number, "refused": error.code, "reason": reason, "digest": mail.digest}
    tx.attention.open(UNREAD, agency, mail.digest[:32], facts, now)


@cache
def _words() -> Mapping[str, str]:
    """The names of the slip's lines, in both languages, without what stands in brackets."""
    return {re.sub(r"[（(].*$", "", label(f"slip.{name}", lang)).strip().casefold(): name for lang in LANGS for name in _NAMES}


@cache
def _time_words() -> tuple[str, ...]:
    """What reasons speak of that ask for more time, in both languages."""
    return tuple(word.strip().casefold() for lang in LANGS for word in label("slip.time_words", lang).split(","))


def _twice(mail: Mail) -> frozenset[str]:
    """The slip's lines that stand there with two different words, in one language or the other: nobody knows which holds."""
    words = _words()
    found: dict[str, set[str]] = {}
    for name, text in mail.fields.items():
        if name in words:
            found.setdefault(words[name], set()).add(text)
    return frozenset(
        {name for name, texts in found.items() if len(texts) > 1} | {words[one] for one in mail.again if one in words}
    )


def _told(fields: Mapping[str, str]) -> dict[str, str]:
    return {_words()[name]: text for name, text in fields.items() if name in _words()}


def _verdict(text: str) -> Verdict:
    said = {
        label(f"Verdict.{one.name}", lang).casefold(): one for lang in LANGS for one in Verdict if one is not Verdict.NO_ANSWER
    }
    found = said.get(text.strip(" 。.").casefold())
    if found is None:
        raise Invalid("mail_verdict", field="verdict", told=text[:40], known=", ".join(said))
    return found


def _day(text: str) -> date:
    found = _DAY.fullmatch(text.strip(" 。."))
    try:
        return date(*(int(part) for part in found.groups())) if found else date.fromisoformat(text)
    except ValueError:
        raise Invalid("mail_day", field="day", told=text[:40]) from None
