"""A robot in a group chat: it rings one inspector where others listen, so that it says less than a message to one person."""

from __future__ import annotations

from dataclasses import dataclass

from connectors.channels.codes import CodedConfig
from connectors.channels.messenger import by_when, fitted, lines, of_one, one_person
from connectors.config import unfit
from inspector.ports import Message

_KINDS = ("user_id", "mobile")


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupConfig(CodedConfig):
    """A robot by the key at the end of its address.

    The link speaks for one inspector, and text may tell of the case, so a group is shown neither: only the title and the day by
    which to answer. `alone`: in this group is nobody beside one inspector (and the robot), who is shown all. `note`: words that stand in
    each message, such as the key word that a robot wants. `address_kind`: what the register's address is.
    """

    key_file: str
    alone: bool = False
    note: str = ""
    address_kind: str = "user_id"

    @property
    def once_seconds(self) -> float | None:
        """Never: a robot says whatever it is told."""
        return 0


def check(held: GroupConfig, name: str, kinds: tuple[str, ...] = _KINDS) -> None:
    """Raises Invalid (`connector_key_range`)."""
    if held.address_kind not in kinds:
        raise unfit(name, "address_kind", ", ".join(kinds))


def said(message: Message, held: GroupConfig, most: int) -> str:
    """What the group reads, in at most so many bytes; the link, where it is shown, is whole."""
    if not held.alone:
        return fitted(lines(message.title, f"→ {by_when(message)}" if by_when(message) else "", held.note), most)
    room = max(most - len(message.link.encode()) - 1, 16)
    return lines(fitted(lines(message.title, message.text, held.note), room), message.link)


def may_ring(address: str) -> bool:
    """Whether an address can be one person's, or is left out: then the robot says it to nobody by name."""
    return not address or of_one(address)


def rung(message: Message) -> str:
    """Who is to be rung: the inspector's address, or nobody where there is none. Raises Refused as `one_person` does."""
    return one_person(message.to) if message.to else ""
