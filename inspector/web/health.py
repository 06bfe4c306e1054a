"""What readiness means at the edge: work and requests are taken, and the reasons when not."""

from __future__ import annotations

from dataclasses import dataclass

from inspector.labels import Lang, known, label


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """Without `reasons` we are ready.

    A reason is a code with words in the group `health`, and may go on behind a colon: `database:OperationalError`.
    """

    reasons: tuple[str, ...] = ()

    @property
    def ready(self) -> bool:
        """Whether work and requests are taken."""
        return not self.reasons


def told(reason: str, lang: Lang) -> str:
    """A reason in words; one without words as it is."""
    code, _, detail = reason.partition(":")
    if not known(f"health.{code}", lang):
        return reason
    return label(f"health.{code}", lang) + (f" ({detail})" if detail else "")
