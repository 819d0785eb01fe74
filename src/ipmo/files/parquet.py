"""Tables in a folder of Parquet files, one for each kind of noun: `projects.parquet`, `tasks.parquet`, `links.parquet`."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from typing import Any, Final, Literal

from ipmo.errors import FileError, MissingExtraError

__all__ = ["PACKAGE", "frames_in", "holds_tables"]

PACKAGE: Final = "datapackage.json"
"""What describes a folder of tables: https://datapackage.org."""

READERS: Final[tuple[Literal["polars", "pyarrow", "pandas"], ...]] = ("polars", "pyarrow", "pandas")
"""Libraries that read Parquet, the fastest first."""


def frames_in(folder: str | os.PathLike[str]) -> dict[str, Any]:
    """The frames in a folder by the names of their files.

    Raises:
        FileError: there is no such folder, no Parquet file in it, or one cannot be read.
        MissingExtraError: no library that reads Parquet is installed.
    """
    import narwhals as nw

    name, where = os.fspath(folder), Path(folder)
    if not where.is_dir():
        raise FileError(name, "there is no such folder; name one with portfolio.parquet, projects.parquet, tasks.parquet and so on")
    found = sorted(where.glob("*.parquet"))
    if not found:
        raise FileError(name, "the folder holds no Parquet file; write one for each of portfolio.tables()")
    reader = next((one for one in READERS if importlib.util.find_spec(one) is not None), None)
    if reader is None:
        raise MissingExtraError("reading Parquet", "polars, pyarrow or pandas", "pip install polars")
    out: dict[str, Any] = {}
    for path in found:
        if not path.is_file():  # a pipe may never end
            raise FileError(os.path.join(name, path.name), "is no ordinary file; only those are read")
        try:
            out[path.stem] = nw.to_native(nw.read_parquet(str(path), backend=reader))
        except Exception as error:  # each library has errors of its own
            raise FileError(os.path.join(name, path.name), f"this is no Parquet file: {str(error).partition(chr(10))[0]:.120}") from None
    return out


def holds_tables(folder: Path) -> bool:
    """Whether a folder holds a portfolio as tables, and not as YAML: it describes them, and one is of the portfolio itself."""
    return (folder / PACKAGE).is_file() and any((folder / f"portfolio.{kind}").is_file() for kind in ("csv", "parquet"))
