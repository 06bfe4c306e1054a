"""Short messages (短信) through a gateway over HTTP: with its own fields, template, name of the signer (签名) and signature.

An SMS is read by whoever sees the screen and kept by whoever carries it: it says that there is something, by when, and where; never
whom or what it is about. So no part of it is the push's text or data.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from connectors.channels.codes import unreachable
from connectors.channels.form import Form, FormConfig
from connectors.channels.messenger import by_when
from connectors.config import parse
from inspector.domain.errors import Invalid
from inspector.ports import Message, Origin, Receipt, Refused

_PARTS = ("to", "content", "params", "key")
_SAID = ("title", "link", "path", "accept_by")
"""What may be said: the title, the link, the link without scheme and host, and the day and hour by which to answer."""

_PLACE = re.compile(r"\{(\w*)\}")
_PHONE = re.compile(r"\+?[0-9]{5,15}")
_WRITTEN = ("text", "object", "list")


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsConfig(FormConfig):
    """What is said, and how the gateway wants it: as whole `content`, or as `params` of a template that it holds.

    Parts for `asks`: `to`, `content`, `params`, `key` (the same when it is sent again). `params`: its variables and what stands in each
    (`title`, `link`, `path`, `accept_by`), written as JSON in a `text`, as an `object`, or as a `list` of the values.
    `most_characters`: of content and of each variable, counted as phones do (an SMS in Chinese holds 70, a long one 67 a part).
    """

    content: str = "{title} {link}"
    params: Mapping[str, str] = field(default_factory=dict)
    params_as: str = "text"
    numbers: str = "text"
    most_characters: int = 268
    code_field: str = "code"


class SmsChannel:
    """One gateway."""

    def __init__(self, name: str, config: Mapping[str, object]) -> None:
        """Raises Invalid (`connector_…`)."""
        held = self._config = parse(SmsConfig, name, config)
        for key, fine, wanted in _wanted(held):
            if not fine:
                raise Invalid("connector_key_range", connector=name, key=key, wanted=wanted)
        self._form = Form(held, name, _PARTS)
        self.card = held.card(name, port="channel", kind="sms")

    def push(self, message: Message, *, key: str) -> Receipt:
        """Hand a message over. That the gateway has it does not say that the phone has.

        Raises as `Form.hand_over` does; Refused (`recipient_refused` for what is no number, `text_too_long`,
        nobody asked).
        """
        if not _PHONE.fullmatch(message.to):
            raise unreachable("no telephone number")
        return self._form.hand_over(self._told(message, key), key=key)

    def close(self) -> None:
        """Let the connections go."""
        self._form.close()

    def _told(self, message: Message, key: str) -> dict[str, object]:
        held, said = self._config, _said(message)
        params = {name: said[part] for name, part in held.params.items()}
        content = _PLACE.sub(lambda place: said[place[1]], held.content) if "content" in held.asks.values() else ""
        for one in (content, *params.values()):
            if len(one.encode("utf-16-le")) // 2 > held.most_characters:
                raise Refused("text_too_long", origin=Origin.US, detail=f"over {held.most_characters} characters", attempts=0)
        shown: Mapping[str, object] = {
            "text": json.dumps(params, ensure_ascii=False, separators=(",", ":")),
            "object": params,
            "list": [*params.values()],
        }
        number: object = [message.to] if held.numbers == "list" else message.to
        return {"to": number, "content": content, "params": shown[held.params_as], "key": key}


def connect(name: str, config: Mapping[str, object]) -> SmsChannel:
    """The entry point. Raises Invalid when the configuration cannot be used."""
    return SmsChannel(name, config)


def _said(message: Message) -> dict[str, str]:
    """On one line; the brackets that stand for the signer's name are taken out, for a gateway would read another one there."""
    link = urlsplit(message.link)
    return {
        "title": re.sub(r"[【】\s]+", " ", message.title).strip(),
        "link": message.link,
        "path": f"{link.path}?{link.query}".rstrip("?").lstrip("/"),
        "accept_by": by_when(message),
    }


def _wanted(held: SmsConfig) -> Iterator[tuple[str, bool, str]]:
    """Each setting that may be wrong, whether it is right, and what would be."""
    said = ", ".join(_SAID)
    yield "content", {place[1] for place in _PLACE.finditer(held.content)} <= {*_SAID}, said
    yield "params", {*held.params.values()} <= {*_SAID}, said
    yield "params_as", held.params_as in _WRITTEN, ", ".join(_WRITTEN)
    yield "numbers", held.numbers in ("text", "list"), "text, list"
    yield "most_characters", held.most_characters > 0, "> 0"
    parts = {*held.asks.values()}
    yield "asks", "to" in parts and bool(parts & {"content", "params"}), "with to, and content or params"
    links = any(part in ("link", "path") for part in held.params.values())
    yield "params", "params" not in parts or links, "with link or path"
    yield "content", "content" not in parts or bool(re.search(r"\{(link|path)\}", held.content)), "with {link} or {path}"
