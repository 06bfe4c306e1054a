"""Errors sorted by what to do next. Each has a stable code and facts; the words people read come from labels."""

from __future__ import annotations


class InspectorError(Exception):
    """The root. `code` is stable; `facts` are the parameters of its label (no personal data beyond what the reader sent)."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code, facts)
        self.code = code
        self.facts = facts

    def __str__(self) -> str:
        told = ", ".join(f"{name}={value!r}" for name, value in self.facts.items())
        return f"{self.code}({told})" if told else self.code


class Invalid(InspectorError):
    """What was handed in cannot be used as it is: mend the named field and send it again."""


class Refusal(InspectorError):
    """The action is understood and not allowed in the present state; sending it again changes nothing."""


class Conflict(Refusal):
    """The same reference was used before for different content."""


class Missing(InspectorError):
    """There is no such thing, or the asker may not know of it."""


class Forbidden(InspectorError):
    """The asker is known and not entitled."""


class Away(InspectorError):
    """The records cannot be reached or written at present; nothing was stored, and sending it again later is right."""


class Damaged(InspectorError, ValueError):
    """What is stored cannot be read: it was damaged, or is of a shape that no release here knows. Only a person can mend it."""


class Newer(Away):
    """What is stored says more than this release knows: to write it back would erase that. Whoever wrote it goes on with it."""


class Stale(InspectorError):
    """Another hand moved first (version or fence differ); nothing was written and the work runs again."""
