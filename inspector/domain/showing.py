"""What a promised fact may be shown by, where its subject is asked for it (self-proof, 自证; the plan, item 7; handbook 2.2, 7.10)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """That a fact may be proven by what its subject shows: what is fit for it, in words, and by which article it may be asked for.

    Never the certificate that the commitment stands for: the notice said that it need not be brought (the plan, items 2 and 4).
    """

    shows: str
    basis: str
