"""What the C library keeps of a busy hour goes back to the system."""

from __future__ import annotations

import subprocess
import sys

import pytest

from inspector.daemon import heap
from tests.house import ROOT

BUSY = """
import os
from inspector.daemon import heap
from tests.fault.load import resident

before = resident(os.getpid())
busy = [bytes(4000) for _ in range(16_000)]  # of the C library: too large for Python's own
stay = busy[::500]
del busy
after = resident(os.getpid())
heap.give_back()
print(before, after, resident(os.getpid()), all(one == bytes(4000) for one in stay))
"""


@pytest.mark.skipif(heap._TRIM is None, reason="this C library has nothing to give back by")
@pytest.mark.slow
def test_what_a_busy_hour_took_goes_back_though_some_of_it_stays() -> None:
    told = subprocess.run([sys.executable, "-c", BUSY], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    before, after, at_last = map(float, told[:3])
    assert after - before > 40, "the C library keeps what lies below a block in use: else there is nothing to test"
    assert at_last - before < 8
    assert told[3] == "True"


def test_another_c_library_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ctypes.CDLL", lambda _name: object())
    monkeypatch.setattr(heap, "_TRIM", heap._trimmer())
    assert heap._TRIM is None
    heap.give_back()
