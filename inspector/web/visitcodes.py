"""Visit codes on pages: the inspector's code to show, the firm's page that judges one without network, and what that page sends later."""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import Field, StringConstraints
from starlette.responses import Response

from inspector.domain.errors import InspectorError
from inspector.domain.visit import Seat, Visit
from inspector.flows import codeless, visitcodes, wording
from inspector.flows.gone import at_door
from inspector.flows.office import Office
from inspector.flows.seated import by_name
from inspector.flows.visitcodes import Reading, Shown
from inspector.labels import Lang, words
from inspector.store.tx import Tx
from inspector.visitkeys import VisitKeys
from inspector.web import answers, seatdoor
from inspector.web.body import JsonRoute
from inspector.web.desk import AtDesk, Desk
from inspector.web.errors import WRITES
from inspector.web.fields import ClockTime, NamePath, Strict
from inspector.web.language import language
from inspector.web.pages import bare, in_words, page
from inspector.web.phone import shut
from inspector.web.scripts import STATIC, script
from inspector.web.seatdoor import SeatLink

router = APIRouter(include_in_schema=False)
api = APIRouter(prefix="/v1", tags=["visits"], route_class=JsonRoute)
PhoneName = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]


class ScanIn(Strict):
    """A reading of a code on a firm's phone: the whole text, the name that the phone gave itself, and its own clock."""

    code: Annotated[str, StringConstraints(min_length=1, max_length=2_000, pattern=r"^[!-~]+$")]
    phone: PhoneName
    scanned_at: ClockTime | None = None
    sent_at: Annotated[ClockTime | None, Field(description="When it is sent, by the phone's clock")] = None


class ScanShown(answers.Shown):
    """The receipt of a reading: `code` is the digest of what was signed; `phones` have read this code by now."""

    code: str
    received_at: datetime
    phones: int


class CodeShown(answers.Shown):
    """A visit code of one day: the text that a two-dimensional code holds, and until when it counts."""

    day: str
    text: str
    first: datetime
    last: datetime


class CodesShown(answers.Shown):
    """The codes that an inspector may show: today's, and those of the next days."""

    seat: str
    codes: tuple[CodeShown, ...]


@api.post("/scans", responses=WRITES)
def take_scan(desk: AtDesk, given: ScanIn) -> ScanShown:
    """A firm's phone tells that it has read a visit code and found it good, at once or when it has network again.

    The code's signature is the right to say so. A code that more than one phone has read is a matter for a person; nothing is void by it.
    """
    reading = Reading(text=given.code, phone=given.phone, at=given.scanned_at, sent_at=given.sent_at)

    def do(tx: Tx, now: datetime) -> ScanShown:
        scan, phones = visitcodes.scanned(desk.office, tx, reading, now)
        return ScanShown(code=scan.code, received_at=scan.received_at, phones=phones)

    return desk.act(do)


@api.get("/seats/{name}/codes", responses=WRITES)
def show_codes(desk: AtDesk, _link: SeatLink, name: NamePath) -> CodesShown:
    """The visit codes that the inspector of a seat may show, for a phone application of the agency's own."""
    _, _, told = desk.look(lambda tx: _codes(desk, tx, name))
    codes = (CodeShown(day=one.day.isoformat(), text=one.text, first=one.code.first, last=one.code.last) for one in told)
    return CodesShown(seat=name, codes=tuple(codes))


@router.get("/seat/{name}/{token}/code", name="seat_code")
def show_code(request: Request, desk: AtDesk, name: str, token: str) -> Response:
    """The code to show at the gate: nothing of the facts in question stands on this page, since strangers look at it."""
    try:
        seatdoor.enter(request, desk, name, token)
    except InspectorError as error:
        return shut(request, error)
    lang = language(request)
    facts: dict[str, Any] = {
        "back": request.url.path.removesuffix("/code"),
        "filed": desk.look(lambda tx: _filed(desk, tx, name, lang)),
        "drawn": drawn,
    }
    try:
        held, _, told = desk.look(lambda tx: _codes(desk, tx, name))
    except InspectorError as error:
        return page(request, "visitcode.html", why=in_words(error, lang), firm="", codes=(), **facts)
    return page(request, "visitcode.html", why="", firm=held.name, codes=told, **facts)


@router.get("/code/check", name="code_check")
def show_check(request: Request, desk: AtDesk) -> Response:
    """The firm's page: it judges a code on the phone itself, and goes on doing so without network once it was opened."""
    return page(request, "codecheck.html", alone=None, **_check(desk.office, language(request)))


@router.get("/code/worker.js")
def worker() -> Response:
    """The worker of the firm's page: it may speak for that page and for no other one."""
    return script(STATIC / "codeworker.js", Cache_Control="no-cache")


def alone(office: Office, lang: Lang) -> str:
    """The firm's page as one file that works from a disk: its policy lets nothing in or out, so it sends nothing either."""
    style, judge = ((STATIC / name).read_text(encoding="utf-8") for name in ("house.css", "codecheck.js"))
    policy = f"default-src 'none'; script-src '{_hash(judge)}'; style-src '{_hash(style)}'; base-uri 'none'; form-action 'none'"
    parts = {"policy": policy, "style": style, "script": judge}
    return bare(lang, "codecheck.html", alone=parts, **_check(office, lang))


def drawn(text: str) -> str:
    """A text as a two-dimensional code (ISO/IEC 18004), drawn where it stands: a picture of its own could not be kept by itself."""
    import segno

    made = segno.make(text, error="l", micro=False, boost_error=False)
    return made.svg_inline(border=4, omitsize=True, lineclass=None, svgclass="code")


def _codes(desk: Desk, tx: Tx, name: str) -> tuple[Visit, Seat, tuple[Shown, ...]]:
    held, seat = at_door(tx, name)
    return held, seat, visitcodes.codes(desk.office, tx, held, seat, desk.office.now())


def _filed(desk: Desk, tx: Tx, name: str, lang: Lang) -> str:
    """Within which term of the visit it is filed where no code is read; empty where nobody asks for that."""
    held, _ = by_name(tx, name)
    row = codeless.rule(desk.office, tx, held)
    return wording.term(row.term, lang) if row is not None else ""


def _check(office: Office, lang: Lang) -> dict[str, Any]:
    told = {key.removeprefix("gate."): text for key, text in words(lang).items() if key.startswith("gate.")}
    return {"keys": _keys(office, office.keys), "marks": _marks(office), "gate": json.dumps(told, ensure_ascii=False)}


def _keys(office: Office, keys: VisitKeys) -> str:
    """The public keys as the page's script takes them."""
    told = [{"by": office.agency(one.agency).name, "point": b64encode(one.point).decode()} for one in keys.public]
    return json.dumps(told, ensure_ascii=False)


def _marks(office: Office) -> list[tuple[str, str]]:
    """(agency, mark) of each key, to be compared with what is posted up."""
    return [(office.agency(one.agency).name, one.mark) for one in office.keys.public]


def _hash(text: str) -> str:
    return f"sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
