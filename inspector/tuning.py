"""The sections of the settings that tune machinery: backups, keys, engine, pushes, visit codes, sign-in, drift of sources."""

from __future__ import annotations

from datetime import time, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from inspector.domain.hush import Hush
from inspector.domain.manners import Window
from inspector.domain.person import nameable, twice
from inspector.domain.push import Pushing
from inspector.domain.statement import Rules
from inspector.domain.urgency import Urgency


class Section(BaseModel):
    """A table of the file: frozen, no unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


FILE = "sqlite:///"


class Database(Section):
    """Where the records lie."""

    url: str = Field(
        "sqlite:///var/inspector.sqlite3",
        description="SQLAlchemy URL: sqlite:///FILE or postgresql://…. The file's folder must be there; only where nothing is said here "
        "`var` is made",
    )
    password_file: Path | None = Field(None, description="File holding the database password, instead of one in the URL")
    synchronous: Literal["FULL", "NORMAL"] = Field(
        "FULL", description="SQLite durability; NORMAL may lose the last second at a power cut"
    )
    tickets_from: int = Field(
        100_000, ge=0, description="PostgreSQL: it computes a draw's tickets from so many objects on; the result is the same"
    )

    @property
    def own_folder(self) -> Path | None:
        """`var` beside the settings, which is made where nobody has said where the records lie; what is named must be there."""
        return None if "url" in self.model_fields_set else Path(self.url.removeprefix(FILE)).parent


class Backup(Section):
    """Where copies of the office lie, and who may read them."""

    folder: Path | None = Field(
        None,
        description="Folder of backups: `backup` writes there where no file is named, and `check` looks there for the newest; keep it on "
        "another disk than the records",
    )
    recipients: tuple[str, ...] = Field(
        (),
        description="Public halves of keys (age1…, made by `key backup`): each backup is encrypted for them, and for nobody else, this "
        "machine included; none: it lies as the office does",
    )


class Privacy(Section):
    """Keys that seal personal data at rest (PIPL art. 51 (3)), made by `key secret`. Without any it lies open to whoever has the file."""

    key_files: tuple[Path, ...] = Field(
        (),
        description="Files of the keys of texts and files, readable by their owner alone: the first seals, the others open what was "
        "sealed before; `key rotate` brings all under the first",
    )
    lookup_key_files: tuple[Path, ...] = Field(
        (),
        description="Files of the keys of codes, by which subjects are looked up: the first seals, the others are needed to change it",
    )


class EngineSettings(Section):
    """The engine. The defaults suit one machine of two cores."""

    dispatcher: Literal["embedded", "procrastinate"] = Field(
        "embedded",
        description="Who wakes the daemons when work is due: the house itself, or procrastinate (PostgreSQL alone; an extra, "
        "`./run setup requirements-procrastinate.lock`). The work table stays the truth",
    )
    threads: int = Field(
        128, gt=1, description="Work carried out at once; an eighth is kept for what needs no connector, such as legal dates"
    )
    capacity: int = Field(512, gt=0, description="Work rows leased at once, not fewer than threads; an eighth is kept likewise")
    lease_seconds: float = Field(
        60,
        gt=1,
        lt=3600,
        description="How long a claim lasts without renewal; renewed every third of it. A connector's call must take less than half",
    )
    poll_seconds: float = Field(1, gt=0, description="How often to look without being woken")
    group: int = Field(128, gt=0, description="Settlements that may share one commit")
    linger_seconds: float = Field(
        0.01,
        ge=0,
        le=1,
        description="Behind a claim or a commit: for how long what comes next is gathered into one, where few rows come at a time. "
        "What comes alone is not kept waiting; 0 claims and commits each row as it comes, at a third more of the processor",
    )
    lane_slots: int = Field(
        32,
        gt=0,
        description="Calls of one connector at once in this process; fewer than threads, so that a slow one keeps no other waiting. "
        "Of the capacity it may hold the same share",
    )
    unheard_claims: int = Field(
        50,
        gt=0,
        description="Claims of a row of which no word came, because its daemons died, after which it is carried out alone; "
        "if its daemon dies of it then, it waits for a person (`kills_its_daemon`)",
    )
    retry_base_seconds: float = Field(2, gt=0, description="First wait after a failure; doubles each time")
    retry_cap_seconds: float = Field(3600, gt=0, description="Longest wait between tries")
    retry_tries: int = Field(
        8,
        gt=0,
        description="Tries before work is given up or quarantined for which the pack sets no date; where it sets one, the date counts",
    )
    retry_share: float = Field(0.2, ge=0, description="Tries again, of all connectors of one owner together, for each first try")
    retry_reserve: int = Field(10, gt=0, description="Tries again that an owner is granted each minute beside that share")
    breaker_failures: int = Field(8, gt=0, description="Failures in a row that open a connector's breaker")
    breaker_cool_seconds: float = Field(15, gt=0, description="First pause of an open breaker; doubles up to ten minutes")
    garbled_quiet_hours: float = Field(
        24,
        gt=0,
        description="Office time without an answer in another form, after which one in form ends the matter of a source (`answer_garbled`)",
    )

    @model_validator(mode="after")
    def _a_bulkhead(self) -> EngineSettings:
        """One connector may never hold all threads, and a thread without a row would have nothing to do."""
        if self.lane_slots >= self.threads:
            raise PydanticCustomError("lane_slots", "lane_slots must be less than threads ({threads})", {"threads": self.threads})
        if self.capacity < self.threads:
            raise PydanticCustomError("capacity", "capacity must not be less than threads ({threads})", {"threads": self.threads})
        return self


class DriftSettings(Section):
    """When a source answers otherwise than it used to: by an exact test of two samples (Fisher 1935), for each fact."""

    window: int = Field(50, ge=10, le=1000, description="Answers that are compared with those before them, as one window")
    least: int = Field(10, ge=2, le=1000, description="Windows that must have come before anything is compared")
    most: int = Field(40, ge=2, le=1000, description="Windows that are compared with, at most: the last ones without an alarm")
    chance: float = Field(
        1e-6,
        gt=0,
        le=0.01,
        description="The greatest probability with which a window of answers like those before raises an alarm; over all kinds of answers "
        "and shapes of values together (Bonferroni)",
    )
    hold: tuple[str, ...] = Field(
        (), description="Sources whose answers decide nothing while their alarm stands: the claim goes its next way"
    )

    @model_validator(mode="after")
    def _in_order(self) -> DriftSettings:
        """What is compared with must be able to come."""
        if self.most < self.least:
            raise PydanticCustomError("drift_most", "most must not be less than least ({least})", {"least": self.least})
        return self


class Reconciliation(Section):
    """How our credit books are held against a platform's statement."""

    margin_minutes: int = Field(
        60, ge=0, description="What has moved so shortly before a statement may have crossed it and is left out"
    )
    oldest_hours: int = Field(72, gt=0, description="A statement that is older is not compared, and a person is told")
    least_share: float = Field(
        0.9,
        ge=0,
        le=1,
        description="A statement with a smaller share of what the platform has given receipts for is not believed, and a person is told; "
        "`credit reconcile --accept` says that it is right",
    )
    few: int = Field(
        5, ge=0, description="So many that are missing are believed in any case: of few entries a share says nothing"
    )
    copies: tuple[str, ...] = Field(
        (),
        description="Credit platforms that get a copy of each entry from then on, and hear what becomes of it, beside the first that takes "
        "entries",
    )
    most_steps: int = Field(
        200, gt=0, description="So many entries are sent or taken back again, or asked about one by one, at one comparison"
    )

    @property
    def rules(self) -> Rules:
        """As the domain compares by them."""
        return Rules(
            margin=timedelta(minutes=self.margin_minutes),
            oldest=timedelta(hours=self.oldest_hours),
            least_share=self.least_share,
            few=self.few + 1,
            most_steps=self.most_steps,
        )


def _hours(told: str) -> str:
    """Hours of the day, `HH:MM-HH:MM`."""
    if Window.of(told) is None:
        raise PydanticCustomError("push_hours", "must be hours of the day such as 21:00-08:00")
    return told


Hours = Annotated[str, AfterValidator(_hours)]
Word = Literal[
    "assignment",
    "off",
    "blocked",
    "unblocked",
    "changed",
    "sooner",
    "appointed",
    "spared",
    "added",
    "several",
    "renewed",
    "differs",
    "recusal",
    "awaited",
]


class PushSettings(Section):
    """How inspectors are pushed; the time to accept is a term of the pack, and begins when a channel takes the push."""

    quiet: tuple[Hours, ...] = Field(
        (),
        description='Hours in office time when no phone is to ring, such as ["21:00-08:00"]; what may not wait goes at once',
    )
    quiet_urgent: tuple[Hours, ...] = Field((), description="The same for what is urgent")
    urgent: tuple[Word, ...] = Field(
        ("off", "blocked", "sooner", "appointed"),
        description="What is urgent: assignment, off (taken back), blocked, unblocked, changed (facts corrected), sooner (due earlier), "
        "appointed (its day was decided), "
        "spared (facts settled), added (a case goes along), several (more than one of these), renewed (a new link), "
        "differs (the lead is to say which of two versions stands), recusal (the head has decided on one), "
        "awaited (a visit stands as made, its result is to be entered)",
    )
    patience_minutes: float = Field(
        60, gt=0, description="Office minutes for which one way to an inspector is tried where the register names a further one"
    )
    unreached_minutes: float = Field(
        240,
        gt=0,
        description="Office minutes after which a push that its channel reports as delivered to nobody yet goes the next way as well",
    )

    declines: int = Field(
        3,
        gt=0,
        description="An inspector who has declined so many assignments within `declines_days` is a matter for the office; no rank",
    )
    declines_days: int = Field(90, gt=0, le=3660, description="Days that are looked back on for it")

    def pushing(self) -> Pushing:
        """The same as the flows read it."""
        windows = {Urgency.NORMAL: self.quiet, Urgency.URGENT: self.quiet_urgent}
        held = {urgency: tuple(one for text in told if (one := Window.of(text)) is not None) for urgency, told in windows.items()}
        return Pushing(
            hush=Hush(windows=held, urgent=frozenset(self.urgent)),
            patience=timedelta(minutes=self.patience_minutes),
            unreached=timedelta(minutes=self.unreached_minutes),
            declines=self.declines,
            declines_within=timedelta(days=self.declines_days),
        )


class VisitCodeSettings(Section):
    """Visit codes of an agency's inspectors: the key that signs them, and the hours of a day."""

    visit_key_file: Path | None = Field(
        None,
        description="File of the key that signs the visit codes of its inspectors (`./run key new`); without one, the nearest above signs, "
        "and without any there are no codes",
    )
    visit_keys_before_file: Path | None = Field(
        None, description="File of public keys that signed before: their codes are believed until the file is changed"
    )
    visit_from: time = Field(time(8, 0), description="From which hour a visit code of its day counts")
    visit_until: time = Field(time(20, 0), description="Until which hour it counts; a visit at night needs a later one")

    notice_confirmed: str = Field(
        "",
        max_length=200,
        description="Who has held the prohibitions on the notice of a check against the document of the State Council's General "
        "Office (2024 no. 54), and when: their words "
        "are those of press reports. Until then, `check` says that nobody has; an agency below one that says so need not",
    )

    @model_validator(mode="after")
    def _hours_in_order(self) -> VisitCodeSettings:
        """A code whose day ends before it begins counts at no hour, and every firm's phone would call it over."""
        if self.visit_from >= self.visit_until:
            raise PydanticCustomError(
                "visit_hours", "visit_until must be later than visit_from ({begins})", {"begins": f"{self.visit_from:%H:%M}"}
            )
        return self

    @property
    def key_files(self) -> dict[str, Path]:
        """The files that are named, by key."""
        files = {"visit_key_file": self.visit_key_file, "visit_keys_before_file": self.visit_keys_before_file}
        return {key: file for key, file in files.items() if file is not None}


def _network(told: str) -> str:
    """An address, or a network with no bits set behind its mask."""
    try:
        ip_network(told)
    except ValueError:
        raise PydanticCustomError("network_form", "must be an address or a network such as 10.0.0.5 or 10.0.0.0/28") from None
    return told


Network = Annotated[str, AfterValidator(_network)]
HeaderName = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,60}$")]


def _apart(told: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Each name is one person's."""
    if (both := twice(told)) is not None:
        raise PydanticCustomError("person_twice", "names one person twice: {one} and {other}", {"one": both[0], "other": both[1]})
    if unfit := [one for one in (*told, *(name for names in told.values() for name in names)) if not nameable(one) or "=" in one]:
        raise PydanticCustomError("person_form", "has a name that nobody can sign by: {name}", {"name": unfit[0]})
    return told


People = Annotated[dict[str, tuple[str, ...]], AfterValidator(_apart)]


PEOPLE = (
    'Who has several names: the one that signs, and the others, of tokens and admissions, and "os:NAME" of the machine\'s users. '
    "Steps that two persons take are compared by it; where anybody is declared, an undeclared user signs nothing"
)
"""What the setting is for, as its reference says it."""


class SignInSettings(Section):
    """How people sign in, and how long they stay so."""

    session_minutes: int = Field(120, gt=0, le=1440, description="Minutes after which a session of the pages ends in any case")
    idle_minutes: int = Field(60, gt=0, le=1440, description="Minutes without a request after which it ends")
    phone_hours: int = Field(12, gt=0, le=168, description="Hours that an inspector's session on the phone lasts, used or not")
    link_hours: int = Field(
        72,
        gt=0,
        le=720,
        description="Hours after its push in which a seat's link may begin one; the link's own page asks for no session",
    )
    gateway_peers: tuple[Network, ...] = Field(
        (),
        description='Addresses or networks that the proxy of a single sign-on connects from, such as ["10.0.0.5"]; empty: no header says '
        "who asks. It must take both headers out of what comes to it",
    )
    gateway_secret_file: Path | None = Field(
        None, description="File (chmod 600) with the secret that the proxy sends along: one line, 32 letters at least"
    )
    gateway_secret_header: HeaderName = Field("X-Gateway-Secret", description="Header with the secret")
    gateway_user_header: HeaderName = Field("X-Gateway-User", description="Header with the user's unchanging name")


class ShadowSettings(Section):
    """Running beside today's practice with nothing sent out."""

    on: bool = Field(
        False,
        description="Decide and write down, send nothing out, publish nothing. Said before the first start: a database is one or the other",
    )
    asks: tuple[str, ...] = Field((), description="Sources, and the credit platform, that are asked all the same")


class Logging(Section):
    """Logs."""

    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="Least level written")
    format: Literal["json", "text"] = Field("json", description="One JSON object a line, or text for eyes")
