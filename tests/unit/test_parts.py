"""Parts of an answer: the same one again is one, and there is an end to how many are kept."""

from __future__ import annotations

from datetime import timedelta

import pytest

from inspector.domain import reply
from inspector.domain.afterword import MOST
from inspector.domain.assistance import Door
from inspector.domain.errors import Refusal
from tests.unit.test_ladder import PACK, START, opened, pack, sent


def test_the_same_part_again_is_refused_whoever_says_it_by_whichever_way_and_another_is_kept() -> None:
    held = reply.partly(sent(opened(pack()), pack()).request, "2人", "1人待查", "赵六", START, PACK).state
    with pytest.raises(Refusal, match="word_known"):
        reply.partly(held, "2人", "1人待查", "钱七", START + timedelta(hours=1), PACK, Door(by="mail", came=START))
    more = reply.partly(held, "3人", "收入待查", "赵六", START, PACK).state
    assert len(more.parts) == 2


def test_more_parts_than_anybody_reads_are_not_kept() -> None:
    held = sent(opened(pack()), pack()).request
    for number in range(MOST):
        held = reply.partly(held, f"{number}人", "其余待查", "赵六", START, PACK).state
    with pytest.raises(Refusal, match="words_many"):
        reply.partly(held, "又一人", "其余待查", "赵六", START, PACK)
