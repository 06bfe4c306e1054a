"""Reasons and names that say something: a full stop, a dash, 无 or "N/A" is none (the plan, item 7: no refusal without reasons).

Which words say nothing is data: the labels `idle.words` of both languages.
"""

from __future__ import annotations

from functools import cache

from inspector.domain.assistance import Door, Word
from inspector.domain.errors import Invalid
from inspector.domain.evidence import blank
from inspector.labels import LANGS, label


def telling(reasons: str, signer: str, *, field: str = "reasons") -> None:
    """Raise Invalid (`reasons_idle`, `signer_idle`) for what is filled in and says nothing; what is empty is left to the step itself."""
    if idle(reasons):
        raise Invalid("reasons_idle", field=field, said=reasons.strip())
    if idle(signer):
        raise Invalid("signer_idle", field="signer", said=signer.strip())


def word(reasons: str, signer: str, door: Door | None = None) -> Word:
    """A word with reasons that say something. Raises Invalid."""
    telling(reasons, signer)
    return Word(reasons=reasons, signer=signer, door=door)


def idle(text: str) -> bool:
    """Whether a text has signs and says nothing: no letter and no digit among them, or one of the words that stand for nothing."""
    if blank(text):
        return False
    return not any(sign.isalnum() for sign in text) or blank(text.strip(" .。,，;；!！…"), _words())


@cache
def _words() -> tuple[str, ...]:
    return tuple(word for lang in LANGS for word in label("idle.words", lang).split())
