"""A SOAP service for tests: it reads over a real socket with another reader than ours, and answers nothing that is not rightly asked.

What it reads and says was held to two public implementations by hand (docs/decisions/0052-soap-without-a-library.md); in the tests
the examples of both standards stand for them.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree as ET

from connectors.sources.soap import SoapSource, connect
from inspector.testing.peer import Body, Heard, Peer, Step, answer, peer

OURS = "urn:example:registers"
SPACES = {"1.1": "http://schemas.xmlsoap.org/soap/envelope/", "1.2": "http://www.w3.org/2003/05/soap-envelope"}
KINDS = {"1.1": "text/xml", "1.2": "application/soap+xml"}
SECEXT = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
UTILITY = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
KEY, USER, WORD = "0123456789abcdef", "office", "word-of-the-account"
SERVER = {"1.1": "Server", "1.2": "Receiver"}
CLIENT = {"1.1": "Client", "1.2": "Sender"}


def said(inside: str, version: str = "1.1", *, head: str = "", charset: str = "utf-8") -> Body:
    """An envelope round `inside`."""
    head = f"<e:Header>{head}</e:Header>" if head else ""
    text = f'<?xml version="1.0" encoding="{charset}"?><e:Envelope xmlns:e="{SPACES[version]}">{head}<e:Body>{inside}</e:Body></e:Envelope>'
    return Body(text.encode(charset), f"{KINDS[version]}; charset={charset}")


def found(value: str = "存续", more: str = "<code>0</code>", as_of: str = "2026-01-05") -> str:
    """An answer as the service gives it."""
    data = f"<data><value>{value}</value><as_of>{as_of}</as_of></data>"
    return f'<r:QueryResponse xmlns:r="{OURS}"><r:return>{more}{data}</r:return></r:QueryResponse>'


def fault(code: str, version: str = "1.1", *, sub: str = "", detail: str = "", text: str = "refused") -> Body:
    """A fault; `code` is the standard's, `sub` the service's own below it."""
    if version == "1.1":
        named = f"{code}.{sub}" if sub else code
        inside = f"<faultcode>e:{named}</faultcode><faultstring>{text}</faultstring><detail>{detail}</detail>"
        return said(f"<e:Fault>{inside}</e:Fault>", version)
    below = f'<e:Subcode><e:Value xmlns:s="{OURS}">s:{sub}</e:Value></e:Subcode>' if sub else ""
    inside = (
        f"<e:Code><e:Value>e:{code}</e:Value>{below}</e:Code><e:Reason><e:Text xml:lang='en'>{text}</e:Text></e:Reason>"
        f"<e:Detail>{detail}</e:Detail>"
    )
    return said(f"<e:Fault>{inside}</e:Fault>", version)


FOUND = said(found())
FIELDS: Mapping[str, object] = {
    "value_field": "QueryResponse.return.data.value",
    "as_of_field": "QueryResponse.return.data.as_of",
    "code_field": "QueryResponse.return.code",
    "not_found_codes": ["404"],
    "retry_codes": ["-1"],
    "permanent_codes": ["E-106"],
}
ASKING: Mapping[str, object] = {
    "operation": "Query",
    "namespace": OURS,
    "action": f"{OURS}/Query",
    "asks": {"subject.code": "code", "fact": "fact"},
    **FIELDS,
}


def credential(folder: Path, name: str, text: str) -> str:
    file = folder / name
    file.write_text(text, encoding="ascii")
    file.chmod(0o600)
    return str(file)


@dataclass
class Service:
    """The service. `signed`: where it wants a signature (`headers`, `body`, `soap-header`), `secured`: the kind of UsernameToken."""

    version: str = "1.1"
    signed: str = ""
    secured: str = ""
    says: Callable[[ET.Element], Body] = lambda _asked: FOUND
    asked: list[ET.Element] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    nonces: set[str] = field(default_factory=set)

    def answer(self, heard: Heard) -> Step:
        """The answer to a message that is as agreed, a fault for another."""
        wrong = self._wrong(heard)
        if wrong:
            self.refused.append(wrong)
            told = fault(CLIENT[self.version], self.version, text=wrong)
            return answer(500 if self.version == "1.1" else 400, told)
        told = self.says(self.asked[-1])
        return answer(500 if b":Fault>" in told.content else 200, told)

    def _wrong(self, heard: Heard) -> str:
        kind = heard.headers.get("content-type", "")
        action = heard.headers.get("soapaction", "") if self.version == "1.1" else kind.partition("action=")[2]
        if not kind.startswith(KINDS[self.version]) or action != f'"{OURS}/Query"':
            return "kind or action"
        charset = kind.partition("charset=")[2].partition(";")[0]
        text = heard.body.decode(charset).partition("?>")[2]  # this reader knows no GB 18030 by itself
        root = ET.fromstring(text)  # noqa: S314 - what our own connector says
        body = root.find(f"{{{SPACES[self.version]}}}Body")
        if root.tag != f"{{{SPACES[self.version]}}}Envelope" or body is None or len(body) != 1:
            return "envelope"
        asked = body[0]
        if asked.tag != f"{{{OURS}}}Query" or asked.find(f"{{{OURS}}}subject/{{{OURS}}}code") is None:
            return "operation"
        self.asked.append(asked)
        return self._unsigned(heard, root, asked) or self._unsecured(root)

    def _unsigned(self, heard: Heard, root: ET.Element, asked: ET.Element) -> str:
        told: Mapping[str, str | None] = {}
        match self.signed:
            case "":
                return ""
            case "headers":
                told = heard.headers
            case "body":
                told = {one.tag.rpartition("}")[2]: one.text for one in asked}
            case _:
                shown = root.find(f"{{{SPACES[self.version]}}}Header/{{{OURS}}}Caller")
                told = {one.tag.rpartition("}")[2]: one.text for one in (shown if shown is not None else ())}
        signed = "".join(told.get(name) or "" for name in ("sid", "rid", "rtime"))
        wanted = base64.b64encode(hmac.new(KEY.encode(), signed.encode(), hashlib.sha256).digest()).decode()
        return "" if told.get("rtime") and hmac.compare_digest(wanted, told.get("sign") or "") else "signature"

    def _unsecured(self, root: ET.Element) -> str:
        if not self.secured:
            return ""
        token = root.find(f"{{{SPACES[self.version]}}}Header/{{{SECEXT}}}Security/{{{SECEXT}}}UsernameToken")
        told = {one.tag.rpartition("}")[2]: one for one in (token if token is not None else ())}
        if not {"Username", "Password"} <= told.keys() or told["Username"].text != USER:
            return "token"
        kind, word = told["Password"].get("Type", "").rpartition("#")[2], told["Password"].text or ""
        wanted = WORD
        if kind == "PasswordDigest":
            nonce, created = told["Nonce"].text or "", told["Created"].text or ""
            if nonce in self.nonces:
                return "replay"
            self.nonces.add(nonce)
            told_in = base64.b64decode(nonce) + created.encode() + WORD.encode()
            wanted = base64.b64encode(hashlib.sha1(told_in, usedforsecurity=False).digest()).decode()
        return "" if (kind, word) == (self.secured, wanted) else "password"


@contextmanager
def reached(held: Service, **more: object) -> Iterator[tuple[SoapSource, Service, Peer]]:
    """A source connected to the service."""
    told = {"soap": held.version, "path": "/ws", "tries": 1, **ASKING, **more}
    with (
        peer(beside={"/ws": held.answer}) as there,
        closing(connect("registry", {"url": there.url, **{k: v for k, v in told.items() if v is not None}})) as made,
    ):
        yield made, held, there
