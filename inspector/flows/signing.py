"""Who signed a letter of commitment, for whom, and whether somebody else may."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from inspector.domain.case import Case, Method
from inspector.domain.policy import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """The signature under a letter: by whom and when, the proxy that it names, and whether the item allows one.

    `public` is how far and until when the letter is made public, `public_wanted` what the item says of it (None: nothing).
    """

    by: str
    on: date
    proxy: str
    proxy_allowed: bool
    public: tuple[str, date | None]
    public_wanted: tuple[str, date | None] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The notice that the letter answers, and the ways that it announced: no verification goes beyond them (the plan, item 5).

    `since` and `until` are the days on which a former one stood; None for the item's own.
    """

    version: str
    announced: tuple[Method, ...]
    since: date | None
    until: date | None


def answered(case: Case, policy: Policy) -> Answered | None:
    """The notice of a case's letter; None where the pack does not know it, as intake once let in."""
    version = case.letter.notice_version if case.letter is not None else ""
    held = policy.item(case.item).notice(version)
    if held is None:
        return None
    return Answered(version=held.version, announced=held.announced, since=held.since, until=held.until)


def signed(case: Case, policy: Policy) -> Signed | None:
    """The signature; None where a certificate came without a letter."""
    letter = case.letter
    if letter is None:
        return None
    item = policy.item(case.item)
    wanted = item.publicity
    return Signed(
        by=letter.signed_by,
        on=letter.signed_on,
        proxy=letter.proxy or "",
        proxy_allowed=item.proxy_allowed,
        public=(letter.publicity_scope, letter.publicity_until),
        public_wanted=(wanted.scope, wanted.last(letter.signed_on)) if wanted is not None else None,
    )
