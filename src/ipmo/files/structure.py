"""Plain data to nouns, every problem in one go, each with its path."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import attrs
import cattrs
from cattrs import (
    AttributeValidationNote,
    ClassValidationError,
    ForbiddenExtraKeysError,
    IterableValidationError,
    IterableValidationNote,
)
from cattrs.gen import make_dict_structure_fn, override

from ipmo.errors import FileError, ModelError, Problem, UnitError, close_matches
from ipmo.files.documents import WORDS, Plain, natural
from ipmo.findings import Finding, Severity
from ipmo.model.benefits import Enabler
from ipmo.model.changes import NOUNS, Change, as_change
from ipmo.model.estimates import OpaqueEstimate, as_estimate
from ipmo.model.fields import FrozenMap, Short, annotation, as_map, text
from ipmo.model.governance import After
from ipmo.model.integrity import file_key
from ipmo.model.plain import HEADER, ORGANISATION, VERSION
from ipmo.model.portfolio import Portfolio, Source
from ipmo.model.reference import REFERENCE_CLASSES, ReferenceClass
from ipmo.units import as_money, as_number, as_span

__all__ = ["Declared", "changes_of", "structure"]

PathKey = tuple[str | int, ...]


@attrs.frozen(kw_only=True)
class Declared:
    """What plugins add to the format: estimate kinds and extensions, by name, each with `.parse(data)`."""

    estimates: Mapping[str, Any] = attrs.field(factory=dict)
    extensions: Mapping[str, Any] = attrs.field(factory=dict)


def structure(data: Any, source: Source, declared: Declared | None = None) -> Portfolio:
    """A portfolio from plain data laid out as a file.

    Raises:
        ModelError: with all problems, each with its path in the data.
    """
    flat, problems = _flattened(data)
    flat["source"] = source  # the last field: by then all findings of the reading are known
    declared = declared or Declared()
    reader = _Reader(declared)
    try:
        portfolio: Portfolio = reader.converter.structure(flat, Portfolio)
    except (ClassValidationError, IterableValidationError, UnitError) as error:
        found = list(walk(error))
        found += _hidden(flat, found, declared)
        problems += [attrs.evolve(p, path=_unflattened(p.path, data)) for p in found]
    if problems:
        raise ModelError(problems)
    return portfolio


def changes_of(values: Any, declared: Declared | None = None) -> tuple[Change, ...]:
    """What-if changes from plain data as files have it.

    Raises:
        UnitError: one is no change.
        FileError: an item that one adds has problems, each with its path in the change.
    """
    try:
        return _Reader(declared or Declared())._changes(values, None)
    except (ClassValidationError, IterableValidationError) as error:
        raise FileError("", [attrs.evolve(p, path=("add", *p.path)) for p in walk(error)]) from None


def _hidden(flat: Mapping[str, Any], found: list[Problem], declared: Declared) -> list[Problem]:
    """The problems that show once the fields already complained about are left out: references, mostly."""
    copy: Any = _copied(flat)
    for problem in found:
        *above, last = problem.path or ("",)
        holder: Any = copy
        key: Any
        over: list[tuple[Any, Any]] = []
        for key in above:
            if not isinstance(holder, dict | list) or (isinstance(holder, dict) and key not in holder):
                return []
            over.append((holder, key))
            holder = holder[key]
        if not isinstance(last, str) or last in ("id", "from", "to") or not isinstance(holder, dict):
            if isinstance(last, int) and above and above[-1] in ("after", "ramp", "holidays", "blocks"):
                continue  # one bad entry of a list that others do not refer to
            return []
        holder.pop(last, None)
        for outer, key in reversed(over):  # a mapping that held nothing else is no fault of its own
            if outer[key] or not isinstance(outer, dict):
                break
            outer.pop(key)
    try:
        _Reader(declared).converter.structure(copy, Portfolio)
    except (ClassValidationError, IterableValidationError, UnitError) as error:
        seen = {(p.path, p.message) for p in found}
        return [p for p in walk(error) if (p.path, p.message) not in seen and "is missing" not in p.message]
    return []


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(inner) for key, inner in value.items()}
    return [_copied(inner) for inner in value] if isinstance(value, list) else value


def _flattened(data: Any) -> tuple[dict[str, Any], list[Problem]]:
    """The document with the fields under `portfolio:` and `organisation:` at the top, as the model has them."""
    if not isinstance(data, dict):
        raise ModelError(Problem(message=f"this is no ipmo portfolio but {_kind(data)}", hint="a portfolio starts with `ipmo: 1`"))
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
            problems.append(Problem(message=f"expected a mapping with {', '.join(allowed)}; got {_kind(inner)}", path=(group,)))
            continue
        for key, value in inner.items():
            if key in allowed:
                flat[key] = value
            else:
                problems.append(_unknown_field(key, allowed, (group, key)))
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


def _unflattened(path: PathKey, data: Mapping[str, Any]) -> PathKey:
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


def _kind(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, list):
        return "a list"
    return "a mapping" if isinstance(value, dict) else f"{value!r:.60}"


def _unknown_field(key: Any, allowed: Any, path: PathKey) -> Problem:
    near = close_matches(str(key), allowed, 1)
    hint = f"did you mean {near[0]!r}?" if near else f"the fields are {', '.join(allowed)}"
    return Problem(message=f"unknown field {str(key)[:80]!r}", hint=hint, path=path)


class _Reader:
    """One reading: the converter and what it notices on the way."""

    def __init__(self, declared: Declared) -> None:
        self.declared = declared
        self.findings: list[Finding] = []
        self.converter = cattrs.Converter(forbid_extra_keys=True, detailed_validation=True)
        self.converter.register_structure_hook_factory(attrs.has, self._noun)
        self._afters: dict[str, After] = {}
        self.references: dict[str, ReferenceClass] = dict(REFERENCE_CLASSES)

    def note(self, code: str, message: str, hint: str = "") -> None:
        """Keeps a finding, each message once."""
        found = Finding(code=code, message=message, hint=hint, severity=Severity.INFO)
        if found not in self.findings:
            self.findings.append(found)

    def _noun(self, cls: type) -> Callable[[Any, Any], Any]:
        hooks = {f.name: override(rename=file_key(f), struct_hook=self._field(cls, f)) for f in attrs.fields(cls) if f.init}
        if cls is Portfolio:
            hooks["source"] = override(struct_hook=lambda value, _: attrs.evolve(value, findings=(*value.findings, *self.findings)))
        options: dict[str, Any] = {"_cattrs_forbid_extra_keys": True, "_cattrs_detailed_validation": True, **hooks}
        inner: Callable[[Any, Any], Any] = make_dict_structure_fn(cls, self.converter, **options)
        names = ", ".join(list(map(file_key, attrs.fields(cls)))[:8])
        word = cls.__name__.lower()
        article = "an" if word[0] in "aeiou" else "a"

        def noun(value: Any, _: Any) -> Any:
            if type(value) is not dict:
                raise UnitError(f"expected {article} {word} as a mapping ({names}, ...); got {_kind(value)}")
            if None in value.values():  # an empty field is an absent one
                value = {key: one for key, one in value.items() if one is not None}
            return inner(value, cls)

        return noun

    def _field(self, owner: type, field: attrs.Attribute[Any]) -> Callable[[Any, Any], Any]:
        kind = annotation(owner, field.name).removesuffix(" | None")
        converter: Any = field.converter
        parse: Callable[[Any], Any] = getattr(converter, "parse", converter)
        if kind == "tuple[ReferenceClass, ...]":
            return self._reference_classes
        if kind == "tuple[After, ...]":
            return self._after
        if kind == "tuple[Change, ...]":
            return self._changes
        if kind == "Estimate":
            quantity = {"time": as_span, "money": as_money}.get(field.metadata["unit"], as_number)
            return lambda value, _: self._estimate(value, quantity)
        if kind == "FrozenMap[str, Any]":
            return self._extensions
        if kind in ("FrozenMap[str, str]", "str | FrozenMap[str, str]"):
            return functools.partial(_text_map, parse)
        if kind == "bool":
            return _flag
        if kind.startswith("FrozenMap"):
            return lambda value, _: parse(_mapping(value))
        inner = kind.removeprefix("tuple[").removesuffix(", ...]")
        cls = _classes().get(inner)
        if cls is not None:
            if not kind.startswith("tuple["):
                return lambda value, _: self.converter.structure(value, cls)
            single = bool(field.metadata.get("one_or_many"))
            many = tuple[cls, ...]  # type: ignore[valid-type]

            def nouns(value: Any, _: Any) -> Any:
                if type(value) is not list:
                    if not single:
                        raise UnitError(f"expected a list of {inner.lower()}s; got {_kind(value)}")
                    value = [value]
                if cls is Enabler:
                    value = [{"from": one} if isinstance(one, str) else one for one in value]
                return self.converter.structure(value, many)

            return nouns
        if kind.startswith("tuple["):
            return functools.partial(_list, parse, bool(field.metadata.get("one_or_many")))
        if kind == "When":
            return functools.partial(self._when, parse)
        if field.name == "source_system":
            return lambda value, _: text(value)
        return lambda value, _: parse(value)

    def _reference_classes(self, value: Any, _: Any) -> tuple[ReferenceClass, ...]:
        """Read before the projects, whose estimates may name them."""
        if type(value) is not list:
            raise UnitError(f"expected a list of reference classes; got {_kind(value)}")
        found: tuple[ReferenceClass, ...] = self.converter.structure(value, tuple[ReferenceClass, ...])
        self.references.update({one.id: one for one in found})
        return found

    def _when(self, parse: Callable[[Any], Any], value: Any, _: Any) -> Any:
        when = parse(value)
        if isinstance(value, str) and len(value) > 16:
            self.note("ipmo/seconds", f"{value} is rounded to the minute")
        return when

    def _after(self, value: Any, _: Any) -> tuple[After, ...]:
        if type(value) is str:
            return (self._one_after(value),)
        if type(value) is list:
            if all(type(one) is str for one in value):
                return tuple(map(self._one_after, value))
        else:
            value = [value]
        values = [{"from": one} if isinstance(one, str) else one for one in value]
        afters: tuple[After, ...] = self.converter.structure(values, tuple[After, ...])
        return afters

    def _one_after(self, source: str) -> After:
        known = self._afters.get(source)
        if known is None:
            known = self._afters[source] = After(source=source)
        return known

    def _changes(self, value: Any, _: Any) -> tuple[Change, ...]:
        """What-if changes; the item that one adds is read as it is elsewhere in a file."""
        values = value if type(value) is list else [value]
        out = []
        for place, one in enumerate(values):
            try:
                inner = one.get("add") if isinstance(one, dict) and len(one) == 1 else None
                if isinstance(inner, dict):
                    names = [name for name in NOUNS if name in inner]
                    nouns: dict[str, Any] = {name: self.converter.structure(inner[name], _classes()[name.capitalize()]) for name in names}
                    one = {"add": {**inner, **nouns}}
                out.append(as_change(one))
            except UnitError as error:
                error.path = (place, *getattr(error, "path", ()))  # type: ignore[attr-defined]
                raise
        return tuple(out)

    def _estimate(self, value: Any, quantity: Any) -> Any:
        if isinstance(value, list):
            raise UnitError(f"expected one value or a mapping such as {{low, likely, high}}; got {_kind(value)}")
        estimate = as_estimate(value, quantity, self.declared.estimates, self.references)
        if isinstance(estimate, OpaqueEstimate):
            self.note(
                "ipmo/unknown-estimate",
                f"no installed plugin declares the estimate {estimate.name!r}",
                "its value is unknown; it is kept as it stands",
            )
            return OpaqueEstimate(estimate.name, natural(estimate.data))
        return estimate

    def _extensions(self, value: Any, _: Any) -> FrozenMap[str, Any]:
        out = {}
        for name, data in _mapping(value).items():
            extension = self.declared.extensions.get(name)
            if extension is None:
                self.note("ipmo/unknown-extension", f"no installed plugin declares the extension {name!r}", "it is kept as it stands")
                out[name] = natural(data)
            else:
                try:
                    out[name] = extension.parse(natural(data))
                except UnitError as error:
                    error.path = (name, *getattr(error, "path", ()))  # type: ignore[attr-defined]
                    raise
        return FrozenMap(out)


@functools.cache
def _classes() -> Mapping[str, type]:
    import ipmo.model as model

    found = {name: getattr(model, name) for name in model.__all__}
    return {
        name: cls
        for name, cls in found.items()
        if isinstance(cls, type) and issubclass(cls, model.Noun) and cls is not model.Noun and not issubclass(cls, Short)
    }


def _mapping(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise UnitError(f"expected a mapping; got {_kind(value)}")
    return value


def _text_map(parse: Callable[[Any], Any], value: Any, _: Any) -> Any:
    if isinstance(value, str):  # a calendar's hours may be one text
        if parse is as_map:
            raise UnitError(f"expected a mapping of names to text; got {_kind(value)}")
        return parse(value)
    out = {}
    for key, inner in _mapping(value).items():
        try:
            out[key] = text(inner)
        except UnitError as error:
            error.path = (key,)  # type: ignore[attr-defined]
            raise
    return parse(out)


def _flag(value: Any, _: Any) -> bool:
    if isinstance(value, bool):
        return value
    if type(value) is Plain and value in WORDS:
        return WORDS[value]
    raise UnitError(f"{value!r} is not true or false")


def _list(parse: Callable[[Any], Any], single: bool, value: Any, _: Any) -> Any:
    if type(value) is not list:
        if not single:
            raise UnitError(f"expected a list; got {_kind(value)}")
        value = [value]
    out: list[Any] = []
    for place, one in enumerate(value):
        try:
            out.extend(parse([one]))
        except UnitError as error:
            error.path = (place, *getattr(error, "path", ()))  # type: ignore[attr-defined]
            raise
    return tuple(out)


def walk(error: BaseException, path: PathKey = ()) -> Iterator[Problem]:
    """The problems in a tree of cattrs errors, each with the path its notes spell."""
    if isinstance(error, ClassValidationError | IterableValidationError):
        cls = getattr(error, "cl", None)
        keys = {f.name: file_key(f) for f in attrs.fields(cls)} if isinstance(cls, type) and attrs.has(cls) else {}
        for inner in error.exceptions:
            here = path
            for note in getattr(inner, "__notes__", ()):
                if isinstance(note, AttributeValidationNote):
                    if isinstance(inner, KeyError):
                        yield Problem(message=f"required field {keys.get(note.name, note.name)!r} is missing", path=path)
                        break
                    here = (*path, keys.get(note.name, note.name))
                    break
                if isinstance(note, IterableValidationNote):
                    here = (*path, note.index)
                    break
            if not isinstance(inner, KeyError):
                yield from walk(inner, here)
    elif isinstance(error, ForbiddenExtraKeysError):
        allowed = [file_key(f) for f in attrs.fields(error.cl) if f.name != "source" or error.cl is not Portfolio]
        for key in sorted(map(str, error.extra_fields)):
            names = [n for n in allowed if n not in (*HEADER, *ORGANISATION)] if error.cl is Portfolio else allowed
            yield _unknown_field(key, names, (*path, key))
    elif isinstance(error, ModelError):
        for problem in error.problems:
            yield attrs.evolve(problem, path=(*path, *problem.path))
    else:
        yield Problem(message=_short(error), path=(*path, *getattr(error, "path", ())))


def _short(error: BaseException) -> str:
    message = str(error.args[0]) if error.args else type(error).__name__
    head, colon, rest = message.partition(": ")
    if colon and "." in head and " " not in head:  # `task.duration: ...`: the path says it already
        return rest
    return message
