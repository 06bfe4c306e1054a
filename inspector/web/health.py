"""What health means at the edge: alive, and ready with the reasons when not."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """`live`: this process should not be restarted. `reasons` are label keys of the group `health` (or plain words); none: ready."""

    live: bool = True
    reasons: tuple[str, ...] = ()

    @property
    def ready(self) -> bool:
        """Whether work and requests are taken."""
        return self.live and not self.reasons
