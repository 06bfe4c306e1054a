"""How a question to a source over HTTP travels: as JSON in a POST, as a form in a POST, or in the address of a GET."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from connectors.config import unfit
from connectors.http import Anew
from connectors.sources.answers import PARTS, Answers, SourceConfig, parts
from inspector.ports import Origin, Question, Refused

WAYS = ("json", "form", "query")
"""Where the fields of a question may stand."""

_PLACE = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class AskingConfig(SourceConfig):
    """`asks_in`: `json` and `form` are posted, `query` is a GET, its fields behind the address.

    `path` may have places for what is asked, as in `/licences/{code}`: each is one part of the question, percent-encoded whole, so
    that no code leads to another address.
    """

    asks_in: str = "json"

    @property
    def leaving(self) -> Collection[str]:
        """As fields and places of the address have it; posted without fields it is our own form."""
        if self.asks_in == "json" and not self.asks:
            return PARTS
        return {*self.asks.values(), *_PLACE.findall(self.path)}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it goes out."""

    method: str
    path: str
    content_type: str
    body: Mapping[str, object] | bytes

    def anew(self, more: Mapping[str, str] | None = None) -> Anew:
        """The same at each try, with further headers."""
        typed = {"Content-Type": self.content_type} if self.content_type else {}
        return lambda: ({**typed, **(more or {})}, self.body)


class Asking:
    """The questions of one source."""

    def __init__(self, config: AskingConfig, answers: Answers) -> None:
        """Raises Invalid (`connector_key_range`): a way or a place that is none, or no field to ask with."""
        self._config, self._answers = config, answers
        flat = config.asks_in != "json"
        places = set(_PLACE.findall(config.path))
        self._places = bool(places)
        for key, well, wanted in (
            ("asks_in", config.asks_in in WAYS, " | ".join(WAYS)),
            ("path", places <= set(PARTS), ", ".join(f"{{{part}}}" for part in PARTS)),
            ("asks", bool(config.asks) or self._places or not flat, "fields_to_parts"),
        ):
            if not well:
                raise unfit(answers.name, key, wanted)

    def made(self, question: Question, key: str) -> Asked:
        """A question on its way. Raises what `Answers.asked` does, and Refused (`request_malformed`) for what names no place."""
        held, path = self._config, self._config.path
        if self._places:
            said = parts(question, key, record=held.record)
            path = _PLACE.sub(lambda place: _step(said[place[1]], place[1]), path)
        if held.asks_in == "json":
            return Asked("POST", path, "application/json", self._answers.asked(question, key))
        fields = urlencode({name: _text(value) for name, value in self._answers.fields(question, key).items()})
        if held.asks_in == "query":
            return Asked("GET", f"{path}?{fields}" if fields else path, "", b"")
        return Asked("POST", path, "application/x-www-form-urlencoded", fields.encode())


def _step(said: str, part: str) -> str:
    """One step of a path. An empty one, or one of dots alone, would lead elsewhere however it is encoded (RFC 3986, 5.2.4)."""
    if not said.strip("."):
        raise Refused("request_malformed", origin=Origin.US, detail=part, attempts=0)
    return quote(said, safe="")


def _text(value: object) -> str:
    """As JSON would tell it."""
    return ("true" if value else "false") if isinstance(value, bool) else str(value)
