"""What ipmo itself declares, by the hooks of every plugin: the registry of a fresh installation."""

from __future__ import annotations

from collections.abc import Callable

from ipmo.analysis.money.measures import MEASURES
from ipmo.declared import Declared
from ipmo.files.formats import built_in_formats
from ipmo.methods.contract import LINK_KINDS, PLAIN, Check, Format, Methodology, hookimpl
from ipmo.methods.registry import Registry
from ipmo.model.measures import LinkKind, Measure
from ipmo.registers.formats import register_formats
from ipmo.rules.checks import CHECKS
from ipmo.standards.formats import FORMATS

__all__ = ["Core", "declared_in", "new_registry"]


class Core:
    """What ipmo itself declares.

    Args:
        declared: what plugins add to the file format; asked when a file is read.
    """

    def __init__(self, declared: Callable[[], Declared]) -> None:
        self.declared = declared

    @hookimpl
    def ipmo_methodologies(self) -> tuple[Methodology, ...]:
        """The method of those who follow none."""
        return (PLAIN,)

    @hookimpl
    def ipmo_checks(self) -> tuple[Check, ...]:
        """The rules that hold under every method."""
        return CHECKS

    @hookimpl
    def ipmo_measures(self) -> tuple[Measure, ...]:
        """The figures that every portfolio has."""
        return tuple(MEASURES.values())

    @hookimpl
    def ipmo_link_kinds(self) -> tuple[LinkKind, ...]:
        """The kind that moves dates, and the one for what does not."""
        return LINK_KINDS

    @hookimpl
    def ipmo_formats(self) -> tuple[Format, ...]:
        """The files that are read and written without any plugin."""
        return (*built_in_formats(self.declared), *register_formats(self.declared), *FORMATS)


def new_registry(*, strict: bool = False) -> Registry:
    """A registry that knows ipmo itself and no plugin yet; `.discover()` loads those installed.

    Args:
        strict: raise at the first faulty plugin.
    """
    registry = Registry(Core(lambda: declared_in(registry)), strict=strict)
    return registry


def declared_in(registry: Registry) -> Declared:
    """What the plugins of a registry add to the file format."""
    return Declared(estimates=registry.estimates, extensions=registry.extensions)
