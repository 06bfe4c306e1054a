"""The demo's folder: what the first start writes, so that nothing secret lies in the repository.

The folder holds `demo.toml` (config/demo.toml with its braces filled in), one file a webhook secret, `house.key` by which the house
signs what it posts and hands out, with its public half beside it, and `keys.json` for the outside world; all of them for their owner's
eyes only. Deleting the folder starts the demo anew.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inspector import visitkeys
from inspector.demo.cast import AGENCY, inspectors, objects
from inspector.domain.errors import Invalid
from inspector.domain.roster import InspectorRecord, RosterObject

PROJECT = Path(__file__).resolve().parent.parent.parent
VARIABLE = "INSPECTOR_DEMO"
PACE = "INSPECTOR_DEMO_DAY"
DAY = 6.0
"""Seconds of an office day, where nothing else is wanted."""
OPEN_SECONDS = 9 * 3600
"""Office seconds of a working day; the demo skips the closed hours."""
SIGNED = ("phones", "approving")


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoToken:
    """A token the office is to issue before it starts: its text is fixed, so that the outside world can hold it already."""

    name: str
    agency: str
    role: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPaper:
    """The annual plan as the demo's people see to it: who draws it up, who approves it by which document, and where it hangs."""

    plan: str
    created_by: str
    approved_by: str
    document: str
    reference: str


PAPER = DemoPaper(
    plan="licensing",
    created_by="clerk-1",
    approved_by="officer",
    document="云溪审批〔演示〕1号",
    reference="云溪区行政审批局公告栏（演示）",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoFolder:
    """A demo office on disk. `objects` and `inspectors` are the registers to be put in at the first start."""

    folder: Path
    config: Path
    keys: Path
    tokens: tuple[DemoToken, ...]
    objects: tuple[RosterObject, ...]
    inspectors: tuple[InspectorRecord, ...]

    def token(self, name: str) -> str:
        """A token's text by its holder."""
        return next(token.text for token in self.tokens if token.name == name)


HOLDERS = (
    ("approving", AGENCY, "system"),
    ("officer", AGENCY, "officer"),
    ("officer-2", AGENCY, "officer"),
    ("legal", AGENCY, "officer"),
    ("head", AGENCY, "officer"),
    ("clerk-1", AGENCY, "clerk"),
    ("clerk-2", AGENCY, "clerk"),
    ("screen", "city", "auditor"),
    ("ops", "city", "ops"),
)
"""Who holds a token in the demo: name, agency, role."""


def where() -> Path:
    """The demo's folder: $INSPECTOR_DEMO, else var/demo of the checkout, else of the current folder when installed elsewhere."""
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named).resolve()
    base = PROJECT if (PROJECT / "pyproject.toml").is_file() else Path.cwd()
    return base / "var" / "demo"


def pace() -> float:
    """Seconds of an office day: $INSPECTOR_DEMO_DAY, for a visitor who wants time to read. Raises Invalid (`demo_day_unusable`)."""
    told = os.environ.get(PACE) or str(DAY)
    try:
        day = float(told)
    except ValueError:
        day = 0.0
    if not 1 <= day <= OPEN_SECONDS:
        raise Invalid("demo_day_unusable", variable=PACE, given=told, least=1, most=OPEN_SECONDS)
    return day


def furnish(folder: Path) -> DemoFolder:
    """Make the folder with its keys and secrets, or find what an earlier start has made. Raises Invalid, OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    keys = folder / "keys.json"
    if not keys.exists():
        keep(keys, json.dumps(_new_keys(), ensure_ascii=False, indent=1))
    held = _read(keys)
    if lacking := [name for name, _, _ in HOLDERS if name not in held["tokens"]]:  # of a demo that an older release has made
        tokens = {**held["tokens"], **{name: f"ins_{secrets.token_urlsafe(32)}" for name in lacking}}
        held = {**held, "tokens": tokens}
        keep(keys, json.dumps(held, ensure_ascii=False, indent=1))
    for name in SIGNED:
        keep(folder / f"{name}.secret", held["secrets"][name] + "\n")
    if not (signs := folder / "house.key").exists():  # also in a demo that an older release has made
        private, public = visitkeys.new()
        keep(folder / "house.key.pub", public.decode())
        keep(signs, private.decode())
    return DemoFolder(
        folder=folder,
        config=folder / "demo.toml",
        keys=keys,
        tokens=tuple(DemoToken(name=name, agency=agency, role=role, text=held["tokens"][name]) for name, agency, role in HOLDERS),
        objects=objects(),
        inspectors=inspectors(),
    )


def configure(made: DemoFolder, *, world: int, web: int, day: float = DAY) -> Path:
    """Write the configuration of this start: the template with folder, ports, project and the seconds of a day filled in."""
    text = template().read_text(encoding="utf-8")
    home = template().parent.parent
    for brace, value in {"folder": str(made.folder), "project": str(home), "world": str(world)}.items():
        text = text.replace(f"{{{brace}}}", value.replace("\\", "\\\\").replace('"', '\\"'))
    text = text.replace("\nrate = 5400\n", f"\nrate = {OPEN_SECONDS / day}\n")
    keep(made.config, text.replace("\nport = 8321\n", f"\nport = {web}\n"))
    return made.config


def address(folder: Path) -> str:
    """Where the demo of a folder was last to be found; nothing where none has been configured yet."""
    try:
        told = tomllib.loads((folder / "demo.toml").read_text(encoding="utf-8"))
        return f"http://127.0.0.1:{told['web']['port']}"
    except (OSError, ValueError, KeyError):
        return ""


def template() -> Path:
    """config/demo.toml of the checkout, or of the installed package's data. Raises Invalid."""
    places = (PROJECT / "config" / "demo.toml", Path(sys.prefix) / "share" / "inspector" / "config" / "demo.toml")
    found = next((place for place in places if place.is_file()), None)
    if found is None:
        raise Invalid("demo_template_missing", looked="; ".join(map(str, places)))
    return found


def _new_keys() -> dict[str, object]:
    return {
        "seed": secrets.token_hex(16),
        "tokens": {name: f"ins_{secrets.token_urlsafe(32)}" for name, _, _ in HOLDERS},
        "secrets": {name: f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}" for name in SIGNED},
    }


def _read(keys: Path) -> Mapping[str, Any]:
    try:
        held: Mapping[str, Any] = json.loads(keys.read_text(encoding="utf-8"))
    except ValueError as error:
        raise Invalid("demo_keys_unreadable", file=str(keys)) from error
    else:
        return held


def keep(file: Path, text: str) -> None:
    """Write a file whole, for its owner's eyes only, even for the moment of writing."""
    new = file.with_name(file.name + ".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as held:
        held.write(text)
    new.replace(file)
