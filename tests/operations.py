"""The operations of the API as they say themselves: method, route, and whom each is for, read from its own dependencies."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any, get_type_hints

from fastapi.routing import APIRoute

from inspector.web import links, seatdoor
from inspector.web.app import API
from inspector.web.roles import Role


def routes() -> Iterator[tuple[str, APIRoute]]:
    """Every operation of the API by method."""
    for router in API:
        for route in router.routes:
            if isinstance(route, APIRoute):
                yield min(route.methods or ()), route


def roles(route: APIRoute) -> tuple[Role, ...]:
    """The roles that an operation names; none where a link, or nothing, is asked for."""
    for asked in _asked(route):
        if inspect.isfunction(asked) and (allowed := inspect.getclosurevars(asked).nonlocals.get("roles")):
            return tuple(allowed)
    return ()


def link_alone(route: APIRoute) -> bool:
    """Whether an operation is for whoever holds the link, and for nobody else."""
    return seatdoor.by_seat_link in _asked(route)


def link_or_token(route: APIRoute) -> bool:
    """Whether an operation takes a link or a token."""
    return bool({links.by_link_or_token, links.by_seat_or_token} & {*_asked(route)})


def _asked(route: APIRoute) -> list[Any]:
    """What an operation depends on, by its signature."""
    hints = get_type_hints(route.endpoint, include_extras=True).values()
    return [getattr(mark, "dependency", None) for hint in hints for mark in getattr(hint, "__metadata__", ())]
