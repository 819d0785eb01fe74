"""Names of files inside a portfolio's folder: short, safe and apart on every system, never leading out of it."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote

__all__ = ["file_name", "file_names", "is_inside", "same_file"]

LONGEST = 100
"""Characters of a name that are kept: systems take 255 bytes with the ending, archives less."""
DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)", re.IGNORECASE)
"""What Windows takes for a device, whatever the ending."""


def file_name(id: str) -> str:
    """The name, without ending, of the file that holds the item of an id.

    >>> file_name("tram"), file_name("Straße 1"), file_name("nul")
    ('tram', 'Stra%C3%9Fe 1', 'nul~99e62427')
    """
    return file_names([id])[0]


def file_names(ids: Iterable[str]) -> list[str]:
    """The names, without ending, of the files that hold the items of these ids, in order.

    What file systems do not take is written `%XX`, as in web addresses. An id that is too long, that is the name of a device
    somewhere, or that differs from an earlier one in upper and lower case only, gets the beginning of its SHA-256 after a `~`.

    >>> file_names(["A", "a"])
    ['A', 'a~ca978112']
    """
    taken: set[str] = set()
    out = []
    for id in ids:
        name = quote(id, safe=" ()+,;=-_.")
        if len(name) > LONGEST or DEVICE.match(name) or name.startswith(".") or name.casefold() in taken:
            digest = hashlib.sha256(id.encode("utf-8", "surrogatepass")).hexdigest()
            head = re.sub(r"%[0-9A-F]?$", "", name[:LONGEST]).lstrip(".")
            name = next(longer for end in range(8, 65) if (longer := f"{head}~{digest[:end]}").casefold() not in taken)
        taken.add(name.casefold())
        out.append(name)
    return out


def is_inside(entry: str, folder: Path) -> bool:
    """Whether a path that a portfolio names stays in its folder, links followed."""
    try:
        return not os.path.isabs(entry) and ".." not in Path(entry).parts and (folder / entry).resolve().is_relative_to(folder.resolve())
    except (OSError, ValueError, RuntimeError):  # too long, a NUL inside, links that go round
        return False


def same_file(one: Path, other: Path) -> bool:
    """Whether two paths are one file: on a disk that does not tell upper from lower case they may be."""
    try:
        return os.path.samefile(one, other)
    except OSError:
        return False
