"""Ways to break what a pack says about legal time: suspensions, extensions, quiet windows; and `codes`. Told by `test_policyproofs`."""

from __future__ import annotations

from tests import codes
from tests.packs import SHIPPED, edited

SUSPENSION = '\n[[suspension]]\nid = "suspend"\nreason = "TESTING"\nname = "检测"\nlongest = "30d"\nbasis = "P:2.4"\n'
EXTENSION = '\n[[extension]]\nid = "extend"\nterm = "10wd"\ntimes = 1\napprover = "HEAD"\nbasis = "P:2.4"\n'
QUIET = '\n[[quiet]]\nid = "quiet"\ndays = ["1-20"]\nsubjects = ["FIRM"]\nexcept = ["LEAD", "EMERGENCY"]\nbasis = "P:2.4"\n'
TRANSITION = '\n[[transition]]\nid = "before"\nof = ["maoji@2025.1"]\nscopes = ["outcomes", "suspensions"]\nbasis = "S0:8"\n'
WHOLE = SHIPPED + SUSPENSION + EXTENSION + QUIET + TRANSITION
"""The shipped pack with one row of each: it loads."""


def with_row(row: str, *edits: tuple[str, str]) -> str:
    """The shipped pack with one such row, changed."""
    return SHIPPED + edited(*edits, text=row)


BROKEN = {
    **codes.BROKEN,
    "a transition speaks of earlier versions of its own pack": (
        with_row(TRANSITION, ("maoji@2025.1", "henan-2021@1")),
        ["transition_of_another"],
        "transition before · of: henan-2021@1 is no earlier version of this pack; write labels such as maoji@…",
    ),
    "a version has no transition from itself": (
        with_row(TRANSITION, ("maoji@2025.1", "maoji@2026.1")),
        ["transition_of_another"],
        "transition before · of: maoji@2026.1 is no earlier version",
    ),
    "a transition from a version that nobody knows, as by a slip of the pen, is refused": (
        with_row(TRANSITION, ("maoji@2025.1", "maoji@2025.l")),
        ["transition_of_unknown"],
        "transition before · of: no version maoji@2025.l is known; earlier ones are -",
    ),
    "what holds for a version's cases is said once": (
        SHIPPED + TRANSITION + edited(('id = "before"', 'id = "again"'), ('"outcomes", ', ""), text=TRANSITION),
        ["transition_twice"],
        "transition again · of: maoji@2025.1 (suspensions) is in before already",
    ),
    "nobody's outcome changes afterwards by a mere proposal": (
        with_row(TRANSITION, ('"S0:8"', '"P:2.7"')),
        ["transition_uncited"],
        "transition before · basis: the outcome or the hearing of who committed under an earlier version changes, and P:2.7",
    ),
    "a suspension without a basis is refused": (
        with_row(SUSPENSION, ('basis = "P:2.4"\n', "")),
        ["fields_missing"],
        "suspension suspend · basis: missing: add basis",
    ),
    "a suspension whose basis leads nowhere is refused": (
        with_row(SUSPENSION, ('"P:2.4"', '"S77:1"')),
        ["basis_unknown"],
        "suspension suspend · basis: source S77 is not in [sources]",
    ),
    "waiting for another agency is no reason for a suspension": (
        with_row(SUSPENSION, ('"TESTING"', '"ASSISTANCE"')),
        ["value_unknown"],
        "suspension suspend · reason: ASSISTANCE is unknown",
    ),
    "a reason has one row": (
        SHIPPED + SUSPENSION + edited(('id = "suspend"', 'id = "again"'), text=SUSPENSION),
        ["suspension_twice"],
        "suspension · reason: TESTING has two rows",
    ),
    "the longest of a suspension is a term": (
        with_row(SUSPENSION, ('"30d"', '"a month"')),
        ["term_unreadable"],
        "suspension suspend · longest: got a month",
    ),
    "an extension without a basis is refused": (
        with_row(EXTENSION, ('basis = "P:2.4"\n', "")),
        ["fields_missing"],
        "extension extend · basis: missing: add basis",
    ),
    "an extension says who allows it": (
        with_row(EXTENSION, ('"HEAD"', '"MAYOR"')),
        ["value_unknown"],
        "extension extend · approver: MAYOR is unknown; known are OFFICER, HEAD",
    ),
    "an extension is for a number of times": (
        with_row(EXTENSION, ("times = 1", "times = 0")),
        ["number_too_small"],
        "extension extend · times: 0; write a whole number from 1",
    ),
    "a term is lengthened by one row": (
        SHIPPED + EXTENSION + edited(('id = "extend"', 'id = "again"'), text=EXTENSION),
        ["extension_twice"],
        "extension · term: terms in wd are lengthened by two rows",
    ),
    "an extension of terms that no item has is refused": (
        with_row(EXTENSION, ('"10wd"', '"1y"')),
        ["extension_unreachable"],
        "extension extend · term: no item's term is counted as 1y is",
    ),
    "a quiet window without a basis is refused": (
        with_row(QUIET, ('basis = "P:2.4"\n', "")),
        ["fields_missing"],
        "quiet quiet · basis: missing: add basis",
    ),
    "a day that no month has is refused": (
        with_row(QUIET, ('"1-20"', '"20-32"')),
        ["quiet_days_unreadable"],
        "quiet quiet · days: got 20-32; write days of a month from 1 to 31",
    ),
    "days the wrong way round are refused": (
        with_row(QUIET, ('"1-20"', '"20-1"')),
        ["quiet_days_unreadable"],
        "quiet quiet · days: got 20-1",
    ),
    "an unknown weekday is refused with the nearest": (
        with_row(QUIET, ('days = ["1-20"]', 'weekdays = ["MON", "THUR"]')),
        ["value_unknown"],
        "quiet quiet · weekdays: THUR is unknown; nearest is THU",
    ),
    "a window goes by the month or by the week": (
        with_row(QUIET, ('days = ["1-20"]', 'days = ["1-20"]\nweekdays = ["MON"]')),
        ["quiet_days_or_weekdays"],
        "quiet quiet · days, weekdays: write either days of the month",
    ),
    "a window names its days": (
        with_row(QUIET, ('days = ["1-20"]', "days = []")),
        ["type_wrong"],
        "quiet quiet · days: got []; write at least one entry",
    ),
    "a window names whom it protects": (
        with_row(QUIET, ('subjects = ["FIRM"]', "subjects = []")),
        ["type_wrong"],
        "quiet quiet · subjects: got []; write at least one entry",
    ),
    "a window of districts names them": (
        with_row(QUIET, ('subjects = ["FIRM"]', 'subjects = ["FIRM"]\npools = []')),
        ["type_wrong"],
        "quiet quiet · pools: got []; write at least one entry",
    ),
    "an exception of an unknown type of check is refused": (
        with_row(QUIET, ('"LEAD"', '"LEED"')),
        ["value_unknown"],
        "quiet quiet · except: LEED is unknown; nearest is LEAD",
    ),
    "a window that excepts everything closes nothing": (
        with_row(QUIET, ('"LEAD", "EMERGENCY"', '"PLANNED", "JOINT", "PERMIT"')),
        ["quiet_closes_nothing"],
        "quiet quiet · except: excepts everything that inspectors are sent for",
    ),
    "a window that never opens is refused": (
        with_row(QUIET, ('"1-20"', '"1-31"')),
        ["quiet_always"],
        "quiet quiet · days: nobody could ever go",
    ),
}
