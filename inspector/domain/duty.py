"""What the law asks of the office beside its numbers: the article behind a decision, a document's clauses, what follows a proposal."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from inspector.domain.calendar import Term


class Rule(StrEnum):
    """A decision that rests on an article and on no number of the pack, which therefore names the article alone."""

    CERTIFICATE = "route.certificate"
    WITHDRAW = "commitment.withdraw"
    CONCLUDE = "matter.conclude"
    FINDING = "supervision.finding"


class Follow(StrEnum):
    """What has to follow something, where a pack asks for it.

    When rectification is ordered: the notice, from the check on; the re-check, from the term's end or a request. When the catalogue
    of items has changed in public: its filing, from that day on, and so long before a person is reminded. Before a day by which somebody
    has promised something: so long before it he or she is guided (the plan, item 9). When a visit was made and no visit code was read:
    its filing, from the visit's day on (handbook 1.4.11).
    """

    RECTIFY_NOTICE = "rectify_notice"
    RECHECK = "recheck"
    CATALOGUE_FILING = "catalogue_filing"
    CATALOGUE_REMIND = "catalogue_remind"
    GUIDANCE = "guidance"
    VISIT_FILING = "visit_filing"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRow:
    """The article that a decision of the program rests on."""

    row: str
    rule: Rule
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowRow:
    """How long something that follows may take."""

    row: str
    step: Follow
    term: Term
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseRow:
    """A clause of a founding document that names a duty, and the rows (ids, or a whole table by its name) that answer it.

    `otherwise` says how it is answered where no row can: by the program, by people, or not yet.
    """

    code: str
    cites: str
    says: str
    rows: tuple[str, ...]
    otherwise: str
