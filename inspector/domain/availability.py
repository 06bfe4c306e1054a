"""Where another agency's data are, which decides by when it has to give them (handbook 1.5.9)."""

from __future__ import annotations

from enum import StrEnum


class Availability(StrEnum):
    """Whether they lie on the sharing platform already (共享平台), or their holder has to publish them there first.

    Each class has a term of the pack; a fact that names none, and a pack without a row for one, have the usual term.
    """

    ON_PLATFORM = "on_platform"
    TO_PUBLISH = "to_publish"
