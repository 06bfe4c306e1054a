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
from connectors.config import Words, parse, unfit
from inspector.domain.errors import Invalid
from inspector.ports import Message, Origin, Receipt, Refused

_PARTS = ("to", "content", "params", "key")
_SAID = ("title", "link", "path", "accept_by", "telephone")
"""What may be said: title, link, the link without scheme and host, the hour by which to answer, and whom a firm or person may ring."""

_PLACE = re.compile(r"\{(\w*)\}")
_PERHAPS = re.compile(r"\[([^\[\]]*)\]")
"""What is said only where all that stands in it is: what is called off, or a test, has no hour by which to answer."""

_PHONE = re.compile(r"\+?[0-9]{5,15}")
_WRITTEN = ("text", "object", "list")


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsConfig(FormConfig):
    """What is said, and how the gateway wants it: as whole `content`, or as `params` of a template that it holds.

    Parts for `asks`: `to`, `content`, `params`, `key` (the same when it is sent again). `params`: its variables and what stands in each
    (`title`, `link`, `path`, or a text with places as `content` is), written as JSON in a `text`, as an `object`, or as a `list` of the
    values. What stands in `[ ]` goes out only where all its places have something to say; `{accept_by}` stands only there. The title is
    always said: by it alone an assignment is told from one that is called off, and from a test.
    `most_characters`: of content and of each variable, counted as phones do (an SMS in Chinese holds 70, a long one 67 a part).
    """

    content: str = "{title} {link}[ Tel. {telephone}]"
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
        _read_whole(held, name)
        for key, fine, wanted in _wanted(held):
            if not fine:
                raise unfit(name, key, wanted)
        self._form = Form(held, name, _PARTS)
        self.card = held.card(name, port="channel", kind="sms")

    def takes(self, address: str) -> bool:
        """Whether an address can be one person's here; nobody is asked."""
        return _PHONE.fullmatch(address) is not None

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
        params = {name: _filled(_pattern(part), said) for name, part in held.params.items()}
        content = _filled(held.content, said) if "content" in held.asks.values() else ""
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
        "telephone": str(message.data.get("telephone", "")),
    }


def _pattern(part: str) -> str:
    """A variable that is one part alone is named without braces."""
    return f"{{{part}}}" if part in _SAID else part


def _filled(pattern: str, said: Mapping[str, str]) -> str:
    kept = _PERHAPS.sub(lambda some: some[1] if all(said[place] for place in _PLACE.findall(some[1])) else "", pattern)
    return _PLACE.sub(lambda place: said[place[1]], kept)


def _read_whole(held: SmsConfig, name: str) -> None:
    """What is said holds what it must, and no more than a text message bears. Raises Invalid (`connector_sms_…`)."""
    patterns = {"content": [held.content], "params": [_pattern(part) for part in held.params.values()]}
    for key, texts in patterns.items():
        about = {"connector": name, "key": key}
        places = [place for text in texts for place in _PLACE.findall(text)]
        strange = [place for place in places if place not in _SAID]
        strange += [text for text in texts if not _PLACE.search(text)]
        if strange:
            raise Invalid("connector_sms_place", **about, placeholder=strange[0], known=", ".join(_SAID))
        if key not in held.asks.values():
            continue
        if {"link", "path"}.isdisjoint(places):
            raise Invalid("connector_sms_link", **about)
        if "title" not in places:
            raise Invalid("connector_sms_title", **about)
        always = [place for text in texts for place in _PLACE.findall(_PERHAPS.sub("", text))]
        for place in {"accept_by", "telephone"} & {*always}:
            raise Invalid("connector_sms_always", **about, placeholder=place)


def _wanted(held: SmsConfig) -> Iterator[tuple[str, bool, Words]]:
    """Each setting that may be wrong, whether it is right, and what would be."""
    parts = {*held.asks.values()}
    yield "params_as", held.params_as in _WRITTEN, ", ".join(_WRITTEN)
    yield "numbers", held.numbers in ("text", "list"), "text, list"
    yield "most_characters", held.most_characters > 0, "> 0"
    yield "asks", "to" in parts and bool(parts & {"content", "params"}), "to_and_content"
