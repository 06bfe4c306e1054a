"""A data-sharing source that answers JSON over HTTP, as most platforms do: 200 for everything, its own code in the body."""

from __future__ import annotations

from collections.abc import Mapping

from connectors.config import parse
from connectors.http import Wire
from connectors.sources.answers import Answers, SourceConfig
from inspector.ports import Answer, Question


class HttpSource:
    """One data-sharing interface."""

    def __init__(self, name: str, config: Mapping[str, object]) -> None:
        self._config = parse(SourceConfig, name, config)
        self._wire = Wire(self._config, name)
        self.card = self._config.card(name, port="source", kind="http")
        self._answers = Answers(self._config, self.card)

    def ask(self, question: Question, *, key: str) -> Answer:
        """Ask one fact.

        Raises Unavailable (the wire's, `source_busy`), Barred (the wire's, `source_barred`), Refused (the wire's,
        `question_without_purpose`, `source_refused`), Garbled (the wire's and the reply's, `code_unknown`, `echo_differs`).
        """
        told = self._answers.asked(question, key)
        reply = self._wire.send("POST", self._config.path, json=told, key=key, case_id=question.case_id)
        return self._answers.read(reply, question, key)

    def close(self) -> None:
        """Let the connections go."""
        self._wire.close()


def connect(name: str, config: Mapping[str, object]) -> HttpSource:
    """The entry point. Raises Invalid when the configuration cannot be used."""
    return HttpSource(name, config)
