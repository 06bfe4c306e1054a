"""Inspector's contract for a source, and what the archive may do wrong."""

from __future__ import annotations

import socket
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from inspector.ports import Answer, AnswerStatus, Barred, Garbled, PortError, Refused, Unavailable
from inspector.testing import CODE, QUESTION, SourceContract, caught

from archive import SECRET, Says, archive, by, signed
from county_archive.message import mac
from county_archive.source import Archive, connect

WELL = by({CODE: ("00", "已登记", "20260105")})


class TestContract(SourceContract):
    private = (*SourceContract.private, SECRET)

    @pytest.fixture(autouse=True)
    def _there(self, tmp_path: Path) -> Any:
        with archive(WELL) as self.url, socket.socket() as held:
            held.bind(("127.0.0.1", 0))
            self.silent, self.folder = f"archive://127.0.0.1:{held.getsockname()[1]}", tmp_path
            yield

    def connect(self) -> Archive:
        return made(self.url, self.folder)

    def connect_silent(self) -> Archive:
        return made(self.silent, self.folder)


def made(url: str, folder: Path, secret: str = SECRET) -> Archive:
    file = folder / "secret"
    file.write_text(secret, encoding="ascii")
    file.chmod(0o600)
    return connect("archive", {"url": url, "secret_file": str(file), "seconds": 0.5})


def test_the_mac_is_that_of_the_published_vector() -> None:
    """RFC 4231, test case 2; the stand-in uses another function of Python's."""
    told = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert mac(b"what do ya want for nothing?", b"Jefe") == told
    assert signed(["what do ya want for nothing?"], "Jefe")[8:].split(b"|")[1].decode() == told


@pytest.mark.parametrize(
    ("fields", "becomes"),
    [
        (("00", "已登记", "20260105"), (AnswerStatus.FOUND, "已登记")),
        (("44", "", ""), (AnswerStatus.NOT_FOUND, None)),
        (("40", "", "20260105"), (AnswerStatus.CANNOT_SAY, None)),
        (("91", "", ""), Unavailable),
        (("31", "", ""), Barred),
        (("20", "", ""), Refused),
        (("00", "", ""), Garbled),
        (("77", "已注销", ""), Garbled),
        (("00", "已登记", "yesterday"), Garbled),
    ],
)
def test_what_the_archive_says_is_told_and_no_more(fields: tuple[str, str, str], becomes: object) -> None:
    assert becomes == outcome(by({CODE: fields}))


@pytest.mark.parametrize(
    ("says", "becomes"),
    [
        (lambda asked: None, Unavailable),
        (lambda asked: b"", Unavailable),
        (lambda asked: signed([asked[1], "00", "已登记", ""])[:-3], Unavailable),
        (lambda asked: b"HTTP/1.1 200 OK\r\n\r\n", Garbled),
        (lambda asked: b"99999999", Garbled),
        (lambda asked: signed([asked[1], "00", "已登记", ""], "another secret"), Garbled),
        (lambda asked: signed(["another-key", "00", "已登记", ""]), Garbled),
        (lambda asked: signed([asked[1], "00", "已登记", "", "more"]), Garbled),
    ],
)
def test_what_it_does_wrong_says_nothing_about_anybody(says: Says, becomes: type[PortError]) -> None:
    assert outcome(says) is becomes


def test_the_stand_in_answers_nobody_whose_message_is_not_rightly_signed(tmp_path: Path) -> None:
    with archive(WELL) as url, closing(made(url, tmp_path, "another secret")) as stranger:
        assert isinstance(caught(lambda: stranger.ask(QUESTION, key="k-1")), Unavailable)


def outcome(says: Says) -> object:
    with TemporaryDirectory() as folder, archive(says) as url, closing(made(url, Path(folder))) as held:
        try:
            told: Answer = held.ask(QUESTION, key="k-1")
        except PortError as error:
            return type(error)
    return told.status, told.value
