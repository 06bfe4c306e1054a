"""A file that only the holder of a key reads: of an open format, and nothing of it is changed, cut or exchanged unseen."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable

import pytest

from inspector.domain.errors import Invalid
from inspector.store import envelope

FOREIGN_KEY = "AGE-SECRET-KEY-14M57H82Z7MHNV6R2J203KLKWPJ9AFG0R2V58PTRAXZ3H9ZR6PL5Q4ND54E"
FOREIGN_RECIPIENT = "age1hwvnw7ghy6yqygunmanmsl2h66lfw8vzz02eahh3d3qu6rd47y2sl5a48k"
FOREIGN = base64.b64decode(
    "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBQeXpoWTZtenY1bElFZVMzQy8rY2tWUnNiTEI1cVc2dXlhblhGK3RnQW1RCmxaOUR4TEJCWWJjMUNN"
    "SzJMMHllVkhEeGNaclFTSXZ2Rk5TMWRNTWV5TjQKLT4gMmIlV3AtZ3JlYXNlIEtfR0YvJQpnTUVYSDdVRVhKRlFlSlJOUmYvS3FDVVRndjFMSk9ValY5RnpD"
    "M29iajFsRDFDZlByeXg3Y05NZmdHaVFweUprCkJNS3VSS1VzUG12akVUQ1Z5VmFrZ1o4MVp3Ci0tLSBMVmZ0Ym5PVzU1L1YxQjhVT1pSazNnTSsrQXA1bWh1"
    "NkhUNDZsWmpZaXE4CoolU9LbUlBbXV4q4OZcmdupbWweixLOS3aVICsxETNhAibJUxFMyWI5SSoaa26DcN07"
)
"""What another program of the format has made (pyrage 1.4.0, which is of Rust's `age`), with a stanza that nobody knows."""
CHUNK = 1 << 16
KEY, RECIPIENT = envelope.new()


def enclosed(plain: bytes, *recipients: str) -> bytes:
    out = io.BytesIO()
    envelope.enclose(io.BytesIO(plain), out, recipients or (RECIPIENT,))
    return out.getvalue()


def disclosed(held: bytes, *keys: str) -> bytes:
    out = io.BytesIO()
    envelope.disclose(io.BytesIO(held), out, keys or (KEY,))
    return out.getvalue()


def test_what_another_program_of_the_format_has_made_is_opened() -> None:
    assert disclosed(FOREIGN, FOREIGN_KEY) == "承诺".encode() * 3
    assert envelope.recipient_of(FOREIGN_KEY) == FOREIGN_RECIPIENT


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 5])
def test_a_file_of_any_size_comes_back_to_each_of_its_recipients(size: int) -> None:
    plain = bytes(at % 251 for at in range(size))
    held = enclosed(plain, RECIPIENT, FOREIGN_RECIPIENT)
    assert [disclosed(held, one) for one in (KEY, FOREIGN_KEY)] == [plain, plain]
    assert (envelope.enclosed(held), plain[:200] in held and size > 200) == (True, False)


def swapped(held: bytes) -> bytes:
    """Two chunks of the payload in each other's place."""
    begin = len(held) - len(payload(held))
    first, second = (held[begin + at * (CHUNK + 16) :][: CHUNK + 16] for at in (0, 1))
    return held[:begin] + second + first + held[begin + 2 * (CHUNK + 16) :]


def payload(held: bytes) -> bytes:
    """Behind the header's sum and the nonce."""
    return held[held.index(b"\n", held.index(b"\n--- ") + 1) + 17 :]


@pytest.mark.parametrize(
    "change",
    [
        lambda held: held[:-1],
        lambda held: held[: -len(payload(held)) + 2 * (CHUNK + 16)],  # at the end of a chunk: nothing but its flag tells
        lambda held: held[: -len(payload(held)) - 3],
        lambda held: held + b"x",
        lambda held: held[:-30] + bytes([held[-30] ^ 1]) + held[-29:],
        lambda held: held.replace(b"\n--- ", b"\n-> x\n\n--- "),
        swapped,
        lambda _held: envelope.MAGIC,
        lambda _held: envelope.MAGIC + b"\n-> X25519 \xff\n",
        lambda _held: b"",
    ],
    ids=("last byte", "last chunk", "all chunks", "longer", "bit", "header", "swapped", "magic alone", "half a stanza", "empty"),
)
def test_whatever_is_changed_cut_or_exchanged_is_refused(change: Callable[[bytes], bytes]) -> None:
    held = enclosed(bytes(at % 251 for at in range(3 * CHUNK + 5)))
    assert change(held) != held
    with pytest.raises(Invalid, match="backup_altered"):
        disclosed(change(held))


def test_another_key_opens_nothing_and_what_is_no_key_is_said_to_be_none() -> None:
    with pytest.raises(Invalid, match="backup_key_other"):
        disclosed(enclosed(b"x"), FOREIGN_KEY)
    for wrong in ("", KEY.lower(), KEY[:-1] + ("Q" if KEY[-1] != "Q" else "P"), RECIPIENT, KEY + "Q"):
        with pytest.raises(Invalid, match="backup_key_unfit"):
            disclosed(enclosed(b"x"), wrong)
    for wrong in ("", RECIPIENT.upper(), RECIPIENT[:-1] + ("q" if RECIPIENT[-1] != "q" else "p"), KEY, "age1", f"{RECIPIENT}é"):
        with pytest.raises(Invalid, match="backup_recipient_unfit"):
            enclosed(b"x", RECIPIENT, wrong)
