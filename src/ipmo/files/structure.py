"""Plain data to a portfolio, every problem in one go, each with its path."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ipmo.declared import Declared
from ipmo.errors import SHOWN, ModelError, Problem, UnitError
from ipmo.model.contents import Source
from ipmo.model.fields import PlainData, PlainMap, said
from ipmo.model.making import maker
from ipmo.model.plain import HEADER, ORGANISATION, VERSION
from ipmo.model.portfolio import Portfolio
from ipmo.model.reading import Reading, noun_of, problems_in, unknown_field, values_of
from ipmo.model.shape import keys_of

__all__ = ["MAX_DEPTH", "structure"]

PathKey = tuple[str | int, ...]
MAX_DEPTH = 100
"""How deep the data of a file may be nested."""


def structure(data: object, source: Source, declared: Declared | None = None) -> Portfolio:
    """A portfolio from plain data laid out as a file.

    Raises:
        ModelError: with all problems, each with its path in the data.
    """
    try:
        return _structure(data, source, declared)
    except RecursionError:
        place = _deepest(data)
        deep = Problem(message=f"nested deeper than {MAX_DEPTH} levels", hint="no field needs that: write it flat", path=_short(place))
        raise ModelError(deep) from None


def _short(path: PathKey) -> PathKey:
    """A path as far as it helps: what is nested without end is found where it begins."""
    return path if len(path) < MAX_DEPTH // 2 else path[:4]


def _deepest(data: object) -> PathKey:
    """Where plain data is nested deeper than files may be."""
    left: list[tuple[object, PathKey]] = [(data, ())]
    while left:
        value, place = left.pop()
        if len(place) > MAX_DEPTH:
            return place
        inside = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list | tuple) else ()
        for key, inner in inside:
            if isinstance(inner, Mapping | list | tuple):
                left.append((inner, (*place, key if isinstance(key, int) else str(key))))
    return ()


def _structure(data: object, source: Source, declared: Declared | None) -> Portfolio:
    flat, problems = _flattened(data)
    fields = keys_of(Portfolio)
    extra = sorted(str(key) for key in flat if key not in fields or not fields[key].in_files)
    top = [key for key in fields if key not in (*HEADER, *ORGANISATION)]
    ordered = {key: flat[key] for key in fields if key in flat and key not in extra}
    declared = declared or Declared()
    reading = Reading(declared)
    reading.counted = ordered.get("projects")
    found: list[Problem] = []
    portfolio: Portfolio | None = None
    checked = False
    try:
        values = values_of(Portfolio, {**ordered, "source": source}, reading)  # the source last: it takes what was noticed
        checked = True
        portfolio = maker(Portfolio)(values)
    except (ModelError, UnitError) as error:
        found = problems_in(error)
    found += [_unknown(key, top, (key,), hinted=place < SHOWN) for place, key in enumerate(extra)]
    if found and not checked:  # what everything refers to is looked at once every field can be read
        found += _hidden(ordered, found, declared)
    problems += [p.moved(_short(_unflattened(p.path, data))) for p in found]
    if problems or portfolio is None:
        raise ModelError(problems)
    return portfolio


def _hidden(flat: Mapping[str, PlainData], found: list[Problem], declared: Declared) -> list[Problem]:
    """The problems that show once the fields already complained about are left out: references, mostly."""
    copy = _copied(flat)
    seen = {(p.path, p.message) for p in found}
    left = found
    while left and _taken_out(copy, left):
        try:
            noun_of(Portfolio, copy, Reading(declared))
        except (ModelError, UnitError) as error:
            halved = {p.path[:-1] for p in left if len(p.path) > 1}  # what lacks a value now that was there: an estimate, mostly
            problems = problems_in(error)
            left = [p for p in problems if p.path in halved]
            if not left:
                return [p for p in problems if (p.path, p.message) not in seen and "is missing" not in p.message]
        else:
            return []
    return []


def _taken_out(copy: object, found: list[Problem]) -> bool:
    """Leaves out the fields complained about; whether what is left can be looked at."""
    for problem in found:
        *above, last = problem.path or ("",)
        holder: PlainData = copy
        key: PlainData
        over: list[tuple[PlainData, PlainData]] = []
        for key in above:
            if key == 0 and isinstance(holder, dict):  # a lone value where a list may stand
                continue
            if not isinstance(holder, dict | list) or (isinstance(holder, dict) and key not in holder):
                return False
            over.append((holder, key))
            holder = holder[key]
        if not isinstance(last, str) or last in ("id", "from", "to") or not isinstance(holder, dict):
            if isinstance(last, int) and above and above[-1] in ("after", "ramp", "holidays", "blocks"):
                continue  # one bad entry of a list that others do not refer to
            return False
        holder.pop(last, None)
        for outer, key in reversed(over):  # a mapping that held nothing else is no fault of its own
            if outer[key] or not isinstance(outer, dict):
                break
            outer.pop(key)
    return True


def _copied(value: object) -> object:
    if isinstance(value, dict):
        return {key: _copied(inner) for key, inner in value.items()}
    return [_copied(inner) for inner in value] if isinstance(value, list) else value


def _flattened(data: PlainData) -> tuple[PlainMap, list[Problem]]:
    """The document with the fields under `portfolio:` and `organisation:` at the top, as the model has them."""
    if not isinstance(data, dict):
        raise ModelError(Problem(message=f"this is no ipmo portfolio but {said(data)}", hint="a portfolio starts with `ipmo: 1`"))
    if "ipmo" not in data:
        raise ModelError(Problem(message="this is no ipmo portfolio: it does not say `ipmo: 1`", hint="write `ipmo: 1` as its first line"))
    if str(data["ipmo"]) != str(VERSION):
        raise ModelError(
            Problem(
                message=f"version {data['ipmo']!r} of the file format is not known",
                hint=f"this ipmo reads version {VERSION}",
                path=("ipmo",),
            )
        )
    flat = {
        key: value for key, value in data.items() if key not in ("ipmo", "snapshot", "portfolio", "organisation", "project", "programme")
    }
    problems: list[Problem] = []
    for group, allowed in (("portfolio", HEADER), ("organisation", ORGANISATION)):
        inner = data.get(group)
        if inner is None:
            continue
        if not isinstance(inner, dict):
            problems.append(Problem(message=f"expected a mapping with {', '.join(allowed)}; got {said(inner)}", path=(group,)))
            continue
        for key, value in inner.items():
            if key in allowed:
                flat[key] = value
            else:
                problems.append(_unknown(key, allowed, (group, key)))
    for key in list(flat):
        if key in (*HEADER, *ORGANISATION) and key in data:
            where = "portfolio" if key in HEADER else "organisation"
            problems.append(Problem(message=f"{key!r} stands at the top", hint=f"write it under {where}:", path=(key,)))
            if key not in (data.get(where) or {}):
                del flat[key]
    for key, field in (("project", "projects"), ("programme", "programmes")):
        if key in data:
            flat[field] = [data[key], *(flat.get(field) or [])]
            if "portfolio" not in data and isinstance(data[key], dict):
                flat["id"] = data[key].get("id")
                flat.setdefault("name", data[key].get("name"))
    if "portfolio" not in data and "id" not in flat:
        raise ModelError([*problems, Problem(message="there is no `portfolio:` with an id", hint="write portfolio: {id: NAME}")])
    return flat, problems


def _unflattened(path: PathKey, data: PlainData) -> PathKey:
    if path and path[0] in HEADER:
        if "portfolio" not in data:
            return ("project" if "project" in data else "programme", *path)
        return ("portfolio", *path)
    if path and path[0] in ORGANISATION:
        return ("organisation", *path)
    for key, field in (("project", "projects"), ("programme", "programmes")):
        if path[:1] == (field,) and key in data and len(path) > 1 and isinstance(path[1], int):
            return (key, *path[2:]) if path[1] == 0 else (field, path[1] - 1, *path[2:])
    return path


def _unknown(key: object, allowed: Sequence[str], path: PathKey, *, hinted: bool = True) -> Problem:
    return unknown_field(str(key), Portfolio, allowed, hinted=hinted).moved(path)
