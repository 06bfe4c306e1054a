"""A data-sharing source that speaks SOAP 1.1 or 1.2: asked by fields or a template; faults are told apart, and its XML is not trusted."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from connectors import markup, soap
from connectors.config import Words, parse, unfit
from connectors.http import Wire, encoded
from connectors.kept import Kept
from connectors.markup import NotRead
from connectors.reply import Reply
from connectors.soap import VERSIONS, Fault, Form, SoapReply
from connectors.sources.answers import PARTS, Answers, parts
from connectors.sources.signed import SHOWN, Caller, SignedSourceConfig
from inspector.ports import Answer, Barred, Garbled, Origin, Question, Refused, Unavailable

_PLACES = ("headers", "body", "soap-header")
"""Where what shows who asks may go: HTTP headers, fields of the request, an element of the SOAP header."""

_PLACE = re.compile(r"\{([a-z]+)\}")

_SHUT = frozenset(
    {
        "Authentication",  # SOAP 1.1's own example, 4.4.1: Client.Authentication
        "FailedAuthentication",
        "FailedCheck",
        "InvalidSecurity",
        "InvalidSecurityToken",
        "SecurityTokenUnavailable",
        "MessageExpired",
        "UnsupportedSecurityToken",
        "UnsupportedAlgorithm",
    }
)
"""Codes by which we are not let in, whatever is asked: those of WS-Security 1.1.1 (12), and of the standard's example."""

_MISFIT = frozenset({"VersionMismatch", "MustUnderstand", "DataEncodingUnknown"})
"""Codes of both versions: the other side wants another form of message, whatever is asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SoapConfig(SignedSourceConfig):
    """The operation, and where things lie in messages. Dotted names begin below the Body: with the element that answers.

    Either `operation`, whose element holds what `asks` and `always` say (dotted names: elements in elements), or `template`, the XML of
    the Body with `{code}` and the like where values go. `request_in`, `answer_in`: the element whose text is a document of its own.
    """

    soap: str = "1.1"
    action: str = ""
    operation: str = ""
    namespace: str = ""
    qualified: bool = True
    template: str = ""
    charset: str = "utf-8"
    namespaces: Mapping[str, str] = field(default_factory=dict)
    request_in: str = ""
    request_as: str = "xml"
    request_root: str = "request"
    answer_in: str = ""
    answer_as: str = "xml"
    fault_field: str = ""
    header_element: str = ""
    understood: tuple[str, ...] = ()
    user: str = ""
    password_file: str = ""
    password_digest: bool = False
    code_field: str = ""
    value_field: str
    record_field: str = ""
    as_of_field: str = ""
    version_field: str = ""

    @property
    def leaving(self) -> Collection[str]:
        """As the fields or the template have it; an operation without fields is asked in our own form."""
        return {*_PLACE.findall(self.template)} if self.template else {*self.asks.values()} or PARTS

    @property
    def names_question(self) -> bool:
        """Never: a fault, by which a service may say that it has no such record, repeats nothing of its question."""
        return False


class SoapSource:
    """One operation of a SOAP service."""

    def __init__(self, name: str, config: Mapping[str, object]) -> None:
        held = self._config = parse(SoapConfig, name, config)
        for key, fine, wanted in _wanted(held):
            if not fine:
                raise unfit(name, key, wanted)
        self._version = VERSIONS[held.soap]
        self._form = Form(
            version=self._version,
            charset=held.charset,
            spaces=held.namespaces,
            inside=held.answer_in,
            inside_kind=held.answer_as,
            understood=frozenset(held.understood),
            record=held.record_field,
        )
        self._caller = Caller(held, name, places=_PLACES) if held.key_file else None
        self._word = Kept(held.password_file, name, "password_file", str) if held.password_file else None
        own = [self._caller.own] if self._caller is not None else []
        self._wire = Wire(held, name, secrets=[*own, *([self._word] if self._word is not None else [])])
        self.card = held.card(name, port="source", kind="soap")
        self._answers = Answers(held, self.card)
        self._checked(name)

    def ask(self, question: Question, *, key: str) -> Answer:
        """Ask one fact.

        Raises as every source over HTTP, and for faults Unavailable (`fault_theirs`), Refused (`fault_ours`), Barred (`unauthorised`,
        `fault_form`), what the lists of codes say, and Garbled (`code_unknown`; `not_soap`, `not_xml`, `xml_unsafe`, `header_unknown`).
        """
        told = parts(question, key, record=self._config.record)
        asked = self._answers.asked(question, key)
        reply = self._wire.send(
            "POST",
            self._config.path,
            anew=lambda: self._message(told, asked),
            key=key,
            case_id=question.case_id,
            answers=self._faulty,
        )
        read = soap.read(reply, self._form)
        fault = read.fault()
        if fault is not None:
            return self._faulted(fault, read)
        return self._answers.read(read, question, key)

    def close(self) -> None:
        """Let the connections go."""
        self._wire.close()

    def _message(self, told: Mapping[str, str], asked: Mapping[str, object]) -> tuple[Mapping[str, str], bytes]:
        """Headers and body of one try. Raises Refused (`request_malformed`: XML or the charset has no place for a value), Barred."""
        held = self._config
        try:
            shown = self._caller.shown(self._caller.key, asked) if self._caller is not None else {}
            body = self._filled(told, asked, shown if "body" in held.signed_in else {})
            head = self._head(shown if "soap-header" in held.signed_in else {})
            message = soap.enveloped(self._version, body, head, held.charset)
        except ValueError:  # its text may hold the value
            raise Refused("request_malformed", origin=Origin.US, detail="XML", attempts=0) from None
        return {
            **(shown if "headers" in held.signed_in else {}),
            **soap.headers(self._version, held.action, held.charset),
        }, message

    def _filled(self, told: Mapping[str, str], asked: Mapping[str, object], shown: Mapping[str, str]) -> str:
        """The XML in the Body. Raises ValueError."""
        held = self._config
        if held.template:
            known = {**told, **dict(zip(SHOWN, (shown.get(name, "") for name in self._names()), strict=True))}
            return _PLACE.sub(lambda place: markup.plain(known[place[1]]), held.template)
        fields: Mapping[str, object] = markup.nested({**asked, **shown})
        if held.request_in:
            root = held.request_root
            inside = encoded(fields).decode() if held.request_as == "json" else markup.written({root: fields})
            fields = markup.nested({held.request_in: inside})
        return self._element(held.operation, fields)

    def _names(self) -> list[str]:
        held = self._config
        return [held.names.get(name, f"{held.prefix}{name}") for name in SHOWN]

    def _head(self, shown: Mapping[str, str]) -> str:
        held = self._config
        told = self._element(held.header_element, shown) if shown else ""
        return told if self._word is None else told + soap.token(held.user, self._word.now(), digest=held.password_digest)

    def _element(self, name: str, fields: Mapping[str, object]) -> str:
        held = self._config
        if not held.namespace:
            return markup.written({name: fields})
        inside = markup.written(fields, prefix="m:" if held.qualified else "")
        return f'<m:{name} xmlns:m="{markup.plain(held.namespace)}">{inside}</m:{name}>'

    def _faulty(self, reply: Reply) -> bool:
        """Whether a status that is none of 2xx comes with a fault: SOAP 1.1 sends all of them with 500 (6.2)."""
        try:
            return soap.read(reply, self._form).fault() is not None
        except Garbled:
            return False

    def _faulted(self, fault: Fault, reply: SoapReply) -> Answer:
        """What a fault means: its own code where a list names it, the more special before the more general; else the standard's."""
        held, tried = self._config, reply.attempts
        own = reply.in_fault(held.fault_field) if held.fault_field else None
        codes = ([own] if own is not None else []) + list(fault.codes)
        if any(self._answers.negative(reply, code) for code in codes):
            return self._answers.none(reply)
        told = f"fault {fault.shown}"
        if _SHUT & set(fault.codes):
            raise Barred("unauthorised", detail=told, attempts=tried)
        if fault.general in _MISFIT:
            raise Barred("fault_form", detail=told, attempts=tried)
        if fault.general in self._version.theirs:
            raise Unavailable("fault_theirs", origin=Origin.THEM, detail=told, attempts=tried)
        if fault.general in self._version.ours:
            raise Refused("fault_ours", origin=Origin.THEM, detail=told, attempts=tried)
        raise reply.garbled("code_unknown", told, said=own or "")

    def _checked(self, name: str) -> None:
        """Whether the settings make a message that can be read. Raises Invalid (`connector_key_range`)."""
        held = self._config
        told = dict.fromkeys(PARTS, "1")
        shown = dict.fromkeys(self._names(), "1") if self._caller is not None else {}
        key = "template" if held.template else "asks"
        try:
            asked = {**held.always, **dict.fromkeys(held.asks, "1")}
            body = self._filled(told, asked, shown if "body" in held.signed_in else {})
            head = self._element(held.header_element, shown) if shown and "soap-header" in held.signed_in else ""
            read = markup.read(soap.enveloped(self._version, body, head, held.charset).decode(held.charset))
        except (ValueError, KeyError) as error:
            detail = error.detail if isinstance(error, NotRead) else type(error).__name__
            raise unfit(name, key, f"XML ({detail})") from None
        (inside,) = read.within("Body", self._version.space)
        if len(inside.children) != 1:
            raise unfit(name, key, "one_element")


def connect(name: str, config: Mapping[str, object]) -> SoapSource:
    """The entry point. Raises Invalid when the configuration cannot be used."""
    return SoapSource(name, config)


def _wanted(held: SoapConfig) -> Iterator[tuple[str, bool, Words]]:
    """Each setting that may be wrong, whether it is right, and what would be."""
    yield "soap", held.soap in VERSIONS, " | ".join(VERSIONS)
    yield "charset", held.charset in markup.CHARSETS, " | ".join(markup.CHARSETS)
    yield "operation", bool(held.operation) is not bool(held.template), "operation | template"
    yield "action", held.action.isascii() and held.action.isprintable() and '"' not in held.action, "printable_unquoted"
    for key in ("request_as", "answer_as"):
        yield key, getattr(held, key) in ("xml", "json"), "xml | json"
    yield "template", "<![CDATA[" not in held.template, "text_without_cdata"
    known = {*PARTS, *(SHOWN if held.key_file else ())}
    yield "template", set(_PLACE.findall(held.template)) <= known, ", ".join(sorted(known))
    for place in (held.code_field, held.value_field, held.as_of_field, held.version_field, held.answer_in, held.fault_field):
        prefixes = {step.removeprefix("@").rpartition(":")[0] for step in place.split(".")} - {""}
        yield "namespaces", prefixes <= set(held.namespaces), "every_prefix"
    within = held.value_field.startswith(f"{held.record_field}.")
    yield "record_field", not held.record_field or (within and held.answer_as == "xml"), "begins_value_field"
    yield "user", bool(held.user) is bool(held.password_file), "with_password_file"
    yield "requester", not held.requester or bool(held.key_file), "with_key_file"
    written = [*markup.names({**held.asks, **held.always}), held.request_in, held.operation, held.header_element]
    plain = all(markup.NAME.fullmatch(step) for name in written if name for step in name.split("."))
    yield "asks", plain, "names_of_elements"
    yield "request_root", bool(markup.NAME.fullmatch(held.request_root)), "name_of_element"
    yield "header_element", bool(held.header_element) is ("soap-header" in held.signed_in), "with_soap_header"
