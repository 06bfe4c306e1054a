"""SOAP 1.1 (W3C Note of 2000-05-08) and 1.2 (W3C Recommendation of 2007-04-27): envelopes, faults, and answers read as JSON's are."""

from __future__ import annotations

import base64
import hashlib
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from connectors import markup
from connectors.markup import Element, NotRead
from connectors.reply import Reply, charset_of

XSI = "http://www.w3.org/2001/XMLSchema-instance"
WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
PROFILE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0"

_CODE = re.compile(r"[\w.:-]{1,60}")
"""What is told of a fault's code: letters, digits and little else, for it is another's text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of SOAP. `ours`, `theirs`, `other`: the fault codes for what the asking side, the answering side, and both do wrong."""

    space: str
    kind: str
    ours: frozenset[str]
    theirs: frozenset[str]


VERSIONS: Mapping[str, Version] = {
    "1.1": Version(
        space="http://schemas.xmlsoap.org/soap/envelope/",
        kind="text/xml",
        ours=frozenset({"Client"}),
        theirs=frozenset({"Server"}),
    ),
    "1.2": Version(
        space="http://www.w3.org/2003/05/soap-envelope",
        kind="application/soap+xml",
        ours=frozenset({"Sender"}),
        theirs=frozenset({"Receiver"}),
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A fault. `codes`: the codes it bears, the most special first; `general` is the one of the standard, empty when it bears none."""

    codes: tuple[str, ...]
    general: str
    element: Element

    @property
    def shown(self) -> str:
        """What may be told of it to operators."""
        return " ".join(code for code in self.codes if _CODE.fullmatch(code)) or "no code"


def enveloped(version: Version, body: str, header: str, charset: str) -> bytes:
    """A message. `body` and `header` are XML. Raises ValueError for what the charset has no place for."""
    head = f"<soap:Header>{header}</soap:Header>" if header else ""
    told = f'<soap:Envelope xmlns:soap="{version.space}">{head}<soap:Body>{body}</soap:Body></soap:Envelope>'
    return f'<?xml version="1.0" encoding="{charset}"?>{told}'.encode(charset)


def headers(version: Version, action: str, charset: str) -> Mapping[str, str]:
    """Content-Type and what says which operation is meant (1.1 § 6.1.1: SOAPAction; 1.2: the parameter `action` of RFC 3902)."""
    if version is VERSIONS["1.1"]:
        return {"Content-Type": f"{version.kind}; charset={charset}", "Accept": version.kind, "SOAPAction": f'"{action}"'}
    meant = f'; action="{action}"' if action else ""
    return {"Content-Type": f"{version.kind}; charset={charset}{meant}", "Accept": version.kind}


def token(user: str, word: str, *, digest: bool, now: datetime | None = None, nonce: bytes | None = None) -> str:
    """A UsernameToken (OASIS WSS UsernameToken Profile 1.0): the password, or the digest of it with a nonce and the time."""
    made, once = (now or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ"), os.urandom(16) if nonce is None else nonce
    told = base64.b64encode(hashlib.sha1(once + made.encode() + word.encode(), usedforsecurity=False).digest()).decode()
    kind, shown = ("PasswordDigest", told) if digest else ("PasswordText", word)
    encoded = base64.b64encode(once).decode()
    fresh = (
        f'<wsse:Nonce EncodingType="{WSSE.replace("wssecurity-secext", "soap-message-security")[:-4]}#Base64Binary">{encoded}'
        f"</wsse:Nonce><wsu:Created>{made}</wsu:Created>"
    )
    return (
        f'<wsse:Security xmlns:wsse="{WSSE}" xmlns:wsu="{WSU}" soap:mustUnderstand="1"><wsse:UsernameToken>'
        f'<wsse:Username>{markup.plain(user)}</wsse:Username><wsse:Password Type="{PROFILE}#{kind}">{markup.plain(shown)}'
        f"</wsse:Password>{fresh if digest else ''}</wsse:UsernameToken></wsse:Security>"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """How answers are written. `spaces`: the namespaces of prefixes in dotted names; `inside`: the field that holds a document of its own.

    `understood`: namespaces of header blocks that are known to change nothing, though their sender wants them understood. `record`: the
    element that holds the record and is left out where there is none.
    """

    version: Version
    charset: str
    spaces: Mapping[str, str]
    inside: str = ""
    inside_kind: str = "xml"
    understood: frozenset[str] = frozenset()
    record: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SoapReply(Reply):
    """An answer in an envelope, read by dotted names as one in JSON is: from below the Body, or from the top of what is inside."""

    form: Form
    kept: dict[str, Element] = field(default_factory=dict, repr=False, compare=False)
    """What has been parsed, by where it stands: an answer is looked into for each field."""

    def fault(self) -> Fault | None:
        """The fault, if it is one. Raises Garbled (`wrong_charset`, `not_xml`, `xml_unsafe`, `not_soap`)."""
        held = self._body()
        space = self.form.version.space
        if (held.space, held.name) != (space, "Fault"):
            return None
        if self.form.version is VERSIONS["1.1"]:
            found = [_local(one.text) for one in held.within("faultcode")]
            codes = [
                part for one in found for part in dict.fromkeys((one, *one.split(".")[::-1]))
            ]  # 4.4.1: the last is the most special
        else:
            codes = [_local(one.text) for one in _subcodes(held, space)][::-1]
        return Fault(codes=tuple(codes), general=codes[-1] if codes else "", element=held)

    def in_fault(self, place: str) -> str | None:
        """The text at a dotted place in a fault; None where it is not."""
        found: list[Element] = [self._body()]
        for step in place.split("."):
            found = [one for held in found for one in self._named(held, step)]
        return found[0].text.strip() or None if len(found) == 1 and not found[0].children else None

    def value(self, field: str, *, optional: bool = False) -> tuple[bool, str | None]:
        """As `Reply.value`: an element that is empty or nil has no record in it, and at the end of the way nothing to say.

        Raises Garbled (`field_missing`, `field_type`, also for one of two alike, and those of `fault`).
        """
        if self.form.inside and self.form.inside_kind == "json":
            return replace(_plain(self), body=self._inside().encode()).value(field, optional=optional)
        held: Element | None = self._top()
        *outer, last = field.split(".")
        for place, step in enumerate(outer, 1):
            held = self._one(held, step, field, optional=optional or ".".join(outer[:place]) == self.form.record)
            if held is None or _nil(held) or (_empty(held) and last[0] != "@"):
                return False, None
        if last[0] == "@":
            told = held.attribute(*self._spaced(last[1:])) if held is not None else None
            if told is None and not optional:
                raise self.garbled("field_missing", field)
            return True, self._scalar(told, field) if told else None
        held = self._one(held, last, field, optional=optional)
        if held is None or _empty(held):
            return True, None
        if held.children:
            raise self.garbled("field_type", field)
        return True, self._scalar(held.text.strip(), field)

    def _one(self, held: Element | None, step: str, field: str, *, optional: bool) -> Element | None:
        found = self._named(held, step) if held is not None else []
        if len(found) > 1:
            raise self.garbled("field_type", f"{field}: stands {len(found)} times")
        if not found and not optional:
            raise self.garbled("field_missing", field)
        return found[0] if found else None

    def _named(self, held: Element, step: str) -> list[Element]:
        name, space = self._spaced(step)
        return held.within(name, space or None)

    def _spaced(self, step: str) -> tuple[str, str]:
        prefix, _, name = step.rpartition(":")
        return name, self.form.spaces.get(prefix, "") if prefix else ""

    def _top(self) -> Element:
        """What the first step of a dotted name is looked for in."""
        within = self._parsed("inside", self._inside) if self.form.inside else self._body()
        return Element("", "", {}, children=[within])

    def _inside(self) -> str:
        outer = replace(self, form=replace(self.form, inside=""))
        there, text = outer.value(self.form.inside)
        if not there or text is None:
            raise self.garbled("field_missing", self.form.inside)
        return text

    def _body(self) -> Element:
        """What stands in the Body. Raises Garbled (`not_soap` for no envelope of this version, or one that has not one thing in it)."""
        space = self.form.version.space
        declared = charset_of(self.headers.get("content-type", ""))
        root = self._parsed("envelope", lambda: markup.decoded(self.body, self.form.charset, declared))
        if (root.space, root.name) != (space, "Envelope"):
            raise self.garbled("not_soap", f"{root.name[:40]} for Envelope" if _CODE.fullmatch(root.name) else "no Envelope")
        bodies = root.within("Body", space)
        if len(bodies) != 1 or len(bodies[0].children) != 1:
            raise self.garbled("not_soap", "not one thing in one Body")
        for block in (one for head in root.within("Header", space) for one in head.children):
            wanted = block.attribute("mustUnderstand", space) in ("1", "true")
            if wanted and block.space not in self.form.understood:
                raise self.garbled("header_unknown", "mustUnderstand")
        return bodies[0].children[0]

    def _parsed(self, place: str, text: Callable[[], str]) -> Element:
        if place not in self.kept:
            try:
                self.kept[place] = markup.read(text())
            except NotRead as error:
                raise self.garbled(error.code, error.detail) from None
        return self.kept[place]


def read(reply: Reply, form: Form) -> SoapReply:
    """A reply as one in an envelope; nothing is read yet."""
    return SoapReply(
        status=reply.status,
        headers=reply.headers,
        body=reply.body,
        attempts=reply.attempts,
        request_digest=reply.request_digest,
        reply_digest=reply.reply_digest,
        asked_at=reply.asked_at,
        form=form,
    )


def _plain(reply: Reply) -> Reply:
    return Reply(
        status=reply.status,
        headers={},
        body=reply.body,
        attempts=reply.attempts,
        request_digest=reply.request_digest,
        reply_digest=reply.reply_digest,
        asked_at=reply.asked_at,
    )


def _nil(held: Element) -> bool:
    return held.attribute("nil", XSI) in ("1", "true")


def _empty(held: Element) -> bool:
    return _nil(held) or (not held.children and not held.text.strip())


def _local(name: str) -> str:
    """A qualified name's own part."""
    return name.strip().rpartition(":")[2]


def _subcodes(fault: Element, space: str) -> Iterator[Element]:
    """SOAP 1.2, 5.4.1: the code, then the codes within it."""
    held = fault.within("Code", space)
    while len(held) == 1:
        yield from held[0].within("Value", space)
        held = held[0].within("Subcode", space)
