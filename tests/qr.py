"""Reads a two-dimensional code back from its drawing (ISO/IEC 18004): byte mode, no damage; written from the standard, shares no code."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable

_BLOCKS = {  # version: (data codewords of each block) at error level L, table 9 of the standard
    10: [68, 68, 69, 69],
    11: [81] * 4,
    12: [92, 92, 93, 93],
    13: [107] * 4,
    14: [115, 115, 115, 116],
    15: [87] * 5 + [88],
    16: [98] * 5 + [99],
    17: [107] + [108] * 5,
    18: [120] * 5 + [121],
    19: [113] * 3 + [114] * 4,
    20: [107] * 3 + [108] * 5,
}
_MASKS: tuple[Callable[[int, int], bool], ...] = (
    lambda row, col: (row + col) % 2 == 0,
    lambda row, _col: row % 2 == 0,
    lambda _row, col: col % 3 == 0,
    lambda row, col: (row + col) % 3 == 0,
    lambda row, col: (row // 2 + col // 3) % 2 == 0,
    lambda row, col: row * col % 2 + row * col % 3 == 0,
    lambda row, col: (row * col % 2 + row * col % 3) % 2 == 0,
    lambda row, col: ((row + col) % 2 + row * col % 3) % 2 == 0,
)


def base64url(content: bytes) -> str:
    """Bytes as a code has them."""
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def drawn(svg: str) -> list[list[bool]]:
    """The modules of a drawing that is one path of horizontal strokes, without its quiet zone of four."""
    box = re.search(r'viewBox="0 0 (\d+) \1"', svg)
    path = re.search(r'\bd="([^"]+)"', svg)
    assert box
    assert path
    size = int(box[1])
    dark, x, y = [[False] * size for _ in range(size)], 0.0, 0.0
    for sign, told in re.findall(r"([Mmh])([^Mmh]*)", path[1]):
        numbers = [float(one) for one in re.findall(r"-?\d*\.?\d+", told)]
        if sign == "h":
            for at in range(round(numbers[0])):
                dark[int(y)][round(x) + at] = True
            x += numbers[0]
        else:
            x, y = (numbers[0], numbers[1]) if sign == "M" else (x + numbers[0], y + numbers[1])
    assert not any(dark[row][col] for row in range(size) for col in range(size) if min(row, col) < 4 or max(row, col) >= size - 4)
    return [row[4:-4] for row in dark[4:-4]]


def read(svg: str) -> str:
    """The text of a drawing."""
    dark = drawn(svg)
    size = len(dark)
    version = (size - 17) // 4
    kinds = int("".join("01"[dark[8][col]] for col in range(5)), 2) ^ 0b10101
    assert kinds >> 3 == 1, "error level L"
    masked = _MASKS[kinds & 7]
    bits = [dark[row][col] ^ masked(row, col) for row, col in _way(size, version)]
    words = [int("".join("01"[bit] for bit in bits[at : at + 8]), 2) for at in range(0, len(bits) // 8 * 8, 8)]
    lengths = _BLOCKS[version]
    blocks: list[list[int]] = [[] for _ in lengths]
    coming = iter(words)
    for turn in range(max(lengths)):
        for block, length in zip(blocks, lengths, strict=True):
            if turn < length:
                block.append(next(coming))
    stream = "".join(f"{word:08b}" for block in blocks for word in block)
    assert stream[:4] == "0100", "byte mode"
    count = int(stream[4:20], 2)
    return bytes(int(stream[20 + 8 * at : 28 + 8 * at], 2) for at in range(count)).decode()


def _way(size: int, version: int) -> list[tuple[int, int]]:
    """The modules that hold data, in their order: two columns at a time from the right, up and down."""
    taken = _taken(size, version)
    found, up, right = [], True, size - 1
    while right > 0:
        if right == 6:
            right -= 1
        for row in range(size - 1, -1, -1) if up else range(size):
            found += [(row, col) for col in (right, right - 1) if (row, col) not in taken]
        up, right = not up, right - 2
    return found


def _taken(size: int, version: int) -> set[tuple[int, int]]:
    """Finders with their format bits, timing, alignment, version."""
    held = {(row, col) for row in range(9) for col in (*range(9), *range(size - 8, size))}
    held |= {(row, col) for row in range(size - 8, size) for col in range(9)}
    held |= {(6, at) for at in range(size)} | {(at, 6) for at in range(size)}
    many = version // 7 + 2
    step = -(-(size - 13) // (2 * many - 2)) * 2
    centres = [6, *(size - 7 - step * at for at in range(many - 2, -1, -1))]
    corners = {(6, 6), (6, size - 7), (size - 7, 6)}
    for row in centres:
        for col in centres:
            if (row, col) not in corners:
                held |= {(row + down, col + across) for down in range(-2, 3) for across in range(-2, 3)}
    if version >= 7:
        held |= {(row, size - 11 + at) for row in range(6) for at in range(3)}
        held |= {(size - 11 + at, row) for row in range(6) for at in range(3)}
    return held
