"""The liaison officer and the head of an agency as the tree has them: by which connector they are reached, and a push to one of them."""

from __future__ import annotations

from collections.abc import Iterable

from inspector.domain.assistance import Request
from inspector.domain.contact import Contact, contact
from inspector.domain.letter import LetterKind
from inspector.flows.office import AgencyNode, Office, behind
from inspector.flows.replylink import LINK, address
from inspector.incoming import Mailbox
from inspector.labels import label
from inspector.ports import Message
from inspector.store.tx import Tx


def node(office: Office, via: str) -> AgencyNode | None:
    """The agency behind a connector, its own or one of its contacts'."""
    return behind(office.tree, via) or next((one for one in office.tree.values() if via in _connectors(one)), None)


def ways(office: Office, requested: str) -> tuple[str, ...]:
    """The connectors by which an agency's people get letters, or got them: its own, and those of its contacts."""
    held = behind(office.tree, requested)
    return tuple(dict.fromkeys((requested, *((*held.connectors, *_connectors(held)) if held is not None else ()))))


def registered(office: Office, request: Request, sender: str, purpose: str = LINK) -> bool:
    """Whether an address is one by which the requested agency speaks, or with another `purpose` who stands above it."""
    asked = (request.requested,) if purpose == LINK else request.superiors
    theirs: Iterable[object] = (office.connectors.agencies.get(way) for via in asked for way in ways(office, via))
    return any(isinstance(agency, Mailbox) and agency.speaks(sender) for agency in theirs)


def reached_by(office: Office, requested: str, kind: LetterKind) -> Contact:
    """By what a letter of a kind reaches the agency: its own connector, where the tree names no other."""
    held = behind(office.tree, requested)
    told = None if held is None else {LetterKind.LIAISON: held.liaison, LetterKind.HEAD: held.head}.get(kind)
    return contact(told) if told else Contact(connector=requested)


def push(office: Office, tx: Tx, request: Request, kind: LetterKind, to: Contact) -> Message:
    """Few words and the agency's link: whose request it is and by when, and nothing about the subject (decision 71)."""
    held = node(office, request.requested)
    requester = office.tree.get(request.requester)
    lang = held.language if held is not None else "zh-Hans"
    facts = {
        "requester": requester.name if requester is not None else request.requester,
        "requested": held.name if held is not None else request.requested,
        "number": request.id,
        "due": f"{office.calendar.local(request.due_at):%Y-%m-%d %H:%M}",
    }
    return Message(
        to=to.address,
        title=label(f"push.{kind.value}_title", lang),
        text=label(f"push.{kind.value}_text", lang, **facts),
        link=address(office, tx, LINK, request.id, office.base_url),
        data={"request": request.id, "due_at": request.due_at.isoformat()},
    )


def _connectors(held: AgencyNode) -> tuple[str, ...]:
    """Those of its contacts that take letters."""
    found = (contact(one) for one in (held.liaison, held.head) if one)
    return tuple(one.connector for one in found if not one.pushed)
