"""The office's supervision platform (互联网+监管): assignments out in its own fields, results back in its own fields.

No two of them speak alike, so both ways are mappings. The platform shows an assignment to the inspector named in `to` alone: whoever
holds its link acts for that seat, may read it, accept, decline, and enter the result (`POST /v1/seats/{seat}/result/{channel}`), which
it may sign.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from connectors.channels.files import FetchConfig, Files
from connectors.channels.form import Form
from connectors.channels.messenger import of_one, one_person
from connectors.channels.returned import Reader
from connectors.config import BORNE, BRIEFED, Words, parse, unfit
from connectors.signers.webhook import Verifier
from inspector.domain.errors import Invalid
from inspector.incoming import Unproven
from inspector.ports import Message, Receipt

_PARTS = ("key", "word", "to", "title", "text", "link", "token", "visit", "seat", "accept_by", "facts", "urgent")
_BRIEF = ("items", "asked", "proven", "basis", "checks", "recusal")
"""What a team is told before it accepts (`data.brief` of a push), each by itself; `windows` are the days on which nobody may go."""
_PERSON = re.compile(r"[^\s,;|@<>]{1,100}")
"""What may be one person's name there: a staff code, in any script."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisionConfig(FetchConfig):
    """What an assignment's parts are called there; what a result's are (`ReturnConfig`), and how its photos are fetched (`FetchConfig`).

    Parts for `asks`: `key`, `word` (`new`, `off`, `on`, `changed`, `test`, by `words` in the platform's), `to`, `title`, `text`, `link`,
    `token` (the link's secret by itself, for the platform's calls), `visit`, `seat`, `accept_by`, `facts` (how many), `urgent`; and of the
    commitment `items`, `asked`, `proven`, `basis`, `checks`, `recusal`, `windows`, as a push by webhook has them.

    With `reply_secret_file` its results are signed (Standard Webhooks), and one that is not is refused.
    """

    words: Mapping[str, str] = field(default_factory=dict)
    code_field: str = "code"
    reply_secret_file: str = ""

    def bears(self, port: str) -> tuple[str, ...]:
        """The brief goes along where the platform wants to know what was asked, or proven."""
        return BRIEFED if {"asked", "proven"} & {*self.asks.values()} else BORNE[port]


class SupervisionChannel:
    """One platform."""

    def __init__(self, name: str, config: Mapping[str, object]) -> None:
        """Raises Invalid (`connector_…`)."""
        held = self._config = parse(SupervisionConfig, name, config)
        for key, fine, wanted in _wanted(held):
            if not fine:
                raise unfit(name, key, wanted)
        for key, needed in held.alone():
            raise Invalid("connector_key_alone", connector=name, key=key, needed=needed)
        if {"link", "token"}.isdisjoint(held.asks.values()):
            raise Invalid("connector_platform_link", connector=name, key="asks")
        self._form = Form(held, name, (*_PARTS, *_BRIEF, "windows"))
        self._reader, self._files = Reader(held), Files(held, name)
        self._verifier = Verifier(held.reply_secret_file, name) if held.reply_secret_file else None
        self.card = held.card(name, port="channel", kind="supervision")

    def takes(self, address: str) -> bool:
        """Whether an address can be one person's here; nobody is asked."""
        return of_one(address, _PERSON)

    def push(self, message: Message, *, key: str) -> Receipt:
        """Hand a message over. Raises as `Form.hand_over` does."""
        return self._form.hand_over(self._told(message, key), key=key)

    def returned(self, told: Mapping[str, object]) -> Mapping[str, object]:
        """A result of the platform as one of ours (`ReturnedIn`).

        Raises Invalid as `Reader.read` does; `result_file_elsewhere` for a photo that could be fetched from nowhere of the platform.
        """
        made = self._reader.read(told)
        files = made.get("files", ())
        for number, one in enumerate(files if isinstance(files, list) else ()):
            if "content" not in one and self._files.place(one["number"]) is None:
                raise Invalid("result_file_elsewhere", field=self.theirs(("files", number, "number")), url=self._config.url)
        return made

    def theirs(self, place: Sequence[str | int]) -> str:
        """Where in the platform's own form it told what stands at a place of ours."""
        return self._reader.theirs(place)

    def fetch(self, number: str, seat: str, *, key: str) -> bytes:
        """A photo that a result has named. Raises as `Files.fetch` does."""
        return self._files.fetch(number, seat, key=key)

    def proven(self, headers: Mapping[str, str], body: bytes) -> str:
        """The id of a result that the platform has signed. Raises Unproven (`signature_unexpected` where none was agreed)."""
        if self._verifier is None:
            raise Unproven("signature_unexpected")
        return self._verifier.verify(headers, body)

    def close(self) -> None:
        """Let the connections go."""
        self._form.close()
        self._files.close()

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


def _wanted(held: SupervisionConfig) -> Iterator[tuple[str, bool, Words]]:
    """Each setting that may be wrong, whether it is right, and what would be."""
    words = ("new", "off", "on", "changed", "test")
    yield "words", {*held.words} <= {*words}, ", ".join(words)
    yield from held.flaws()
