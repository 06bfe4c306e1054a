"""What a connector's other side sends us unasked, and how it is believed: signed messages, mail in a box, what became of pushes.

All are optional methods beside a port; who has them is asked by the web edge and by the daemon.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, runtime_checkable

from inspector.domain.errors import InspectorError
from inspector.domain.letter import LetterKind
from inspector.domain.reached import Reached

LONGEST_LINE = 1_000
"""Characters of what is filled in behind a name of a mail's form, on one line or several."""


class Unproven(InspectorError):
    """Nothing shows that a message is from whom it says: `signature_missing`, `_stale`, `_wrong`, `_unexpected`."""


@runtime_checkable
class Signing(Protocol):
    """A connector whose other side signs what it sends us."""

    def proven(self, headers: Mapping[str, str], body: bytes) -> str:
        """The id of a message that is the other side's, whole and fresh; header names are lower case. Raises Unproven."""


@runtime_checkable
class Believing(Protocol):
    """A signing connector that can say ahead whether it could believe a message now."""

    def believes(self) -> bool:
        """Whether it is set up to believe messages at all. Raises Barred while what it judges them by cannot be used."""


@runtime_checkable
class Apart(Protocol):
    """A connector that may bring letters of some kinds to readers of their own."""

    def apart(self, kind: LetterKind) -> bool:
        """Whether letters of a kind go elsewhere than the agency's others."""


@runtime_checkable
class Subscribing(Protocol):
    """A channel whose recipients' own browsers say where they are reached (Web Push)."""

    def point(self) -> str:
        """Our public key, by which a browser lets us alone push to it (base64url; RFC 8292). Raises Barred while it cannot be read."""

    def subscription(self, told: str) -> str:
        """What a browser says of itself (JSON), as an address. Raises Invalid (`subscription_unfit`, `subscription_elsewhere`)."""


@runtime_checkable
class Ringing(Protocol):
    """A channel whose messages others may read than whom they are for, such as a robot in a group."""

    @property
    def rings(self) -> bool:
        """Whether it shows no link, so that nobody can answer by what it has brought: the next way with a link goes beside it."""


@runtime_checkable
class Addressing(Protocol):
    """A channel that can say of an address whether it can be one person's there."""

    def takes(self, address: str) -> bool:
        """Whether it can; nobody is asked, and a person whom the other side does not know is found by a push alone."""


@runtime_checkable
class Returning(Protocol):
    """A channel whose other side sends results of visits in a form of its own."""

    def returned(self, told: Mapping[str, object]) -> Mapping[str, object]:
        """A result in that form as one in ours (`ReturnedIn`). Raises Invalid for words that were not agreed."""

    def theirs(self, place: Sequence[str | int]) -> str:
        """What stands at a place of ours (such as `findings`, 0, `case_id`) by its place in that form."""


@runtime_checkable
class Fetching(Protocol):
    """One that keeps the photos of such a result, where we fetch them."""

    def fetch(self, number: str, seat: str, *, key: str) -> bytes:
        """A file by the number that the result told, of the seat whose result it was. Raises Unavailable, Refused, Garbled."""


CROSSED_OUT = " [crossed out] "
"""Stands in a mail's text where its page crosses words out: whoever reads them as they stand reads the contrary of what was meant."""

HIDDEN = " [hidden] "
"""Stands where a mail's page says something that its reader is not shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """What lies beside a mail's text: the name that its writer gave it, empty for none, and its bytes; None: not read to its end."""

    name: str
    size: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """What a report says that came to nobody: the number of a letter (`Receipt.number`), whom it was for, and a status (RFC 3463).

    `behind`: to which other address it was passed on from there, where it failed; others behind the same one may have it.
    """

    number: str
    address: str
    status: str
    behind: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail as it lies in the box; `flaw`: why it says nothing.

    `text` is what a person reads in it, quoted or written; what of it is an answer is the house's affair. `id` is its Message-ID, or else
    its digest: a copy of it counts once. `digest` is the SHA-256 of its bytes. `answers`: the Message-IDs that it says it answers.
    `came`: when it was delivered, where the box knows. `attached`: what lies beside the text; nobody opens it here.
    `returned`: what it reports as undeliverable for good; anybody may have written it.
    """

    file: str
    id: str
    digest: str
    sender: str
    text: str = ""
    flaw: str = ""
    answers: tuple[str, ...] = ()
    came: datetime | None = None
    attached: tuple[Attached, ...] = ()
    returned: tuple[Returned, ...] = ()


@runtime_checkable
class Mailbox(Protocol):
    """A connector that gets mail."""

    def waiting(self) -> Iterable[Mail]:
        """What lies there and was not put away yet. Raises Unavailable, Barred."""

    def put_away(self, mail: Mail, *, read: bool) -> None:
        """It has been dealt with: `read`, or kept for a person. Already put away is fine, too. Raises Unavailable, Barred."""

    def speaks(self, sender: str) -> bool:
        """Whether this address may speak for the agency."""


@runtime_checkable
class Boxed(Protocol):
    """A connector that gets mail where it is set up to."""

    @property
    def boxed(self) -> bool:
        """Whether it has a mailbox as it is set up."""


def boxed(agency: object) -> bool:
    """Whether a connector that can get mail has a mailbox: one that says nothing of it has."""
    return agency.boxed if isinstance(agency, Boxed) else True


@dataclass(frozen=True, slots=True, kw_only=True)
class Unused:
    """A file that lies there and is not used: why (`code`, and in `facts` what its words name), and its name.

    `mark`: another one where another file lies there under that name.
    """

    code: str
    file: str
    mark: str
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """How a source stands that lives on deliveries: the age of the data in use (None: there is none), and what its settings promise.

    `unseen_seconds`: how long a look is overdue that reads to the end what lies there; `looked`: one did, since the start. `error`: the
    code of what kept the last one, or a newer delivery, from being used, and that `file`'s name; `facts`: what the words of that code name
    besides, and nothing of what the file holds. `unused`: what lies there and is not used. All in machine time.
    """

    age_seconds: float | None
    longest_seconds: float | None
    unseen_seconds: float
    looked: bool
    error: str = ""
    file: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)
    unused: tuple[Unused, ...] = ()


@runtime_checkable
class Supplied(Protocol):
    """A source that answers from what is delivered."""

    def supply(self, *, look: bool) -> Supply:
        """How it stands, without waiting; `look`: see, beside it, what lies there if that is due."""


@runtime_checkable
class Reporting(Protocol):
    """A channel whose other side reports what became of the messages it took."""

    @property
    def reports(self) -> bool:
        """Whether it does so as it is set up; where it does, a message it never reports as delivered also goes another way."""

    def reported(self, headers: Mapping[str, str], query: Mapping[str, str], body: bytes) -> Sequence[Reached]:
        """What its own message says; header names are lower case. Raises Unproven, and Garbled where it cannot be understood."""
