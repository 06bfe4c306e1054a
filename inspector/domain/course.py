"""What all steps of a consequence share: by what they are judged, the date of the next one with its clocks, the because, what is told."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from inspector.domain.calendar import Term, Unit, WorkingCalendar, due, reminder
from inspector.domain.consequence import UNDECIDED, Consequence, ConsequenceState, Signed
from inspector.domain.decision import Because, Decision, Order, OrderKind, Told
from inspector.domain.ended import Ended
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.evidence import blank
from inspector.domain.person import refuse_nameless, same
from inspector.domain.proposal import ConsequenceRow
from inspector.domain.unsaid import Unsaid

CLOCKS = frozenset({OrderKind.CONSEQUENCE_REMIND, OrderKind.CONSEQUENCE_DUE})
"""The clocks of a step; the next step has its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a step is judged by: the pack's row, the working calendar, now, and how many working days ahead people are reminded."""

    row: ConsequenceRow
    calendar: WorkingCalendar
    now: datetime
    remind: int = 1


def named(signed: Signed) -> None:
    """Raise Invalid (`officer_nameless`) unless a step has somebody's name under it."""
    refuse_nameless(signed.by, "officer")


def who(signed: Signed) -> dict[str, object]:
    """Who took a step, as its because says it, and in whose stead where that is so (`deputy`)."""
    return {"by": signed.by, **({"stead": signed.stead} if signed.stead else {})}


def apart(held: Consequence, signed: Signed, officer: str, close: Collection[str], setting: Setting) -> None:
    """Raise Refusal (`consequence_deputy_agrees`) where the row asks for another person and whoever signs is `close` to an officer."""
    if setting.row.deputy_apart and any(same(signed.by, one) for one in close):
        raise Refusal("consequence_deputy_agrees", consequence=held.id, by=signed.by, officer=officer)


def read(held: Consequence, turn: int) -> None:
    """Raise Refusal (`consequence_moved_on`) where who decides or agrees has read it as it stood before: words or a text came meanwhile."""
    if held.turn != turn:
        raise Refusal("consequence_moved_on", consequence=held.id, turn=held.turn, was=turn)


def said(field: str, text: str) -> None:
    """Raise Invalid (`consequence_words_missing`) for words that say nothing."""
    if blank(text):
        raise Invalid("consequence_words_missing", field=Unsaid(field))


def plain(start: datetime, term: Term, calendar: WorkingCalendar) -> datetime:
    """When a term of plain days or clock hours ends: nights, weekends and holidays run, and nothing moves it (handbook 1.8)."""
    counted = due(start, term, calendar)
    if term.unit in (Unit.HOUR, Unit.MINUTE):
        return counted.at
    return calendar.closing(counted.counted.nominal)


def decided_by(held: Consequence, setting: Setting) -> datetime | None:
    """By when a penalty that nobody has decided is decided, from the day on which its proceeding was opened (Penalties Law art. 60): that

    of the paper, where it was opened before it was entered here.

    Days that nothing moves: whoever is early has kept the law however they are counted. Where the row names an article for it those of a
    hearing are not counted: from the day on which it was asked for to the one on which it was held or given up, or to now. None: the row
    has no such time, or it is over.
    """
    row, calendar = setting.row, setting.calendar
    if row.within is None or held.state not in UNDECIDED:
        return None
    on = held.onset.opened_on if held.onset is not None else None
    last = plain(calendar.closing(on) if on is not None else held.proposed_at, row.within, calendar)
    if held.hearing is None or not row.uncounted:
        return last
    asked, over = calendar.local_date(held.hearing.asked_at), held.hearing.on or calendar.local_date(setting.now)
    return last + (over - asked)


def told(kind: str, held: Consequence) -> Told:
    """What the approving system hears of a step: which, where it stands and what is next by when. No word of anybody's, no file."""
    data: dict[str, object] = {
        "consequence": held.id,
        "proposal": held.proposal.value,
        "row": held.row,
        "consequence_state": held.state.value,
        "turn": held.turn,
    }
    if held.due_at is not None and held.stage is not None:
        data |= {"stage": held.stage.value, "due_at": held.due_at.isoformat()}
    return replace(_TOLD[kind], data=data)


_TOLD = {
    one.type: one
    for one in (
        Told(
            type="consequence.proposed",
            data={
                "consequence": "",
                "consequence_state": "",
                "turn": 0,
                "stage": "",
                "due_at": "",
            },
        ),
        Told(
            type="consequence.moved",
            data={
                "consequence": "",
                "consequence_state": "",
                "turn": 0,
                "proposal": "",
                "stage": "",
                "due_at": "",
            },
        ),
        Told(
            type="consequence.imposed",
            data={
                "consequence": "",
                "consequence_state": "",
                "turn": 0,
                "proposal": "",
                "stage": "",
                "due_at": "",
            },
        ),
        Told(
            type="consequence.reminded",
            data={
                "consequence": "",
                "consequence_state": "",
                "turn": 0,
                "proposal": "",
                "due_at": "",
            },
        ),
        Told(type="consequence.dropped", data={"consequence": "", "consequence_state": "", "turn": 0, "proposal": ""}),
        Told(type="consequence.ended", data={"consequence": "", "consequence_state": "", "turn": 0, "proposal": ""}),
        Told(type="consequence.annulled", data={"consequence": "", "consequence_state": "", "turn": 0, "proposal": ""}),
    )
}
"""What there is to be told of, by type, with the names that each carries."""


def because(held: Consequence, rule: str, facts: Mapping[str, object]) -> Because:
    """Why, with the basis of the row and the evidence that it stands on."""
    common = {"consequence": held.id, "proposal": held.proposal.value, "row": held.row, "evidence": list(held.evidence)}
    common |= {"transition": held.transition} if held.transition else {}
    return Because(rule=rule, basis=held.basis, pack=held.pack, facts={**common, **facts})


def clocks(held: Consequence, setting: Setting, ahead: datetime | None = None) -> tuple[Order, ...]:
    """The reminder and the date of the next step; `ahead`: when people hear of it where that is no reminder."""
    if held.due_at is None:
        return ()
    soon = ahead or max(reminder(held.due_at, setting.remind, setting.calendar), setting.now)
    dates = {OrderKind.CONSEQUENCE_REMIND: min(soon, held.due_at), OrderKind.CONSEQUENCE_DUE: held.due_at}
    return tuple(
        Order(
            kind=kind,
            key=clock_key(kind, held),
            due_at=at,
            urgent_by=held.due_at,
            case_id=held.case_id,
            payload={"consequence": held.id, "turn": held.turn},
        )
        for kind, at in dates.items()
    )


def clock_key(kind: OrderKind, held: Consequence) -> str:
    """The key of a clock: each turn has its own."""
    return f"{kind.value}:{held.id}:{held.turn}"


def going(
    held: Consequence,
    due_at: datetime,
    setting: Setting,
    rule: str,
    facts: Mapping[str, object],
    *,
    ahead: datetime | None = None,
    event: str = "consequence.moved",
) -> Decision[Consequence]:
    """It goes on: the next step with its date and clocks, and why. No step of a penalty is due behind its last day (`decided_by`)."""
    last = decided_by(held, setting)
    due_at = min(due_at, last) if last is not None else due_at
    changed = replace(held, due_at=due_at, turn=held.turn + 1)
    stated = {**facts, "due_at": due_at.isoformat(), "stage": changed.stage.value if changed.stage else None}
    return Decision(
        state=changed,
        because=because(changed, rule, stated),
        orders=clocks(changed, setting, ahead),
        told=(told(event, changed),),
    )


def over(
    held: Consequence,
    state: ConsequenceState,
    by: str,
    why: str,
    setting: Setting,
    rule: str,
    facts: Mapping[str, object],
    event: str = "consequence.ended",
) -> Decision[Consequence]:
    """It is over."""
    ended = Ended(at=setting.now, by=by, why=why)
    changed = replace(held, state=state, ended=ended, due_at=None, turn=held.turn + 1)
    return Decision(state=changed, because=because(changed, rule, facts), told=(told(event, changed),))


def require(held: Consequence, state: ConsequenceState) -> None:
    """Raise Refusal (`consequence_state`) unless it stands there."""
    if held.state is not state:
        raise Refusal("consequence_state", consequence=held.id, state=held.state, needed=state)


def counted(start: datetime, term: Term, calendar: WorkingCalendar) -> datetime:
    """When a term of a step of ours, or of the subject, ends."""
    return due(start, term, calendar).at
