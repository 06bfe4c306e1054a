"""What a channel's own system reports of the pushes it took: in the channel's own form, signed in its own way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request

from inspector.domain.errors import Invalid
from inspector.domain.reached import Reached
from inspector.flows import receipts
from inspector.incoming import Reporting, Unproven
from inspector.ports import Garbled
from inspector.store.tx import Tx
from inspector.web.answers import Shown
from inspector.web.caller import Unknown
from inspector.web.desk import AtDesk
from inspector.web.errors import WRITES
from inspector.web.fields import NamePath

router = APIRouter(prefix="/v1", tags=["visits"])

_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["receipts"],
                    "properties": {
                        "receipts": {
                            "type": "array",
                            "items": {
                                "type": "object",
                                "required": ["id", "state"],
                                "properties": {
                                    "id": {"type": "string"},
                                    "state": {"enum": ["delivered", "read", "failed"]},
                                    "at": {"type": "string", "format": "date-time"},
                                    "code": {"type": "string"},
                                },
                            },
                        }
                    },
                }
            }
        },
    }
}
"""The form of channels that have none of their own."""


class Taken(Shown):
    """How many reports were read; each counts once, however often it comes."""

    taken: int


async def reported(request: Request, desk: AtDesk, name: NamePath) -> Sequence[Reached]:
    """What the system behind a channel has said, believed. Raises Unknown: nobody learns which channels there are; Invalid."""
    channel: object = desk.office.connectors.channels.get(name)
    if not isinstance(channel, Reporting) or not channel.reports:
        raise Unknown("signature_wrong")
    try:
        return channel.reported(dict(request.headers), dict(request.query_params), await request.body())
    except Unproven as error:
        raise Unknown("signature_wrong") from error  # whatever it is, as where there is no such channel
    except Garbled as error:
        raise Invalid("receipt_unreadable", field=error.detail) from error


@router.post("/channels/{name}/receipts", responses=WRITES, openapi_extra=_FORM)
def take_receipts(desk: AtDesk, told: Annotated[Sequence[Reached], Depends(reported)], name: NamePath) -> Taken:
    """Reports of a channel about pushes it took: delivered, read, failed. Signed by its system; in any order, as often as it likes."""

    def do(tx: Tx, now: datetime) -> Taken:
        return Taken(taken=receipts.ordered(tx, name, told, now))

    return desk.act(do)
