"""Credit levels as a platform delivers them in files: looked up in the delivery in use, by words that were agreed; no entry goes there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Never, TypeVar

from connectors.config import unfit
from connectors.sources.files import FilesSource
from connectors.sources.sftp import SftpSource
from inspector.accounts import Role
from inspector.domain.case import SubjectKind
from inspector.domain.errors import Invalid
from inspector.ports import AnswerStatus, CreditEntry, CreditRetraction, Origin, Question, Rating, Refused, Sighting

FACT = "level"
"""What the column of levels is called where files are read."""


@dataclass(frozen=True, kw_only=True)  # without slots, so that it can stand beside a configuration that has them
class LevelsDelivered:
    """The column of levels, and by the platform's word in it the pack's level; another word refuses the whole delivery.

    `facts` and `words` follow from these: nobody tells them besides.
    """

    level_column: str
    levels: Mapping[str, str]
    facts: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


_Held = TypeVar("_Held", bound=LevelsDelivered)


class DeliveredCredit:
    """A platform whose levels lie here. Of when they are says the delivery; whether they still hold, the pack."""

    roles = frozenset({Role.LEVELS})

    def __init__(self, files: FilesSource | SftpSource, levels: Mapping[str, str]) -> None:
        """`levels`: by the platform's word the pack's level."""
        self._files, self._levels = files, levels
        self.card = replace(files.card, port="credit")

    def level(self, kind: SubjectKind, code: str, *, key: str, case_id: str, basis: str) -> Rating:  # noqa: ARG002 - nobody is asked
        """The subject's level as the delivery in use has it; None where the subject is not in it, or has none there.

        While there is none at all, or a new one is not good, the one before answers, with its date. Raises as `FilesSource.ask` does.
        """
        # nobody is asked: it lies here
        question = Question(case_id=key, basis="levels", fact=FACT, subject_kind=kind, subject_code=code, claimed="", on=date.min)
        answer = self._files.ask(question, key=key)
        found = answer.value if answer.status is AnswerStatus.FOUND else None
        as_of = answer.provenance.as_of
        return Rating(level=self._levels[found] if found is not None else None, as_of=as_of, provenance=answer.provenance)

    def record(self, entry: CreditEntry, *, key: str) -> Never:  # noqa: ARG002 - the port's signature, here and below
        """It takes none. Raises Refused (`entries_not_taken`)."""
        raise Refused("entries_not_taken", origin=Origin.US, attempts=0)

    def retract(self, retraction: CreditRetraction, *, key: str) -> Never:  # noqa: ARG002
        """It has none. Raises Refused (`entries_not_taken`)."""
        raise Refused("entries_not_taken", origin=Origin.US, attempts=0)

    def pick_up(self) -> None:
        """Take the newest good delivery into use. Raises PortError; then the one before stays in use."""
        self._files.pick_up()

    @property
    def refused(self) -> tuple[Invalid, ...]:
        """What is wrong with deliveries that are not used, as of the last look: file, row, column and what may stand there."""
        return self._files.refused

    def look(self) -> Sequence[Sighting]:
        """What is in use, what is not, and why. Raises Unavailable, Barred."""
        return self._files.look()

    def close(self) -> None:
        """Give up what is being fetched or read."""
        self._files.close()


def delivered(name: str, held: _Held, files: Callable[[str, _Held], FilesSource | SftpSource]) -> DeliveredCredit:
    """Levels by whichever way `files` come. Raises Invalid where the words of levels were not agreed, or more is asked for."""
    _agreed(name, held)
    inner = replace(held, facts={FACT: held.level_column}, words={held.level_column: tuple(held.levels)})
    return DeliveredCredit(files(name, inner), held.levels)


def _agreed(name: str, held: LevelsDelivered) -> None:
    """Raises Invalid (`connector_key_range`, `connector_key_unknown`)."""
    for key, told in (("facts", held.facts), ("words", held.words)):
        if told:
            raise Invalid("connector_key_unknown", connector=name, key=key, nearest="levels", known="level_column, levels")
    if not held.level_column:
        raise unfit(name, "level_column", "a_column")
    if not held.levels or not all(held.levels) or not all(held.levels.values()):
        raise unfit(name, "levels", "words_to_levels")
