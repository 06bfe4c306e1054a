"""Whom of an agency the late steps of the ladder of silence reach, and by what: its liaison officer and its head (handbook 1.5, 2.4).

The desk that was silent is reached by the agency's own connector. A letter that lies there unread is best told by another way: to a
connector with addresses of its own, or to one person's address on a push channel.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A way to one person of an agency: a connector that takes letters, or a push channel and the person's `address` there."""

    connector: str
    address: str = ""

    @property
    def pushed(self) -> bool:
        """Whether it is a push, which shows nobody's data: few words and the link."""
        return bool(self.address)


def contact(text: str) -> Contact:
    """`CONNECTOR`, or `CHANNEL:ADDRESS`, as the agency tree says it."""
    name, _, address = text.strip().partition(":")
    return Contact(connector=name.strip(), address=address.strip())
