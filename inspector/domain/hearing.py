"""A hearing (听证): asked for by the subject, fixed and told in time, held, or given up (Penalties Law art. 63 to 65).

Nobody presides over it who has investigated the case or has a part in what is proposed; nothing is decided before it was held or given up.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from inspector.domain import ownword
from inspector.domain.calendar import Term, Unit, WorkingCalendar
from inspector.domain.consequence import Consequence, ConsequenceState, Hearing, Signed, Sitting, Statement, StatementKind
from inspector.domain.course import Setting, counted, going, named, said, who
from inspector.domain.decision import Decision
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.evidence import blank
from inspector.domain.offered import offers
from inspector.domain.person import refuse_nameless, same
from inspector.domain.proposal import ConsequenceRow

LEAST = Term(amount=7, unit=Unit.WORKING_DAY)
"""How long before it a hearing is told (Penalties Law art. 64); in that law seven days are working days (art. 85)."""
BASIS = "S1:64;S1:85"
"""The articles by which a hearing is fixed and told."""
PROXIES = 2
"""So many may come for the subject (Penalties Law art. 64)."""


def notice(row: ConsequenceRow) -> Term:
    """How long before a hearing its subject is told of it; a pack of before that says nothing goes by the law."""
    return row.hearing_notice or LEAST


def open_to(held: Consequence, row: ConsequenceRow) -> bool:
    """Whether its subject may ask for one: by the row, or by the notice that it has read; what an officer has promised is owed."""
    return row.hearing or (held.notice is not None and offers(held.notice.rights))


def first_day(told_on: datetime, setting: Setting) -> date:
    """The first day on which a hearing may be held of which the subject is told at a moment."""
    return setting.calendar.local_date(counted(told_on, notice(setting.row), setting.calendar))


def last_day(on: date, setting: Setting) -> date:
    """The last day on which a notice of a hearing on a day may come so as to be in time; today at the soonest."""
    day, today = on, setting.calendar.local_date(setting.now)
    while day > today and first_day(setting.calendar.closing(day), setting) > on:
        day -= timedelta(days=1)
    return day


def fix(held: Consequence, sitting: Sitting, investigated: Collection[str], setting: Setting) -> Decision[Consequence]:
    """An officer fixes when and where a hearing is that was asked for, and who presides; another time is a move, with reasons.

    What was asked for too late gives no right to one; an officer may hold it all the same, with reasons, until it is decided.

    `investigated`: who has investigated or decided the case beside those who have a part in the proposal. Raises Refusal
    (`consequence_no_hearing`, `hearing_presider_own`) and Invalid (`hearing_too_early`, `consequence_words_missing`, `officer_nameless`).
    """
    granted = wished_late(held) if open_to(held, setting.row) else None
    asked = Hearing(asked_at=granted.at) if granted is not None else _open(held)
    named(sitting.fixed)
    refuse_nameless(sitting.presides, "presides")
    said("place", sitting.place)
    if asked.sittings or granted is not None:
        said("reasons", sitting.reasons)
    if own := next((one for one in (*_names(held), *investigated) if same(one, sitting.presides)), ""):
        raise Refusal("hearing_presider_own", consequence=held.id, presides=sitting.presides, own=own)
    first, day = first_day(setting.now, setting), setting.calendar.local_date(sitting.begins)
    if day < first:
        raise Invalid("hearing_too_early", consequence=held.id, on=day.isoformat(), first=first.isoformat(), field="begins")
    fixed = replace(held, hearing=replace(asked, sittings=(*asked.sittings, sitting)))
    if granted is not None:  # a decision that is written and waits was made without it
        fixed = replace(fixed, verdict=None)
    facts = {**who(sitting.fixed), "begins": sitting.begins.isoformat(), "venue": sitting.place, "presides": sitting.presides}
    facts |= {"closed": sitting.closed} if not blank(sitting.closed) else {}
    facts |= {"reasons": sitting.reasons} if sitting.reasons else {}
    facts |= {"begins_was": asked.sittings[-1].begins.isoformat()} if asked.sittings else {}
    made = going(fixed, sitting.begins, setting, "consequence.hearing_fixed", facts)
    return replace(made, because=replace(made.because, basis=tuple(dict.fromkeys((*made.because.basis, BASIS)))))


def refuse_off_hours(sitting: Sitting, calendar: WorkingCalendar) -> None:
    """Raise Invalid (`hearing_off_hours`) for a hearing on a day off, or outside the office's hours.

    That may be meant, and may be a slip of the pen of which its subject would hear at once: an officer says that it is meant.
    """
    begins = calendar.local(sitting.begins)
    if not calendar.is_working_day(begins.date()) or not calendar.opens <= begins.time() < calendar.closes:
        told = {"opens": f"{calendar.opens:%H:%M}", "closes": f"{calendar.closes:%H:%M}"}
        raise Invalid("hearing_off_hours", begins=f"{begins:%Y-%m-%d %H:%M}", field="off_hours", **told)


def heard(
    held: Consequence, *, on: date, record: str, signed: Signed, setting: Setting, proxies: Sequence[str] = ()
) -> Decision[Consequence]:
    """It was held on the day that was fixed; `record` says where the minutes are, `proxies` who came for the subject.

    Raises Refusal (`consequence_no_hearing`, `hearing_unfixed`), Invalid (`hearing_out_of_range`, `hearing_other_day`, `hearing_proxies`).
    """
    asked = _entered(held, on, record, signed, setting)
    _on_its_day(held, asked, on, setting)
    if len(proxies) > PROXIES:
        raise Invalid("hearing_proxies", most=PROXIES, field="proxies")
    for one in proxies:
        refuse_nameless(one, "proxies")
    done = replace(asked, held=True, on=on, record=record, entered=signed, proxies=tuple(proxies))
    facts = {"held": True, "on": on.isoformat(), "document": record, "presides": asked.sittings[-1].presides}
    return _over(held, done, signed, facts | ({"proxies": list(proxies)} if proxies else {}), setting)


def waived(
    held: Consequence, *, on: date, record: str, signed: Signed, setting: Setting, digests: Sequence[str] = ()
) -> Decision[Consequence]:
    """Its subject has given it up; `record` says where that is written.

    That needs the `digests` of the subject's signed paper, where its own door has not said so since it asked (`waiver_unsigned`).
    """
    asked = _entered(held, on, record, signed, setting)
    if not digests and not waived_itself(held):
        raise Invalid("waiver_unsigned", field="digests")
    done = replace(asked, held=False, on=on, record=record, entered=signed, digests=tuple(digests))
    return _over(held, done, signed, {"held": False, "on": on.isoformat(), "document": record, "digests": list(digests)}, setting)


def absent(
    held: Consequence, *, on: date, record: str, signed: Signed, setting: Setting, told_on: date | None
) -> Decision[Consequence]:
    """Whoever was told in time did not come and gave no good reason: it counts as given up (Penalties Law art. 64).

    `told_on`: the day on which the notice of this time and place came; None: nothing proves that it did. Raises Refusal
    (`hearing_untold`) unless that was long enough before, and what `heard` raises.
    """
    asked = _entered(held, on, record, signed, setting)
    _on_its_day(held, asked, on, setting)
    sitting, term = asked.sittings[-1], notice(setting.row)
    in_time = told_on is not None and first_day(setting.calendar.closing(told_on), setting) <= on
    if not in_time or setting.now < sitting.begins:
        raise Refusal("hearing_untold", consequence=held.id, on=on.isoformat(), told=str(told_on or "—"), term=term)
    done = replace(asked, held=False, absent=True, on=on, record=record, entered=signed)
    facts = {"held": False, "absent": True, "on": on.isoformat(), "document": record, "told_on": str(told_on)}
    return _over(held, done, signed, facts, setting)


def waived_itself(held: Consequence) -> bool:
    """Whether the subject's own door has waived since the hearing was asked for."""
    asked = held.hearing.asked_at if held.hearing is not None else held.proposed_at
    return any(ownword.itself(one) and one.at >= asked for one in held.waivers)


def wished_late(held: Consequence) -> Statement | None:
    """A wish to be heard that came when the time for it was over, and that an officer may still grant."""
    if held.state is not ConsequenceState.NOTICED or held.hearing is not None:
        return None
    return next((one for one in held.statements if one.kind is StatementKind.HEARING and one.late), None)


def _open(held: Consequence) -> Hearing:
    """The hearing that was asked for and neither held nor given up. Raises Refusal (`consequence_no_hearing`)."""
    if held.state is not ConsequenceState.NOTICED or held.hearing is None or held.hearing.held is not None:
        raise Refusal("consequence_no_hearing", consequence=held.id)
    return held.hearing


def _entered(held: Consequence, on: date, record: str, signed: Signed, setting: Setting) -> Hearing:
    asked = _open(held)
    named(signed)
    said("record", record)
    if not asked.asked_at.date() <= on <= setting.now.date():
        raise Invalid("hearing_out_of_range", since=asked.asked_at.date().isoformat(), field="on")
    return asked


def _on_its_day(held: Consequence, asked: Hearing, on: date, setting: Setting) -> None:
    """Raise unless the day is the one that was fixed: of another one its subject was not told."""
    if not asked.sittings:
        raise Refusal("hearing_unfixed", consequence=held.id)
    fixed = setting.calendar.local_date(asked.sittings[-1].begins)
    if on != fixed:
        raise Invalid("hearing_other_day", consequence=held.id, on=on.isoformat(), fixed=fixed.isoformat(), field="on")


def _over(held: Consequence, done: Hearing, signed: Signed, facts: dict[str, object], setting: Setting) -> Decision[Consequence]:
    after = max(held.due_at or setting.now, counted(setting.now, setting.row.decide, setting.calendar))
    return going(replace(held, hearing=done), after, setting, "consequence.hearing", {**who(signed), **facts})


def _names(held: Consequence) -> tuple[str, ...]:
    """Who has a part in what is proposed: none of them presides (Penalties Law art. 64)."""
    return tuple(one.by for one in held.deciders)
