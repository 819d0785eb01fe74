"""Files written as a whole: after a crash a file, or a folder of files, is the old one or the new one, never a mixture.

New content goes to a part file beside its target and takes its name at the end. Several files become new together by a journal:
once it lies in their folder the new state counts, whether or not all names have been taken, and readers look through it. Who
writes or reads a folder holds an advisory lock on it, where the system has them; a lock ends with its process, so what a killed
writer left is known for what it is, and the next writer cleans it up.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO

from ipmo.errors import FileError

with contextlib.suppress(ImportError):  # Windows has none
    import fcntl

__all__ = ["create", "present", "reading", "replacing", "stale", "write_atomically", "write_together"]

JOURNAL = ".ipmo-write.json"
"""What a folder holds while several files of it become new."""
PREFIX, SUFFIX = ".ipmo-", ".part"
LOCKS = "fcntl" in globals()
"""Whether the system has advisory locks."""
TRIES = 100


def write_atomically(path: Path, content: str | bytes) -> None:
    """The file with that content, or, after a crash, as it was before; a symbolic link is followed.

    Raises:
        FileError: it cannot be written.
    """
    with replacing(path) as out:
        out.write(_raw(content, path))


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """A stream whose content becomes the file's when the block ends well, and is thrown away when it does not.

    Raises:
        FileError: it cannot be written.
    """
    with _said(path):
        target = _target(path)
        _ordinary(target)
        target.parent.mkdir(parents=True, exist_ok=True)
        _clean(target.parent)
        with _part(target) as (out, part):
            yield out
            _settle(out, target)
            if not LOCKS:  # where an open file keeps its name
                out.close()
            os.replace(part, target)
        _sync(target.parent)


def create(path: Path, content: str | bytes) -> bool:
    """The file with that content, if there is none of that name yet; of several writers one wins.

    Returns:
        Whether this call made it.

    Raises:
        FileError: it cannot be written.
    """
    with _said(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        _clean(path.parent)
        with _part(path) as (out, part):
            out.write(_raw(content, path))
            _settle(out, path)
            try:
                os.link(part, path)
            except FileExistsError:
                return False
            except OSError:  # a file system without hard links
                try:
                    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
                except FileExistsError:
                    return False
                os.replace(part, path)
        _sync(path.parent)
    return True


def write_together(folder: Path, files: Mapping[str, str | bytes], left: Callable[[], Iterable[str]] = tuple) -> None:
    """Several files of a folder become new, and others go, at one moment.

    Args:
        folder: made when it is not there.
        files: contents by path inside the folder; a link there is replaced by its file.
        left: says which paths inside the folder are there no more afterwards; asked once nobody else writes.

    Raises:
        FileError: they cannot be written; before the moment nothing has changed, after it readers see the new files.
    """
    raw = {name: _raw(content, folder / name) for name, content in files.items()}
    if outside := [name for name in files if not _inside(name, folder)]:
        raise FileError(str(folder / outside[0]), "cannot be written: it leads out of the folder; replace the link by a folder")
    with _said(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with _locked(folder, shared=False):
            _finish(folder)
            for place in {(folder / name).parent for name in files}:
                place.mkdir(parents=True, exist_ok=True)
                _sweep(place)
            moves: dict[str, str] = {}
            gone = sorted(left())
            try:
                for name, content in raw.items():
                    out, part = _opened((folder / name).parent)
                    moves[name] = part.name
                    with out:  # thousands of files are more than may stay open: the folder's lock tells that their writer lives
                        out.write(content)
                        _settle(out, folder / name)
                write_atomically(folder / JOURNAL, json.dumps({"moves": moves, "gone": gone}, indent=1))
            except BaseException:
                for name, part_name in moves.items():
                    (folder / name).with_name(part_name).unlink(missing_ok=True)
                raise
            _finish(folder)


def present(path: Path) -> Path:
    """Where the content of a file lies: beside it in a part file while a writer, dead or alive, has not given it its name yet."""
    for folder in (path.parent, path.parent.parent):
        moves, _ = _journal(folder)
        part = moves.get(path.relative_to(folder).as_posix())
        if part is not None and os.path.isfile(path.parent / part):
            return path.parent / part
    return path


def stale(folder: Path) -> frozenset[str]:
    """Paths inside a folder that a writer took out, though they may still lie there."""
    return _journal(folder)[1]


@contextlib.contextmanager
def reading(folder: Path) -> Iterator[None]:
    """Nobody who writes the folder as a whole changes it meanwhile."""
    with _locked(folder, shared=True):
        yield


# ------------------------------------------------------------------------------------------------- how


def _raw(content: str | bytes, path: Path) -> bytes:
    if isinstance(content, bytes):
        return content
    try:
        return content.encode("utf-8")
    except UnicodeEncodeError as error:
        code = ord(content[error.start])
        raise FileError(str(path), f"cannot be written: the text holds half a character (U+{code:04X}), which no file can hold") from None


@contextlib.contextmanager
def _said(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise FileError(str(path), f"cannot be written: {error.strerror or error}") from None


def _target(path: Path) -> Path:
    """The file that a path leads to: a link stays a link."""
    return Path(os.path.realpath(path)) if path.is_symlink() else path


def _ordinary(target: Path) -> None:
    """Refuses what a file would take the place of though it is none: a device or a pipe would be gone.

    Raises:
        FileError: it is one.
    """
    try:
        kind = os.stat(target).st_mode
    except FileNotFoundError:
        return
    if not (stat.S_ISREG(kind) or stat.S_ISDIR(kind)):
        raise FileError(str(target), "cannot be written: it is no ordinary file; name one")


@contextlib.contextmanager
def _part(target: Path) -> Iterator[tuple[IO[bytes], Path]]:
    """A new file beside the target, with the rights of any new file; it goes when the block fails."""
    out, part = _opened(target.parent)
    try:
        with out:
            yield out, part
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(part)


def _opened(folder: Path) -> tuple[IO[bytes], Path]:
    for _ in range(TRIES):
        part = folder / f"{PREFIX}{secrets.token_hex(6)}{SUFFIX}"
        try:
            handle = os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR | getattr(os, "O_BINARY", 0), 0o666)
        except FileExistsError:
            continue
        out = os.fdopen(handle, "wb")
        try:
            _lock(handle)
            if os.path.exists(part):  # nobody took it for a dead writer's before it was locked
                return out, part
        except BaseException:
            out.close()
            raise
        out.close()
    raise OSError("no part file could be made beside it")


def _settle(out: IO[bytes], target: Path) -> None:
    """The content is on the disk, with the rights that the old file had."""
    out.flush()
    os.fsync(out.fileno())
    with contextlib.suppress(OSError):
        if hasattr(os, "fchmod"):
            os.fchmod(out.fileno(), stat.S_IMODE(os.stat(target).st_mode) & 0o777)


def _journal(folder: Path) -> tuple[Mapping[str, str], frozenset[str]]:
    """Which part files a writer of a folder had in hand, and what it takes out; nothing mostly."""
    try:
        written = json.loads((folder / JOURNAL).read_bytes())
        moves, gone = dict(written["moves"]), frozenset(written["gone"])
    except (OSError, ValueError, KeyError, TypeError):
        return {}, frozenset()
    fit = all(_is_part(part) for part in moves.values()) and all(_inside(name, folder) for name in (*moves, *gone))
    return (moves, gone) if fit else ({}, frozenset())


def _inside(name: object, folder: Path) -> bool:
    """Whether a name is one of a file in a folder, links to other folders followed."""
    if not isinstance(name, str) or "\0" in name or not Path(name).name or os.path.isabs(name) or ".." in Path(name).parts:
        return False
    try:
        return not os.path.isdir(folder / name) and (folder / name).parent.resolve().is_relative_to(folder.resolve())
    except (OSError, ValueError, RuntimeError):
        return False


def _is_part(name: object) -> bool:
    return isinstance(name, str) and name.startswith(PREFIX) and name.endswith(SUFFIX) and os.path.basename(name) == name


def _finish(folder: Path) -> None:
    """Gives the files of a journal their names, takes out what it takes out, and ends it."""
    moves, gone = _journal(folder)
    for name, part in moves.items():
        target = folder / name
        with contextlib.suppress(FileNotFoundError):  # it has its name already
            os.replace(target.parent / part, target)
    for name in gone:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(folder / name)
    for place in {folder, *((folder / name).parent for name in (*moves, *gone))}:
        _sync(place)
    with contextlib.suppress(FileNotFoundError):
        os.unlink(folder / JOURNAL)


def _clean(folder: Path) -> None:
    """Takes out the part files of dead writers, unless somebody writes the folder, or the one above it, as a whole."""
    if not LOCKS:
        return
    with contextlib.ExitStack() as held:
        try:
            for place in (folder, folder.parent):
                handle = os.open(place, os.O_RDONLY)
                held.callback(os.close, handle)
                fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return
        _sweep(folder)


def _sweep(folder: Path) -> None:
    """Takes out the part files of writers that are dead: a living one holds a lock on its own, a journal names those that count."""
    if not LOCKS:
        return
    named: set[str] | None = None
    for entry in os.scandir(folder):
        if not _is_part(entry.name) or not entry.is_file(follow_symlinks=False):
            continue
        if named is None:
            named = {part for above in (folder, folder.parent) for part in _journal(above)[0].values()}
        if entry.name in named:
            continue
        with contextlib.suppress(OSError):
            handle = os.open(entry.path, os.O_RDONLY)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                os.unlink(entry.path)
            finally:
                os.close(handle)


def _lock(handle: int) -> None:
    if LOCKS:
        with contextlib.suppress(OSError):  # a file system without locks
            fcntl.flock(handle, fcntl.LOCK_EX)


@contextlib.contextmanager
def _locked(folder: Path, *, shared: bool) -> Iterator[None]:
    """The folder, held for reading together with others, or for writing alone."""
    if not LOCKS:
        yield
        return
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        yield
        return
    try:
        with contextlib.suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _sync(folder: Path) -> None:
    """The names in a folder are on the disk."""
    with contextlib.suppress(OSError):  # Windows opens no folders
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
