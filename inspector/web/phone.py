"""What the inspector's page needs to work without signal: its worker, and the words that its scripts say."""

from __future__ import annotations

import json
from collections.abc import Mapping

from fastapi import APIRouter, Request
from starlette.responses import Response

from inspector.domain.errors import InspectorError
from inspector.domain.evidence import Verdict
from inspector.labels import Lang, of, words
from inspector.web.errors import status_of
from inspector.web.fieldnotes import PlaceShown
from inspector.web.language import language
from inspector.web.pages import in_words, page
from inspector.web.scripts import STATIC, script

router = APIRouter(include_in_schema=False)


@router.get("/seat/worker.js")
def worker() -> Response:
    """The page's worker, from where its pages lie: it may speak for those below its own address and for no other page."""
    return script(STATIC / "worker.js", Cache_Control="no-cache")


@router.get("/seat/waiting")
def show_waiting(request: Request) -> Response:
    """What waits on a phone, for when nothing else may be shown without us: it names nobody, and its worker keeps it for good."""
    return page(request, "seatwaiting.html", phone=phone_words(language(request)))


def shut(request: Request, error: InspectorError) -> Response:
    """The page for a link that opens nothing: what waits on the phone is told there, too, for no other page may open any more."""
    lang = language(request)
    return page(request, "seatshut.html", status=status_of(error), text=in_words(error, lang), phone=phone_words(lang))


def phone_words(lang: Lang) -> str:
    """The words of the page's scripts, by their names in the group `phone`, as `quoted` for an attribute."""
    return quoted(_group("phone", lang) | {f"verdict_{one.value}": of(one, lang) for one in Verdict})


def ring_words(lang: Lang) -> str:
    """What the page's script says about pushes to this browser, likewise."""
    return quoted(_group("ring", lang))


def quoted(told: Mapping[str, str]) -> str:
    """JSON, escaped for an attribute in single quotation marks: in double ones each of its own would take five bytes, a kilobyte a page."""
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("'", "&#39;")


def _group(name: str, lang: Lang) -> dict[str, str]:
    return {key.removeprefix(f"{name}."): text for key, text in words(lang).items() if key.startswith(f"{name}.")}


def place_of(place: PlaceShown) -> str:
    """A place in one line: where it was measured, how exactly, and what was typed."""
    measured = f"{place.latitude}, {place.longitude}" if place.latitude is not None else ""
    within = f" ±{place.within:g} m" if place.within is not None else ""
    return " · ".join(one for one in (measured + within, place.words) if one)
