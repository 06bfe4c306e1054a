"""A penalty as it is decided: what it is, and by which law, its subject has read before (Penalties Law art. 44, 59)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from inspector.domain.consequence import Consequence, Verdict
from inspector.domain.course import Setting, said
from inspector.domain.errors import Invalid
from inspector.domain.evidence import blank
from inspector.domain.proposal import FINE_WORDS


def announced(held: Consequence, verdict: Verdict, setting: Setting) -> Verdict:
    """A penalty as it is decided: by a law that its subject has read, with a content that it has read (Penalties Law art. 44, 59).

    What is left out is as the notice told it, or by the law of the row. No program can say which of two penalties is the graver one, so
    the officer says it of another content (`lighter`). By another law, or graver, it is another proposal: this one is let go, and a
    notice given of that one.
    A fine says how and by when it is paid (art. 59).
    One of a grade that the row names was discussed by the heads together, and says where that is recorded (art. 57).
    Raises Invalid (`consequence_law_missing`, `penalty_law_unread`, `penalty_performance_missing`, `penalty_undiscussed`,
    `penalty_unread`).
    """
    told = held.notice
    assert told is not None, "what is decided was served"
    law = verdict.law
    if blank(law) and not setting.row.law:
        law = "；".join(one for one in told.basis if one not in held.basis)
    if blank(law) and not setting.row.law:  # a notice that an earlier release has taken named none
        raise Invalid("consequence_law_missing", field="law")
    named, known = _articles(law), {article for one in told.basis for article in _articles(one)}
    if not blank(law) and not (named and named <= known):
        raise Invalid("penalty_law_unread", consequence=held.id, law=law, told="；".join(told.basis), field="law")
    content = verdict.content if not blank(verdict.content) else told.content
    said("content", content)
    if fines(content) and blank(verdict.performance):
        raise Invalid("penalty_performance_missing", consequence=held.id, field="performance")
    refuse_undiscussed(held, verdict, setting)
    other = _bare(content) != _bare(told.content)
    if other and (blank(told.content) or not verdict.lighter):
        raise Invalid("penalty_unread", consequence=held.id, told=told.content or "—", field="lighter")
    return replace(verdict, law=law, content=content, lighter=other)


def refuse_undiscussed(held: Consequence, verdict: Verdict, setting: Setting) -> None:
    """Raise Invalid (`penalty_undiscussed`) for one of a grade that the row names, unless it says where the discussion is recorded."""
    if held.grading.grade in setting.row.collective and blank(verdict.discussed):
        raise Invalid("penalty_undiscussed", consequence=held.id, field="discussed")


def content(verdict: Verdict) -> dict[str, object]:
    """What a decision says of a penalty beside its law: what it is, and whether the officer has found another one than was announced."""
    if not verdict.content:
        return {}
    told: dict[str, object] = {"content": verdict.content, "lighter": verdict.lighter}
    more = {name: getattr(verdict, name) for name in ("performance", "discussed")}
    return told | {name: text for name, text in more.items() if not blank(text)}


def fines(content: str) -> bool:
    """Whether a penalty is a fine, in whole or in part."""
    words = {*re.findall("[a-z]+", content.lower())}
    return any(one in words if one.isascii() else one in content for one in FINE_WORDS)


def _articles(text: str) -> frozenset[str]:
    return frozenset(_bare(one) for one in re.split("[;；\n]", text) if not blank(one))


def _bare(text: str) -> str:
    """A text without its spaces: how it is typed makes no other one of it."""
    return "".join(unicodedata.normalize("NFKC", text).split())
