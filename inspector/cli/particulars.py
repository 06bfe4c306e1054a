"""What `consequence show` says of the parts of a consequence: how a penalty began, its hearing, the text of its decision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.cli.terminal import in_words

if TYPE_CHECKING:
    from inspector.domain.consequence import Hearing, Verdict
    from inspector.domain.onset import Onset
    from inspector.labels import Lang


def onset(held: Onset) -> dict[str, object]:
    """When the act was done and found, by which last day, and the paper by which the proceeding was opened before it was entered here."""
    told = {name: getattr(held, name) for name in ("since", "found_on", "last", "opened_on", "document")}
    return {name: value for name, value in told.items() if value}


def sitting(hearing: Hearing, lang: Lang) -> dict[str, object]:
    """When and where the hearing is, as it was fixed last, and who presides."""
    if not hearing.sittings:
        return {}
    last = hearing.sittings[-1]
    return {"begins": in_words(last.begins, lang), "venue": last.place, "presides": last.presides}


def text(verdict: Verdict) -> dict[str, object]:
    """What is decided, in all its parts: who agrees agrees to these."""
    told = {name: getattr(verdict, name) for name in ("content", "performance", "discussed", "law", "public_interest", "rights")}
    return {name: value for name, value in told.items() if value}
