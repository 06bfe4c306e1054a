"""What persons put under a decision: their names, and why. Whether two names are one person's, however they are typed."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping, Sequence

from inspector.domain.errors import Invalid
from inspector.domain.evidence import blank
from inspector.domain.signs import DOTS, composed

LONGEST = 400
"""Letters of a name, a reason, a piece of evidence."""
LONGEST_NAME = 100
"""Letters of the name in a token, which stands below what its holder signs."""


def same(one: str, other: str) -> bool:
    """Whether two names are one person's: without case, blanks, dots, full width, invisible letters, and the `os:` of the machine's users.

    Who is named at the command line signs with the machine's user beside the name (`at_machine`); one user there is one person,
    whatever names he or she writes, and so is whom the house has declared to be that user.
    """
    return bool(_names(one) & _names(other))


def at_machine(name: str | None, user: str, known: str = "") -> str:
    """How a person signs at the command line: the name that was written, and the machine's user (`os:…`) who wrote it.

    `known`: the name by which the house has declared that user (`declared`). It is in the signature, whatever name was written, so that
    the step is compared with what the same person does on the pages, then and years later.
    """
    if known:
        return f"{known} ({user})" if name is None or same(name, known) or same(name, user) else f"{name} ({user}={known})"
    return f"{name} ({user})" if name is not None and not same(name, user) else user


def acted(signature: str, names: Collection[str]) -> bool:
    """Whether what is signed so was done by whoever has one of these names.

    Where the house knew whose the machine's user is, the act is that person's, and not of whom he or she wrote beside it.
    """
    _, there, own = signature.rpartition(" (os:")
    user, known, person = own.removesuffix(")").partition("=")
    whose = (f"os:{user}", person) if there and known else (signature,)
    return any(same(one, name) for one in whose for name in names)


def declared(name: str, people: Mapping[str, Collection[str]]) -> str:
    """By which name the house knows whoever has this one; empty: it has declared nobody by it.

    `people`: the name that signs, and the other names of its holder: of tokens and admissions, and `os:…` of the machine's users.
    """
    return next((one for one, others in people.items() if any(same(name, told) for told in (one, *others))), "")


def names_of(name: str, people: Mapping[str, Collection[str]]) -> tuple[str, ...]:
    """Every name by which whoever has this one is known to the house: the one that signs first, and this one alone for a stranger."""
    person = declared(name, people)
    return (person, *people[person]) if person else (name,)


def twice(people: Mapping[str, Collection[str]]) -> tuple[str, str] | None:
    """Two persons of a declaration who have a name in common; None: everybody is one."""
    told = [(one, name) for one, others in people.items() for name in (one, *others)]
    return next(((one, other) for one, name in told for other, their in told if one != other and same(name, their)), None)


def said(field: str, text: str) -> str:
    """A text in one line that says something. Raises Invalid (`draw_field_unusable`)."""
    told = " ".join(text.split())
    if blank(told) or len(told) > LONGEST or not told.isprintable():
        raise Invalid("draw_field_unusable", field=field, most=LONGEST)
    return told


def two(by: Sequence[str]) -> tuple[str, str] | None:
    """The names of two different persons who say something together; None where they are not two. Raises Invalid, as `said`."""
    names = [said("by", one) for one in by]
    return (names[0], names[1]) if len(names) == 2 and not same(*names) else None


def refuse_nameless(name: str, field: str = "by") -> None:
    """Raise Invalid (`officer_nameless`) unless a step has somebody's name under it."""
    if not nameable(name):
        raise Invalid("officer_nameless", field=field)


def nameable(name: str) -> bool:
    """Whether a text names somebody where it is shown: one line of visible characters, without a tag or a blank at its ends."""
    return (
        name == name.strip()
        and not blank(name)
        and len(name) <= LONGEST_NAME
        and name.isprintable()
        and not set(name) & set("<>")
    )


def _names(told: str) -> set[str]:
    """The name and, where one stands behind it, the machine's user, both at their plainest."""
    folded = composed(told).casefold()
    plain = "".join(one for one in folded if not one.isspace() and one not in DOTS and unicodedata.category(one) != "Cf")
    name, *users = plain.split("(os:")
    return {name.removeprefix("os:"), *(one for user in users for one in user.removesuffix(")").split("="))}
