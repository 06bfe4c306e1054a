"""The page on which a subject reads who has looked at its data, and who outside was asked about it (PIPL art. 44, 45; handbook 1.6.7).

It stands behind the one-time link of any notice of the case. The subject hears the agency and what for, not the clerk's name; reading
about oneself is no viewing (decision 118). It works without scripts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from fastapi import APIRouter, Request
from starlette.responses import Response

from inspector.domain.errors import InspectorError
from inspector.domain.inquiry import Asked, Inquiry
from inspector.domain.viewing import Purpose, Shown, Viewing
from inspector.flows import serving
from inspector.store.tx import Tx
from inspector.web.asked import name_of
from inspector.web.desk import AtDesk, Desk
from inspector.web.pages import page, refused
from inspector.web.whichcase import fact_name

router = APIRouter(include_in_schema=False)
MOST = 200
"""Lines of each list, the newest; whoever wants to know of before asks the agency."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What an agency was shown on one day for one purpose. `agency` empty: who runs the house's machine; `article` of the PIPL."""

    day: date
    agency: str
    purpose: Purpose
    article: str
    shown: tuple[Shown, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """That somebody outside was asked, by the name by which people know them, and about which fact; empty for a credit level."""

    at: datetime
    port: Asked
    owner: str
    fact: str


@router.get("/subject/{notice_id}/{token}/viewings", name="lookers")
def show(request: Request, desk: AtDesk, notice_id: str, token: str) -> Response:
    """Who was shown what of the notice's case, and who was asked; newest first."""

    def ask(tx: Tx) -> tuple[list[Viewing], list[Inquiry], str, str]:
        case = tx.cases.get(serving.by_link(desk.office, tx, notice_id, token).case_id)
        return tx.viewings.of_case(case.id), tx.inquiries.of_case(case.id), case.pack, case.item

    try:
        seen, asked, pack, item = desk.look(ask)
    except InspectorError as error:
        return refused(request, error)
    looks = [replace(one, agency=name_of(desk, one.agency) if one.agency else "") for one in by_day(seen)]
    questions = [
        Question(
            at=one.at, port=one.port, owner=owner_of(desk, one), fact=fact_name(desk, pack, item, one.fact) if one.fact else ""
        )
        for one in reversed(asked)
    ]
    more = len(looks) > MOST or len(questions) > MOST
    notice = request.url.path.removesuffix("/viewings")
    return page(request, "lookers.html", looks=looks[:MOST], questions=questions[:MOST], more=more, notice=notice)


def owner_of(desk: Desk, asked: Inquiry) -> str:
    """Who was asked: as the settings name them; an agency that they name by nothing but a connector of its own, by its own name."""
    there = [
        node.name
        for node in desk.office.tree.values()
        if asked.port is Asked.AGENCY and asked.connector in (*node.connectors, node.liaison, node.head)
    ]
    if len(there) == 1 and asked.owner in ("", asked.connector):
        return there[0]
    return asked.owner or asked.connector


def by_day(seen: Sequence[Viewing]) -> list[Look]:
    """What was seen, as a subject is told it: nobody's name, and once for each day, agency and purpose; newest first."""
    told: dict[tuple[date, str, Purpose], set[Shown]] = {}
    for one in seen:
        told.setdefault((one.day, one.agency, one.purpose), set()).add(one.shown)
    articles = {one.purpose: one.basis.rpartition(":")[2] for one in seen}
    order = list(Shown)
    return [
        Look(day=day, agency=agency, purpose=why, article=articles[why], shown=tuple(sorted(shown, key=order.index)))
        for (day, agency, why), shown in sorted(told.items(), reverse=True)
    ]
