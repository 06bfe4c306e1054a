"""The office's supervision platform (互联网+监管): assignments out in its own fields, results back in its own fields.

No two of them speak alike, so both ways are mappings. The platform shows an assignment to the inspector named in `to` alone: whoever
holds its link acts for that seat, may read it, accept, decline, and enter the result (`POST /v1/seats/{seat}/result/{channel}`), which
it may sign.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from connectors.channels.form import Form, FormConfig
from connectors.channels.messenger import of_one, one_person
from connectors.config import parse
from connectors.signers.webhook import Verifier
from inspector.domain.errors import Invalid
from inspector.incoming import Unproven
from inspector.ports import Message, Receipt

_PARTS = ("key", "word", "to", "title", "text", "link", "token", "visit", "seat", "accept_by", "facts", "urgent")
_BRIEF = ("items", "asked", "proven", "basis", "checks", "recusal")
"""What a team is told before it accepts (`data.brief` of a push), each by itself; `windows` are the days on which nobody may go."""
_PERSON = re.compile(r"[^\s,;|@<>]{1,100}")
"""What may be one person's name there: a staff code, in any script."""

_RESULT = ("seen", "remarks", "visited_on")
_FINDING = ("case_id", "claim", "verdict", "note")


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisionConfig(FormConfig):
    """What an assignment's parts are called there, and what a result's are.

    Parts for `asks`: `key`, `word` (`new`, `off`, `on`, `changed`, `test`, by `words` in the platform's), `to`, `title`, `text`, `link`,
    `token` (the link's secret by itself, for the platform's calls), `visit`, `seat`, `accept_by`, `facts` (how many), `urgent`; and of the
    commitment `items`, `asked`, `proven`, `basis`, `checks`, `recusal`, `windows`, as a push by webhook has them.

    `returns`: where (dotted) a result tells `seen`, `remarks`, `visited_on`; `findings_field` its list, `finds` where in each a finding
    tells `case_id`, `claim`, `verdict`, `note`. `verdicts` and `seen` say what the platform's words mean in ours. With `reply_secret_file`
    its results are signed (Standard Webhooks), and one that is not is refused.
    """

    words: Mapping[str, str] = field(default_factory=dict)
    returns: Mapping[str, str] = field(default_factory=dict)
    findings_field: str = "findings"
    finds: Mapping[str, str] = field(default_factory=dict)
    verdicts: Mapping[str, str] = field(default_factory=dict)
    seen: Mapping[str, str] = field(default_factory=dict)
    code_field: str = "code"
    reply_secret_file: str = ""


class SupervisionChannel:
    """One platform."""

    def __init__(self, name: str, config: Mapping[str, object]) -> None:
        """Raises Invalid (`connector_…`)."""
        held = self._config = parse(SupervisionConfig, name, config)
        for key, fine, wanted in _wanted(held):
            if not fine:
                raise Invalid("connector_key_range", connector=name, key=key, wanted=wanted)
        self._form = Form(held, name, (*_PARTS, *_BRIEF, "windows"))
        self._verifier = Verifier(held.reply_secret_file, name) if held.reply_secret_file else None
        self.card = held.card(name, port="channel", kind="supervision")

    def takes(self, address: str) -> bool:
        """Whether an address can be one person's here; nobody is asked."""
        return of_one(address, _PERSON)

    def push(self, message: Message, *, key: str) -> Receipt:
        """Hand a message over. Raises as `Form.hand_over` does."""
        return self._form.hand_over(self._told(message, key), key=key)

    def returned(self, told: Mapping[str, object]) -> Mapping[str, object]:
        """A result of the platform as one of ours (`ResultIn`).

        Raises Invalid (`result_field_missing`; `result_word_unknown` for a word that is in no list: it is no finding).
        """
        held = self._config
        given = {name: _at(told, held.returns.get(name, name)) for name in _RESULT}
        found = _at(told, held.findings_field)
        if found is None and given["seen"] not in (None, ""):
            found = ()  # a visit that asks no fact; where one is asked the house says what lacks
        if not isinstance(found, Sequence) or isinstance(found, str):
            raise Invalid("result_field_missing", field=held.findings_field)
        made = {name: value for name, value in given.items() if value not in (None, "")}
        if "seen" in made:
            made["seen"] = _meant(made["seen"], held.seen, held.returns.get("seen", "seen"))
        return {**made, "findings": [self._finding(one) for one in found]}

    def theirs(self, place: Sequence[str | int]) -> str:
        """Where in the platform's own form it told what stands at a place of ours: a refusal names what its people know."""
        held, (first, *rest) = self._config, place
        if first != "findings":
            return held.returns.get(str(first), str(first))
        names = [held.finds.get(str(one), str(one)) for one in rest]
        return ".".join([held.findings_field, *names])

    def proven(self, headers: Mapping[str, str], body: bytes) -> str:
        """The id of a result that the platform has signed. Raises Unproven (`signature_unexpected` where none was agreed)."""
        if self._verifier is None:
            raise Unproven("signature_unexpected")
        return self._verifier.verify(headers, body)

    def close(self) -> None:
        """Let the connections go."""
        self._form.close()

    def _finding(self, told: object) -> dict[str, object]:
        held = self._config
        given = {name: _at(told, held.finds.get(name, name)) for name in _FINDING}
        given["verdict"] = _meant(given["verdict"], held.verdicts, held.finds.get("verdict", "verdict"))
        return {name: value for name, value in given.items() if value is not None}

    def _told(self, message: Message, key: str) -> dict[str, object]:
        data, word = message.data, _word(message.data)
        brief = told if isinstance(told := data.get("brief"), Mapping) else {}
        return {
            "key": key,
            "word": self._config.words.get(word, word),
            "to": one_person(message.to, _PERSON),
            "title": message.title,
            "text": message.text,
            "link": message.link,
            "token": message.link.rpartition("/")[2] if "seat" in data else "",
            "urgent": message.urgent,
            **{name: data.get(name, "") for name in ("visit", "seat", "accept_by", "facts", "windows")},
            **{name: brief.get(name, "") for name in _BRIEF},
        }


def connect(name: str, config: Mapping[str, object]) -> SupervisionChannel:
    """The entry point. Raises Invalid when the configuration cannot be used."""
    return SupervisionChannel(name, config)


def _word(data: Mapping[str, object]) -> str:
    """What a message is about its seat; `test`: about none, and there is nothing to be done."""
    for name in ("test", "changed"):
        if data.get(name):
            return name
    off = data.get("called_off")
    return "new" if off is None else "off" if off else "on"


def _at(told: object, place: str) -> object:
    """What stands at a dotted place; None where nothing does."""
    for step in place.split("."):
        told = told.get(step) if isinstance(told, Mapping) else None
    return told


def _meant(told: object, words: Mapping[str, str], place: str) -> object:
    """Our word for theirs; without a list theirs are ours. Raises Invalid (`result_word_unknown`)."""
    if not words:
        return told
    if isinstance(told, bool) or not isinstance(told, str | int) or str(told) not in words:
        raise Invalid("result_word_unknown", field=place, known=", ".join(words))
    return words[str(told)]


def _wanted(held: SupervisionConfig) -> Iterator[tuple[str, bool, str]]:
    """Each setting that may be wrong, whether it is right, and what would be."""
    words = ("new", "off", "on", "changed", "test")
    verdicts = ("match", "mismatch", "not_found", "cannot_say")
    yield "words", {*held.words} <= {*words}, ", ".join(words)
    yield "returns", {*held.returns} <= {*_RESULT}, ", ".join(_RESULT)
    yield "finds", {*held.finds} <= {*_FINDING}, ", ".join(_FINDING)
    yield "verdicts", {*held.verdicts.values()} <= {*verdicts}, ", ".join(verdicts)
    seen = ("NOTHING", "FINDING", "UNREACHABLE", "REFUSED", "CEASED", "NOT_ACTIVE", "UNVERIFIABLE")
    yield "seen", {*held.seen.values()} <= {*seen}, ", ".join(seen)
    yield "asks", bool({"link", "token"} & {*held.asks.values()}), "with link or token: what the inspector acts by"
