"""What is written into the lines of an answer's form, as people write it: which step it means, or that a person has to read it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from functools import cache
from typing import TypeVar

from inspector.domain.assistance import Inability, Quarrel
from inspector.domain.day import refuse_beyond
from inspector.domain.errors import Invalid
from inspector.domain.evidence import Verdict
from inspector.domain.said import Filled, Said, Saying, guess
from inspector.incoming import LONGEST_LINE
from inspector.labels import LANGS, label

_DAY = re.compile(r"(\d{4})[^\d\n]{1,3}(\d{1,2})[^\d\n]{1,3}(\d{1,2})\D{0,2}")


One = TypeVar("One", bound=StrEnum)


def meant(filled: Mapping[str, str]) -> tuple[Said, ...]:
    """What the filled lines of a mail say: one word, or a part of an answer and a wish for more time for the rest of it.

    Reasons alone that speak of more time are no refusal, and no step is guessed from them (`mail_longer`): a person reads them.

    Raises Invalid (`mail_verdict`, `mail_accepted`, `mail_day`, `mail_line`, `mail_longer`, `mail_choice`, `slip_mixed`, `slip_empty`) for
    what is no such thing.
    """
    for name, text in filled.items():
        if len(text) > LONGEST_LINE:
            raise Invalid("mail_line", field=name, most=LONGEST_LINE)
    verdict = _verdict(filled["verdict"]) if "verdict" in filled else None
    day = _day(filled["day"]) if "day" in filled else None
    value, rest, to, reasons = (filled.get(name, "") for name in ("value", "rest", "to", "reasons"))
    longer, warn, calm = (filled.get(name, "") for name in ("longer", "warn", "calm"))
    inability = _one_of("inability", filled, "Inability", Inability)
    about = _one_of("about", filled, "Quarrel", [one for one in Quarrel if one is not Quarrel.REFUSAL])
    signer, accepted = filled.get("signer", "").partition("\n")[0], "accepted" in filled and _yes(filled["accepted"])
    told = Filled(
        verdict=verdict,
        value=value,
        rest=rest,
        accepted=accepted,
        day=day,
        longer=longer,
        to=to,
        reasons=reasons,
        warn=warn,
        inability=inability,
        about=about,
        calm=calm,
    )
    do = guess(told)
    wish = Said(
        do=Saying.EXTEND if day is None else Saying.PROPOSE,
        signer=signer,
        reasons="\n".join(filter(None, (longer, reasons))),
        day=day,
    )
    if do is wish.do:
        return (wish,)
    if do is Saying.DECLINE and inability is None and any(word in reasons.casefold() for word in _time_words()):
        raise Invalid("mail_longer", field="reasons")
    why = "\n".join(filter(None, (calm, reasons))) if do is Saying.CALM else warn or reasons
    said = Said(
        do=do,
        signer=signer,
        verdict=verdict,
        value=value,
        rest=rest,
        reasons=why,
        day=day,
        to=to,
        inability=inability,
        about=about or Quarrel.COMPETENCE,
    )
    return (said, wish) if longer else (said,)


def listed(name: str) -> list[str]:
    """The words of a label that lists some, in both languages."""
    return [word.strip() for lang in LANGS for word in label(name, lang).split(",")]


@cache
def _time_words() -> tuple[str, ...]:
    """What reasons speak of that ask for more time, in both languages."""
    return tuple(word.casefold() for word in listed("slip.time_words"))


def _verdict(text: str) -> Verdict:
    said = {
        label(f"Verdict.{one.name}", lang).casefold(): one for lang in LANGS for one in Verdict if one is not Verdict.NO_ANSWER
    }
    found = said.get(text.strip(" 。.").casefold())
    if found is None:
        words = {lang: (label(f"Verdict.{one.name}", lang) for one in dict.fromkeys(said.values())) for lang in LANGS}
        raise Invalid(
            "mail_verdict", field="verdict", told=text[:40], known=", ".join(words["en"]), known_zh="、".join(words["zh-Hans"])
        )
    return found


def _day(text: str) -> date:
    found = _DAY.fullmatch(text.strip(" 。."))
    try:
        day = date(*(int(part) for part in found.groups())) if found else date.fromisoformat(text)
    except ValueError:
        raise Invalid("mail_day", field="day", told=text[:40]) from None
    refuse_beyond(day, "day")
    return day


def _yes(text: str) -> bool:
    """Whether a word says that the request has been taken on. Raises Invalid for any other."""
    if text.strip(" 。.").casefold() not in (word.casefold() for word in listed("mail.accepted")):
        known = {lang: label("mail.accepted", lang) for lang in LANGS}
        raise Invalid("mail_accepted", field="accepted", told=text[:40], known=known["en"], known_zh=known["zh-Hans"])
    return True


def _one_of(name: str, filled: Mapping[str, str], group: str, known: Iterable[One]) -> One | None:
    """Which of the words that a line names stands there, in either language; None of an empty line. Raises Invalid (`mail_choice`)."""
    text, choices = filled.get(name, ""), list(known)
    if not text:
        return None
    said = {label(f"{group}.{one.name}", lang).casefold(): one for lang in LANGS for one in choices}
    if (found := said.get(text.strip(" 。.").casefold())) is not None:
        return found
    words = {lang: (label(f"{group}.{one.name}", lang) for one in choices) for lang in LANGS}
    raise Invalid("mail_choice", field=name, told=text[:40], known=", ".join(words["en"]), known_zh="、".join(words["zh-Hans"]))
