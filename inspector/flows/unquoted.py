"""What is said about a request for assistance may quote our letters: by whichever door it comes, nobody else reads their secrets."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from inspector.domain import veil
from inspector.domain.assistance import Door
from inspector.domain.errors import Invalid
from inspector.domain.evidence import Verdict
from inspector.flows import replylink
from inspector.flows.office import Office
from inspector.store.tx import Tx

P = ParamSpec("P")
R = TypeVar("R")

_DATA = "value"
"""What is compared, or read as data: it stands as it was written, or is not taken."""

_BESIDE = 500
"""So many other open requests of an agency are asked whether a word in its data is the secret of one of them."""


def unquoted(step: Callable[Concatenate[Office, Tx, str, P], R]) -> Callable[Concatenate[Office, Tx, str, P], R]:
    """A step about a request that takes somebody's words: it gets them without the links and codes of our letters (`domain.veil`).

    Data (`value`) are never touched: one in which a secret of this house stands is refused (`value_quotes`), so that whoever wrote it says
    the value alone. The words of whoever cannot say are no data, though they stand in its place.
    """
    form = inspect.signature(step)

    @wraps(step)
    def heard(office: Office, tx: Tx, request_id: str, /, *said: P.args, **named: P.kwargs) -> R:
        given = form.bind(office, tx, request_id, *said, **named)
        secrets = replylink.secrets(office, tx, (request_id,))
        for name, told in list(given.arguments.items())[3:]:
            if name == _DATA and given.arguments.get("verdict") is not Verdict.CANNOT_SAY:
                _sound(office, tx, request_id, told, secrets)
            elif type(told) is str:  # and no code of an enumeration
                given.arguments[name] = veil.veiled(told, secrets)
            elif isinstance(told, Door):
                given.arguments[name] = replace(told, written=veil.veiled(told.written, secrets))
        return step(*given.args, **given.kwargs)

    return heard


def _sound(office: Office, tx: Tx, request_id: str, value: str, secrets: tuple[str, ...]) -> None:
    """Raise Invalid for data in which a link of ours stands, or a secret: of this request, or of another that the agency is asked."""
    quoted = veil.quotes(value, secrets)
    if not quoted and (words := veil.alike(value)):
        asked = tx.assistance.get(request_id).requested
        beside, _ = tx.assistance.known_at(asked, (request_id,), datetime.min.replace(tzinfo=UTC), _BESIDE)
        quoted = not words.isdisjoint(replylink.secrets(office, tx, (one.id for one in beside)))
    if quoted:
        raise Invalid("value_quotes", field=_DATA)
