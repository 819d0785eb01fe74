"""What-if on a compiled network: changes that touch only what they move, and can be taken back.

An overlay keeps the dates that were computed. A change of a duration, a bound, a lag or a link brings early dates, late
dates to the end and to the nearest target, and the ends of projects up to date, forward and backward, and stops where
nothing moves any more. A new link is checked for loops in the stretch of the order that it could close one in (Pearce
and Kelly, ACM JEA 11, 2006). The network itself stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ipmo.errors import ScheduleError, UnknownItemError, close_matches
from ipmo.network.kernels import settling
from ipmo.network.kernels.columns import FAR, TO_END, TO_TARGET, Dates
from ipmo.network.overlay_state import OverlayState
from ipmo.network.positions import plain
from ipmo.network.states import FROM_FINISH, NUMBERS, TO_FINISH, TYPE_NAMES, TYPES, LinkType, Mode

__all__ = ["Moved", "Overlay"]


class Moved(NamedTuple):
    """What some changes moved.

    Args:
        places: positions whose early finish may be another.
        projects: places of projects whose last finish is another.
    """

    places: set[int]
    projects: set[int]


class Overlay(OverlayState):
    """The dates of a network under changes; made by `Overlay(schedule.passes)`.

    Places of items and links are those of the network (`network.ids`, links by number); added links get the next numbers.
    Times are whole minutes: durations and floats on the item's own clock, ends as instants.

    Raises:
        ScheduleError: something is enabled by one of several, is as late as possible, or lasts until an expected finish: an
            overlay does not follow those.
    """

    # ---------------------------------------------------------------------------------------- answers

    def _place(self, item: str | int) -> int:
        if isinstance(item, str):
            node = self.passes.nodes.get(item)
            if node is None:
                raise UnknownItemError(item, close_matches(item, self.passes.nodes), "this network")
            item = node
        if not 0 <= item < self.n:
            raise ScheduleError(f"there is no item {item}; the network has {self.n}")
        return int(self.place[item])

    def start(self, item: str | int) -> int:
        """The early start of an item, on its own clock."""
        return int(self.row("x")[self._place(item)])

    def finish(self, item: str | int) -> int:
        """The early finish of an item, as an instant."""
        v = self._place(item)
        worked = int(self.row("x")[v]) + int(self.row("dur")[v])
        return self._clock(v).start(worked) if self.row("edge")[v] else self._clock(v).finish(worked)

    def project_end(self, project: str) -> int | None:
        """The early finish of a project, as an instant."""
        return self.end_of(self.network.projects.index(project))

    def end_of(self, place: int) -> int | None:
        """The early finish of the project in a place, as an instant; what is done of it counts."""
        latest = max(int(self.row("ends")[place]), int(self.row("done")[place]))
        return None if latest <= -FAR // 2 else latest

    def total_float(self, item: str | int) -> int | None:
        """The slip that leaves the end of the network unmoved."""
        v = self._place(item)
        late = int(self.row("late")[v])
        if late >= FAR // 2:
            return None
        return late + ((self.end or 0) if self.relative else 0) - int(self.row("x")[v])

    def target_float(self, item: str | int) -> int | None:
        """The slip that leaves every commitment downstream unmoved."""
        v = self._place(item)
        late = int(self.row("aim")[v])
        return None if late >= FAR // 2 else late - int(self.row("x")[v])

    def durations(self) -> list[int]:
        """The duration of every item in the network's order, in minutes of its clock."""
        return [int(self.row("dur")[int(v)]) for v in self.place]

    def columns(self) -> dict[str, list[int]]:
        """Early start, late start to the end, and late start to the nearest target, of every item in the network's order."""
        shift = (self.end or 0) if self.relative else 0
        total = [int(t) + shift if t < FAR // 2 else FAR for t in self.row("late")]
        pos = [int(v) for v in self.place]
        return {
            "early": [int(self.row("x")[v]) for v in pos],
            "late": [total[v] for v in pos],
            "aim": [int(self.row("aim")[v]) for v in pos],
        }

    # ---------------------------------------------------------------------------------------- changes

    def set_duration(self, item: str | int, minutes: int) -> int:
        """Another duration (of work under way: of what is left), in minutes of the item's clock.

        Returns:
            How many items were moved, in any of the three sets of dates.

        Raises:
            ScheduleError: it is negative, or there is no such item.
        """
        if minutes < 0:
            raise ScheduleError(f"a duration of {minutes} minutes is negative")
        v = self._place(item)
        network, cells = self.network, self.cells
        node = int(network.positions.order[v])
        if node in network.high:
            raise ScheduleError(f"{self._id(v)!r} is held by a constraint that overrides the logic; change the portfolio instead")
        change = self._open()
        w, mode, typ = cells("w"), cells("mode"), cells("typ")
        old = cells("dur")[v]
        self._set("dur", v, minutes, change)
        delta = minutes - old
        heads, tails = [v], [v]
        following, source, k = cells("next_in"), cells("src"), cells("first_in")[v]
        while k >= 0:
            if typ[k] in TO_FINISH:
                tails.append(source[k])
                if mode[k] in NUMBERS:
                    self._set("w", k, w[k] - delta, change)
            k = following[k]
        following, target, k = cells("next_out"), cells("dst"), cells("first_out")[v]
        while k >= 0:
            if typ[k] in FROM_FINISH:
                heads.append(target[k])
                if mode[k] in NUMBERS:
                    self._set("w", k, w[k] + delta, change)
            k = following[k]
        floor = network.finish_floor.get(node)
        if floor is not None:
            low = max(cells("not_before")[v], floor - minutes)
            self._set("low", v, low, change)
            self._set("floors", v, int(node in network.floor_edges and low == floor - minutes), change)
        for kind in (TO_END, TO_TARGET):
            if self._is_bound(kind, v):
                self._fix(kind, v, change)
        return self._settle(change, heads, tails, changed=v, old_length=old)

    def set_start_bound(self, item: str | int, minutes: int) -> int:
        """The lower bound of a start, in minutes of the item's own clock: a not-before, or a status date.

        Returns:
            How many items were moved.
        """
        v = self._place(item)
        change = self._open()
        self._set("not_before", v, minutes, change)
        node = int(self.network.positions.order[v])
        floor = self.network.finish_floor.get(node)
        if floor is not None:
            least = floor - int(self.row("dur")[v])
            minutes = max(minutes, least)
            self._set("floors", v, int(node in self.network.floor_edges and minutes == least), change)
        self._set("low", v, minutes, change)
        return self._settle(change, [v], [])

    def set_progress(self, item: str | int, remaining: int) -> int:
        """Work is under way: so many minutes of it are left, from the status date on.

        Returns:
            How many items were moved.
        """
        moved = self.set_duration(item, remaining)
        v = self._place(item)
        moved += self.set_start_bound(item, self._clock(v).work(self.network.base))
        second, first = self.changes.pop(), self.changes.pop()
        first.single += second.single  # one change to take back
        first.stretches += second.stretches
        self.changes.append(first)
        return moved

    def set_lag(self, link: int, minutes: int) -> int:
        """Another lag of a link, in the minutes that it is counted in.

        Returns:
            How many items were moved.

        Raises:
            ScheduleError: there is no such link.
        """
        k = self._found(link)
        change = self._open()
        delta = minutes - int(self.row("lag")[k])
        self._set("lag", k, minutes, change)
        if self.row("mode")[k] in NUMBERS:
            self._set("w", k, int(self.row("w")[k]) + delta, change)
            self._set("mode", k, Mode.PLAIN if minutes else self._same_mode(k), change)
        return self._settle(change, [int(self.row("dst")[k])], [int(self.row("src")[k])])

    def _same_mode(self, k: int) -> int:
        """The mode of a link without a lag between two items on one clock."""
        return Mode.FINISHES if self.row("typ")[k] == LinkType.FF and self.network.clk_used else Mode.PLAIN

    def add_link(self, source: str | int, target: str | int, type: str = "FS", lag: int = 0) -> int:
        """A new link; its lag is counted on the source's clock.

        Returns:
            Its number.

        Raises:
            CycleError: it would close a loop; it names the items on it.
            ScheduleError: the type is not one of FS, SS, FF, SF, or it joins an item to itself.
        """
        u, v = self._place(source), self._place(target)
        if type not in TYPE_NAMES:
            raise ScheduleError(f"{type!r} is not one of {', '.join(TYPE_NAMES)}")
        if u == v:
            raise ScheduleError(f"a link would join {self._id(u)!r} to itself")
        if not self._make_room(u, v):
            raise self._loop(u, v, type)
        self.whole_structure = False
        if self.links == len(self.row("src")):
            self._grow()
        k = self.links
        kind = TYPES[type]
        clk, dur = self.row("clk"), self.row("dur")
        same = clk[u] == clk[v]
        weight = lag + (int(dur[u]) if kind in FROM_FINISH else 0) - (int(dur[v]) if kind in TO_FINISH else 0)
        exact = Mode.CALENDARS if self.network.exact else Mode.SHIFTS
        for name, value in {"src": u, "dst": v, "typ": kind, "lag": lag, "lagclk": int(clk[u]), "w": weight}.items():
            self.row(name)[k] = value
        self.row("mode")[k] = (Mode.PLAIN if lag else self._same_mode(k)) if same else exact
        self.links += 1
        self._number[k] = k
        change = self._open()
        change.links.append(("added", k))
        self._hang(k)
        self._settle(change, [v], [u])
        return k

    def remove_link(self, link: int) -> int:
        """Takes a link out.

        Returns:
            How many items were moved.

        Raises:
            ScheduleError: there is no such link.
        """
        k = self._found(link)
        change = self._open()
        self.whole_structure = False
        change.links.append(("removed", k))
        self._unhang(k)
        return self._settle(change, [int(self.row("dst")[k])], [int(self.row("src")[k])])

    # ------------------------------------------------------------------------------------ many at a time

    def moved(self, steps: int) -> Moved:
        """What the last changes moved, so many of them."""
        places: set[int] = set()
        projects: set[int] = set()
        for change in self.changes[-steps:] if steps else ():
            for stretch in change.stretches:
                if stretch.column == "x":
                    places.update(plain(stretch.nodes))
            for column, place, _ in change.single:
                if column == "ends" and place < len(self.network.projects):
                    projects.add(place)
                elif column == "dur":
                    places.add(place)
        return Moved(places, projects)

    def raise_start_bound(self, place: int, low: int) -> int:
        """Lets the work at a position start no earlier than given, on its own clock; how many items were moved."""
        return self.set_start_bound(int(self.network.positions.order[place]), max(low, int(self.row("low")[place])))

    def slips(self, first: Sequence[int], seeds: Sequence[int], lows: Sequence[int], aimed: Sequence[int]) -> Iterator[dict[int, int]]:
        """What moves when some positions start no earlier than given, each set on its own; everything stays as it is.

        Args:
            first: where the positions of each set begin in `seeds` (sets + 1).
            seeds: positions.
            lows: starts on their own clocks.
            aimed: positions whose own finish is asked for.

        Yields:
            For each set the new finish, as an instant, of each position asked for that moved, and of each project whose last
            finish moved: by its position, or by -1 less the project's place.
        """
        asked, groups = self.filled(self.n, 0), len(self.network.projects)
        for v in aimed:
            asked[v] = 1
        size, begin, count = self.n + groups + 10_000, 0, len(first) - 1
        ends = self._list([max(open_, done) for open_, done in zip(plain(self.row("ends")), plain(self.row("done")), strict=True)])
        late_group, seen = self.filled(groups, 0), self.filled(groups, 0)
        while begin < count:
            base = first[begin]
            parts = ([f - base for f in first[begin:]], list(seeds[base:]), list(lows[base:]))
            kept = Dates(*(self.filled(len(seeds) - base, 0) for _ in range(2)))
            out = settling.Slips(self.filled(2, 0), *(self.filled(size, 0) for _ in range(3)))
            given = settling.Seeds(*(self._list(part) for part in parts))
            kernel = settling.slips_one_by_one
            self.network.run(kernel, given, self._bits, self._nodes, self._links, self._cal, ends, asked, late_group, seen, kept, out)
            done, logged = plain(out.counts)
            found: list[dict[int, int]] = [{} for _ in range(done)]
            for row, what, value in zip(*(plain(log[:logged]) for log in out[1:]), strict=True):
                found[row][what] = value
            yield from found
            begin += done
            size *= 1 if done else 2
