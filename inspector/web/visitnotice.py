"""The notice of a check behind its inspector's link: as a page to be shown or printed, and for an inspector's app."""

from __future__ import annotations

from datetime import date, datetime

from fastapi import APIRouter, Request
from starlette.responses import Response

from inspector.domain.appointing import missed
from inspector.domain.case import SubjectKind
from inspector.domain.challenge import ChallengeState
from inspector.domain.errors import InspectorError
from inspector.flows import frontdesk, visitnotice, wording
from inspector.flows.briefing import NoticePart
from inspector.flows.visitnotice import VisitNotice
from inspector.labels import Lang, label
from inspector.store.tx import Tx
from inspector.web import seatdoor
from inspector.web.answers import Shown
from inspector.web.body import JsonRoute
from inspector.web.desk import AtDesk, Desk
from inspector.web.errors import READS
from inspector.web.fields import NamePath
from inspector.web.language import language
from inspector.web.pages import page
from inspector.web.phone import shut
from inspector.web.rules import cites
from inspector.web.seatdoor import SeatLink

router = APIRouter(prefix="/v1", tags=["visits"], route_class=JsonRoute)
pages = APIRouter(include_in_schema=False)


class OfficerShown(Shown):
    """Somebody who comes, with the certificate to be shown and the last day on which it counts."""

    agency: str
    name: str
    certificate: str
    certificate_until: date | None


class ProvenShown(Shown):
    """A fact that is settled and is not asked again."""

    case_id: str
    claim: str
    name: str


class UseShown(Shown):
    """Checks that count this calendar year, this one among them if its kind does: the agency's own and those of all, and how many may be.

    `nth`: which of the agency's this one is; None where its kind counts towards no cap. `basis`: of the cap.
    """

    nth: int | None
    own: int
    cap: int | None
    left: int | None
    together: int
    stop: int | None
    basis: str


class PartShown(Shown):
    """An agency that goes, by id and name: what it checks, and how many checks of the subject count for it.

    `origin`: `drawn` by chance; `whole`, all of its class are checked; a `permit` asks for the place; `joint`, along with others.

    `telephone`, `address`: where the subject turns to, to ask or to object; empty where the office has not said.
    """

    agency: str
    name: str
    telephone: str = ""
    address: str = ""
    items: tuple[str, ...]
    origin: str
    use: UseShown


class DecidedShown(Shown):
    """What the head has decided of an application of the subject's that somebody be recused, and why."""

    inspector: str
    state: ChallengeState
    decided_at: datetime | None
    why: str


class VisitNoticeShown(Shown):
    """What the subject is told of its visit: in a joint one by its lead (`agency`, `use`), with every agency's part.

    `proven` is what the caller's own agency need not ask.
    """

    visit: str
    agency: str
    kind: SubjectKind
    code: str
    name: str
    due_at: datetime
    basis: str
    items: tuple[str, ...]
    parts: tuple[PartShown, ...]
    officers: tuple[OfficerShown, ...]
    decided: tuple[DecidedShown, ...]
    proven: tuple[ProvenShown, ...]
    use: UseShown


@router.get("/seats/{name}/notice", responses=READS)
def show_notice(desk: AtDesk, _link: SeatLink, name: NamePath) -> VisitNoticeShown:
    """The notice of the check, with what is proven already; for a member of the team, from the release on."""
    told, own = _told(desk, name)
    plain = {field: getattr(told.visit, field) for field in ("kind", "code", "name", "due_at", "basis")}
    return VisitNoticeShown.model_validate(
        {
            **plain,
            "visit": told.visit.id,
            "agency": told.lead.agency,
            "items": told.items,
            "parts": tuple(_part(desk, one, why) for one, why in zip(told.parts, told.origins, strict=True)),
            "officers": tuple(OfficerShown.model_validate(one) for one in told.officers),
            "decided": tuple(
                DecidedShown(inspector=who, state=one.state, decided_at=one.decided_at, why=one.why) for who, one in told.decided
            ),
            "proven": tuple(ProvenShown.model_validate(one) for one in told.part(own).proven),
            "use": UseShown.model_validate(told.lead.use),
        }
    )


@pages.get("/seat/{name}/{token}/notice", name="visit_notice")
def print_notice(request: Request, desk: AtDesk, name: str, token: str) -> Response:
    """The same as a page, in the language that is asked for."""
    try:
        seatdoor.enter(request, desk, name, token)
        told, _ = _told(desk, name)
        lang = language(request)
        gap = label("contact.gap", lang)
        return page(
            request,
            "notice.html",
            told=told,
            today=desk.office.calendar.local_date(desk.office.now()),
            missed=missed(told.visit, desk.office.now(), desk.office.calendar),
            contacts=[
                (one.name, gap.join(contact)) for one in told.parts if (contact := frontdesk.lines(desk.office, one.agency, lang))
            ],
            cited=_cited(desk, told, language(request)),
            cite=desk.look(lambda tx: {one: cites(desk, tx, told.visit, one, language(request)) for one in told.visit.agencies}),
        )
    except InspectorError as error:
        return shut(request, error)


def _part(desk: Desk, told: NoticePart, origin: str) -> PartShown:
    node = desk.office.turned_to(told.agency)
    reached = {"telephone": node.telephone, "address": node.address} if node is not None else {}
    plain = {field: getattr(told, field) for field in ("agency", "name", "items", "use")}
    return PartShown.model_validate({**plain, "origin": origin, "use": UseShown.model_validate(told.use), **reached})


def _told(desk: Desk, name: str) -> tuple[VisitNotice, str]:
    return desk.look(lambda tx: visitnotice.notice(desk.office, tx, name, desk.office.now()))


def _cited(desk: Desk, told: VisitNotice, lang: Lang) -> list[str]:
    def ask(tx: Tx) -> list[str]:
        policy = desk.office.book.get(tx.draws.get(told.visit.draw).pack)
        return wording.quoted(policy, told.visit.basis, lang)

    return desk.look(ask)
