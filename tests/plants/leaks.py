"""Leaks that somebody might make one day: whom it is about, in a log, a push, an address, an error, a page, or plain on the disk."""

from __future__ import annotations

from tests.plants.plant import Plant

_HUNT = ("tests/integration/test_hunt_month.py::test_a_few_days_with_a_draw_tell_nobody_of_anybody_else",)

PLANTS = (
    Plant(
        name="name-in-the-log",
        says="the log of an assignment tells to whom the visit is",
        module="inspector/flows/assign.py",
        old='told = {"visit": made.id, "draw": made.draw, "state": made.state.value}',
        new='told = {"visit": made.id, "draw": made.draw, "state": made.state.value, "object": made.name}',
        tests=_HUNT,
    ),
    Plant(
        name="words-of-a-crash",
        says="what an exception of somebody else's says goes into the log",
        module="inspector/telemetry/logs.py",
        old='({} if one["exc_type"] in own else {"exc_value": "***", "exc_notes": []})',
        new='({} if one["exc_type"] in {*own, "RuntimeError"} else {"exc_value": "***", "exc_notes": []})',
        tests=_HUNT,
    ),
    Plant(
        name="name-in-the-push",
        says="an inspector's push tells to whom the visit is, to whoever holds the phone",
        module="inspector/flows/pushing.py",
        old='"visit": held.id,\n            "seat": seat.name,',
        new='"visit": held.id,\n            "object": held.name,\n            "seat": seat.name,',
        tests=_HUNT,
    ),
    Plant(
        name="name-of-a-download",
        says="the name of a case's file is that of its subject",
        module="inspector/web/dossiers.py",
        old='return _handed_out(f"case-{case_id}",',
        new="return _handed_out(case.subject.code,",
        tests=_HUNT,
    ),
    Plant(
        name="error-that-echoes",
        says="what was sent in the place of a code is told back, whoever's number it is",
        module="inspector/web/errors.py",
        old="    facts = unechoed(code, facts)\n",
        new="",
        tests=_HUNT,
    ),
    Plant(
        name="person-in-the-register",
        says="the public register names natural persons",
        module="inspector/flows/shown.py",
        old="visit.kind is SubjectKind.FIRM and office.book",
        new="office.book",
        tests=_HUNT,
    ),
    Plant(
        name="duty-plain-on-the-disk",
        says="a duty to publish is not sealed at rest, with what was noted of a recall",
        module="inspector/store/publicationtables.py",
        old='sa.Column("body", Sealed("publication_duty.body", "id"), nullable=False)',
        new='sa.Column("body", sa.Text, nullable=False)',
        tests=_HUNT,
    ),
    Plant(
        name="inspector-in-the-file",
        says="a case's file gives the words of entries that name who was sent",
        module="inspector/flows/casefile.py",
        old='    return Lack.WITHHELD if row["id"] in hidden else None',
        new="    return None",
        tests=(
            "tests/integration/test_casefile.py::test_no_inspector_is_named_and_the_words_of_their_entries_are_withheld_while_their_digests_stand",
        ),
    ),
    Plant(
        name="purged-and-still-public",
        says="a register that is posted anew goes on naming whom a purge has made nameless",
        module="inspector/flows/edition.py",
        old=" or tx.ledger.any_behind(PURGED, held[0], _SLOWEST):",
        new=":",
        tests=("tests/integration/test_edition.py::test_where_anything_differs_from_what_was_posted_it_is_built_whole",),
    ),
    Plant(
        name="pages-of-a-file-unbound",
        says="whoever changes a page of a file and its list is not seen",
        module="inspector/domain/folio.py",
        old='*(replace(one, code="pages_differ") for one in differing(pages, named[2])),',
        new="",
        tests=("tests/property/test_bytes_tampered.py::test_what_left_the_house_is_changed_nowhere_unseen",),
    ),
)
