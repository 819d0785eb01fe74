"""A simulation as one file: the samples as arrays, all else as JSON; numpy's own format, read without running anything in it."""

from __future__ import annotations

import io
import json
import os
import tokenize
import zipfile
import zlib
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast

import attrs
import numpy as np

from ipmo.analysis.risk.outcomes import Dates, Sums
from ipmo.analysis.risk.simulation import Simulated, Simulation
from ipmo.analysis.risk.sketched import SketchedDates
from ipmo.analysis.risk.sketches import Sketch
from ipmo.analysis.risk.undated import Undated
from ipmo.atomic import write_atomically
from ipmo.errors import FileError
from ipmo.findings import Finding
from ipmo.options import checked
from ipmo.tables import Column, Table

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["load_simulation", "save_simulation"]

Array: TypeAlias = "NDArray[Any]"

FORMAT = "ipmo simulation 1"
KNOWN = ("size", "least", "greatest", "total", "squares", "wide", "first")
"""What is known of a sketch beside its counts."""
MOST_BYTES = 1 << 32
"""Bytes of a file that is read, at most, as it lies and unpacked."""
DAMAGED: Final = (
    ValueError, LookupError, TypeError, AttributeError, EOFError, ArithmeticError, RuntimeError, MemoryError, SyntaxError,
    tokenize.TokenError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
"""What numpy, the archive and JSON raise on a file that is cut off, changed by hand, or made to be deep or to claim a huge array."""


@checked
def save_simulation(simulation: Simulation, path: str | os.PathLike[str]) -> None:
    """Writes a simulation to a file, an archive of numpy (.npz) or JSON (.json, several times as large); `load_simulation` reads it back equal.

    Args:
        simulation: the simulation.
        path: the file.

    Raises:
        FileError: it cannot be written, or its name ends as that of a file of another kind.
    """
    if (kind := Path(path).suffix.lower()) not in ("", ".npz", ".json"):
        raise FileError(str(path), f"a simulation is saved as .npz, numpy's archive, or as .json; its name ends in {kind}")
    arrays: dict[str, Array] = {}
    rows = []
    for place, row in enumerate(simulation):
        said: dict[str, object] = {"id": row.id, "name": row.name, "kind": row.kind}
        if row.dates is not None:
            arrays[f"dates{place}"] = row.dates.instants
            committed = row.dates.committed
            said["dates"] = {
                "begins": row.dates.begins,
                "planned": row.dates.planned,
                "at_least": row.dates.at_least,
                "mornings": sorted(row.dates.mornings),
                "committed": None if committed is None else committed.isoformat(),
                "doubt": row.dates.doubt,
                "never": row.dates.never,
                "planned_start": row.dates.planned_start,
            }
        if (why := row.undated) is not None:
            when = None if why.committed is None else why.committed.isoformat()
            said["undated"] = {"doubt": why.doubt, "never": why.never, "committed": when}
        if row.sketch is not None:
            arrays[f"sketch{place}"] = np.array(row.sketch.sketch.cells, np.int64)
            more = {name: getattr(row.sketch, name) for name in ("base", "begins", "planned", "at_least")}
            said["sketch"] = more | {name: getattr(row.sketch.sketch, name) for name in KNOWN}
        for name in ("costs", "value"):
            sums: Sums | None = getattr(row, name)
            if sums is not None:
                arrays[f"{name}{place}"] = sums.minor
                kept = ("currency", "digits", "planned", "what", "missing", "budget")
                said[name] = {field: getattr(sums, field) for field in kept}
        rows.append(said)
    text = {
        "format": FORMAT,
        "portfolio": simulation.portfolio,
        "made": [simulation.samples, simulation.seed, simulation.settings],
        "held": simulation.held,
        "left_out": sorted(simulation.left_out),
        "unpriced": sorted(simulation.unpriced),
        "done": [
            [name, one.planned, sorted(one.mornings), one.committed and one.committed.isoformat()] for name, one in simulation.done.items()
        ],
        "rows": rows,
        "findings": [
            attrs.asdict(one, value_serializer=lambda _, __, value: getattr(value, "value", value)) for one in simulation.findings
        ],
        "work": [_columns(table) for table in (simulation.criticality(), simulation.links())],
    }
    if kind == ".json":
        plain = {**text, "samples": {name: row.tolist() for name, row in arrays.items()}}
        write_atomically(Path(path), json.dumps(plain, ensure_ascii=False).encode())
        return
    arrays["json"] = np.frombuffer(json.dumps(text, ensure_ascii=False).encode(), np.uint8)
    room = io.BytesIO()
    np.savez_compressed(room, allow_pickle=False, **arrays)
    write_atomically(Path(path), room.getvalue())


def _columns(table: Table) -> list[list[object]]:
    return [[name, table.kind(name), table.unit(name), list(table[name])] for name in table.columns]


@checked
def load_simulation(path: str | os.PathLike[str]) -> Simulation:
    """A simulation that `save_simulation` wrote: its figures; it cannot be made again with a change.

    Args:
        path: the file.

    Raises:
        FileError: it cannot be read, or is no such file.
    """
    try:
        if Path(path).stat().st_size > MOST_BYTES:
            raise ValueError(f"it is larger than {MOST_BYTES >> 30} GB")
        raw = Path(path).read_bytes()
        if raw[:1] == b"{":
            return _read(json.loads(raw.decode()))
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MOST_BYTES:
                raise ValueError(f"unpacked it is larger than {MOST_BYTES >> 30} GB")
        with np.load(io.BytesIO(raw), allow_pickle=False) as found:
            text = json.loads(found["json"].tobytes().decode())
            if text.get("format") != FORMAT:
                raise ValueError("another format")
            return _made(text, {name: found[name] for name in found.files})
    except OSError as error:
        raise FileError(str(path), f"it cannot be read: {error.strerror or error}") from None
    except DAMAGED as error:
        why = f"{type(error).__name__}: {error!s:.200}"
        raise FileError(str(path), f"it is no simulation that ipmo wrote, or it is damaged ({why}); save it again") from None


def _read(text: dict[str, Any]) -> Simulation:
    """A simulation that was saved as JSON."""
    if text.get("format") != FORMAT:
        raise ValueError("another format")
    rows = text["samples"]
    if any(type(one) is not int for row in rows.values() for one in row):
        raise ValueError("its samples are not whole")
    return _made(text, {name: np.array(row, np.int64) for name, row in rows.items()})


def _made(text: dict[str, Any], arrays: dict[str, Array]) -> Simulation:
    rows: dict[str, Simulated] = {}
    samples, seed, settings = text["made"]
    if type(samples) is not int or not isinstance(text["portfolio"], str):
        raise ValueError("its portfolio or the number of its samples is none")
    for place, said in enumerate(text["rows"]):
        dates = sums = value = None
        if "dates" in said:
            more = said["dates"]
            committed = None if more["committed"] is None else date.fromisoformat(more["committed"])
            row = _whole(arrays[f"dates{place}"], samples)
            kept = {"begins": more["begins"], "planned": more["planned"], "at_least": bool(more.get("at_least", False))}
            kept |= {"doubt": str(more.get("doubt", "")), "never": bool(more.get("never", False))}
            kept["planned_start"] = bool(more.get("planned_start", False))
            dates = Dates(id=said["id"], instants=row, committed=committed, mornings=frozenset(more.get("mornings", ())), **kept)
        if "costs" in said:
            sums = _sums(said["id"], said["costs"], _whole(arrays[f"costs{place}"], samples))
        if "value" in said:
            value = _sums(said["id"], said["value"], _whole(arrays[f"value{place}"], samples))
        sketch = None if "sketch" not in said else _sketch(said["id"], said["sketch"], arrays[f"sketch{place}"], samples)
        rows[said["id"]] = Simulated(
            id=said["id"], name=said["name"], kind=said["kind"], dates=dates, costs=sums, value=value, sketch=sketch, undated=_undated(said)
        )
    findings = [Finding(**{**one, "also": tuple(tuple(pair) for pair in one["also"])}) for one in text["findings"]]
    work = [Table(Column(name, kind, values, unit) for name, kind, unit, values in columns) for columns in text["work"]]
    held = {name: tuple(projects) for name, projects in text["held"].items()}
    made = samples, seed, settings
    left_out, unpriced = ([str(name) for name in text.get(key, ())] for key in ("left_out", "unpriced"))
    done = {str(name): _done(name, samples, *said) for name, *said in text.get("done", ())}
    return Simulation(
        rows, text["portfolio"], made, findings, (work[0], work[1]), held=held, left_out=left_out, unpriced=unpriced, done=done
    )


def _done(name: str, samples: int, at: int, mornings: list[int], committed: str | None) -> Dates:
    """The date of what is done."""
    when = None if committed is None else date.fromisoformat(committed)
    row = np.broadcast_to(np.int64(at), samples)
    return Dates(id=name, instants=row, begins=False, planned=at, committed=when, mornings=frozenset(mornings))


def _undated(said: dict[str, Any]) -> Undated | None:
    """Why an item has no dates."""
    if "undated" not in said:
        return None
    more = said["undated"]
    committed = None if more["committed"] is None else date.fromisoformat(more["committed"])
    return Undated(doubt=str(more["doubt"]), never=bool(more["never"]), committed=committed)


def _sums(name: str, said: dict[str, Any], row: Array) -> Sums:
    return Sums(id=name, minor=row, **{**said, "missing": tuple(said["missing"])})


def _sketch(name: str, said: dict[str, Any], cells: Array, samples: int) -> SketchedDates:
    """A sketch, whose counts are as many as the samples."""
    counts = tuple(cells.tolist())
    numbers = {field: said[field] for field in KNOWN}
    if any(type(one) is not int for one in (*counts, *numbers.values())) or sum(counts) != samples or numbers["size"] != samples:
        raise ValueError("its sketches are not whole")
    more = {field: said[field] for field in ("base", "begins", "planned", "at_least")}
    return SketchedDates(id=name, sketch=Sketch(**numbers, cells=counts), **more)


def _whole(row: Array, samples: int) -> NDArray[np.int64]:
    """A row of whole numbers, one a sample."""
    if row.dtype != np.int64 or row.shape != (samples,):
        raise ValueError("its samples are not whole")
    row.flags.writeable = False
    return cast("NDArray[np.int64]", row)
