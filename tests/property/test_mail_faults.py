"""No fault of a mail or of its box, in any order, is a word that its writer has not said, and none makes a good answer get lost."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.mailbox import Box
from inspector.domain.assistance import AssistanceState
from inspector.domain.errors import Invalid
from inspector.domain.evidence import Verdict
from inspector.domain.said import Said
from inspector.flows import hearing, mailbox
from inspector.ports import Barred, Origin, Unavailable
from inspector.store.store import Store
from inspector.testing import caught
from tests.house import Hand
from tests.integration.test_clerks import filled
from tests.integration.test_delivery_index import somebody
from tests.integration.test_letters import request_of
from tests.integration.test_mail_held import asked
from tests.integration.test_mailbox import CLERK, put, written

pytestmark = pytest.mark.alike

FORMS: Mapping[str, tuple[Mapping[str, str], frozenset[Verdict | None]]] = {
    "untouched": ({}, frozenset()),
    "unsigned": ({"核查意见": "一致"}, frozenset()),
    "match": ({"核查意见": "一致", "签署人": "王五"}, frozenset({Verdict.MATCH})),
    "mismatch": ({"核查意见": "不一致", "贵机关掌握的数据": "5", "签署人": "王五"}, frozenset({Verdict.MISMATCH, None})),
    "cannot say": ({"核查意见": "无法判断", "理由": "该户档案仅存目录", "签署人": "王五"}, frozenset({Verdict.CANNOT_SAY, None})),
}
"""What a clerk fills in, and what of it may be heard: all of it, or, where a line got lost, what the others say by themselves."""
SIGNED = re.compile(r"签署人[\s>|]*：[ \t>|]*[^\s>|]")
"""What was put on the very line of who signs may be a name."""
SIGNS = st.sampled_from(["\n", " ", "\u200b", "\ufffd", "> ", "：", "【", "】", "=\n", "\t", "无记录", "系统维护"])


def before_the_close(text: str, _at: float, to: float, sign: str) -> str:
    """A line gets in above the closing mark, or above one of the lines before it."""
    lines = text.rstrip("\n").split("\n")
    place = len(lines) - 1 - round(to * 2)
    return "\n".join([*lines[:place], sign, *lines[place:]])


def cut(text: str, at: float, _to: float, _sign: str) -> str:
    """It breaks off."""
    return text[: round(at * len(text))]


def put_in(text: str, at: float, _to: float, sign: str) -> str:
    """Something gets in between."""
    place = round(at * len(text))
    return text[:place] + sign + text[place:]


def left_out(text: str, at: float, _to: float, _sign: str) -> str:
    """A line gets lost."""
    lines = text.split("\n")
    del lines[min(round(at * len(lines)), len(lines) - 1)]
    return "\n".join(lines)


def swapped(text: str, at: float, to: float, _sign: str) -> str:
    """Two lines change places."""
    lines = text.split("\n")
    one, other = (min(round(place * len(lines)), len(lines) - 1) for place in (at, to))
    lines[one], lines[other] = lines[other], lines[one]
    return "\n".join(lines)


def repeated(text: str, at: float, to: float, _sign: str) -> str:
    """A line stands somewhere else, too; at the edge the whole letter stands there twice."""
    lines = text.split("\n")
    one, other = (min(round(place * len(lines)), len(lines) - 1) for place in (at, to))
    return f"{text}\n{text}" if at > 0.95 else "\n".join([*lines[:other], lines[one], *lines[other:]])


def wrapped(text: str, at: float, _to: float, _sign: str) -> str:
    """Each line is broken at a width."""
    wide = 15 + round(at * 60)
    return "\n".join(line[one : one + wide] for line in text.split("\n") for one in range(0, max(len(line), 1), wide))


def quoted(text: str, at: float, _to: float, _sign: str) -> str:
    """It is quoted, more or less."""
    return "\n".join(("> " if at < 0.5 else ">" * (number % 3)) + line for number, line in enumerate(text.split("\n")))


def parted(text: str, at: float, _to: float, sign: str) -> str:
    """A finding is broken amid its words: 不 stands on one line and 一致 on the next."""
    return text.replace("不一致", f"不{sign}一致") if at < 0.5 else text.replace("无法判断", f"无法{sign}判断")


MENDS = [before_the_close, cut, put_in, left_out, swapped, repeated, wrapped, quoted, parted]
PLACE = st.floats(0, 1, allow_nan=False)
MUTATIONS = st.lists(st.tuples(st.sampled_from(MENDS), PLACE, PLACE, SIGNS), min_size=0, max_size=4)
LETTER = st.tuples(st.sampled_from(sorted(FORMS)), MUTATIONS, st.integers(0, 9))
"""What was filled in, what happened to it, and what the mail as sent is: cut off (0), in two parts (1), or disowned in the second (2)."""
DISOWNED = "以上填错了户，请勿采用"


def away(box: Path) -> Callable[[], None]:
    """The folder is gone, as a share is that is not mounted; and back."""
    box.rename(box.with_name("elsewhere"))

    def again() -> None:
        box.with_name("elsewhere").rename(box)

    return again


def another(box: Path) -> Callable[[], None]:
    """Something else lies where the folder was."""
    new = box / "new"
    new.rename(box / "kept")
    new.write_bytes(b"")

    def again() -> None:
        new.unlink()
        (box / "kept").rename(new)

    return again


def hanging(box: Path) -> Callable[[], None]:
    """Pipes lie in it, from which whoever opens them reads for ever."""
    os.mkfifo(box / "new" / "0.pipe")
    (box / "new" / "0.linked").symlink_to(box / "new" / "0.pipe")

    def again() -> None:
        for name in ("0.linked", "0.pipe"):
            (box / "new" / name).unlink()

    return again


def under_way(box: Path) -> Callable[[], None]:
    """Half a mail is still being delivered."""
    half = written("核查意见：一致")[:80]
    for place in (box / "tmp" / "1.half", box / "new" / ".1.half"):
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(half)

    def again() -> None:
        for place in (box / "tmp" / "1.half", box / "new" / ".1.half"):
            place.unlink()

    return again


BOXES = [away, another, hanging, under_way]
STEPS = st.lists(
    st.one_of(st.tuples(st.just("mail"), LETTER), st.tuples(st.just("box"), st.sampled_from(BOXES))), min_size=1, max_size=6
)


def sent(text: str, way: int, number: str) -> bytes:
    """The mail as it is sent, by one of the ways of `LETTER`: of two texts where a program puts a picture between them."""
    if way not in (1, 2):
        content = written(text, number=number)
        return content if way else content[: len(content) * 2 // 3]
    half = len(text) // 2 if way == 1 else len(text)
    held = MIMEMultipart("mixed")
    held["From"], held["To"], held["Message-ID"] = CLERK, "xiezhu@office.example", number
    for part in (text[:half], text[half:] or DISOWNED):
        held.attach(MIMEText(part, "plain", "utf-8"))
    return held.as_bytes()


@contextmanager
def overheard() -> Iterator[list[Said]]:
    """What of the agency's words counts meanwhile; each is undone with its transaction, so that one request stands for all."""
    heard: list[Said] = []
    hears = hearing.hear

    def hear(office: Any, tx: Any, number: str, said: Said, *more: Any) -> None:
        hears(office, tx, number, said, *more)
        heard.append(said)
        raise Invalid("mail_words", field="text", told="")

    with pytest.MonkeyPatch.context() as held:
        held.setattr(hearing, "hear", hear)
        yield heard


@pytest.mark.parametrize("often", [15, pytest.param(1000, marks=[pytest.mark.slow, pytest.mark.timeout(900)])])
def test_no_fault_of_a_mail_or_of_its_box_in_any_order_is_a_word_that_its_writer_did_not_say(
    store: Store, hand: Hand, often: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        box = Path(folder) / "box"
        (box / "new").mkdir(parents=True)
        office, case_id, letter = asked(store, hand, box)
        form, count = str(letter.get_content()), iter(range(10**9))

        def mended(told: tuple[str, list[tuple[Callable[..., str], float, float, str]], int]) -> str:
            kind, mends, _ = told
            text = filled(form, FORMS[kind][0])
            for mend, at, to, sign in mends:
                text = mend(text, at, to, sign)
            return text

        def holds(steps: list[tuple[str, Any]]) -> None:
            with overheard() as heard:
                for kind, told in steps:
                    heard.clear()
                    if kind == "box":
                        back = told(box)
                        mailbox.pick_up(office)
                        back()
                        assert not heard, told.__name__
                        continue
                    text = mended(told)
                    put(box, f"{next(count):08}", sent(text, told[2], f"<m{next(count)}@housing.example>"))
                    mailbox.pick_up(office)
                    assert told[2] != 2 or not heard, "its writer has said not to use it"
                    if told[0] != "unsigned" or not SIGNED.search(text):
                        assert {one.verdict for one in heard} <= FORMS[told[0]][1], (told, heard)
                    assert not list((box / "new").iterdir()), "read once, taken or kept for a person"

        for way in (1, 2):
            holds([("mail", ("mismatch", [], way))])
        for sign in ("区民政局 王五", "系统维护", "无记录"):
            holds([("mail", ("unsigned", [(before_the_close, 0.0, 0.0, sign)], 1))])
        quiet = [HealthCheck.too_slow]
        settings(max_examples=often, deadline=None, suppress_health_check=quiet)(given(STEPS)(holds))()
        assert request_of(store, case_id).state is AssistanceState.SENT
        put(box, "good", written(filled(form, FORMS["match"][0]), number="<good@housing.example>"))
        mailbox.pick_up(office)
        assert request_of(store, case_id).state is AssistanceState.ANSWERED, "a good one behind them all is taken"


def test_a_box_that_we_may_not_look_into_is_told_as_our_own_affair_and_none_that_is_gone_as_empty() -> None:
    with tempfile.TemporaryDirectory() as folder:
        box = Path(folder)
        (box / "new").mkdir()
        put(box, "1", written("您好"))
        with somebody(box):
            (box / "new").chmod(0)
            shut = caught(lambda: list(Box(box).waiting()))
            (box / "new").chmod(0o700)
        gone = caught(lambda: list(Box(box / "gone").waiting()))
        assert len(list(Box(box).waiting())) == 1
    assert [(type(one), one.code, one.origin) for one in (shut, gone)] == [
        (Barred, "unauthorised", Origin.US),
        (Unavailable, "folder_failed", Origin.US),
    ]
