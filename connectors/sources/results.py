"""Another agency's results (采信其他机关结果) over HTTP: what a check found, on which day, under which number, and whether it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from connectors.config import parse, unfit
from connectors.http import Wire
from connectors.reply import Reply
from connectors.sources.answers import LONGEST_VERSION, Answers, SourceConfig, texts
from inspector.domain.evidence import FALLEN, OPEN, UNDATED
from inspector.ports import Answer, AnswerStatus, Question


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultsConfig(SourceConfig):
    """Where things lie in a result. `as_of_field` is the day of the check: a result of no day is none that may be used.

    `agency_field`, `number_field`: whose result it is, and by which number its record is found there. `state_field`: whether it stands;
    a state that is in no list is garbled. With an empty `state_field` only results that stand are told.
    """

    as_of_field: str = "data.checked_on"
    agency_field: str = "data.agency"
    number_field: str = "data.number"
    state_field: str = "data.state"
    final_states: tuple[object, ...] = ("final",)
    open_states: tuple[object, ...] = ("open",)
    fallen_states: tuple[object, ...] = ("revoked", "disputed")
    version_field: str = ""


class ResultsSource:
    """Results that one agency, or a platform of several, holds of checks of its own."""

    def __init__(self, name: str, config: Mapping[str, object]) -> None:
        held = self._config = parse(ResultsConfig, name, config)
        for key in ("as_of_field", "agency_field", "number_field"):
            if not getattr(held, key):
                raise unfit(name, key, "place_in_answer")
        self._wire = Wire(held, name)
        self.card = held.card(name, port="source", kind="results")
        self._answers = Answers(held, self.card)

    def ask(self, question: Question, *, key: str) -> Answer:
        """What a check found about one fact; its version says whose result it is, and its number.

        No check, or none of this, is `NOT_FOUND`; a result that has fallen, is not final or is of no day is `CANNOT_SAY`.
        Raises as every source over HTTP.
        """
        told = self._answers.asked(question, key)
        reply = self._wire.send("POST", self._config.path, json=told, key=key, case_id=question.case_id)
        reply = replace(reply, json_in=self._config.json_in)
        answer = self._answers.read(reply, question, key)
        if answer.status is AnswerStatus.NOT_FOUND:
            return answer
        whose = " ".join(self._named(reply, place) for place in (self._config.agency_field, self._config.number_field))
        answer = replace(answer, provenance=replace(answer.provenance, source_version=whose))
        note = self._unusable(reply) or ("" if answer.provenance.as_of else UNDATED)
        if note and answer.status is AnswerStatus.FOUND:
            return replace(answer, status=AnswerStatus.CANNOT_SAY, value=None, note=note)
        return answer

    def close(self) -> None:
        """Let the connections go."""
        self._wire.close()

    def _named(self, reply: Reply, place: str) -> str:
        """What must be told of a result. Raises Garbled where it is empty (`field_missing`), for a result of nobody is none, or no name."""
        told = reply.text(place)
        if told is None:
            raise reply.garbled("field_missing", place)
        if len(told) > LONGEST_VERSION:
            raise reply.garbled("field_type", f"{place}: too long for a name or a number")
        return told

    def _unusable(self, reply: Reply) -> str:
        held = self._config
        if not held.state_field:
            return ""
        state = self._named(reply, held.state_field)
        for note, states in (("", held.final_states), (OPEN, held.open_states), (FALLEN, held.fallen_states)):
            if state in texts(states):
                return note
        raise reply.garbled("code_unknown", held.state_field, said=state)


def connect(name: str, config: Mapping[str, object]) -> ResultsSource:
    """The entry point. Raises Invalid when the configuration cannot be used."""
    return ResultsSource(name, config)
