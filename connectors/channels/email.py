"""Pushes by e-mail through the office's own mail server: the title, the text and the inspector's link."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage

from connectors.channels.codes import unreachable
from connectors.channels.messenger import lines, mark
from connectors.config import parse
from connectors.mail import Post
from connectors.postal import MailConfig, addressed
from inspector.ports import Message, Receipt, Refused, Sighting

_NOBODY = re.compile(r"55[013]( 5\.1\.\d+| 5\.2\.1)?")
"""Replies that speak of the addressee (RFC 5321, 4.2.3; RFC 3463, 3.2 and 3.3); one of policy (5.7) or of a full box speaks of today."""


_KEEP = 5.0
"""Seconds for which a connection waits for the next push: many leave in one moment, and then none for days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailConfig(MailConfig):
    """The office's own mail server; each push goes to the inspector's address alone.

    `drops_doubles`: that server drops a second letter of one Message-ID; else a phone may show both, since few mail programs look.
    """

    drops_doubles: bool = False

    @property
    def once_seconds(self) -> float | None:
        """Never, unless the server sees to it."""
        return None if self.drops_doubles else 0


class EmailChannel:
    """Pushes by e-mail."""

    def __init__(self, name: str, config: Mapping[str, object]) -> None:
        """Raises Invalid (`connector_…`)."""
        self._config = parse(EmailConfig, name, config)
        self._post = Post(self._config, name, keep=_KEEP)
        self.card = self._config.card(name, port="channel", kind="email")

    def takes(self, address: str) -> bool:
        """Whether an address can be one person's here; nobody is asked."""
        return addressed([address])

    def push(self, message: Message, *, key: str) -> Receipt:
        """Hand a message over to the mail server. Its Message-ID is made of `key`, by which a server may drop the second one.

        Raises Unavailable, Barred, Refused as `Post.send` does; Refused (`recipient_refused`) for what is no address.
        """
        if not addressed([message.to]):
            raise unreachable("no address of e-mail")
        try:
            return self._post.send(self._written(message, key), [message.to])
        except Refused as error:
            if error.code != "recipient_refused":
                raise
            said = error.detail.partition(": ")[2]
            if _NOBODY.fullmatch(said):
                raise unreachable(said, attempts=error.attempts) from None
            raise Refused("channel_refused", origin=error.origin, detail=said, attempts=error.attempts) from None

    def look(self) -> Sequence[Sighting]:
        """Greet the mail server and go. Raises Unavailable, Barred, Refused."""
        self._post.reach()
        return [Sighting(code="mail_ready", facts={"host": self._config.host})]

    def close(self) -> None:
        """Let the connections go."""
        self._post.close()

    def _written(self, message: Message, key: str) -> EmailMessage:
        domain = self._config.sender.rpartition("@")[2]
        made = EmailMessage()
        made["From"] = self._config.sender
        made["To"] = message.to
        made["Subject"] = " ".join(message.title.split())[:200]
        made["Date"] = datetime.now(UTC)
        made["Message-ID"] = f"<{mark(key)}.push@{domain}>"
        made["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's absence notice answers it
        made.set_content(lines(message.text, "", message.link), charset="utf-8", cte="base64")
        return made


def connect(name: str, config: Mapping[str, object]) -> EmailChannel:
    """The entry point. Raises Invalid when the configuration cannot be used."""
    return EmailChannel(name, config)
