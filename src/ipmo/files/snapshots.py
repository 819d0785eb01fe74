"""Months and baselines as immutable text: a portfolio frozen into one JSON file that says its date and its digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import attrs

from ipmo.errors import FileError, UnknownItemError, close_matches
from ipmo.files.portfolios import write_atomically
from ipmo.model.plain import to_plain_portfolio
from ipmo.model.portfolio import Portfolio
from ipmo.units import as_date, as_day

__all__ = ["Stamp", "baseline_path", "digest_of", "folder_of", "stamp_of", "stamps_in", "write_snapshot"]


@attrs.frozen(kw_only=True)
class Stamp:
    """What a snapshot says of itself.

    Args:
        path: the file.
        date: the data date of the portfolio.
        digest: SHA-256 of the rest of the file in canonical JSON.
        reason: why it was frozen.
    """

    path: str
    date: date
    digest: str
    reason: str = ""


def digest_of(document: Mapping[str, object]) -> str:
    """SHA-256 of a document without its stamp, whatever its layout."""
    bare = {key: value for key, value in document.items() if key != "snapshot"}
    return hashlib.sha256(json.dumps(bare, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()).hexdigest()


def write_snapshot(portfolio: Portfolio, path: Path, day: date, reason: str = "") -> Stamp:
    """Writes a snapshot; one that is there already stays as it is.

    Raises:
        FileError: another content is frozen under that name, or the file cannot be written.
    """
    document = to_plain_portfolio(portfolio)
    digest = digest_of(document)
    if path.exists():
        there = stamp_of(path)
        if there.digest == digest:
            return there
        raise FileError(str(path), f"it is a snapshot of {there.date} with another content and is never overwritten; give another name")
    stamp = {"date": day.isoformat(), "digest": digest, **({"reason": reason} if reason else {})}
    text = json.dumps({"ipmo": document.pop("ipmo"), "snapshot": stamp, **document}, ensure_ascii=False, indent=1) + "\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(str(path), f"its folder cannot be made: {error}") from None
    write_atomically(path, text)
    return Stamp(path=str(path), date=day, digest=digest, reason=reason)


def stamp_of(path: Path) -> Stamp:
    """The stamp of a snapshot, checked against its content.

    Raises:
        FileError: it is no snapshot, or was changed after it was frozen.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise FileError(str(path), f"it cannot be read as JSON: {error}") from None
    found = document.get("snapshot") if isinstance(document, dict) else None
    if not isinstance(found, dict) or "digest" not in found or "date" not in found:
        raise FileError(str(path), "it is no snapshot; `ipmo snapshot` writes them")
    digest = digest_of(document)
    if digest != found["digest"]:
        raise FileError(
            str(path), f"it was changed after it was frozen: its digest is {digest[:12]}…, the stamp says {found['digest'][:12]}…"
        )
    return Stamp(path=str(path), date=as_date(found["date"]), digest=digest, reason=str(found.get("reason", "")))


def stamps_in(folder: Path) -> list[Stamp]:
    """The stamps of all snapshots in a folder, in the order of their names.

    Raises:
        FileError: there is no such folder, a file in it is no snapshot, or was changed after it was frozen.
    """
    if not folder.is_dir():
        raise FileError(str(folder), "there is no such folder; `ipmo snapshot` makes one")
    return [stamp_of(path) for path in sorted(folder.glob("*.json"))]


def folder_of(portfolio: Portfolio) -> Path:
    """The folder of the file that a portfolio was read from; the present one of a portfolio made in Python."""
    source = Path(portfolio.source.path) if portfolio.source.path else Path()
    return source if source.is_dir() else source.parent


def baseline_path(portfolio: Portfolio, id: str | None) -> Path:
    """The file of a baseline that a portfolio names, the latest one when none is named; its content is as it was frozen.

    Raises:
        UnknownItemError: there is no such baseline, or none has a file.
        FileError: its file is missing, or was changed after it was frozen.
    """
    named = {one.id: one for one in portfolio.baselines if one.file}
    if id is None:
        if not named:
            none = f"portfolio {portfolio.id!r}: none that it names has a file; `ipmo snapshot --baseline ID` makes one"
            raise UnknownItemError("baseline", (), none)
        id = max(named, key=lambda name: as_day(named[name].date))
    if id not in named:
        raise UnknownItemError(id, close_matches(id, named), f"the baselines with a file of portfolio {portfolio.id!r}")
    path = folder_of(portfolio) / named[id].file
    stamp_of(path)
    return path
