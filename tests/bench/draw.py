"""The draw's speed: selection and commitment against consistent_sampler's sampling alone and against bare SHA-256; and dealing.

`python -m tests.bench.draw --rounds 3 --objects 10000,100000,1000000 --visits 10000,100000 --large 1000000,10000000`

One run tells everything, `--large` also of the way of `draw announce|carry-out --large` (the extra `large`): sorting what was handed in,
looking for several codes of one organisation, the strict reading that gives the root, and the selection, beside DuckDB's own query that
only hashes the ids of the same file. Of ten million rows a round takes some minutes, and the files up to 3 GB of the temporary folder;
`--large ""` leaves it out.

Rounds are interleaved, so that a noisy neighbour hits everyone; each measurement has a fresh process, whose input is made before
the clock starts. The median of the rounds counts. Seconds of the processor, of all threads together, tell more than the clock's where
others are at work. A row is hashed four times: salt, leaf, node and ticket; the yardstick is as many 64-byte messages of `openssl
speed`, on one core. The peak is that of the whole process, its input included.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from inspector.cli.offline.spool import Standing
from inspector.domain.commitment import Commitment, Listing, Rules, Share, commit
from inspector.domain.dealing import deal
from inspector.domain.frame import Ban, Frame, InspectorRow, ObjectRow, content, freeze, read
from inspector.domain.rowfile import RowFile
from inspector.domain.selection import select, select_by
from inspector.domain.suite import Suite
from inspector.flows import large
from inspector.flows.large import FileTickets, Unsorted, database
from tests.bench.machine import machine, told, versions
from tests.bundles import promise

HASHES = 4
OPEN = ExitStack()
"""What stays open as long as the process."""
KEY, SECRET = "0123456789abcdef" * 2, b"s" * 32
QUALS = ("Q1", "Q2", "Q3")
RULES = Rules(base="all", rounding="ceil", reserve=10, team=2, strata={code: Share(ppm=50_000) for code in "ABCD"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One measurement: what, of how many, the seconds it took by the clock and of the processor, and the peak of its process in MiB."""

    name: str
    size: int
    seconds: float
    processor: float
    peak: float


def ids(rows: int) -> list[str]:
    """As long as credit codes are."""
    return [f"91330100MA{row:08d}" for row in range(rows)]


def salt(name: str) -> str:
    """Ruling 8, as the house makes them."""
    return hashlib.sha256(SECRET + name.encode()).hexdigest()[:32]


def objects(rows: int) -> list[ObjectRow]:
    """A register of four strata and ninety districts, in no order."""
    made = [
        ObjectRow(id=name, stratum="ABCD"[row % 4], pool=f"D{row % 90:02d}", salt=salt(name))
        for row, name in enumerate(ids(rows))
    ]
    random.Random(1).shuffle(made)
    return made


def frozen(rows: int) -> Frame:
    """The register as a frame."""
    return freeze(objects(rows), [], [])


def committed(frame: Frame) -> Commitment:
    """Its commitment."""
    return commit(
        number="bench",
        prev=None,
        blind="0" * 32,
        made="2026-01-05T09:00:00+08:00",
        sources=[promise("one")],
        listings=[Listing(name="x", frame=frame, rules=RULES, deals=False)],
    )


def selection(rows: int) -> Callable[[], object]:
    """Which objects are drawn, from a frame."""
    frame = frozen(rows)
    return lambda: select(RULES, frame.objects, Suite(), KEY, KEY)


def commitment(rows: int) -> Callable[[], object]:
    """Salts and commit.json with its roots, from a frame."""
    frame, names = frozen(rows), ids(rows)
    return lambda: ([salt(name) for name in names], committed(frame))


def both(rows: int) -> Callable[[], object]:
    """Selection and commitment."""
    frame, names = frozen(rows), ids(rows)
    return lambda: ([salt(name) for name in names], committed(frame), select(RULES, frame.objects, Suite(), KEY, KEY))


def freezing(rows: int) -> Callable[[], object]:
    """Sorting and checking every row."""
    made = objects(rows)
    return lambda: freeze(made, [], [])


def reading(rows: int) -> Callable[[], object]:
    """objects.tsv read back, strictly."""
    held = content(frozen(rows).objects)
    return lambda: read(held, b"", b"")


def consistent(rows: int) -> Callable[[], object]:
    """consistent_sampler: sampling only."""
    from consistent_sampler import sampler

    names = ids(rows)
    return lambda: list(sampler(names, KEY, take=rows // 20, output="id"))


def dealing(visits: int) -> Callable[[], object]:
    """Teams of two, one inspector for fifty visits: section 4's districts, qualifications, last visitors and recusals."""
    chance = random.Random(1)
    homes: dict[str, int] = {}
    while sum(homes.values()) < visits // 50:
        homes[f"D{len(homes):04d}"] = min(chance.randint(8, 40), visits // 50 - sum(homes.values()))
    names, staff, members = list(homes), list[InspectorRow](), dict[str, list[str]]()
    for home, size in homes.items():
        for _ in range(size):
            lent = chance.sample(names, min(len(names), chance.randint(3, 4))) if chance.random() < 0.1 else []
            row = InspectorRow(
                id=f"Z{len(staff):06d}",
                pools=tuple(dict.fromkeys([home, *lent])),
                quals=tuple(qual for qual in QUALS if chance.random() < 0.35),
                cap=9999,
                salt="",
            )
            staff.append(row)
            for pool in row.pools:
                members.setdefault(pool, []).append(row.id)
    rows, bans = list[ObjectRow](), list[Ban]()
    for name, pool in zip(ids(visits), chance.choices(names, list(homes.values()), k=visits), strict=True):
        rows.append(
            ObjectRow(id=name, stratum="A", pool=pool, qual=chance.choice(QUALS) if chance.random() < 0.4 else "", salt="")
        )
        barred = chance.sample(members[pool], min(2, len(members[pool]))) if chance.random() < 0.3 else []
        barred += [chance.choice(members[pool])] if chance.random() < 0.05 else []
        bans += [Ban(object=name, inspector=who, reason="recusal", salt="") for who in dict.fromkeys(barred)]
    return lambda: deal(Suite(), KEY, 2, rows, staff, bans)


OURS: dict[str, Callable[[int], Callable[[], object]]] = {
    "selection": selection,
    "commitment": commitment,
    "selection + commitment": both,
    "freezing": freezing,
    "reading": reading,
}
RIVAL = "consistent_sampler, sampling only"
EVERY = {**OURS, RIVAL: consistent, "dealing": dealing}


def at(folder: str, size: int) -> Path:
    """Where the files of a large register of that size lie."""
    return Path(folder) / str(size)


def standing(rows: int, folder: Path) -> None:
    """The register as objects.tsv, and as it may have been handed in."""
    folder.mkdir()
    code = "printf('MA%07d', i)"  # positions 9 to 17: of each organisation one code, as in a register that is taken
    line = "printf('91330100MA%08d', i), substr('ABCD', CAST(i % 4 + 1 AS INTEGER), 1), '1', printf('D%02d', i % 90), '', "
    line = f"concat_ws(chr(9), {line}substr(sha256('s' || i), 1, 32))"
    with database(folder / "spill") as held:
        for name, order, more in (("objects.tsv", "i", ""), ("unsorted", "hash(i)", f" || concat_ws(chr(9), '', i, {code})")):
            with (folder / name).open("wb", buffering=1 << 20) as out:
                told = held.execute(f"SELECT {line}{more} FROM range({rows}) made(i) ORDER BY {order}")
                while batch := told.fetchmany(10_000):
                    out.writelines(text.encode() + b"\n" for (text,) in batch)


def hashing(folder: Path) -> Callable[[], object]:
    """DuckDB's own: one hash a row and nothing else."""
    held = OPEN.enter_context(database(folder / "spill"))
    asked = f"SELECT max(sha256(? || id)) FROM {large.rows()}"
    return lambda: held.execute(asked, [KEY, str(folder / "objects.tsv")]).fetchall()


def beside(folder: Path) -> FileTickets:
    """DuckDB at the register, within its memory."""
    held = Standing(folder / "objects.tsv")
    return FileTickets(OPEN.enter_context(database(folder / "spill")), held.file, held.same)


def large_selection(folder: Path) -> Callable[[], object]:
    """Which objects are drawn, once the rows have been read."""
    tickets, objects = beside(folder), RowFile(Standing(folder / "objects.tsv").pieces, Suite())
    return lambda: select_by(RULES, objects, tickets, Suite(), KEY, KEY)


def large_root(folder: Path) -> Callable[[], object]:
    """The strict reading of the register, which gives its root."""
    return lambda: RowFile(Standing(folder / "objects.tsv").pieces, Suite())


def large_sorting(folder: Path) -> Callable[[], object]:
    """The rows as they were handed in, in their order."""
    rows = Unsorted(OPEN.enter_context(database(folder / "spill")), folder / "unsorted")
    return lambda: sum(1 for _ in rows.sorted())


def large_organisations(folder: Path) -> Callable[[], object]:
    """Whether any organisation stands in the register under several codes."""
    rows = Unsorted(OPEN.enter_context(database(folder / "spill")), folder / "unsorted")
    return lambda: sum(1 for _ in rows.organisations())


LARGE: dict[str, Callable[[Path], Callable[[], object]]] = {
    "large: hashing query": hashing,
    "large: selection": large_selection,
    "large: reading and root": large_root,
    "large: sorting": large_sorting,
    "large: several codes": large_organisations,
}

COMMITTING = ("sorting", "several codes", "reading and root")
"""The steps of the large path that come to its commitment."""


def measure(name: str, size: int, folder: Path) -> Measured:
    """One measurement, in the process it is called in."""
    work = LARGE[name](folder) if name in LARGE else EVERY[name](size)
    begun, worked = time.perf_counter(), time.process_time()
    work()
    return Measured(
        name=name,
        size=size,
        seconds=time.perf_counter() - begun,
        processor=time.process_time() - worked,
        peak=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    )


def openssl() -> float:
    """SHA-256 of 64-byte messages a second, on one core. Raises OSError or CalledProcessError without openssl."""
    said = subprocess.run(
        ["openssl", "speed", "-seconds", "1", "-bytes", "64", "sha256"], capture_output=True, text=True, check=True
    ).stdout
    return float(said.split()[-1].removesuffix("k")) * 1000 / 64


def table(rounds: Sequence[Measured], rates: Sequence[float]) -> str:
    """The figures as a Markdown table."""
    lines = [
        (
            "| what | of | seconds median [range] | processor | µs each | to consistent_sampler | to bare SHA-256 "
            "| to the hashing query | peak MiB |"
        ),
        "|---|---|---|---|---|---|---|---|---|",
    ]
    middle = {
        key: median([one.seconds for one in rounds if (one.name, one.size) == key])
        for key in dict.fromkeys((one.name, one.size) for one in rounds)
    }
    for (name, size), seconds in middle.items():
        of = [one for one in rounds if (one.name, one.size) == (name, size)]
        rival = middle.get((RIVAL, size)) if name in OURS else None
        query = middle.get(("large: hashing query", size)) if name in LARGE else None
        bare = size * HASHES / median(rates)
        cells = [
            name,
            f"{size:,}",
            f"{seconds:.3g} [{min(one.seconds for one in of):.3g}-{max(one.seconds for one in of):.3g}]",
            f"{median([one.processor for one in of]):.3g}",
            f"{seconds / size * 1e6:.2f}",
            f"{seconds / rival:.2f}" if rival else "",
            f"{seconds / bare:.1f}" if name == "selection + commitment" else "",
            f"{seconds / query:.2f}" if query else "",
            f"{max(one.peak for one in of):.0f}",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def aims(rounds: Sequence[Measured], rates: Sequence[float]) -> str:
    """What the medians come to beside what was aimed at, as a Markdown table of what was measured."""

    def middle(name: str, size: int = 0) -> tuple[int, float]:
        """The size (the largest measured, unless one is named) and its median of seconds; (0, 0) where there is none."""
        sizes = [one.size for one in rounds if one.name == name and size in (0, one.size)]
        of = max(sizes, default=0)
        return of, median([one.seconds for one in rounds if (one.name, one.size) == (name, of)]) if of else 0.0

    whole, seconds = middle("selection + commitment")

    def least(name: str) -> tuple[int, float]:
        """The same of the smallest size."""
        return middle(name, min((one.size for one in rounds if one.name == name), default=-1))

    def each(name: str) -> float:
        """What an object costs at the smallest size, times the largest: what the largest would cost were the cost linear."""
        (few, took), (many, _) = least(name), middle(name)
        return took * many / few if many > few else 0.0

    whole, seconds = middle("selection + commitment")
    large, chosen = middle("large: selection")
    steps = [middle(f"large: {name}", large)[1] for name in COMMITTING]
    peak = max((one.peak for one in rounds if one.name in LARGE and one.size == large), default=0.0)
    few = f"{least('large: selection')[0]:,}"
    told = [
        ("selection and commitment, to consistent_sampler's sampling", "below 1", whole, seconds, middle(RIVAL, whole)[1]),
        ("the same, to bare SHA-256", "at most 5", whole, seconds, whole * HASHES / median(rates)),
        (
            f"the same, an object, to {least('selection + commitment')[0]:,} objects",
            "about 1",
            whole,
            seconds,
            each("selection + commitment"),
        ),
        ("dealing, seconds", "below 5 for 100,000", *middle("dealing"), 1.0),
        ("large: selection, to the hashing query", "below 2", large, chosen, middle("large: hashing query", large)[1]),
        (f"large: selection, an object, to {few} objects", "about 1", large, chosen, each("large: selection")),
        (f"large: commitment ({', '.join(COMMITTING)}), seconds", "stated", large, sum(steps), float(all(steps))),
        (
            f"large: commitment, an object, to {few} objects",
            "about 1",
            large,
            sum(steps),
            sum(each(f"large: {name}") for name in COMMITTING) if all(steps) else 0.0,
        ),
        ("large: highest peak of a process, MiB", "stated", large, peak, 1.0),
    ]
    lines = ["| what | of | aim | measured |", "|---|---|---|---|"]
    lines += [f"| {what} | {of:,} | {aim} | {took / by:.2f} |" for what, aim, of, took, by in told if of and by]
    return "\n".join(lines)


def main() -> None:
    """Run the rounds and print the table; `--json` keeps every figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--objects", default="10000,100000,1000000", help="sizes of the register; rivals draw from the largest")
    parser.add_argument("--visits", default="10000,100000", help="visits to deal; one inspector for fifty")
    parser.add_argument(
        "--large", default="1000000,10000000", help="sizes of a register that is not held; empty leaves DuckDB out"
    )
    parser.add_argument("--only", default="", help="of the large register these alone, say 'hashing query,selection'")
    parser.add_argument("--json", type=Path, help="where to write the figures")
    given = parser.parse_args()
    sizes, visits, many = ([int(size) for size in text.split(",") if size] for text in (given.objects, given.visits, given.large))
    work = [("selection + commitment", size) for size in sizes[:-1]]
    work += [(name, size) for size in sizes[-1:] for name in (*OURS, RIVAL)]
    work += [("dealing", size) for size in visits]
    wanted = [f"large: {name}" for name in given.only.split(",") if name] or list(LARGE)
    work += [(name, size) for size in many for name in LARGE if name in wanted]
    rounds: list[Measured] = []
    rates: list[float] = []
    with TemporaryDirectory() as folder, ProcessPoolExecutor(1, mp_context=get_context("spawn"), max_tasks_per_child=1) as fresh:
        for size in many:
            fresh.submit(standing, size, at(folder, size)).result()
        for number in range(given.rounds):
            rates.append(openssl())
            start = number * len(work) // given.rounds
            for name, size in work[start:] + work[:start]:
                rounds.append(fresh.submit(measure, name, size, at(folder, size)).result())
                print(f"round {number + 1} {name} {size:,}: {rounds[-1].seconds:.2f} s", file=sys.stderr)
    rounds.sort(key=lambda one: work.index((one.name, one.size)))
    facts = machine() | {"openssl": f"{median(rates) / 1e6:.2f} M SHA-256 of 64 bytes a second, one core"}
    packages = versions(["consistent-sampler", "duckdb"])
    print(f"{aims(rounds, rates)}\n\n{table(rounds, rates)}\n\n{told(facts | packages)}")
    if given.json:
        figures = {"machine": facts, "versions": packages, "openssl": rates, "rounds": [asdict(one) for one in rounds]}
        given.json.write_text(json.dumps(figures, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
