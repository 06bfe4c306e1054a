"""More time for an order to rectify (延长整改期限): given by an officer, with reasons, before it has failed; nothing else changes by it.

Whom the pack asks for the order itself agrees to more time, too. The former date stays; reminder and re-check move with the new one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from inspector.domain.consequence import Agreement, Consequence, ConsequenceState, MoreTime, Rectification, Signed, Stage
from inspector.domain.course import Setting, apart, counted, going, named, read, said, who
from inspector.domain.decision import Decision
from inspector.domain.duty import FollowRow
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.proposal import ConsequenceRow, Proposal
from inspector.domain.rectification import last_moment, reminding


def give(held: Consequence, given: MoreTime, setting: Setting, recheck: FollowRow | None) -> Decision[Consequence]:
    """An officer gives more time; where the row asks for others it waits for them (`agree`).

    Raises Refusal (`consequence_not_ordered`) where no order is under way, Invalid (`more_time_out_of_range`).
    """
    under = _under_way(held)
    named(given.signed)
    said("reasons", given.reasons)
    said("law", given.law)
    first, last = days(held, setting)
    if not first <= given.until <= last:
        raise Invalid("more_time_out_of_range", first=first.isoformat(), last=last.isoformat(), field="until")
    written = replace(given, was=under.until, agreed={})
    if lacking(written, setting.row):
        waits = replace(held, rectification=replace(under, waits=written))
        facts = {**who(given.signed), "reasons": given.reasons, "law": given.law, "until": given.until.isoformat()}
        return going(waits, held.due_at or setting.now, setting, "consequence.more_time_written", facts, ahead=setting.now)
    return _moved(held, under, written, setting, recheck)


def agree(
    held: Consequence,
    kind: Agreement,
    signed: Signed,
    words: str,
    setting: Setting,
    recheck: FollowRow | None,
    *,
    turn: int,
    close: Sequence[str] = (),
) -> Decision[Consequence]:
    """Another person agrees to more time that is written; with the last one whom the row asks for it takes effect.

    Raises Refusal (`more_time_unwritten`, `consequence_agreed`, `consequence_same_person`) and what `course.read` and `apart` raise.
    """
    under = _under_way(held)
    written = under.waits
    if written is None:
        raise Refusal("more_time_unwritten", consequence=held.id)
    read(held, turn)
    named(signed)
    said("words", words)
    if kind not in lacking(written, setting.row):
        raise Refusal("consequence_agreed", consequence=held.id, kind=kind)
    if any(signed.is_of(other) for other in (written.signed, *written.agreed.values())):
        raise Refusal("consequence_same_person", consequence=held.id, by=signed.by)
    apart(held, signed, ", ".join(one.by for one in (written.signed, *written.agreed.values())), close, setting)
    agreed = replace(written, agreed={**written.agreed, kind: signed})
    if lacking(agreed, setting.row):
        facts = {"by": signed.by, "agreement": kind.value, "words": words}
        waits = replace(held, rectification=replace(under, waits=agreed))
        return going(waits, held.due_at or setting.now, setting, "consequence.agreed", facts, ahead=setting.now)
    return _moved(held, under, agreed, setting, recheck)


def days(held: Consequence, setting: Setting) -> tuple[date, date]:
    """From which day to which the new date may lie: behind the present one, and as far from now as an order of now might."""
    under, calendar = _under_way(held), setting.calendar
    assert setting.row.most is not None, "the loader refuses a row without limits"
    first = max(calendar.local_date(under.until), calendar.local_date(setting.now))
    return calendar.add_working_days(first, 1), calendar.local_date(counted(setting.now, setting.row.most, calendar))


def may_ask(held: Consequence) -> bool:
    """Whether its subject can ask for more time: an order is under way, and nobody has looked that it failed."""
    return held.stage is Stage.RECHECK


def _moved(
    held: Consequence, under: Rectification, given: MoreTime, setting: Setting, recheck: FollowRow | None
) -> Decision[Consequence]:
    until = last_moment(given.until, setting.calendar)
    first = counted(until, recheck.term if recheck is not None else setting.row.decide, setting.calendar)
    look_by = min(under.recheck_by, first) if under.asked_at is not None else first
    moved = replace(under, until=until, recheck_by=look_by, longer=(*under.longer, given), waits=None)
    facts: dict[str, object] = {
        **who(given.signed),
        "reasons": given.reasons,
        "law": given.law,
        "until_was": given.was.isoformat(),
        "until": until.isoformat(),
        "agreed": [f"{kind.value}: {one.by}" for kind, one in given.agreed.items()],
    }
    made = going(replace(held, rectification=moved), look_by, setting, "consequence.more_time", facts, ahead=until)
    return replace(made, orders=(*made.orders, *reminding(made.state, setting)))


def lacking(written: MoreTime, row: ConsequenceRow) -> tuple[Agreement, ...]:
    """Whose agreement it still waits for: of the same as the order itself."""
    wanted = ((Agreement.SECOND, row.second), (Agreement.LEGAL, row.legal))
    return tuple(kind for kind, asked in wanted if asked and kind not in written.agreed)


def _under_way(held: Consequence) -> Rectification:
    ordered = held.proposal is Proposal.ORDER_RECTIFY and held.state is ConsequenceState.IMPOSED and not held.doubted
    if not ordered or held.rectification is None:
        raise Refusal("consequence_not_ordered", consequence=held.id, state=held.state)
    return held.rectification
