"""What is wrong with the hooks of a plugin, in words that say what to do about it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

import pluggy

from ipmo.version import __version__

__all__ = ["refuse_unmarked", "unfit"]


def unfit(error: BaseException, hooks: Iterable[str]) -> str:
    """Why a plugin cannot be registered.

    Args:
        error: what pluggy, or `refuse_unmarked`, says.
        hooks: the names of the hooks that there are.
    """
    if isinstance(error, NotMarkedError):
        return str(error)
    found = re.search(r"unknown hook '(\w+)'", str(error))
    if found is None:
        return f"{type(error).__name__}: {' '.join(str(error).split())}; hooks take no arguments and return declarations"
    near = difflib.get_close_matches(found[1], hooks, n=1, cutoff=0.85)
    if near:
        return f"unknown hook {found[1]!r}; close: {near[0]!r}"
    return f"unknown hook {found[1]!r}; it may be of a newer ipmo than this {__version__}, which has {', '.join(hooks)}"


class NotMarkedError(Exception):
    """A function has the name of a hook and is none."""


def refuse_unmarked(module: object, manager: pluggy.PluginManager, hooks: Iterable[str]) -> None:
    """Refuses a plugin with a function that has the name of a hook and no mark: nobody would ever call it.

    Raises:
        NotMarkedError: there is one.
    """
    marked = {caller.name for caller in manager.get_hookcallers(module) or ()}
    for name in hooks:
        if name not in marked and callable(getattr(module, name, None)):
            raise NotMarkedError(
                f"{name} is not marked, so that nobody calls it; write @hookimpl above it (from ipmo.plugin import hookimpl)"
            )
