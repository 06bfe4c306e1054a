"""The application: API, forms and pages around one desk."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import anyio.to_thread
from fastapi import APIRouter, Depends, FastAPI
from starlette.routing import Route

from inspector import __version__
from inspector.flows.office import Office
from inspector.settings import Web
from inspector.telemetry.metrics import Metrics
from inspector.web import (
    accounts,
    afterwards,
    appointing,
    asked,
    assistance,
    attempts,
    attesting,
    bars,
    cases,
    catalogue,
    challenges,
    clock,
    codeless,
    consequences,
    creditdesk,
    creditrecords,
    deputies,
    disclosures,
    docket,
    dossiers,
    draws,
    eligibility,
    equality,
    errors,
    fieldnotes,
    figures,
    forms,
    inquiries,
    leaddesk,
    leads,
    links,
    lookers,
    matterdesk,
    mine,
    missent,
    missentpage,
    noticedesk,
    openings,
    ops,
    oversight,
    pages,
    phone,
    photos,
    plans,
    platforms,
    proceeding,
    publications,
    published,
    readings,
    receipts,
    replies,
    reports,
    requests,
    returns,
    scoreboard,
    seatdesk,
    secondlooks,
    selfproofs,
    serving,
    session,
    show,
    signin,
    stranger,
    subject,
    transfers,
    viewings,
    visitcodes,
    visitnotice,
    watch,
    withdrawal,
    withdrawalpage,
)
from inspector.web.desk import Desk
from inspector.web.door import Door
from inspector.web.fields import only_known
from inspector.web.health import Health
from inspector.web.scripts import STATIC, Static

_ABOUT = """Verification of citizens' commitments (证明事项告知承诺制核查).

Tokens go into `Authorization: Bearer …`; each belongs to an agency and sees that agency and those below it, nothing else.
Every error is `{"error": {"code", "message", "message_zh", "facts"}}`; codes are stable. `409` means understood but not possible
in the present state, `422` means that the message itself must be mended."""


API = (
    cases.router,
    eligibility.router,
    dossiers.api,
    clock.router,
    missent.router,
    withdrawal.router,
    links.router,
    platforms.router,
    fieldnotes.router,
    secondlooks.router,
    visitcodes.api,
    replies.router,
    receipts.router,
    assistance.router,
    requests.api,
    selfproofs.router,
    serving.router,
    leads.router,
    scoreboard.router,
    returns.router,
    oversight.api,
    draws.router,
    afterwards.router,
    appointing.router,
    attesting.router,
    codeless.router,
    challenges.router,
    attempts.router,
    docket.api,
    consequences.router,
    deputies.router,
    disclosures.router,
    transfers.router,
    visitnotice.router,
    inquiries.router,
    viewings.router,
    accounts.router,
    bars.router,
    creditrecords.router,
    published.router,
    publications.router,
    equality.router,
    plans.router,
    catalogue.router,
    watch.router,
)
"""The operations of the API; the pages for people stand beside them."""
PAGES = (
    *(
        phone.router,
        visitnotice.pages,
        secondlooks.pages,
        visitcodes.router,
        forms.router,
        asked.router,
        show.router,
        lookers.router,
        subject.router,
        noticedesk.router,
        seatdesk.router,
        leaddesk.router,
        requests.router,
        readings.router,
        docket.router,
        oversight.pages,
        proceeding.router,
        creditdesk.router,
        deputies.pages,
        dossiers.pages,
        session.router,
        missentpage.router,
        openings.router,
        photos.router,
        withdrawalpage.router,
        matterdesk.router,
        signin.router,
        mine.router,
        figures.router,
        ops.router,
    ),
    *(reports.router, stranger.router),
)


def _put_together() -> APIRouter:
    held = APIRouter()
    for room in API:  # what stands behind the path of a channel's report is signed, or known, by the channel alone
        held.include_router(room, dependencies=[] if room is receipts.router else [Depends(only_known)])
    for room in PAGES:
        held.include_router(room)
    return held


ROOMS = _put_together()
"""All of them, for every application of this process: what FastAPI works out about a route it works out once."""


def build(office: Office, metrics: Metrics, health: Callable[[], Health], live: Callable[[], bool], settings: Web) -> FastAPI:
    """The application."""
    desk = Desk(office=office, metrics=metrics, health=health, live=live, settings=settings)

    @asynccontextmanager
    async def life(_app: FastAPI) -> AsyncIterator[None]:
        anyio.to_thread.current_default_thread_limiter().total_tokens = settings.threads
        pages.ready()
        yield
        desk.stop.set()

    app = FastAPI(
        title="Inspector",
        version=__version__,
        description=_ABOUT,
        docs_url=None,  # their script comes from a CDN: dead on an intranet and refused by our own content policy
        redoc_url=None,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False},
        lifespan=life,
        routes=ROOMS.routes,
    )
    app.state.desk = desk
    errors.install(app, pages.told)
    app.state.routes = [route for room in (app.router, *API, *PAGES) for route in room.routes if isinstance(route, Route)]
    app.mount("/static", Static(directory=STATIC), name="static")
    app.add_middleware(Door, desk=desk)
    return app
