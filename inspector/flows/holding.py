"""Who holds a letter, where the one connector of an agency reaches its people at addresses of their own."""

from __future__ import annotations

from collections.abc import Mapping

from inspector.domain.letter import APART, LetterKind
from inspector.flows.office import Office
from inspector.incoming import Apart


def holder(office: Office, kind: LetterKind, via: str) -> str:
    """Who holds a letter: a connector, or behind it the liaison officer or the head, where it reaches these elsewhere than the agency."""
    agency: object = office.connectors.agencies.get(via)
    own = kind in (LetterKind.LIAISON, LetterKind.HEAD) and isinstance(agency, Apart) and agency.apart(kind)
    return f"{via}{APART}{kind.value}" if own else via


CALLED = "called"
"""What the row of a push carries from before its first call on, as that of a letter carries what it says (`said`)."""


def called(payload: Mapping[str, object]) -> bool:
    """Whether a row may have been handed over: what was only claimed, and waited for a way or an hour, has called nobody."""
    return not payload.keys().isdisjoint({"said", CALLED})
