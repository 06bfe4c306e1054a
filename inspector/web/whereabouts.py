"""Where an inspector is, as a phone or a form says it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from inspector.domain.fieldnote import Place, placed
from inspector.domain.visitcode import ArrivalHow
from inspector.web.fields import Promised, Strict, Text


class PlaceIn(Strict):
    """Where: in words, or as the phone measured it (WGS 84 degrees, `within` so many metres)."""

    words: Annotated[Text, Field(max_length=200)] = ""
    latitude: Annotated[float, Field(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Field(ge=-180, le=180)] | None = None
    within: Annotated[float, Field(ge=0, le=1_000_000)] | None = None

    def place(self) -> Place:
        """As the domain has it. Raises Invalid for half a measurement."""
        return placed(self.words, self.latitude, self.longitude, self.within)


NOWHERE = PlaceIn()


class ArrivalIn(Strict):
    """That an inspector has come to the firm: what its printed code says, or its code as typed (its last six signs will do)."""

    how: ArrivalHow
    code: Promised
