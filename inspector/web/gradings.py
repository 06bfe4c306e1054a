"""What the gravity of an untrue promise is judged by, as an officer says it with the decision."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from inspector.domain.grading import Cooperation, Grading, GradingInput, Harm, Knowledge
from inspector.web.fields import Strict
from inspector.web.pages import Fields, read


class GradingIn(Strict):
    """Grading inputs (handbook 2.7), each optional unless the pack needs it; `amount` in whole yuan.

    Whether it is the first time is computed.
    """

    knowledge: Knowledge | None = None
    curable: bool | None = None
    corrected: bool | None = None
    harm: Harm | None = None
    amount: Annotated[int, Field(ge=0, le=10**15)] | None = None
    third_parties: bool | None = None
    cooperation: Cooperation | None = None

    def grading(self) -> Grading:
        """The same as the domain takes it."""
        return Grading(**{one.value: getattr(self, one.value) for one in GradingInput})


CHOICES = {
    "knowledge": [one.value for one in Knowledge],
    "curable": ["true", "false"],
    "corrected": ["true", "false"],
    "harm": [one.value for one in Harm],
    "third_parties": ["true", "false"],
    "cooperation": [one.value for one in Cooperation],
}
"""What a form offers, by field, beside the amount."""
WORDS = {"knowledge": "Knowledge", "harm": "Harm", "cooperation": "Cooperation"}
"""The labels of choices that are codes."""


def typed(form: Fields) -> dict[str, str]:
    """What was typed into a form, by field."""
    return {one.value: form.one(one.value).strip() for one in GradingInput}


def graded(form: Fields) -> GradingIn:
    """A form's grading inputs; what was left open is not said. Raises Invalid."""
    return read(GradingIn, **{name: _plain(text) for name, text in typed(form).items() if text})


def _plain(text: str) -> object:
    return int(text) if text.isdecimal() and text.isascii() else text
