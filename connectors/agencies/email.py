"""Letters of the assistance procedure (协助核查函) by e-mail, with the addressee's own link and a form to answer by e-mail in them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.headerregistry import HeaderRegistry, MessageIDHeader
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from connectors.config import parse, unfit
from connectors.mail import Post
from connectors.mailbox import Box
from connectors.postal import MailConfig, addressed
from inspector.domain import slip, thread
from inspector.domain.letter import LetterKind
from inspector.incoming import Mail
from inspector.ports import Letter, Origin, Receipt, Refused, Sighting


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailConfig(MailConfig):
    """Letters to one agency, to the addresses of `to`. `reply_to`: where its answers are to go; empty: to `sender`.

    `inbox_folder`: the Maildir that answers are delivered into; one may serve all agencies. `speakers`: who may answer by e-mail; empty:
    all who get letters. `liaison` and `head`: the agency's liaison officer and its head, for the letters of the ladder of silence that
    are meant for them; empty: those of `to`.
    """

    to: tuple[str, ...]
    reply_to: str = ""
    inbox_folder: str = ""
    speakers: tuple[str, ...] = ()
    liaison: tuple[str, ...] = ()
    head: tuple[str, ...] = ()

    def whom(self, kind: LetterKind) -> tuple[str, ...]:
        """Who gets a letter of a kind."""
        return {LetterKind.LIAISON: self.liaison, LetterKind.HEAD: self.head}.get(kind, ()) or self.to


class EmailAgency:
    """One agency that is asked for assistance by e-mail."""

    def __init__(self, name: str, config: Mapping[str, object]) -> None:
        self._config = parse(EmailConfig, name, config)
        if not (self._config.to and addressed(self._config.to)):
            raise unfit(name, "to", "addresses_of_mail")
        if self._config.reply_to and not addressed([self._config.reply_to]):
            raise unfit(name, "reply_to", "address_of_mail")
        for key in ("speakers", "liaison", "head"):
            if not addressed(getattr(self._config, key)):
                raise unfit(name, key, "addresses_of_mail")
        self._post = Post(self._config, name)
        self._box = Box(Path(self._config.inbox_folder)) if self._config.inbox_folder else None
        self.card = self._config.card(name, port="agency", kind="email")

    def send(self, letter: Letter, *, key: str) -> Receipt:
        """Hand a letter over to the office's mail server. Who gets it twice has it once, by its Message-ID.

        Raises Unavailable, Barred, Refused as `Post.send` does; Refused (`letter_wordless`) for one that says nothing.
        """
        if not (letter.words.body or letter.text):
            raise Refused("letter_wordless", origin=Origin.US)
        made = self._written(letter, key)
        return replace(self._post.send(made, self._config.whom(letter.reader or letter.kind)), number=str(made["Message-ID"]))

    def apart(self, kind: LetterKind) -> bool:
        """Whether letters of a kind go to addresses of their own."""
        return self._config.whom(kind) != self._config.to

    def look(self) -> Sequence[Sighting]:
        """Greet the mail server and go; look into the box. Raises Unavailable, Barred, Refused."""
        self._post.reach()
        if self._box is not None:
            self._box.look()
        return [Sighting(code="mail_ready", facts={"host": self._config.host})]

    @property
    def boxed(self) -> bool:
        """Whether answers come back by mail, into `inbox_folder`."""
        return self._box is not None

    def waiting(self) -> Iterable[Mail]:
        """Mail that lies in the box, if there is one. Raises Unavailable, Barred."""
        return self._box.waiting() if self._box is not None else ()

    def put_away(self, mail: Mail, *, read: bool) -> None:
        """Into `cur`: seen, or flagged for a person. Raises Unavailable, Barred."""
        if self._box is not None:
            self._box.put_away(mail.file, read=read)

    def speaks(self, sender: str) -> bool:
        """Whether this address may speak for the agency. That it can be forged is why an answer needs its code, too."""
        held = self._config
        return sender.lower() in {one.lower() for one in held.speakers or (*held.to, *held.liaison, *held.head)}

    def close(self) -> None:
        """Nothing stays open between letters."""

    def _written(self, letter: Letter, key: str) -> EmailMessage:
        domain = self._config.sender.rpartition("@")[2]
        made = EmailMessage(policy=_NUMBERED)
        made["From"] = self._config.sender
        made["To"] = ", ".join(self._config.whom(letter.reader or letter.kind))
        if self._config.reply_to:
            made["Reply-To"] = self._config.reply_to
        made["Subject"] = _one_line(letter.words.title or letter.request_id)
        made["Date"] = datetime.now(UTC)
        code = letter.reply_url.rpartition("/")[2]
        made["Message-ID"] = thread.number(letter.request_id, code, key, domain)
        made["References"] = f"<{_digest(letter.request_id)}.request@{domain}>"  # so that mail programs keep its letters together
        made["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's absence notice answers it
        text = slip.letter(letter.words, letter.text, code)
        made.set_content(text, charset="utf-8", cte="base64")
        return made


def connect(name: str, config: Mapping[str, object]) -> EmailAgency:
    """The entry point. Raises Invalid when the configuration cannot be used."""
    return EmailAgency(name, config)


def _numbered() -> HeaderRegistry:
    """Python writes a long References as words (RFC 2047), which no mail program takes for a number (RFC 5322, 3.6.4; RFC 2047, 5)."""
    known = HeaderRegistry()
    known.map_to_type("references", MessageIDHeader)  # type: ignore[arg-type]  # the stubs know it as no header
    return known


_NUMBERED = default.clone(header_factory=_numbered())


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:40]


def _one_line(text: str) -> str:
    """A header's text: whatever is in it, it stays one header."""
    return " ".join(text.split())[:200]
