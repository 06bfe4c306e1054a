"""Settings: one frozen tree from a TOML file and `INSPECTOR_…` variables. What is unknown, missing or misspelt is an error.

The reference page and the example file are generated from this module; every field says what it is for.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator
from datetime import time
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, Field, ValidationError
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError

from inspector.agencies import AgencySettings, PlanSettings
from inspector.domain.errors import Invalid
from inspector.labels import Lang, label, problem, toml
from inspector.tuning import (
    FILE,
    PEOPLE,
    Backup,
    Database,
    DriftSettings,
    EngineSettings,
    Logging,
    People,
    Privacy,
    PushSettings,
    Reconciliation,
    Section,
    ShadowSettings,
    SignInSettings,
)

SHIPPED = Path(__file__).parent.parent / "policies"
"""The packs and calendars that come with the program: where the settings name none and none lie beside them."""

PREFIX = "INSPECTOR_"
OUTSIDE = frozenset(
    {
        "INSPECTOR_WHEELS",
        "INSPECTOR_VENV",
        "INSPECTOR_SHARED_DATA",
        "INSPECTOR_TEST_DRAWS",
        "INSPECTOR_TEST_EVERY",
        "INSPECTOR_TEST_REQUESTS",
        "INSPECTOR_TEST_SEALED",
        "INSPECTOR_TEST_DISPATCHER",
        "INSPECTOR_TEST_EXAMPLES",
        "INSPECTOR_TEST_EXAMPLES_POSTGRES",
        "INSPECTOR_TEST_STRICT",
        "INSPECTOR_TEST_TURN",
        "INSPECTOR_AUDIT",
        "INSPECTOR_CONFIG",
        "INSPECTOR_DEMO",
        "INSPECTOR_DEMO_DAY",
        "INSPECTOR_CRASH_AT",
    }
)
"""Variables of `./run`, `./test` and the command line that are no settings."""


def _address(told: str) -> str:
    """An address that a browser can open and that paths can be put behind; or nothing."""
    try:
        parts = urlsplit(told)
        fit = parts.scheme in ("http", "https") and bool(parts.hostname) and not (parts.query or parts.fragment or parts.username)
        fit = fit and (parts.port is None or parts.port > 0) and not re.search(r"\s", told)
    except ValueError:
        fit = False
    if told and not fit:
        raise PydanticCustomError("address_form", "must be an address such as https://inspector.example.cn")
    return told


Address = Annotated[str, AfterValidator(_address)]


class Web(Section):
    """The HTTP edge."""

    host: str = Field("127.0.0.1", description="Address to listen on")
    port: int = Field(8321, ge=0, le=65535, description="Port to listen on; 0 takes a free one")
    base_url: Address = Field(
        "",
        description="The address people and agencies reach it by, for links; empty: http://host:port, for a trial on one machine. "
        "Every daemon of a database must say the same. Where it is another than this machine's own, metrics need a token",
    )
    max_body_bytes: int = Field(4_000_000, gt=0, description="Largest request body taken")
    max_material_bytes: int = Field(
        12_000_000,
        gt=0,
        description="Largest file taken: what a subject shows (self-proof), an inspector's photo; a phone's picture has up to 8 MB",
    )
    max_photos: int = Field(
        60, gt=0, description="Photos taken of one inspector about one visit; what comes beyond stays on the phone, which says so"
    )
    phone_hours: int = Field(
        72,
        gt=0,
        description="Hours for which an inspector's phone may show a page of an assignment without asking us, by its own clock from when "
        "it last did; what waits to be sent stays",
    )
    threads: int = Field(16, gt=0, description="Threads that serve requests")
    open_ops: bool = Field(False, description="Whether the ops page is shown without logging in; for the demo only")
    link_days: int = Field(30, gt=0, description="Days that an agency's link still shows its request after that has ended")
    language: Literal["zh-Hans", "en"] = Field(
        "zh-Hans", description="The language of pages for a browser that prefers none of the two, or does not say"
    )

    @property
    def address(self) -> str:
        """The address that links name, without a slash at its end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.base_url.rstrip("/") or f"http://{host}:{self.port}"


class OfficeTimes(Section):
    """Office hours, by which a legal date ends; and office time, which real offices leave alone and the demo lets run fast."""

    opens: time = Field(time(8, 30), description="When the office opens on working days")
    closes: time = Field(
        time(17, 30),
        description="When it closes: the last day of a term ends then (Civil Code art. 203). A change counts for dates counted from "
        "then on; all daemons of a database must say the same",
    )

    rate: float = Field(1.0, gt=0, description="Office seconds that pass in one machine second")
    skip_closed: bool = Field(False, description="Only the open hours of working days pass")
    starts_at: str = Field(
        "",
        description="Office time of the first start (ISO 8601); empty: machine time. It counts once: for an empty database, when the first "
        "daemon, or the first command that works with the office, begins it; one that has begun goes on by its own time, and a moment "
        "before what is on record (`migrate`) is refused",
    )
    pauses: bool = Field(False, description="Office time stands still while the daemon is stopped; for one daemon alone")

    @property
    def real(self) -> bool:
        """Whether the office's time is the machine's."""
        return self.rate == 1 and not (self.skip_closed or self.starts_at or self.pauses)


class Schedules(Section):
    """When the office's sweeps run, in office time; the forms are those of a plan's trigger."""

    roster: str = Field(
        "cron * 07:00",
        description="Seats of inspectors whose certificate has lapsed or who are on leave pass on; once after an outage",
    )
    coverage: str = Field(
        "cron * 07:30",
        description="Holes that begin within three months are told to a person: a town without officers, certificates that end, leave, "
        "a pack without a next version; and cases in review that a penalty would come too late for; once after an outage",
    )
    credit: str = Field(
        "cron * 05:00",
        description="What was entered with credit platforms is held against what they state that they have; once after an outage",
    )
    levels: str = Field(
        "cron * 06:00",
        description="Levels that a credit platform has delivered in files are taken into the register, for draws; once after an outage",
    )
    publication: str = Field(
        "cron * 08:00",
        description="Results that were formed since become duties to publish, with the pack's date; once after an outage",
    )
    equality: str = Field(
        "cron day=1 07:00",
        description="Who committed and who brought a certificate are compared, over the calendar year so far; once after an outage",
    )
    returns: str = Field(
        "cron day=1 07:30",
        description="The return to the justice bureau is made over the months that are over, and its digest entered; once after an outage",
    )
    ledger: str = Field(
        "cron * 18:00",
        description="The head of the ledger is lodged with each witness: nobody can cut or rewrite it from then on unseen; "
        "once after an outage",
    )
    forget: str = Field("cron * 03:30", description="Housekeeping: done work leaves the table; skipped after an outage")
    keep_done_days: int = Field(7, gt=0, description="Days that done work rows are kept; the ledger is the history")
    keep_slots_days: int = Field(67, gt=0, description="Days that taken slots of schedules are kept: they tell what ran when")
    keep_messages_days: int = Field(90, gt=0, description="Days that a message's Idempotency-Key is remembered with its answer")
    keep_materials_days: int = Field(
        183,
        gt=0,
        description="Days after the end of a case that what its subject has shown, photos of its visits and readings of their codes by "
        "firms' phones are kept; digests stay",
    )
    keep_inquiries_days: int = Field(
        1_100,
        ge=1_096,
        description="Days that it is kept who was asked what about whom, and who saw it: three years at least (PIPL art. 56)",
    )


Connector = dict[str, Any]


class Settings(BaseSettings):
    """The whole tree."""

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", env_prefix=PREFIX, env_nested_delimiter="__", nested_model_default_partial_update=True
    )

    policies: Path = Field(
        Path("policies"), description="Folder of packs and calendars, relative to the file; unsaid and absent: those shipped"
    )
    calendars: Path | None = Field(
        None,
        description="Folder of working calendars of your own (cn-YEAR.toml), relative to the file: years to come, and newer versions "
        "of shipped ones",
    )
    database: Database = Field(default_factory=Database)
    backup: Backup = Field(default_factory=Backup)
    web: Web = Field(default_factory=Web)
    time: OfficeTimes = Field(default_factory=OfficeTimes)
    engine: EngineSettings = Field(default_factory=EngineSettings)
    drift: DriftSettings = Field(default_factory=DriftSettings)
    push: PushSettings = Field(default_factory=PushSettings)
    schedules: Schedules = Field(default_factory=Schedules)
    reconciliation: Reconciliation = Field(default_factory=Reconciliation)
    signin: SignInSettings = Field(default_factory=SignInSettings)
    log: Logging = Field(default_factory=Logging)
    not_yet: tuple[str, ...] = Field(
        (),
        description="What a pack or plan names and this office does not have yet, by section: sources.NAME, assistance.NAME, seeds.NAME, "
        "plans.AGENCY, pools.AGENCY; or a whole kind (sources) while there is none of it. What is neither there nor named here is refused",
    )
    agencies: dict[str, AgencySettings] = Field(default_factory=dict, description="The agency tree by id")
    plans: dict[str, PlanSettings] = Field(default_factory=dict, description="Draw plans by name")
    sources: dict[str, Connector] = Field(default_factory=dict, description="Data-sharing sources: kind and the kind's own keys")
    assistance: dict[str, Connector] = Field(default_factory=dict, description="Connectors to agencies asked for assistance")
    channels: dict[str, Connector] = Field(default_factory=dict, description="Push channels")
    credit: dict[str, Connector] = Field(
        default_factory=dict,
        description="Credit platforms: the first that takes entries, and the first that tells levels, are used",
    )
    callbacks: dict[str, Connector] = Field(
        default_factory=dict, description="Callbacks by the name of the sending system's token"
    )
    seeds: dict[str, Connector] = Field(default_factory=dict, description="Seed sources by the names the pack's draw row uses")
    witnesses: dict[str, Connector] = Field(default_factory=dict, description="Witnesses of draws")
    privacy: Privacy = Field(default_factory=Privacy)
    shadow: ShadowSettings = Field(default_factory=ShadowSettings)
    identity: dict[str, Connector] = Field(default_factory=dict, description="Identity providers that people may sign in by")
    people: People = Field(default_factory=dict, description=PEOPLE)
    pulse: Connector | None = Field(None, description="The dead-man's switch to ping")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the base class's signature, here and below
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Variables win over the file; nothing else is read."""
        return env_settings, init_settings


def load(path: Path | None) -> Settings:
    """Read a file and the environment. Raises Invalid (`settings_…`) naming the key, the nearest valid one and the fix."""
    _refuse_unknown_variables()
    given: dict[str, Any] = {}
    if path is not None:
        if not path.is_file():
            raise Invalid("settings_file_missing", file=str(path))
        try:
            given = toml.parsed(path.read_bytes())
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise Invalid("settings_file_unreadable", file=str(path), **toml.facts(error)) from error
    try:
        held = Settings(**given)
    except ValidationError as error:
        told = {"problems": "; ".join(_problems(error, "en")), "problems_zh": "；".join(_problems(error, "zh-Hans"))}
        if path is None or all(_variable(one["loc"]) for one in error.errors()):
            raise Invalid("settings_variables_invalid", **told) from error
        raise Invalid("settings_invalid", file=str(path), **told) from error
    except SettingsError as error:  # a variable that holds a whole table, and is no JSON; its words name our class
        raise Invalid("settings_variable_unreadable") from error
    base = path.parent if path is not None else Path.cwd()
    policies = _absolute(held.policies, base)
    if "policies" not in held.model_fields_set and not policies.is_dir():
        policies = SHIPPED
    own = _absolute(held.calendars, base) if held.calendars is not None else None
    kept = {name: tuple(_absolute(file, base) for file in files) for name, files in held.privacy}
    placed = {
        "privacy": held.privacy.model_copy(update=kept),
        "policies": policies,
        "calendars": own,
        "database": _database(held.database, base),
        "backup": _backup(held.backup, base),
        **_connectors(held, base),
    }
    keyed = {name: {key: _absolute(file, base) for key, file in one.key_files.items()} for name, one in held.agencies.items()}
    placed["agencies"] = {name: one.model_copy(update=keyed[name]) for name, one in held.agencies.items()}
    return held.model_copy(update=placed)


def fields() -> Iterator[tuple[str, str, Any]]:
    """(key, description, default) of every setting, for the reference page and its test."""
    yield from _fields("", Settings)


def _fields(prefix: str, section: type[BaseModel]) -> Iterator[tuple[str, str, Any]]:
    for name, field in section.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from _fields(f"{prefix}{name}.", inner)
        else:
            default = field.get_default(call_default_factory=True)
            yield f"{prefix}{name}", field.description or "", default


def _connectors(held: Settings, base: Path) -> dict[str, object]:
    """Every connector's files and folders, relative to the file that names them: a service's working directory is chance."""
    sections = ("sources", "assistance", "channels", "credit", "callbacks", "seeds", "witnesses", "identity")
    placed: dict[str, object] = {
        section: {name: _placed(one, base) for name, one in getattr(held, section).items()} for section in sections
    }
    if (secret := held.signin.gateway_secret_file) is not None:
        placed["signin"] = held.signin.model_copy(update={"gateway_secret_file": _absolute(secret, base)})
    return placed if held.pulse is None else placed | {"pulse": _placed(held.pulse, base)}


def _placed(told: Connector, base: Path) -> Connector:
    return {
        key: str(_absolute(Path(value), base)) if isinstance(value, str) and value and _is_place(key) else value
        for key, value in told.items()
    }


def _is_place(key: str) -> bool:
    return key in ("folder", "keep") or key.endswith(("_file", "_folder"))


def _database(held: Database, base: Path) -> Database:
    """A relative SQLite path, or password file, is relative to the file that names it."""
    if held.password_file is not None:
        held = held.model_copy(update={"password_file": _absolute(held.password_file, base)})
    if held.url.startswith(FILE) and not held.url.startswith(FILE + "/"):
        named = {*held.model_fields_set}
        path = Path(held.url.removeprefix(FILE))
        # Nobody's own place keeps its name: a link there must be seen as one before a folder is made.
        path = _absolute(path, base) if "url" in named else base.absolute() / path
        held = held.model_copy(update={"url": FILE + str(path)})
        held.model_fields_set.intersection_update(named)
    return held


def _backup(held: Backup, base: Path) -> Backup:
    return held if held.folder is None else held.model_copy(update={"folder": _absolute(held.folder, base)})


def _absolute(path: Path, base: Path) -> Path:
    return path if path.is_absolute() else (base / path).resolve()


def _refuse_unknown_variables() -> None:
    """A misspelt variable would silently be nothing."""
    known = {PREFIX + key.upper().replace(".", "__") for key, _, _ in fields()}
    for name in os.environ:
        if name.startswith(PREFIX) and name not in OUTSIDE and name not in known:
            near = get_close_matches(name, sorted(known), n=1)
            raise Invalid("settings_variable_unknown", variable=name, nearest=near[0] if near else "")


def _problems(error: ValidationError, lang: Lang) -> Iterator[str]:
    """Each problem with its key, and the nearest valid key for an unknown one."""
    known = [key.split(".") for key, _, _ in fields()]
    for one in error.errors():
        key, depth = ".".join(str(part) for part in one["loc"]), len(one["loc"])
        alike = sorted({".".join(parts[:depth]) for parts in known if len(parts) >= depth})  # a section is none of its keys
        near = get_close_matches(key, alike, n=1, cutoff=0.5) if one["type"] == "extra_forbidden" else []
        key = _variable(one["loc"]) or key
        told = problem(one["type"], one["msg"], one.get("ctx", {}), lang)
        yield label("problem.at_nearest" if near else "problem.at", lang, key=key, problem=told, nearest="".join(near))


def _variable(loc: tuple[int | str, ...]) -> str:
    """The variable that said what stands at this place, or nothing: it wins over the file, which may say nothing wrong."""
    names = (PREFIX + "__".join(str(part) for part in loc[:count]).upper() for count in range(len(loc), 0, -1))
    return next((name for name in names if name in os.environ), "")
