"""The configured connectors one by one: do they load, and does somebody answer at their address. Nobody is asked about."""

from __future__ import annotations

import socket
import ssl
import stat
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from inspector import canary, manners
from inspector.cli import amiss, words
from inspector.cli.finding import Fault, Finding, State
from inspector.domain.errors import InspectorError
from inspector.labels import LANGS, Lang, label, reason
from inspector.ports import AnswerStatus, Card, Looking, PortError, Sighting

if TYPE_CHECKING:
    from inspector.cli.turns import Turns
    from inspector.ports import Source
    from inspector.settings import Settings
    from inspector.tuning import EngineSettings

SECONDS = 5.0
PULSE = "pulse"
"""The section of the dead-man's switch: it has no work, and so no lane."""

OPEN = frozenset({"authority_file", "ca_file", "known_hosts_file"})
"""Keys that name files of certificates and keys of others: they are no secrets."""

TLS: Mapping[int, str] = {
    9: "NOT_YET",
    10: "EXPIRED",
    **dict.fromkeys((18, 19, 20, 21), "UNTRUSTED"),
    **dict.fromkeys((62, 64), "OTHER_HOST"),
}
"""What is wrong with a certificate, by OpenSSL's number for it (X509_V_ERR_…): names in the groups `tls` and `tls_mend` of labels."""

_THEIRS = frozenset({"NOT_YET", "EXPIRED", "OTHER"})
"""What of it only the other side can mend; all else first asks for another key of ours: host, port, authority."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Configured:
    """A connector of the settings: its section, name, and keys."""

    section: str
    group: str
    name: str
    told: Mapping[str, Any]

    @property
    def kind(self) -> str:
        """The entry point it names."""
        return str(self.told.get("kind", ""))


def configured(settings: Settings) -> list[Configured]:
    """Every connector of the settings, in the order of their sections."""
    from inspector.bootstrap import GROUPS

    found = [
        Configured(section=section, group=group, name=name, told=told)
        for section, group in GROUPS.items()
        for name, told in getattr(settings, section).items()
    ]
    found += [Configured(section="identity", group="identity", name=name, told=told) for name, told in settings.identity.items()]
    if settings.pulse is not None:
        found.append(Configured(section=PULSE, group="pulses", name=PULSE, told=settings.pulse))
    return found


def load(one: Configured, engine: EngineSettings) -> object:
    """The connector, made but not called. Raises what its factory raises, and Invalid when its calls may outlast their lease."""
    from inspector.bootstrap import GROUPS, bounded, connector

    made = connector(one.group, one.name, one.told)
    if one.section in GROUPS:
        bounded(one.section, one.name, made, engine)
    return made


def carded(one: Configured, engine: EngineSettings) -> tuple[Card | None, InspectorError | None]:
    """A connector's card, or what keeps it from loading."""
    try:
        made = load(one, engine)
    except InspectorError as error:
        return None, error
    held: Card | None = getattr(made, "card", None)
    return held, None


def findings(one: Configured, settings: Settings, *, call: bool, turns: Turns | None = None) -> Iterator[Finding]:
    """What is to be said of one connector: its loading, manners and canary, its secrets' permissions, its address.

    In shadow nobody is called but who is asked there: nothing leaves the house. Whoever has manners is asked at a turn of `turns`.
    """
    from inspector.bootstrap import GROUPS

    engine, shadow = settings.engine, settings.shadow
    call = call and (not shadow.on or (one.section in ("sources", "credit") and one.name in shadow.asks))
    name = f"{one.section}.{one.name}"
    wrong: list[InspectorError] = [*manners.flaws_of(one.section, one.name, manners.tables(settings, GROUPS))]
    wrong += canary.flaws_of(one.section, one.name, one.told)
    made: object = None
    try:
        made = load(one, engine)
    except InspectorError as error:
        wrong.insert(0, error)
    for flaw in wrong:
        yield Finding.fail(name, (words.told(flaw, "en"), words.told(flaw, "zh-Hans")), amiss.unloaded(flaw))
    if wrong:
        return
    for key, file in secrets(one.told):
        yield from permissions(f"{name}.{key}", file)
    if call:
        yield from _called(one, name, made, settings, turns)
    else:
        yield Finding.ok(name, _loads(one.kind))


def _loads(kind: str) -> tuple[str, str]:
    return f"loads ({kind})", f"可加载（{kind}）"


def _called(one: Configured, name: str, made: object, settings: Settings, turns: Turns | None) -> Iterator[Finding]:
    """What its other side says: that it takes connections, what the connector sees there, and what its canary question brings."""
    url, asks = str(one.told.get("url", "")), canary.of(name, one.told) if one.section == "sources" else None
    tried = None
    if asks is not None:
        tried = canary.Trial(cast("Source", made), asks, date.today(), _known(settings))  # noqa: DTZ011 - any day will do
    looking = made if isinstance(made, Looking) else None
    if url and (looking is None or urlsplit(url).scheme in ("http", "https")):
        reached = _reached(name, url, str(one.told.get("ca_file", "")))
        yield reached
        if reached.state is State.FAIL:
            return
    elif looking is None and tried is None:
        yield Finding.ok(name, _loads(one.kind))
        return
    asked = [(look, ends) for look, ends in ((looking, tried is None), (tried, True)) if look is not None]
    for look, closes in asked:
        held = turns.take(one) if turns is not None else None
        if held is not None:
            getattr(made, "close", lambda: None)()
            yield held
            return
        with turns.leave(one) if turns is not None else nullcontext():
            yield from looked(name, look, one.told, closes=closes)
    if not asked and one.section == "sources":
        lacks = [label("sighting.canary_lacks", lang, connector=name) for lang in ("en", "zh-Hans")]
        yield Finding.ok(name, (lacks[0], lacks[1]))


def _known(settings: Settings) -> Mapping[str, timedelta] | None:
    """The facts of the packs, each with how long it holds at the longest; None where they cannot be read, which `check` tells."""
    from inspector.domain.evidence import span
    from inspector.policybook import Policybook

    try:
        packs = Policybook.read(settings.policies).packs
    except InspectorError:
        return None
    facts = [fact for pack in packs for item in pack.items.values() for fact in item.facts]
    longest: dict[str, timedelta] = {}
    for fact in facts:
        longest[fact.code] = max(span(fact.valid_for), longest.get(fact.code, timedelta()))
    return longest


def _reached(name: str, url: str, ca_file: str) -> Finding:
    place = _place(url)
    try:
        reach(url, ca_file)
    except ssl.SSLError as error:
        fault, detail = _fault(error)
        chinese, english = (label(f"tls.{fault}", lang, detail=detail) for lang in LANGS)
        told = (f"{place} is there, but its TLS cannot be trusted: {english}", f"{place} 可连接，但TLS不可信：{chinese}")
        mend = (label(f"tls_mend.{fault}", "en"), label(f"tls_mend.{fault}", "zh-Hans"))
        return Finding.fail(name, told, mend, Fault.THEIRS if fault in _THEIRS else Fault.OURS)
    except (OSError, ValueError) as error:
        chinese, english = (
            reason(error, lang) if isinstance(error, OSError) else label("os.ADDRESS", lang, detail=error) for lang in LANGS
        )
        mend = (
            "check network, firewall and the other side; work waits meanwhile",
            "请检查网络、防火墙和对方系统；其间工作会等待",
        )
        lies = Fault.AWAY if isinstance(error, OSError) else Fault.OURS
        return Finding.fail(name, (f"{place} cannot be reached: {english}", f"{place} 无法连接：{chinese}"), mend, lies)
    return Finding.ok(name, (f"loads, and {place} takes connections", f"可加载，{place} 可以连接"))


def looked(name: str, made: Looking, told: Mapping[str, Any], *, closes: bool = True) -> Iterator[Finding]:
    """What a connector of the settings `told` sees when it looks at its other side; `closes`: nobody asks it anything behind that."""
    try:
        seen = made.look()
    except PortError as error:
        if (ours := amiss.setting(name, told, error)) is not None:
            yield ours
            return
        from inspector.flows import wording

        english, chinese = (wording.code("note", error.code, lang) for lang in ("en", "zh-Hans"))
        words_of = amiss.detail(error)
        detail = f" ({words_of})" if words_of else ""
        mend = amiss.mend(error)
        yield Finding.fail(name, (english + detail, chinese + detail), mend, amiss.fault(error))
        return
    finally:
        close = getattr(made, "close", None)
        if closes and close is not None:
            close()
    for one in seen:
        english, chinese = (_sighted(one, lang) for lang in ("en", "zh-Hans"))
        if one.fine:
            yield Finding.ok(name, (english, chinese))
        else:
            mends = amiss.sighted(one.code, one.facts)
            both = (english, chinese)
            yield Finding.fail(name, both, mends, Fault.THEIRS) if one.grave else Finding.warn(name, both, mends)


def _sighted(one: Sighting, lang: Lang) -> str:
    """A sighting in words; an error among its facts is told in words, too."""
    facts = {key: _said(key, fact, lang) for key, fact in one.facts.items()}
    return label(f"sighting.{one.code}", lang, **facts)


def _said(key: str, fact: object, lang: Lang) -> object:
    if isinstance(fact, InspectorError):
        return words.told(fact, lang)
    if isinstance(fact, AnswerStatus):
        return label(f"AnswerStatus.{fact.name}", lang)
    if key == "note":
        from inspector.flows import wording

        return wording.code("note", str(fact), lang)
    return fact


def secrets(told: Mapping[str, Any]) -> list[tuple[str, Path]]:
    """(key, file) of every key that names a file with a secret; what everybody may know of others is none."""
    return [(key, Path(str(file))) for key, file in told.items() if key.endswith("_file") and key not in OPEN and file]


def permissions(name: str, file: Path) -> Iterator[Finding]:
    """Whether only its owner may read a secret."""
    try:
        mode = stat.S_IMODE(file.stat().st_mode)
    except OSError as error:
        yield Finding.fail(
            name, (f"{file}: {reason(error, 'en')}", f"{file}：{reason(error, 'zh-Hans')}"), ("write the file", "请写入该文件")
        )
        return
    if mode & 0o077:
        told = (f"{file} can be read by others (mode {mode:o})", f"{file} 可被他人读取（权限 {mode:o}）")
        yield Finding.fail(name, told, (f"chmod 600 {file}", f"chmod 600 {file}"))
    else:
        yield Finding.ok(name, (f"{file} is its owner's alone", f"{file} 仅属主可读"))


def reach(url: str, ca_file: str = "") -> None:
    """Open a connection to a URL's host, with TLS believing whom the connector believes, and close it. Raises OSError, ValueError."""
    told = urlsplit(url)
    port = told.port or (443 if told.scheme == "https" else 80)
    with socket.create_connection((told.hostname or "", port), SECONDS) as plain:
        if told.scheme == "https":
            context = ssl.create_default_context(cafile=ca_file or None)
            context.wrap_socket(plain, server_hostname=told.hostname).close()


def _fault(error: ssl.SSLError) -> tuple[str, str]:
    """The name of what keeps TLS from coming about, and OpenSSL's own words for it."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return TLS.get(error.verify_code, "OTHER"), error.verify_message or error.reason
    return "NO_TLS" if error.reason == "WRONG_VERSION_NUMBER" else "OTHER", error.reason or type(error).__name__


def _place(url: str) -> str:
    """Host and port alone: path and query may hold a key."""
    told = urlsplit(url)
    return f"{told.hostname or '?'}:{told.port}" if told.port else told.hostname or "?"
