"""The sections of the settings that name agencies, and whose draws there are."""

from __future__ import annotations

from datetime import time
from typing import Literal

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from inspector.tuning import Section, VisitCodeSettings


class AgencySettings(VisitCodeSettings):
    """One agency of the tree."""

    name: str = Field(description="Its name as shown to people")
    parent: str | None = Field(None, description="The agency above it")
    pack: str | None = Field(None, description="Its policy pack; without one the nearest pack above holds")
    connector: str | None = Field(None, description="The agencies connector that letters to it go through")
    former: tuple[str, ...] = Field(
        (),
        description="Connectors that letters to it went through before: the requests that are open by one, and the packs that still name "
        "one, stay this agency's",
    )
    powers: dict[str, str] = Field(
        default_factory=dict,
        description="The facts of packs that it is competent for, each with the article or list that says so; empty: nobody has listed "
        "them. A letter that asks it about another fact waits for an officer's word before it leaves",
    )
    language: Literal["zh-Hans", "en"] = Field("zh-Hans", description="The language of pushes to its people and of letters to it")
    subjects: str | None = Field(
        None,
        description="The push channel that reaches citizens and firms by their code (the service platform's app): links to self-proofs go "
        "through it; without one, here or above, the approving system or an officer hands them over",
    )
    subjects_by_phone: str | None = Field(
        None,
        description="The push channel (SMS) that takes a subject's telephone number, where the case brought one, for notices",
    )
    subjects_by_email: str | None = Field(None, description="The same for an address of e-mail")
    liaison: str | None = Field(
        None,
        description="How its liaison officer is reached after the date, where not by `connector`: another connector of [assistance], or "
        "CHANNEL:ADDRESS, a push channel and the person's address there",
    )
    head: str | None = Field(None, description="The same for its head")
    heads: tuple[str, ...] = Field(
        (),
        description="Who decides as its head whether an inspector be recused, by the names in their tokens; with none, or where it is a "
        "head's own, those of the nearest agency above that names some",
    )
    telephone: str = Field(
        "",
        description="Whom a firm or person may ring about a notice, a check or an objection: it stands on notices and in pushes to them. "
        "Without it and an address: those of the nearest agency above (Personal Information Protection Law art. 17: who handles data tells "
        "its name and how to be reached)",
    )
    address: str = Field("", description="Where it is visited and written to; with `telephone`")
    reviewers: tuple[str, ...] = Field(
        (),
        description="Who may say the legal review of a decision where the pack asks for listed ones (Penalties Law art. 58), by the names "
        "in their tokens; with none, those of the nearest agency above that names some",
    )
    digest: time | None = Field(
        None,
        description="Hour (08:30) of each working day when its letters go in one message, with which each request's clock starts",
    )


class PlanSettings(Section):
    """One draw plan: when, and whose. That a year's draws may take place says its annual plan (`./run plan create`)."""

    agency: str = Field(description="Whose draw it is")
    trigger: str = Field(description='When: "cron mon 09:00" (names of days, never numbers), "cron day=1 09:00" or "every 2h"')
    pool: bool = Field(False, description="Whether the daily-supervision pool is in the frame beside the cases")
    partners: tuple[str, ...] = Field(
        (),
        alias="with",
        description="Agencies that join every visit (joint check): each deals officers of its own, `agency` leads",
    )
    lists: Literal["shared", "own"] = Field(
        "shared",
        description='Of a plan with others: "shared" (one register, the lead\'s, and its rules), or "own" (each agency has its own '
        "objects, classes and quotas by its own registers and pack, and goes where it has drawn; one commitment, one seed)",
    )

    of: Literal["objects", "results"] = Field(
        "objects", description='"results": second looks, of the agency\'s own results that found nothing, by `[second_look]`'
    )

    @field_validator("lists", mode="before")
    @classmethod
    def _one_for_all(cls, told: object) -> object:
        """What is said of single agencies would mix the two kinds (decision 24)."""
        if isinstance(told, (list, tuple, dict)):
            message = (
                'all agencies share the lists or all have their own ("shared" or "own"): a plan cannot mix them, make two plans'
            )
            raise PydanticCustomError("lists_mixed", message)
        return told
