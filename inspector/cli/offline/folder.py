"""Files that appear whole or not at all: a folder of them, and single ones beside others."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from inspector.domain.errors import Invalid, Refusal


def refuse_taken(folder: Path, private: Iterable[Path]) -> None:
    """A draw is announced into a new folder, and no secret of an earlier one is written over. Raises Invalid."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Invalid("folder_not_empty", folder=str(folder))
    for file in private:
        if file.exists():
            raise Invalid("draw_secret_there", file=str(file))


@contextmanager
def named(folder: Path) -> Iterator[None]:
    """Troubles of the disk told by the folder that somebody named, and not by a hidden one beside it. Raises OSError."""
    try:
        yield
    except OSError as error:
        hidden = error.filename is None or any(part.startswith(f".{folder.name}.") for part in Path(str(error.filename)).parts)
        if not hidden or error.errno is None:
            raise
        raise OSError(error.errno, error.strerror, str(folder)) from error


def make(folder: Path, files: Mapping[str, Iterable[bytes]], private: Mapping[Path, bytes]) -> None:
    """Write the folder (names may hold one level below) and the private files beside it.

    The folder is filled under another name and takes its own last: a folder that is there is whole, and its secrets are there.
    Raises Invalid (`folder_not_empty`, `draw_secret_there`) and OSError.
    """
    refuse_taken(folder, private)
    folder.parent.mkdir(parents=True, exist_ok=True)
    half = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))  # for its owner alone, as the folder will be
    placed: list[Path] = []
    try:
        for name, lines in files.items():
            (half / name).parent.mkdir(mode=0o700, exist_ok=True)
            _write(half / name, lines)
        for file, content in private.items():
            placed.append(file)  # before it is there: whoever breaks off as it is made leaves it to nobody
            try:
                with _new(file) as descriptor:
                    os.write(descriptor, content)
                    os.fsync(descriptor)
            except Invalid:
                placed.remove(file)  # it is somebody else's
                raise
        half.rename(folder)  # an empty folder of that name gives way, a filled one does not
    except BaseException:
        if half.exists():  # else the folder has its name, so it is whole, and without its secrets it could not be carried out
            for file in placed:
                file.unlink(missing_ok=True)
            shutil.rmtree(half, ignore_errors=True)
        raise
    _settle(folder.parent)


def add(folder: Path, name: str, content: bytes) -> None:
    """Write one file whole, in a folder that is `held`; the name may hold one level below. Raises OSError; then nothing is there."""
    file = folder / name
    new = not file.parent.exists()
    half = file.with_name(f".{file.name}.half")
    try:
        file.parent.mkdir(mode=0o700, exist_ok=True)
        _write(half, [content])
        half.rename(file)
    except BaseException:
        half.unlink(missing_ok=True)
        if new and file.parent.exists() and not file.exists():
            file.parent.rmdir()
        raise
    for one in {file.parent, folder}:
        _settle(one)


def put(file: Path, content: bytes) -> None:
    """Write a private paper whole, for its owner alone, under a name that nothing has yet. Raises OSError; then nothing is there."""
    half = file.with_name(f".{file.name}.half")
    half.unlink(missing_ok=True)
    try:
        with _new(half) as descriptor:
            os.write(descriptor, content)
            os.fsync(descriptor)
        half.rename(file)
    except BaseException:
        half.unlink(missing_ok=True)
        raise
    _settle(file.parent)


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """The folder for ourselves: of two who carry a draw out at once one is refused. Raises Refusal, OSError."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise Refusal("draw_folder_busy", folder=str(folder)) from error
    finally:
        os.close(descriptor)


@contextmanager
def _new(file: Path) -> Iterator[int]:
    """A file that was not there, readable for its owner alone. Raises Invalid."""
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise Invalid("draw_secret_there", file=str(file)) from error
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _write(file: Path, lines: Iterable[bytes]) -> None:
    with file.open("wb") as out:
        out.writelines(lines)
        out.flush()
        os.fsync(out.fileno())


def _settle(folder: Path) -> None:
    """Let the names outlive a power cut too."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
