"""The rows of a pack about a draw: its form, what of it is published, and what its report measures by."""

from __future__ import annotations

from fractions import Fraction

from inspector.domain.calendar import Unit
from inspector.domain.equality import EqualityRow
from inspector.domain.publish import (
    LEAST,
    MARGIN,
    DisclosurePart,
    DisclosureRow,
    DrawRow,
    PublishRow,
    ReportRow,
    SecondLookRow,
)
from inspector.domain.spending import Spending
from inspector.policybook.part import Part


def draw(part: Part) -> DrawRow:
    """`[draw]`."""
    part.keys(
        (
            *("id", "team", "reserve", "lead_qualification", "seeds", "min_bits", "rotate", "basis"),
            *("plan", "plan_basis", "replace_ceased", "replace_share", "replace_basis"),
        ),
        ("witness", "further", "ceased_share", "plan_within", "plan_within_basis"),
    )
    dated = "plan_within" in part.content
    part.some("seeds")
    row = DrawRow(
        row=part.text("id"),
        team=part.whole("team", 1),
        reserve=part.whole("reserve", 0),
        lead_qualification=part.plain("lead_qualification"),
        seeds=part.texts("seeds"),
        witness=part.maybe("witness"),
        min_bits=part.whole("min_bits", 64),  # below it a draw can be guessed (the draw protocol, on seeds)
        rotate=part.flag("rotate"),
        basis=part.basis("basis"),
        plan=part.flag("plan"),
        plan_basis=part.basis("plan_basis"),
        replace_ceased=part.flag("replace_ceased"),
        replace_share=part.ratio("replace_share"),
        replace_basis=part.basis("replace_basis"),
        further=part.texts("further") if "further" in part.content else (),
        ceased_share=part.ratio("ceased_share") if "ceased_share" in part.content else Fraction(1),
        plan_within=part.maybe_term("plan_within"),
        plan_within_basis=part.basis("plan_within_basis") if dated else "",
    )
    if len({*row.seeds}) < 2 and part.clean:  # one party's secret is no chance (ruling 19)
        part.flaw("seeds_too_few", "seeds", value=", ".join(row.seeds))
    if twice := sorted({*row.seeds} & {*row.further}):
        part.flaw("further_is_seed", "further", value=", ".join(twice))
    if row.team == 1 and part.clean:
        part.flaw("team_too_small", "team", value=row.team)
    return row


def publish(part: Part) -> PublishRow:
    """`[publish]`."""
    dated = [name for name in ("within", "withdraw", "least") if name in part.content]
    part.keys(("id", "firms", "after", "basis", *dated, *(f"{name}_basis" for name in dated)))
    return PublishRow(
        row=part.text("id"),
        firms=part.flag("firms"),
        after=part.term("after"),
        basis=part.basis("basis"),
        within=part.maybe_term("within"),
        within_basis=part.basis("within_basis") if "within" in dated else "",
        withdraw=part.maybe_term("withdraw"),
        withdraw_basis=part.basis("withdraw_basis") if "withdraw" in dated else "",
        least=part.whole("least", 2) if "least" in dated else LEAST,
        least_basis=part.basis("least_basis") if "least" in dated else "",
    )


def disclosure(part: Part) -> DisclosureRow:
    """`[disclosure]`. How long a penalty is shown is a stretch of the calendar, as the law counts it."""
    dated = [word for name in ("within", "withdraw", "most", "parts") for word in (name, f"{name}_basis")]
    pushed = ("home", "elsewhere", "elsewhere_basis") if "elsewhere" in part.content or "home" in part.content else ()
    part.keys(("id", "firms", "least", "basis", *dated, *pushed), ("second",))
    part.some("parts")
    most = part.term("most")
    if part.clean and most.unit not in (Unit.DAY, Unit.MONTH, Unit.YEAR):
        part.flaw("term_not_calendar", "most", value=most)
    return DisclosureRow(
        row=part.text("id"),
        within=part.term("within"),
        within_basis=part.basis("within_basis"),
        withdraw=part.term("withdraw"),
        withdraw_basis=part.basis("withdraw_basis"),
        most=most,
        most_basis=part.basis("most_basis"),
        firms=part.flag("firms"),
        parts=part.choices("parts", DisclosurePart),
        parts_basis=part.basis("parts_basis"),
        least=part.whole("least", 2),
        basis=part.basis("basis"),
        home=part.plain("home") if pushed else "",
        elsewhere=part.maybe_term("elsewhere"),
        elsewhere_basis=part.basis("elsewhere_basis") if pushed else "",
        second="second" in part.content and part.flag("second"),
    )


def report(part: Part) -> ReportRow:
    """`[report]`."""
    days, margin = ("visit_days", "days_basis"), ("margin", "margin_basis")
    told, apart = (any(name in part.content for name in names) for names in (days, margin))
    required = ("id", "rates", "confidence", "least", "random_share", "crowd", "certain", "basis")
    part.keys((*required, *(days if told else ()), *(margin if apart else ())))
    part.some("rates")
    return ReportRow(
        row=part.text("id"),
        rates=part.ratios("rates"),
        confidence=_below_one(part, "confidence"),
        least=part.whole("least", 1),
        random_share=part.ratio("random_share"),
        crowd=part.whole("crowd", 1),
        certain=part.ratio("certain"),
        basis=part.basis("basis"),
        visit_days=part.rate("visit_days") if told else None,
        days_basis=part.basis("days_basis") if told else "",
        margin=part.ratio("margin") if apart else MARGIN,
        margin_basis=part.basis("margin_basis") if apart else "",
    )


def second_look(part: Part) -> SecondLookRow:
    """`[second_look]`."""
    part.keys(("id", "share", "basis"))
    return SecondLookRow(row=part.text("id"), share=part.ratio("share"), basis=part.basis("basis"))


def equality(part: Part) -> EqualityRow:
    """`[equality]`."""
    part.keys(("id", "alpha", "effect", "power", "basis"), ("spending",))
    row = EqualityRow(
        row=part.text("id"),
        alpha=_below_one(part, "alpha"),
        # A pack of before says nothing of it, and is read for as long as something cites it: then each look is like the others.
        spending=part.choice("spending", Spending) if "spending" in part.content else Spending.EVEN,
        effect=part.rate("effect"),
        power=_below_one(part, "power"),
        basis=part.basis("basis"),
    )
    if row.effect <= 1 and part.clean:
        part.flaw("effect_none", "effect", value=str(row.effect))
    return row


def _below_one(part: Part, field: str) -> Fraction:
    """A share that is not the whole: nothing drawn by chance is certain."""
    share = part.ratio(field)
    if share == 1 and part.clean and field in part.content:
        part.flaw("ratio_out_of_range", field, value=str(part.content[field]))
    return share
