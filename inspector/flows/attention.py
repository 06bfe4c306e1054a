"""A person has seen to a matter: one way to say so, from the pages, the API and the command line."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from inspector.domain import replacement, veil
from inspector.domain.case import Case
from inspector.domain.consequence import UNDECIDED
from inspector.domain.decision import Because, Decision
from inspector.domain.docket import DISCLOSURE, LETTER_SCOPE
from inspector.domain.errors import Missing, Refusal
from inspector.domain.falling import IN_FORCE, REGRADE, SHAKEN
from inspector.domain.person import same
from inspector.domain.purge import quoted
from inspector.domain.respite import waits_for_us
from inspector.domain.statement import STUCK
from inspector.domain.striking import TO_STRIKE
from inspector.domain.withdrawal import CONCLUDED_BEFORE, WITHDRAWAL
from inspector.flows import (
    attested,
    clashing,
    edits,
    embargo,
    holders,
    hushing,
    leaves,
    restating,
    seeding,
    stopped,
    striking,
    supplies,
    unsettled,
    verify,
    watching,
    wording,
)
from inspector.flows.deputies import STOOD
from inspector.flows.record import record
from inspector.flows.repeals import REREVIEW
from inspector.flows.seats import CEASED_ASKED, CLASH, CONFLICT, LAPSED_NOTE
from inspector.labels import Lang, known, label
from inspector.store.room import Row
from inspector.store.tx import Tx

UNDONE = (
    leaves.UNDONE,
    edits.UNDONE,
    restating.UNDONE,
    watching.FEW,
    watching.TWICE,
    holders.EDITED,
    seeding.DIFFER,
    embargo.PUT_OFF,
)
"""Matters of what was undone around a draw, or changed, done or said for one, which a head closes who had no hand in it."""
_NAMED = ("inspector", "inspectors", "entered_by")
"""Facts of a matter that say who was drawn: an empty seat's certificate names those who could sit there."""


_WORDS = {LETTER_SCOPE: ("words",)}
"""Facts of a matter that are its subject's own words: they are read on its page and in the case, where it is on record who does."""


def facts(kind: str, body: str) -> dict[str, object]:
    """What a matter says, without the staff code of anybody drawn, a subject's own words, and a link's secret of an older release.

    Who goes is read in the draw's list, where each reading before the visits is an entry of the ledger; of matters none is.
    """
    kept_back = (*_NAMED, *_WORDS.get(kind, ()))
    return veil.over({name: value for name, value in dict(json.loads(body)).items() if name not in kept_back})


def whole(tx: Tx, row: Row) -> tuple[dict[str, object], tuple[Case, ...]]:
    """What a matter says with the words that stand in evidence, and the cases that any of it is of: who reads it has looked at these."""
    said = facts(row["kind"], row["body"])
    pieces: list[dict[str, str]] = json.loads(row["body"]).get("pieces", []) if row["kind"] == verify.VALUE_UNREAD else []
    words = {"words": verify.worded(tx, pieces)} if pieces else {}
    names = {row["about"], *(str(one["case"]) for one in pieces), *quoted(said)}
    cases = sorted({case for name in names if (case := hushing.case_of(tx, name))})
    return {**said, **words}, tuple(map(tx.cases.get, cases))


_MACHINES = ("connector", "count", "due_at", "error", "lane")
"""Facts of a matter by which whoever runs the machine mends it."""
_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z_.:+-]{0,79}")


def of_machine(body: str) -> dict[str, object]:
    """What whoever runs the machine is told of a matter: connectors, counts, dates and codes of errors, and nobody's words."""
    held = {name: value for name, value in dict(json.loads(body)).items() if name in _MACHINES}
    return {name: one for name, one in held.items() if isinstance(one, int) or (isinstance(one, str) and _CODE.fullmatch(one))}


def told(kind: str, body: str, lang: Lang) -> str:
    """What a matter says, in words, where its kind has such (group `attention_told`); else nothing."""
    said = facts(kind, body)
    match kind:
        case verify.ANSWER_GARBLED:
            codes = said.get("codes")
            counted = ", ".join(f"{code} ×{count}" for code, count in codes.items()) if isinstance(codes, dict) else ""
            said = {"source": "-", "count": 1, **said, "codes": counted or "-"}
        case unsettled.UNDELIVERABLE:
            detail = f" ({said['detail']})" if said.get("detail") else ""
            letter = wording.code("LetterKind", str(said.get("letter", "")), lang)
            error = wording.code("note", str(said.get("error", "")), lang)
            said = {"to": said.get("to", "-"), "letter": letter, "error": error, "detail": detail}
        case unsettled.SUPERIOR_UNKNOWN if said.get("error"):
            error = wording.code("note", str(said["error"]), lang)
            return label("attention_told.superior_unreached", lang, **{"superior": "-", **said, "error": error})
        case unsettled.SUPERIOR_UNKNOWN if said.get("superior"):
            return label("attention_told.superior_mute", lang, **said)
        case unsettled.LETTER_HOLDS:
            letters = said.get("letters")
            words = [wording.code("LetterKind", str(one), lang) for one in letters] if isinstance(letters, list) else []
            said = {"requested": "-", "goes_on": "-", "heads": "-", **said, "letters": ", ".join(words) or "-"}
        case unsettled.DATE_PROPOSED | unsettled.TO_POST:
            return _named(said, lang) if kind == unsettled.DATE_PROPOSED else _to_post(said, lang)
        case unsettled.DATE_UNHEARD:
            said = {"requested": "-", "day": "-", "since": "-", "goes_on": "-", "heads": "-", **said}
        case supplies.LATE:
            return label(
                f"attention_told.{kind}", lang, connector=said.get("connector", "-"), why=wording.late(said, lang) or "-"
            )
        case supplies.UNUSED:
            said = {"connector": said.get("connector", "-"), "files": wording.unused(said, lang)}
        case _:
            pass
    key = f"attention_told.{kind}"
    return label(key, lang, **said) if known(key, lang) else ""


def _to_post(said: Mapping[str, Any], lang: Lang) -> str:
    """The date that a page bears and by what day's posting it holds; nothing of a letter whose posting moves no date."""
    if "printed" not in said:
        return ""
    letter = wording.code("LetterKind", str(said["letter"]), lang)
    return label("attention_told.letter_to_post", lang, **{"to": "-", **said, "letter": letter, "after": said["counted_after"]})


def _named(said: Mapping[str, Any], lang: Lang) -> str:
    """A date that an agency has named: what it waits for, by when, and whether the case itself is due before."""
    told = {"requested": "-", "day": "-", "until": "-", **said}
    key = "date_went_on" if said.get("went_on") else "date_holds" if said.get("holds") else "date_proposed"
    more = [name for name, fact in (("date_goes_on", "goes_on"), ("date_beyond", "case_due")) if said.get(fact)]
    names = [key, *more] if key != "date_went_on" else [key, *more[1:]]
    return "".join(label(f"attention_told.{name}", lang, **told) for name in names)


def close(tx: Tx, attention_id: str, by: str, now: datetime, *, note: str = "", sees: Collection[str] | None = None) -> None:
    """Close an open matter, within the agencies `by` sees (None: all); the ledger keeps who.

    What one person has done and another is to look at, the first one does not close; what was done in a head's stead a head alone
    (`attention_of_head`). Who closes the matter of an object recorded as no more, and does not sign it, does not agree: the visit is to
    be made. Raises Missing for any other matter, and Refusal: `attention_own`, and what `_refuse_passing` and `clashing.refuse` raise.
    """
    held = tx.attention.get(attention_id)
    if held is None or (sees is not None and held["agency"] not in sees):
        raise Missing("attention_unknown", attention=attention_id)
    _refuse_passing(tx, held["kind"], held["about"], attention_id)
    if held["kind"] == CLASH:
        clashing.refuse(tx, held["about"], held["agency"], note)
    if held["kind"] == LAPSED_NOTE:
        attested.refuse(tx, held["about"], held["agency"], by, attention_id, now)
    if held["kind"] == STOOD:
        _by_head(attention_id, held["body"], by)
    ceased = held["kind"] == CEASED_ASKED
    hands = json.loads(held["body"])["by"] if held["kind"] in (CEASED_ASKED, *UNDONE) else []
    if any(same(one, by) for one in ([hands] if isinstance(hands, str) else hands)):
        raise Refusal("attention_own", attention=attention_id, by=by)
    if ceased:
        seen = tx.visits.get(held["about"], lock=True)
        refused = replacement.stays(seen, by, tx.draws.get(seen.draw).pack)
        if refused.state != seen:
            tx.visits.put(refused.state)
            record(tx, seen.id, refused, now, {})
    if held["kind"] == TO_STRIKE:
        striking.decline(tx, held["about"], note, by, now)
    if not tx.attention.close(attention_id, now):
        raise Missing("attention_unknown", attention=attention_id)
    facts = {"attention": attention_id, "by": by, "note": note}
    because = Because(rule="attention.close", basis=(), pack="", facts=facts)
    record(tx, held["about"], Decision(state=None, because=because), now, {})


def _refuse_passing(tx: Tx, kind: str, about: str, attention_id: str) -> None:
    """Raise Refusal for what a word in passing does not end.

    `withdrawal_unanswered`; `overtaken_unanswered` of one that came too late; `date_unanswered` while an agency waits for a word about the
    date that it has named; of an item that rests on a repealed document `attention_needs_confirmation`; of an entry that a receiver still
    has `retraction_open`; of a decision in force whose ground fell, or that of its grade, and of what nobody has decided of a finding in
    doubt, `shaken_unanswered`: that it stands is said by a step of its own; `attention_needs_word` of what an officer is to say with
    reasons by a step of its own: a penalty, or a letter, is public or is not; `conflict_undecided` of a visit without an open day: an
    officer names it.
    """
    if kind == WITHDRAWAL:
        raise Refusal("withdrawal_unanswered", case=about)
    if kind == CONCLUDED_BEFORE:
        raise Refusal("overtaken_unanswered", case=about)
    if kind == REREVIEW:
        raise Refusal("attention_needs_confirmation", attention=attention_id)
    if kind in (unsettled.DATE_PROPOSED, unsettled.DATE_UNHEARD) and waits_for_us(tx.assistance.get(about)):
        raise Refusal("date_unanswered", request=about)
    shaken = tx.consequences.find(about) if kind in (SHAKEN, REGRADE) else None
    if shaken is not None and (shaken.state in IN_FORCE or (kind == SHAKEN and shaken.state in UNDECIDED)):
        raise Refusal("shaken_unanswered", consequence=about)
    if kind in (DISCLOSURE, LETTER_SCOPE):
        raise Refusal("attention_needs_word", attention=attention_id)
    if kind == CONFLICT and (held := tx.visits.get(about)).state.open and held.conflict:
        raise Refusal("conflict_undecided", visit=about)
    if kind == STUCK:
        stopped.refuse_open(tx, about)


def _by_head(attention_id: str, body: str, by: str) -> None:
    """Raise Refusal for anybody but a head: what was done in a head's stead is seen by one."""
    heads = json.loads(body)["heads"]
    if not any(same(one, by) for one in heads):
        raise Refusal("attention_of_head", attention=attention_id, by=by, heads=", ".join(heads))
