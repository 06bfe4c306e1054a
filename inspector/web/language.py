"""In which language a page speaks: the one its address names, else the one the browser prefers, else the settings'."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated

from fastapi import Depends, Request

from inspector.labels import Lang
from inspector.web.desk import desk_of

VARY = {"Vary": "Accept-Language"}
"""What a page says about itself to whoever keeps copies of it."""
_OURS: Mapping[str, Lang] = {"en": "en", "zh": "zh-Hans"}
_RANGE = re.compile(r"\s*([A-Za-z]{1,8})(?:-[A-Za-z0-9]{1,8})*\s*(?:;\s*[qQ]=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)\s*)?")
"""One language of the header with its weight (RFC 9110, 12.5.4); what has another form is passed over."""


def language(request: Request) -> Lang:
    """The language a request is answered in."""
    told = ",".join(request.headers.getlist("accept-language"))
    return chosen(request) or preferred(told) or desk_of(request).settings.language


InLang = Annotated[Lang, Depends(language)]


def chosen(request: Request) -> Lang | None:
    """The language that the address names; None where nobody has chosen one."""
    return _OURS.get(request.query_params.get("lang", "").partition("-")[0].lower())


def preferred(told: str) -> Lang | None:
    """The language of ours that an `Accept-Language` weighs most, of equal ones the first; None where it names none."""
    best: Lang | None = None
    most = 0.0
    for found in map(_RANGE.fullmatch, told.split(",")):
        lang = _OURS.get(found[1].lower()) if found else None
        weight = float(found[2] or 1) if found else 0.0
        if lang is not None and weight > most:
            best, most = lang, weight
    return best


def carried(request: Request, sign: str = "?") -> str:
    """What an address within the house ends with, so that a choice lasts; nothing where the browser goes on choosing."""
    lang = chosen(request)
    return f"{sign}lang={lang}" if lang else ""
