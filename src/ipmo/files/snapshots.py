"""Months and baselines as immutable text: a portfolio frozen into one JSON file that says its date and its digest."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import attrs

from ipmo.atomic import create
from ipmo.errors import FileError, UnitError, UnknownItemError, close_matches
from ipmo.files.documents import parse, text_of
from ipmo.files.names import is_inside
from ipmo.model.fields import PlainMap
from ipmo.model.plain import to_plain_portfolio
from ipmo.model.portfolio import Portfolio
from ipmo.units import as_date, as_day

__all__ = ["Stamp", "baseline_path", "digest_of", "folder_of", "keep_inside", "stamp_of", "stamped", "write_snapshot"]


@attrs.frozen(kw_only=True)
class Stamp:
    """What a snapshot says of itself.

    Args:
        path: the file.
        date: the status date of the portfolio.
        digest: SHA-256 of all else in the file, in canonical JSON.
        reason: why it was frozen.
        by: who wrote it.
    """

    path: str
    date: date
    digest: str
    reason: str = ""
    by: str = ""


def digest_of(document: Mapping[str, object]) -> str:
    """SHA-256 of a document with its date and reason, whatever its layout: of all but the digest itself."""
    stamp = document.get("snapshot")
    kept = {key: value for key, value in stamp.items() if key != "digest"} if isinstance(stamp, Mapping) else stamp
    whole = {**document, "snapshot": kept}
    return hashlib.sha256(json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()).hexdigest()


def write_snapshot(portfolio: Portfolio, path: Path, day: date, reason: str = "", by: str = "") -> Stamp:
    """Writes a snapshot; one that is there already stays as it is, and of two writers at once one wins.

    Raises:
        FileError: another content is frozen under that name, a baseline's file leads out of the folder, or the file cannot be written.
    """
    keep_inside(portfolio, path.parent, str(path))
    document = to_plain_portfolio(portfolio)
    stamp = {"date": day.isoformat(), **({"reason": reason} if reason else {}), **({"by": by} if by else {})}
    document = {"ipmo": document.pop("ipmo"), "snapshot": stamp, **document}
    stamp["digest"] = digest_of(document)
    if create(path, json.dumps(document, ensure_ascii=False, indent=1) + "\n"):
        return Stamp(path=str(path), date=day, digest=stamp["digest"], reason=reason, by=by)
    there, frozen = stamped(text_of(path, str(path)), str(path))
    if {**frozen, "snapshot": None} == {**document, "snapshot": None}:  # the same month: why it was frozen the first time stands
        return there
    raise FileError(str(path), f"it is a snapshot of {there.date} with another content and is never overwritten; give another name")


def stamp_of(path: Path) -> Stamp:
    """The stamp of a snapshot, checked against its content.

    Raises:
        FileError: it is no snapshot, or was changed after it was frozen.
    """
    return stamped(text_of(path, str(path)), str(path))[0]


def stamped(text: str, name: str, *, check: bool = True) -> tuple[Stamp, PlainMap]:
    """The stamp of a snapshot and its content.

    Args:
        text: of the file.
        name: what to call it in messages.
        check: whether its digest is held against its content; not where that has been done.

    Raises:
        FileError: it is no snapshot, or was changed after it was written.
    """
    document = parse(text, name, is_json=True).data
    found = document.get("snapshot") if isinstance(document, dict) else None
    if not isinstance(found, dict) or not isinstance(found.get("digest"), str) or not isinstance(found.get("date"), str):
        raise FileError(name, "it is no snapshot; `ipmo snapshot` writes them")
    digest = digest_of(document) if check else found["digest"]
    if digest != found["digest"]:
        raise FileError(name, f"it was changed after it was frozen: its digest is {digest[:12]}…, the stamp says {found['digest'][:12]}…")
    try:
        day = as_date(found["date"])
    except UnitError as error:
        raise FileError(name, f"the date of the snapshot: {error}") from None
    return Stamp(path=name, date=day, digest=digest, reason=str(found.get("reason", "")), by=str(found.get("by", ""))), document


def folder_of(portfolio: Portfolio) -> Path:
    """The folder of the file that a portfolio was read from; the present one of a portfolio made in Python."""
    source = Path(portfolio.source.path) if portfolio.source.path else Path()
    return source if os.path.isdir(source) else source.parent


def keep_inside(portfolio: Portfolio, folder: Path, name: str) -> None:
    """Refuses a portfolio that names the file of a baseline outside its folder: nothing is read from there, so that nothing is written so.

    Args:
        portfolio: what was read, or is to be written.
        folder: the folder that its file lies in.
        name: what the caller calls that file.

    Raises:
        FileError: a baseline's file leads out of the folder.
    """
    for baseline in portfolio.baselines:
        if baseline.file and not is_inside(baseline.file, folder):
            raise FileError(name, _leads_out(baseline.id, baseline.file))


def _leads_out(id: str, file: str) -> str:
    return f"baseline {id!r}: {file!r:.100} leads out of the portfolio's folder; name a file inside it"


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
    folder = folder_of(portfolio)
    if not is_inside(named[id].file, folder):
        raise FileError(named[id].file, _leads_out(id, named[id].file))
    path = folder / named[id].file
    stamp_of(path)
    return path
