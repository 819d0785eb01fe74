"""How far long work has come: shown as a bar or passed to a function where a verb is given one, and to nobody else.

A verb that takes `progress=` watches itself; what works for it says its steps, wherever it lies, and is not slowed by it.
"""

from __future__ import annotations

import contextlib
import contextvars
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, TextIO, TypeAlias, TypeVar, cast

__all__ = ["Progress", "Watch", "step", "steps", "unwatched", "watched"]

T = TypeVar("T")
Watch: TypeAlias = Callable[[str, int, int], object]
"""Takes what is being done, how much of it is done, and how much there is; what it raises ends the work."""
Progress: TypeAlias = bool | Watch | None
"""None says nothing, True shows a bar on standard error where that is a terminal, a function is told (see `Watch`)."""
_watching: contextvars.ContextVar[Watch | None] = contextvars.ContextVar("ipmo.progress", default=None)


def step(what: str, done: int, total: int) -> None:
    """Says how far something has come, where somebody wants to know.

    Args:
        what: what is being done: `reading`, `checking`.
        done: how much of it is done.
        total: how much there is.
    """
    watch = _watching.get()
    if watch is not None:
        watch(what, done, total)


def steps(what: str, things: Iterable[T], total: int) -> Iterator[T]:
    """The same things one by one, each said when it is asked for, and the end.

    >>> with watched(print):
    ...     for letter in steps("spelling", "ab", 2):
    ...         pass
    spelling 0 2
    spelling 1 2
    spelling 2 2
    """
    for done, thing in enumerate(things):
        step(what, done, total)
        yield thing
    step(what, total, total)


@contextlib.contextmanager
def watched(progress: Progress) -> Iterator[None]:
    """While it lasts, steps are said as `progress` asks; None and False leave it as it was, so that verbs may call verbs."""
    if progress is None or progress is False:
        yield
        return
    bar = _Bar(sys.stderr) if progress is True else None
    token = _watching.set(bar if bar is not None else cast(Watch, progress))
    try:
        yield
    finally:
        _watching.reset(token)
        if bar is not None:
            bar.end()


@contextlib.contextmanager
def unwatched() -> Iterator[None]:
    """While it lasts, steps are said to nobody: what is done a second time, or beside the work."""
    token = _watching.set(None)
    try:
        yield
    finally:
        _watching.reset(token)


class _Drawn(Protocol):
    """A bar of click's, as far as it is used."""

    pos: int

    def update(self, n_steps: int) -> None:
        """Moves it on."""

    def render_finish(self) -> None:
        """Ends its line."""


class _Bar:
    """A bar on a terminal, one for each thing that is done; nothing at all where the stream is none."""

    def __init__(self, stream: TextIO) -> None:
        self._stream, self._shown = stream, stream.isatty()
        self._bar: _Drawn | None = None
        self._what = ""

    def __call__(self, what: str, done: int, total: int) -> None:
        """Moves the bar; what is new begins one of its own."""
        if not self._shown:
            return
        if self._bar is None or what != self._what:
            self.end()
            import click

            self._what = what
            made = click.progressbar(length=max(total, 1), label=f"{what:<13}", file=self._stream, width=30, show_pos=False)
            made.render_progress()
            self._bar = cast(_Drawn, made)
        self._bar.update(max(done - self._bar.pos, 0))

    def end(self) -> None:
        """Ends the line of the bar."""
        if self._bar is not None:
            self._bar.render_finish()
            self._bar = None
