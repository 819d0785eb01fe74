"""The life of an item: when it was begun, delivered or given up, from its moves through a workflow and from its resolution."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from itertools import groupby, pairwise
from typing import Literal, TypeAlias

import attrs

__all__ = ["Category", "Life", "Move", "Standing", "category_of", "gives_up", "is_delivered", "lived", "standing"]

Category: TypeAlias = Literal["new", "indeterminate", "done"]
"""What statuses mean, in Jira's own words: not begun, in progress, done."""

DONE = frozenset(
    [
        "done",
        "closed",
        "resolved",
        "complete",
        "completed",
        "finished",
        "released",
        "delivered",
        "deployed",
        "accepted",
        "approved",
        "published",
    ]
)
NEW = frozenset(("to do", "todo", "open", "new", "backlog", "selected for development", "reopened", "ready", "proposed", "draft"))
UNDER_WAY = frozenset(
    ("progress", "doing", "development", "dev", "developing", "review", "reviewing", "reviewed", "test", "testing", "qa", "uat", "implementing", "analysis", "analysing", "active", "started", "blocked", "hold", "paused", "waiting", "pending", "verification", "verifying", "validation", "investigating", "bearbeitung", "arbeit", "cours", "curso", "corso", "uitvoering", "andamento")
)  # fmt: skip
"""Words of a status that say that somebody is at it, or waits for something."""
GIVEN_UP = frozenset(
    [
        "abandoned",
        "abgelehnt",
        "abgebrochen",
        "abandonné",
        "annulé",
        "cancelado",
        "canceled",
        "cancelled",
        "declined",
        "deferred",
        "descoped",
        "discarded",
        "dismissed",
        "dropped",
        "doublon",
        "duplicado",
        "duplicate",
        "duplicated",
        "duplikat",
        "expired",
        "incomplet",
        "incomplete",
        "incompleto",
        "invalid",
        "later",
        "obsolete",
        "outdated",
        "postponed",
        "rechazado",
        "rejected",
        "rejeté",
        "removed",
        "spam",
        "stale",
        "superseded",
        "unvollständig",
        "withdrawn",
        "wontdo",
        "wontfix",
    ]
)
"""Words of a resolution, or of a status, that say that nothing was delivered."""
LATER = frozenset(
    ["deferred", "expired", "incomplet", "incomplete", "incompleto", "later", "postponed", "removed", "stale", "unvollständig"]
)
"""Of them, those that as a status say that it waits, or nothing."""
NEVER = frozenset(["can't", "cannot", "cant", "impossible", "never", "nicht", "no", "not", "ne", "unable", "won't", "wont"])
"""Words with which one begins: won't do, cannot reproduce, not a bug, no response, nicht reproduzierbar."""
NEGATED = frozenset(["nicht", "pas"])
"""Words that say so wherever they stand: wird nicht behoben, ne sera pas corrigé."""
PHRASES = ("as designed", "by design", "out of scope", "works for me", "need more information")


@attrs.frozen
class Move:
    """A move through the workflow.

    Args:
        when: it happened.
        left: the category that it left; None where the log does not say.
        into: the category that it came into.
    """

    when: datetime
    left: Category | None
    into: Category


@attrs.frozen
class Life:
    """When an item was begun, and how it ended.

    Args:
        started: the day on which it was begun; None while it waits.
        finished: the day on which it was delivered.
        dropped: the day on which it was given up.
    """

    started: date | None = None
    finished: date | None = None
    dropped: date | None = None


def category_of(status: str) -> Category:
    """The category of a status that nothing names, by the names that trackers come with.

    >>> [category_of(one) for one in ("Closed", "To Do", "Not started", "In review", "Won't do")]
    ['done', 'new', 'new', 'indeterminate', 'done']
    """
    word = " ".join(status.casefold().split())
    if word in DONE or gives_up(word):
        return "done"
    return "new" if word in NEW or word.startswith(("not ", "ready for dev")) else "indeterminate"


@attrs.frozen
class Standing:
    """Where an item stands.

    Args:
        category: of its status; None where nothing says it.
        guessed: nobody names the category of its status: its resolution says whether it is done, else it is in progress.
    """

    category: Category | None
    guessed: bool = False

    def lacks_end(self, life: Life) -> bool:
        """Whether the item is done and nothing says since when."""
        return self.category == "done" and life.finished is None and life.dropped is None


def standing(named: Category | None, status: str, *, resolution: str, resolved: date | None) -> Standing:
    """Where an item stands whose category may not be named: a status that trackers come with says it, else a resolution or its day.

    >>> standing(None, "Shipped", resolution="Done", resolved=None)
    Standing(category='done', guessed=True)
    >>> standing(None, "In review", resolution="Done", resolved=None)  # reopened
    Standing(category='indeterminate', guessed=False)

    Args:
        named: the category that its tracker names; None where it names none.
        status: the name of its status.
        resolution: what became of it, in the tracker's words; `Unresolved` is none.
        resolved: the day of its resolution.
    """
    if named is not None:
        return Standing(named)
    ended = resolved is not None or resolution.casefold() not in ("", "unresolved")
    if not status:
        return Standing("done" if ended else None)
    known = category_of(status)
    if known != "indeterminate" or UNDER_WAY.intersection(_words(status)) or status.casefold().startswith(("in ", "under ")):
        return Standing(known)
    return Standing("done" if ended else "indeterminate", guessed=True)


def gives_up(status: str) -> bool:
    """Whether a status says that an item in it was given up: cancelled, rejected, won't do."""
    words = _words(status)
    return bool((GIVEN_UP - LATER).intersection(words)) or words[:1] in (["won't"], ["wont"])


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)?", text.casefold().replace("’", "'"))


def is_delivered(resolution: str) -> bool:
    """Whether a resolution says that something was delivered; one that nobody knows does, as most that teams make up do.

    >>> [is_delivered(one) for one in ("Fixed", "Won’t Do", "Duplicate", "Not a bug", "Works as designed", "")]
    [True, False, False, False, False, True]
    """
    words = _words(resolution)
    if not words:
        return True
    return not (words[0] in NEVER or (GIVEN_UP | NEGATED).intersection(words) or any(phrase in " ".join(words) for phrase in PHRASES))


def in_order(moves: Iterable[Move]) -> list[Move]:
    """Moves by time; those of one instant as they follow each other, for a log may tell the last one first.

    >>> from datetime import datetime
    >>> noon = datetime(2026, 1, 5, 12)
    >>> log = [Move(noon, "indeterminate", "done"), Move(noon, "new", "indeterminate")]
    >>> [move.into for move in in_order(log)]
    ['indeterminate', 'done']
    """
    told = list(moves)
    backward = sum(a.when > b.when for a, b in pairwise(told)) > sum(a.when < b.when for a, b in pairwise(told))
    out: list[Move] = []
    for _, group in groupby(sorted(told, key=lambda one: one.when), key=lambda one: one.when):
        same = list(group)
        ways = [same[::-1], same] if backward else [same, same[::-1]]
        out += min(ways, key=lambda way: sum(a.into != b.left for a, b in pairwise([*out[-1:], *way]) if b.left is not None))
    return out


def lived(
    moves: Iterable[Move],
    now: Category | None,
    *,
    created: date | None,
    resolved: date | None,
    changed: date | None,
    updated: date | None,
    resolution: str = "",
    status: str = "",
) -> Life:
    """The life of an item.

    It ends with the last move into the category done from outside it; a later move inside the category is none. Who goes
    back to what is not begun is no work in progress, and is begun anew by the next move; who is reopened is open, whatever
    the day of an earlier resolution. Without moves: the day of the resolution, of the last change of the category, of the
    last change.

    Args:
        moves: its moves, in any order.
        now: the category that it is in today; None where only its moves or its resolution say it.
        created: the day on which it was written down.
        resolved: the day of its resolution.
        changed: the day on which it last changed its category.
        updated: the day on which anything of it last changed.
        resolution: what became of it, in the tracker's words.
        status: the name of its status, which may say that it was cancelled whatever the resolution.
    """
    started = ended = None
    at: Category | None = None
    for move in in_order(moves):
        at = at or move.left
        if at == "indeterminate" and started is None:
            started = created  # it was made in progress
        if move.into == at:
            continue
        if move.into == "new":
            started = ended = None
        elif move.into == "indeterminate":
            started, ended = started or move.when.date(), None
        else:
            ended = move.when.date()
        at = move.into
    now = now or ("done" if resolved is not None else at or "new")
    if now == "new":
        return Life()
    if now == "indeterminate":
        return Life(started=started or changed or created)
    end = (ended if at == "done" else None) or resolved or changed or updated
    started = end if started is not None and end is not None and started > end else started
    delivered = is_delivered(resolution) and not gives_up(status)
    return Life(started=started, finished=end) if delivered else Life(started=started, dropped=end)
