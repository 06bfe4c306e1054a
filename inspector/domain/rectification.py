"""An order to rectify once imposed: asked for early, looked at again without a visit, rectified or failed (handbook 1.1.12, 1.1.13).

Rectified in time closes it, with a minor entry at most (scenario 57). Late or still failing proposes to revoke (scenario 58): a named
officer looks and says so, silence says nothing, and nothing is revoked here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from inspector.domain.calendar import WorkingCalendar, reminder
from inspector.domain.case import Method
from inspector.domain.consequence import Consequence, ConsequenceState, Look, Rectification, Stage
from inspector.domain.course import Setting, because, counted, going, named, over, said, told, who
from inspector.domain.decision import Decision, Order, OrderKind
from inspector.domain.duty import FollowRow
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.evidence import Evidence, blank
from inspector.domain.grading import Harm
from inspector.domain.proposal import Proposal

NO_VISIT = frozenset({Method.ONLINE_QUERY, Method.OTHER_RESULT, Method.DOCUMENT, Method.ASSISTANCE})
"""What a re-check can go by: whatever is no visit (handbook 1.1.12; 2.3, a re-check uses up no slot)."""


def ask(
    held: Consequence, by: str, words: str, setting: Setting, row: FollowRow | None, asked_at: datetime
) -> Decision[Consequence]:
    """The subject, or an officer for it, asks for the re-check before the date: whichever comes first counts (handbook 1.1.12).

    Its working days are counted from when it asked (`asked_at`), and not from our typing.
    """
    under = _ordered(held)
    if under.asked_at is not None:
        raise Refusal("recheck_asked", consequence=held.id, at=under.asked_at.isoformat())
    said("by", by)
    said("words", words)
    first = counted(asked_at, row.term if row is not None else setting.row.decide, setting.calendar)
    under = replace(under, recheck_by=min(under.recheck_by, first))
    asked = replace(under, asked_at=asked_at, asked_by=by)
    facts = {"by": by, "words": words}
    return going(replace(held, rectification=asked), asked.recheck_by, setting, "consequence.recheck_asked", facts)


def may_ask(held: Consequence) -> bool:
    """Whether the re-check can be asked for: an order is under way, and nobody has asked yet."""
    return held.stage is Stage.RECHECK and held.rectification is not None and held.rectification.asked_at is None


def look(
    held: Consequence, seen: Look, cited: Sequence[Evidence], setting: Setting, row: FollowRow | None
) -> Decision[Consequence]:
    """A named officer enters what papers or an online answer show; no visit is made for it.

    Before the date a look that finds it not yet done changes nothing: the subject has until then. What was corrected in time is
    rectified, whenever somebody looked. Raises Refusal and Invalid.
    """
    under = _ordered(held)
    named(seen.signed)
    said("words", seen.words)
    if visits := [piece.id for piece in cited if piece.method not in NO_VISIT]:
        raise Invalid("recheck_visit", evidence=", ".join(visits), field="evidence")
    assert held.imposed_at is not None, "an order under way was imposed"
    if former := [piece.id for piece in cited if piece.asked_at < held.imposed_at]:
        raise Invalid("recheck_former", evidence=", ".join(former), field="evidence")
    bare = not cited and all(map(blank, seen.documents))
    # silence says nothing: what fails rests on what shows it, too (handbook 2.7)
    if bare and (seen.good or setting.now > under.until):
        raise Invalid("recheck_unproven", field="evidence")
    if seen.good and (seen.corrected_on is None or seen.corrected_on > setting.now.date()):
        raise Invalid("recheck_day_missing", field="corrected_on")
    found_on = setting.calendar.local_date(held.proposed_at)
    if seen.good and seen.corrected_on is not None and seen.corrected_on < found_on:
        raise Invalid("recheck_day_before", on=seen.corrected_on.isoformat(), since=found_on.isoformat(), field="corrected_on")
    facts = {
        **who(seen.signed),
        "good": seen.good,
        "on": seen.corrected_on.isoformat() if seen.corrected_on else None,
        "cited": list(seen.evidence),
        "documents": list(seen.documents),
        "words": seen.words,
        "until": under.until.isoformat(),
    }
    looked = replace(held, rectification=replace(under, looks=(*under.looks, seen), waits=None))
    if seen.good and seen.corrected_on is not None and seen.corrected_on <= under.until.date():
        return over(looked, ConsequenceState.RECTIFIED, seen.signed.by, seen.words, setting, "consequence.rectified", facts)
    if setting.now <= under.until:
        term = row.term if row is not None else setting.row.decide
        again = replace(under, asked_at=None, looks=(*under.looks, seen), recheck_by=counted(under.until, term, setting.calendar))
        return going(
            replace(held, rectification=again), again.recheck_by, setting, "consequence.rechecked", facts, ahead=under.until
        )
    return over(looked, ConsequenceState.FAILED, seen.signed.by, seen.words, setting, "consequence.failed", facts)


def reached(held: Consequence, on: date, setting: Setting, row: FollowRow | None) -> Decision[Consequence] | None:
    """The order has reached its subject: its date is counted from that day, by the length that the officer gave; None where it was before.

    Who was told late has had no time before (Penalties Law art. 28; handbook 1.1.12). One that was served on the day of the decision stays
    as it is.
    """
    under = _ordered(held)
    if under.served_on is not None:
        return None
    assert held.imposed_at is not None, "an order under way was imposed"
    calendar, was = setting.calendar, under.until
    begun = calendar.local_date(held.imposed_at)
    until, look_by = was, under.recheck_by
    if on > begun:
        day = on + (calendar.local_date(was) - begun)
        until = last_moment(day, calendar)
        term = row.term if row is not None else setting.row.decide
        first = counted(until, term, calendar)
        look_by = min(under.recheck_by, first) if under.asked_at is not None else first
    moved = replace(held, rectification=replace(under, until=until, recheck_by=look_by, served_on=on))
    due = (held.due_at or setting.now) if held.doubted else look_by
    facts = {"on": on.isoformat(), "until_was": was.isoformat(), "until": until.isoformat()}
    made = going(moved, due, setting, "consequence.reached", facts, ahead=until if setting.now < until else None)
    return replace(made, orders=(*made.orders, *reminding(made.state, setting)))


def last_moment(day: date, calendar: WorkingCalendar) -> datetime:
    """When a date to rectify ends; one that falls on a day off moves to the next working day (Civil Code art. 203; handbook 1.9.2)."""
    if not calendar.is_working_day(day):
        day = calendar.add_working_days(day, 1)
    return calendar.closing(day)


def remind_key(held: Consequence) -> str:
    """The key of the reminder; once the order has come, or has got more time, it has another one, since the date may be another."""
    on = held.rectification.served_on if held.rectification is not None else None
    key = f"{OrderKind.RECTIFY_REMIND.value}:{held.id}"
    key = key if on is None else f"{key}:{on.isoformat()}"
    longer = len(held.rectification.longer) if held.rectification is not None else 0
    return f"{key}:{longer}" if longer else key


def reminding(held: Consequence, setting: Setting) -> tuple[Order, ...]:
    """The reminder to the subject before its date, where one can still be sent."""
    under = _ordered(held)
    if setting.row.remind is None or setting.now >= under.until:
        return ()
    at = max(reminder(under.until, setting.row.remind.amount, setting.calendar), setting.now)
    order = Order(
        kind=OrderKind.RECTIFY_REMIND,
        key=remind_key(held),
        due_at=at,
        urgent_by=under.until,
        expires_at=under.until,
        case_id=held.case_id,
        payload={"consequence": held.id, "until": under.until.isoformat()},
    )
    return (order,)


def remind(held: Consequence) -> Decision[Consequence] | None:
    """The date comes near: its subject is reminded, once. None where there is nothing to remind of any more."""
    if held.state is not ConsequenceState.IMPOSED or held.rectification is None:
        return None
    facts = {"until": held.rectification.until.isoformat()}
    return Decision(state=held, because=because(held, "consequence.reminded", facts), told=(told("consequence.reminded", held),))


def doubt(held: Consequence, why: str, setting: Setting) -> Decision[Consequence]:
    """By rule: the outcome of an order in force fell. No re-check is due on it; an officer says in the row's time whether it stands."""
    under = replace(_ordered(held), waits=None)
    by = counted(setting.now, setting.row.decide, setting.calendar)
    return going(
        replace(held, doubted=why, upheld=None, rectification=under), by, setting, "consequence.doubted", {"fallen_by": why}
    )


def stand(held: Consequence, setting: Setting) -> Decision[Consequence]:
    """An officer has decided the case again as before: the order stands, and its re-check is due in the row's time at the soonest."""
    under = _ordered(held)
    by = max(under.recheck_by, counted(setting.now, setting.row.decide, setting.calendar))
    return going(replace(held, doubted=""), by, setting, "consequence.stands", {"doubted_by": held.doubted})


def spared(held: Consequence) -> bool:
    """Whether rectification in time leaves no penalty to propose: it could be cured, and no harm is known (handbook scenario 57).

    Whether it was the first time is not asked: what is slight, rectified in time and without harm is not punished in any case (Penalties
    Law art. 33 para. 1 sentence 1); the first time only lets an office spare what had a slight harm (sentence 2), and that it decides.
    """
    grading = held.grading
    return grading.curable is True and not grading.knowing and grading.harm in (None, Harm.NONE)


def _ordered(held: Consequence) -> Rectification:
    if held.proposal is not Proposal.ORDER_RECTIFY or held.state is not ConsequenceState.IMPOSED or held.rectification is None:
        raise Refusal("consequence_not_ordered", consequence=held.id, state=held.state)
    return held.rectification
