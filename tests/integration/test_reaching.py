"""Why a connector's other side cannot be trusted or reached is said in the reader's language; what the system said stands behind it."""

from __future__ import annotations

import errno
import os
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from inspector import labels
from inspector.canary import flaws
from inspector.cli import words
from inspector.cli.finding import Fault, Finding
from inspector.cli.reaching import TLS, Configured, findings
from inspector.domain.errors import Invalid
from inspector.labels import LANGS
from inspector.settings import Settings
from inspector.testing.peer import Peer, Step, answer, nobody, peer
from inspector.testing.tls import authority, issued
from tests.frontends import FrontEnd
from tests.gateway import Platform, settings
from tests.integration.test_mail import PLAIN
from tests.mailroom import mailroom


def told(url: str, ca_file: Path | None = None) -> Finding:
    """What is found of a source at an address."""
    keys = {"kind": "http", "url": url} | ({"ca_file": str(ca_file)} if ca_file else {})
    found, *_ = findings(Configured(section="sources", group="sources", name="one", told=keys), Settings(), call=True)
    return found


@contextmanager
def abrupt() -> Iterator[str]:
    """A TLS address that breaks every connection off as soon as it has heard something (RST)."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def once() -> None:
            connection, _ = listening.accept()
            connection.recv(1, socket.MSG_PEEK)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.close()

        thread = threading.Thread(target=once)
        thread.start()
        yield f"https://127.0.0.1:{listening.getsockname()[1]}"
        thread.join()


@pytest.mark.parametrize(
    ("days", "english", "chinese", "mend"),
    [
        ((-9, -1), "its certificate has expired (certificate has expired)", "其证书已过期（certificate has expired）", "renew"),
        (
            (1, 9),
            "its certificate is not valid yet (certificate is not yet valid)",
            "其证书尚未生效（certificate is not yet valid）",
            "clock",
        ),
    ],
)
def test_a_certificate_whose_days_are_others_is_said_to_be_so(
    tmp_path: Path, days: tuple[int, int], english: str, chinese: str, mend: str
) -> None:
    file, context = authority(tmp_path, days=days)
    with peer(tls=context) as there:
        found = told(there.url, file)
    assert found.what[0].endswith(f": {english}")
    assert found.what[1].endswith(f"：{chinese}")
    assert mend in found.mend[0]
    assert found.fault is Fault.THEIRS


def test_a_certificate_that_nobody_we_believe_vouches_for_is_said_to_be_so_however_it_comes(tmp_path: Path) -> None:
    alone, shown, hidden = authority(tmp_path / "a"), issued(tmp_path / "b", whole=True), issued(tmp_path / "c", whole=False)
    with ExitStack() as stack:
        urls = [stack.enter_context(peer(tls=context)).url for _, context in (alone, shown, hidden)]
        found = [told(url) for url in urls]
        known = [told(url, file).state for url, (file, _) in zip(urls, (alone, shown, hidden), strict=True)]
    assert known == ["OK"] * 3
    details = (
        "self-signed certificate",
        "self-signed certificate in certificate chain",
        "unable to get local issuer certificate",
    )
    for one, detail in zip(found, details, strict=True):
        assert one.what[0].endswith(f": nobody we believe vouches for its certificate ({detail})")
        assert one.what[1].endswith(f"：其证书不是由受信任的机构签发（{detail}）")
        assert "ca_file" in one.mend[0]
        assert "ca_file" in one.mend[1]


def test_a_certificate_for_another_host_or_address_is_said_to_be_so(tmp_path: Path) -> None:
    file, context = authority(tmp_path, host="elsewhere.example")
    with peer(tls=context) as there:
        by_address = told(there.url, file)
        by_name = told(there.url.replace("127.0.0.1", "localhost"), file)
    for one, detail in ((by_address, "'127.0.0.1'"), (by_name, "'localhost'")):
        assert "its certificate is for another host or address (" in one.what[0]
        assert "其证书属于其他主机或者地址（" in one.what[1]
        assert all(detail in text for text in one.what), "what the system said stands in brackets"
        assert "url" in one.mend[0]


def test_where_no_tls_is_spoken_that_is_said() -> None:
    with peer() as there:
        found = told(there.url.replace("http:", "https:"))
    assert found.what[0].endswith(": there is no TLS there (WRONG_VERSION_NUMBER)")
    assert found.what[1].endswith("：对方没有使用TLS（WRONG_VERSION_NUMBER）")
    assert "port" in found.mend[0]


def test_a_fault_of_tls_that_has_no_words_of_its_own_has_words_around_it(tmp_path: Path) -> None:
    _, context = authority(tmp_path)
    context.set_ciphers("AES128-SHA")
    context.maximum_version = context.minimum_version
    with peer(tls=context) as there:
        found = told(there.url)
    assert ": another fault of TLS (" in found.what[0]
    assert "：其他TLS错误（" in found.what[1]
    assert found.mend[1]


def test_an_error_of_the_system_has_words_in_both_languages() -> None:
    with abrupt() as url:
        found = told(url)
    assert found.what[0].endswith(" cannot be reached: the other side broke the connection off; a firewall may")
    assert found.what[1].endswith(" 无法连接：连接被对方或防火墙中断")
    with nobody() as closed:
        assert told(closed).what[1].endswith("无法连接：对方没有监听")


def test_an_error_that_has_no_words_of_its_own_has_words_around_it() -> None:
    assert labels.reason(OSError(errno.EPIPE, "Broken pipe"), "en") == "another system error (Broken pipe)"
    assert labels.reason(OSError(errno.EPIPE, "Broken pipe"), "zh-Hans") == "其他系统错误（Broken pipe）"


def test_a_host_that_no_name_can_be_is_said_to_be_no_address() -> None:
    found = told("http://a..b/")
    assert "a..b cannot be reached: this is no address to connect to (" in found.what[0]
    assert "a..b 无法连接：不是可以连接的地址（" in found.what[1]


def test_an_error_of_the_system_in_the_facts_of_another_has_words_around_it_too() -> None:
    facts = {"file": "x", "problem": os.strerror(errno.ELOOP), "errno": "ELOOP"}
    assert words.told(Invalid("file_unusable", **facts), "zh-Hans").endswith("其他系统错误（Too many levels of symbolic links）")
    known = facts | {"errno": "EACCES"}
    assert words.told(Invalid("file_unusable", **known), "zh-Hans").endswith("没有权限，请检查所有者")


def test_every_fault_of_tls_that_is_told_apart_has_words_and_a_way_to_mend_it() -> None:
    names = {*TLS.values(), "NO_TLS", "OTHER"}
    assert [f"{lang}: {key}" for lang in LANGS for key in names if not labels.known(f"tls.{key}", lang)] == []
    assert [f"{lang}: {key}" for lang in LANGS for key in names if not labels.known(f"tls_mend.{key}", lang)] == []


def tried(folder: Path, platform: Platform) -> list[Finding]:
    """What is found of the state exchange platform, without the lines about loading, its key's file and its address."""
    with peer(beside=platform.paths()) as there:
        keys = {"kind": "gateway", "url": there.url, **settings(folder)}
        found = list(findings(Configured(section="sources", group="sources", name="one", told=keys), Settings(), call=True))
    assert [one.state for one in found[:2]] == ["OK", "OK"]
    assert platform.asked == []
    return found[2:]


def test_a_platform_that_lends_a_secret_is_said_to_do_so_and_how_the_clocks_stand(tmp_path: Path) -> None:
    had, clock = tried(tmp_path, Platform())
    assert [one.state for one in (had, clock)] == ["OK", "OK"]
    assert had.what[0].startswith("lends us a secret, good for ")
    assert had.what[1].endswith("秒；未查询任何人")
    _, clock = tried(tmp_path, Platform(ahead=-200))
    assert clock.state == "WARN"
    assert clock.what[0].startswith("our clock is ")
    assert clock.what[0].endswith(" s ahead of its clock")
    assert "NTP" in clock.mend[0]


def test_a_platform_that_lends_none_is_said_to_do_so_with_its_own_code_and_the_way_to_mend_it(tmp_path: Path) -> None:
    (found,) = tried(tmp_path, Platform(app_key="another"))
    assert found.what[0] == "the source does not let us in (code E-204)"
    assert found.what[1] == "数据源不允许我方接入 (code E-204)"
    assert "compare account, key and rights" in found.mend[0]
    assert found.fault is Fault.OURS


def test_where_the_clock_keeps_us_out_that_is_what_is_said(tmp_path: Path) -> None:
    (found,) = tried(tmp_path, Platform(ahead=900))
    assert found.what[0].startswith("the source refused us because its clock and ours differ (code E-202; our clock is ")
    assert found.what[0].endswith(" s behind theirs)")
    assert found.what[1].startswith("因双方时钟不一致，数据源拒绝了我方请求 (")


TODAY = timedelta()


def answered(ago: timedelta | None = TODAY, **data: object) -> Step:
    """An answer to the canary question, with data of so long ago; None: of no day."""
    as_of = None if ago is None else (datetime.now(UTC) - ago).isoformat()
    return answer(told={"code": 0, "data": {"value": "存续", "as_of": as_of, **data}, "version": "1"})


ABOUT_TRIAL = {"fact": "registration-status", "code": "TEST00000000000001", "basis": "协议第三条"}


def sung(folder: Path, step: Step, kind: str = "http", **canary: str) -> tuple[list[Finding], Peer]:
    """What is found of a source by its canary question, behind loading, secret and address; and the peer that was asked."""
    token = folder / "token"
    token.write_text("one-of-ours")
    token.chmod(0o600)
    more = {"client": "CN/GOV/1/office", "service": "CN/GOV/2/register/query"} if kind == "xroad" else {}
    with peer(step) as there:
        keys = {"kind": kind, "url": there.url, "token_file": str(token), "owner": "o", "tries": 1, **more}
        keys |= {"canary": canary} if canary else {}
        found = list(findings(Configured(section="sources", group="sources", name="one", told=keys), Settings(), call=True))
    assert [one.state for one in found[:2]] == ["OK", "OK"]
    return found[2:], there


@pytest.mark.parametrize("kind", ["http", "xroad"])
def test_a_credential_that_the_source_does_not_know_is_found_by_its_canary_question(tmp_path: Path, kind: str) -> None:
    (found,), there = sung(tmp_path, answer(401, {}), kind, **ABOUT_TRIAL)
    assert found.state == "FAIL"
    assert "account, key and rights" in found.mend[0]
    assert len(there.heard) == 1


def test_a_canary_that_sings_otherwise_than_expected_is_a_warning_and_one_that_is_not_set_is_said(tmp_path: Path) -> None:
    (found,), _ = sung(tmp_path, answered(), **ABOUT_TRIAL)
    assert (found.state, "registration-status: Found" in found.what[0]) == ("OK", True)
    assert "registration-status：有记录" in found.what[1]
    (found,), there = sung(tmp_path, answered(), **ABOUT_TRIAL, expects="not_found")
    assert (found.state, "expected" in found.what[0]) == ("WARN", True)
    assert b"TEST00000000000001" in there.heard[0].body
    (found,), there = sung(tmp_path, answered())
    assert (found.state, there.heard) == ("OK", [])
    assert "[sources.one.canary]" in found.what[1]


@pytest.mark.parametrize(
    ("step", "says", "mend"),
    [
        (answer(told={"code": "E-999"}), "code = E-999", "ok_codes"),
        (answer(404, {}), "HTTP 404", "url and path"),
        (answer(302, {}), "HTTP 302", "url and path"),
        (answer(501, {}), "HTTP 501", "url and path"),
        (answer(415, {}), "HTTP 415", "other side"),
        (answer(425, {}), "HTTP 425", "work waits"),
    ],
)
def test_what_a_source_says_is_told_with_the_mend_that_fits_it(tmp_path: Path, step: Step, says: str, mend: str) -> None:
    (found,), _ = sung(tmp_path, step, **ABOUT_TRIAL)
    assert found.state == "FAIL"
    assert says in found.what[0]
    assert mend in found.mend[0]
    assert says in found.what[1]


@pytest.mark.parametrize(("mode", "mend"), [(0o644, "chmod 600"), (None, "write the secret into")])
def test_a_secrets_file_that_is_wrong_is_to_be_mended_and_not_the_settings(tmp_path: Path, mode: int | None, mend: str) -> None:
    token = tmp_path / "token"
    if mode is not None:
        token.write_text("one-of-ours")
        token.chmod(mode)
    keys = {"kind": "http", "url": "http://127.0.0.1:9", "token_file": str(token), "owner": "o"}
    (found,) = findings(Configured(section="sources", group="sources", name="one", told=keys), Settings(), call=True)
    assert found.mend[0].startswith(mend)
    assert str(token) in found.mend[1]


def test_a_plain_mail_port_that_is_said_to_speak_tls_is_told_by_its_key() -> None:
    with mailroom() as room:
        keys = {**PLAIN, "kind": "email", "host": "127.0.0.1", "port": room.port, "tls": "implicit"}
        *_, found = findings(Configured(section="agencies", group="agencies", name="one", told=keys), Settings(), call=True)
    assert (found.state, "starttls" in found.mend[0], found.fault) == ("FAIL", True, Fault.OURS)


def test_a_damaged_file_and_a_server_without_tls_have_their_own_mend(tmp_path: Path) -> None:
    (tmp_path / "front.db").write_bytes(b"no database at all" * 400)
    front = FrontEnd(url=f"sqlite:///{tmp_path / 'front.db'}")
    one = Configured(section="sources", group="sources", name="front", told={"kind": "database", **front.keys()})
    *_, found = findings(one, Settings(), call=True)
    assert "copied anew" in found.mend[0]
    with mailroom() as room:
        keys = {**PLAIN, "kind": "email", "host": "127.0.0.1", "port": room.port, "tls": "starttls"}
        *_, found = findings(Configured(section="agencies", group="agencies", name="one", told=keys), Settings(), call=True)
    assert "STARTTLS" in found.mend[0]


@pytest.mark.parametrize(
    ("ago", "data", "says", "mend"),
    [
        (None, {}, "nobody knows of when", "as_of_field"),
        (timedelta(days=-2), {}, "of a day to come", "as_of_field"),
        (timedelta(days=2_500), {}, "longer ago than the fact holds", "as_of_field"),
        (timedelta(), {"value": ""}, "says nothing", "place"),
    ],
)
def test_a_source_whose_answers_decide_nothing_is_not_said_to_be_well(
    tmp_path: Path, ago: timedelta | None, data: dict[str, object], says: str, mend: str
) -> None:
    (_, found), _ = sung(tmp_path, answered(ago, **data), **ABOUT_TRIAL)
    assert found.state == "WARN"
    assert says in found.what[0]
    assert mend in found.mend[0]


def test_a_canary_about_a_fact_that_no_pack_knows_is_said(tmp_path: Path) -> None:
    (_, found), _ = sung(tmp_path, answered(), **ABOUT_TRIAL | {"fact": "registration-statuss"})
    assert (found.state, "nearest is registration-status" in found.what[0]) == ("WARN", True)


@pytest.mark.parametrize(
    ("section", "canary", "code"),
    [
        ("sources", {**ABOUT_TRIAL, "bases": "x"}, "canary_key_unknown"),
        ("sources", {"fact": "f", "code": "c"}, "canary_value"),
        ("sources", {**ABOUT_TRIAL, "expects": "maybe"}, "canary_value"),
        ("sources", {**ABOUT_TRIAL, "subject_kind": "firm"}, "canary_value"),
        ("sources", "yes", "canary_value"),
        ("channels", ABOUT_TRIAL, "canary_no_source"),
    ],
)
def test_a_canary_that_cannot_be_is_refused_by_its_key(section: str, canary: object, code: str) -> None:
    (flaw,) = flaws({section: {"one": {"kind": "http", "canary": canary}}})
    assert flaw.code == code
    assert all(f"{section}.one" in words.told(flaw, lang) for lang in LANGS)


def test_a_canary_about_a_fact_that_the_connectors_own_keys_lack_is_our_mistake_and_named_by_its_field(tmp_path: Path) -> None:
    front = FrontEnd(url=f"sqlite:///{tmp_path / 'front.db'}")
    front.fill()
    keys = {**front.keys(), "kind": "database", "canary": {**ABOUT_TRIAL, "fact": "registred"}}
    *_, found = findings(Configured(section="sources", group="sources", name="one", told=keys), Settings(), call=True)
    assert (found.state, found.fault) == ("FAIL", Fault.OURS)
    assert "canary.fact = 'registred'" in found.what[0]
    assert ("[sources.one.canary]" in found.mend[0], "(registered)" in found.mend[0]) == (True, True)
    assert "[sources.one.canary]" in found.mend[1]
