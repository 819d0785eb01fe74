"""The bytes of a file: of ordinary files only, and not too many."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from ipmo.atomic import present
from ipmo.errors import FileError

__all__ = ["Stamp", "bytes_of", "stamp_of"]

Stamp = tuple[int, int]
"""When a file was last written, and its size."""
MAX_BYTES = 256 * 2**20


def bytes_of(path: Path, name: str, empty: str = "the file is empty") -> bytes:
    """The bytes of a file.

    Args:
        path: the file.
        name: what to call it in messages.
        empty: what to say of one that holds nothing but space.

    Raises:
        FileError: it cannot be read, is no ordinary file, is too large, or empty.
    """
    try:
        path = present(path)
        about = path.stat()
        kept = stat.S_ISREG(about.st_mode)  # a pipe or a device may never end
        raw = path.read_bytes() if kept and about.st_size <= MAX_BYTES else b""
    except OSError as error:
        reason = {FileNotFoundError: "there is no such file", PermissionError: "it may not be read"}.get(
            type(error), str(error.strerror or error)
        )
        raise FileError(name, reason) from None
    except ValueError as error:
        raise FileError(name, f"is no name of a file: {error}") from None
    if not kept:
        raise FileError(name, "is a folder" if stat.S_ISDIR(about.st_mode) else "is no ordinary file; only those are read")
    if about.st_size > MAX_BYTES:
        raise FileError(name, f"is {about.st_size / 2**20:.0f} MB; at most 256 MB are read")
    if not raw.strip():
        raise FileError(name, empty)
    return raw


def stamp_of(path: str | os.PathLike[str]) -> Stamp:
    """What tells a file from what it is after somebody wrote into it; (0, 0) of one that is not there."""
    try:
        found = os.stat(path)
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size
