"""Exemptions (免予核查) that are to be reviewed: a date that passes has a person for its next event."""

from __future__ import annotations

from datetime import datetime

from inspector.domain.errors import Missing
from inspector.flows.office import Office
from inspector.store.tx import Tx

UNREVIEWED = "exemption_unreviewed"
"""The matter for a person that the date of an exemption's review opens when no newer pack has moved it."""


def look(office: Office, tx: Tx, now: datetime) -> None:
    """The daily look at the packs in force: once for each date that has passed; a new version of the pack ends the matter."""
    today, told = office.calendar.local_date(now), {matter.about: matter.open for matter in tx.attention.of_kind(UNREVIEWED)}
    for agency, node in sorted(office.tree.items()):
        if node.pack is None:
            continue
        try:
            policy = office.policy(agency, today)
        except Missing:
            continue  # no version is in force; `check` and every case say so
        for item in policy.items.values():
            matter = f"{agency}:{item.code}:"
            if not item.unreviewed(today):
                for about in (one for one, still in told.items() if still and one.startswith(matter)):
                    tx.attention.over(f"{UNREVIEWED}:{about}", now)
                continue
            about = f"{matter}{item.exempt_review_by}"
            if about not in told:  # a person who has closed it is not asked again each day
                facts = {"item": item.code, "review_by": f"{item.exempt_review_by}", "pack": policy.label}
                tx.attention.open(UNREVIEWED, agency, about, facts, now)
