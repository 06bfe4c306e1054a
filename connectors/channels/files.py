"""Photos that a supervision platform keeps for us: fetched by the number, or the address, that its result told.

Only from the platform itself: whoever could send us a result would else have this house ask any address within its walls.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import quote

from connectors.channels.codes import code_of, judge
from connectors.channels.form import Form
from connectors.channels.returned import ReturnConfig, at
from connectors.config import unfit
from connectors.http import Wire
from connectors.reply import Reply
from inspector.ports import Origin, Refused

_NUMBER = "{number}"
_PLACE = re.compile(r"/(?!/)(?!.*(?:^|/)\.\.?(?:/|$))[!-~]*")
"""The rest of an address behind the platform's own: no step upwards, and no other host."""
_PARTS = ("number", "seat")
_ABSENT = frozenset({403, 404, 410})


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchConfig(ReturnConfig):
    """How a photo is fetched that the result only names: by its number, or an address of the platform.

    `fetch_path`: where, with `{number}`. `fetch_asks`, `fetch_always`, `fetch_in_headers`, `fetch_signed`: the request, as for a push, with
    the parts `number` and `seat`; by GET where all of it goes into headers, or nothing is asked. `fetch_field`: where in a reply of
    JSON the file stands, in base64; empty: the reply is the file.
    """

    fetch_path: str = ""
    fetch_asks: Mapping[str, str] = field(default_factory=dict)
    fetch_always: Mapping[str, object] = field(default_factory=dict)
    fetch_in_headers: tuple[str, ...] = ()
    fetch_signed: tuple[str, ...] = ()
    fetch_field: str = ""
    fetch_bytes: int = 15_000_000


class Files:
    """The photos at one platform, from any number of threads."""

    def __init__(self, held: FetchConfig, name: str) -> None:
        """Raises Invalid (`connector_…`)."""
        for key, fine, wanted in (
            ("fetch_path", not held.fetch_path or held.fetch_path.startswith("/"), ("path_with", _NUMBER)),
            (
                "fetch_path",
                not held.fetch_path or bool(held.fetch_asks) or _NUMBER in held.fetch_path,
                ("path_unless_asked", _NUMBER),
            ),
            ("fetch_bytes", held.fetch_bytes > 0, "> 0"),
        ):
            if not fine:
                raise unfit(name, key, wanted)
        self._held = held
        keyed = {"sign", "secret"} & {*held.fetch_asks.values()}
        more = {
            "asks": held.fetch_asks,
            "always": held.fetch_always,
            "in_headers": held.fetch_in_headers,
            "signed": held.fetch_signed,
            "key_file": held.key_file if keyed else "",
            "max_reply_bytes": held.fetch_bytes if not held.fetch_field else held.fetch_bytes * 4 // 3 + 10_000,
        }
        asked: FetchConfig = replace(held, **more)  # type: ignore[arg-type]
        self._form = Form(asked, name, _PARTS) if held.fetch_asks else None
        self._wire = Wire(asked, name)

    def place(self, number: str) -> str | None:
        """Where on the platform a file lies; None: nowhere there."""
        base, held = self._held.url.rstrip("/"), self._held
        if "://" in number:
            rest = number.removeprefix(base)
            return rest if rest != number and _PLACE.fullmatch(rest) else None
        return held.fetch_path.replace(_NUMBER, quote(number, safe="")) if held.fetch_path and number not in (".", "..") else None

    def fetch(self, number: str, seat: str, *, key: str) -> bytes:
        """A file's bytes. Raises what the wire raises, as `codes.judge` does, and Garbled (`field_type`)."""
        path = self.place(number)
        assert path is not None, "refused when it was told"
        if self._form is None:
            return self._file(self._wire.send("GET", path, anew=lambda: ({"Accept": "*/*"}, b""), key=key, answers=_absent))
        return self._file(self._form.ask(path, {"number": number, "seat": seat}, key=key, answers=_absent))

    def close(self) -> None:
        """Let the connections go."""
        self._wire.close()
        if self._form is not None:
            self._form.close()

    def _file(self, reply: Reply) -> bytes:
        held = self._held
        if _absent(reply):
            raise Refused(f"http_{reply.status}", origin=Origin.THEM, attempts=reply.attempts)
        if not held.fetch_field:
            return reply.body
        if held.code_field:
            judge(code_of(reply, held), reply, held)
        told = at(reply.said(), held.fetch_field)
        try:
            return b64decode(told, validate=True) if isinstance(told, str) else _none(reply, held.fetch_field)
        except ValueError:
            return _none(reply, held.fetch_field)


def _absent(reply: Reply) -> bool:
    """Whether it is this file alone that is not to be had: the channel is well, and pushes go on."""
    return reply.status in _ABSENT


def _none(reply: Reply, place: str) -> bytes:
    raise reply.garbled("field_type", f"{place}: no base64")
