"""The few links across projects that hold the portfolio back, and why each ranks where it does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import attrs

from ipmo.analysis.schedule import Schedule, day_text, schedule
from ipmo.errors import UnknownItemError, close_matches
from ipmo.model.work import EXTERNAL, Link, Portfolio
from ipmo.network import kernels
from ipmo.tables import Column, Table
from ipmo.units import minutes, moment

__all__ = ["CoarseLink", "CriticalLink", "CriticalLinks", "critical_links"]


@attrs.frozen(kw_only=True)
class CriticalLink:
    """One link across a project border.

    Args:
        rank: 1 for the link that matters most.
        id: its id, or `source -> target`.
        source: full id of what is handed over.
        target: full id of what waits for it.
        giver: the project that gives.
        receiver: the project that receives.
        link_float: how far the source can slip before this link alone moves its target; working days of the source.
        target_float: how far it can slip through this link before a promise downstream is missed; working days.
        at_risk: that promise.
        driving: the target is where it is because of this link.
        downstream_projects: projects that what is handed over leads into, beyond the giver.
        downstream_benefits: benefits that it leads to.
        given: when the source gives.
        taken: when the target takes.
        needed: when the receiver needs it, as stated.
        promised: when the giver promised it, as stated.
        status: of the contract.
        reason: one sentence that says why it ranks here.
    """

    rank: int
    id: str
    source: str
    target: str
    type: str
    lag: str
    giver: str
    receiver: str
    link_float: float | None
    target_float: float | None
    at_risk: str | None
    driving: bool
    downstream_projects: tuple[str, ...]
    downstream_benefits: tuple[str, ...]
    given: datetime | None
    taken: datetime | None
    needed: datetime | None
    promised: datetime | None
    status: str | None
    reason: str


@attrs.frozen(kw_only=True)
class CoarseLink:
    """A link between whole projects: where it attaches is not known; it moves no date and enters no float.

    Args:
        gap: days from the giver's finish to the receiver's start, elapsed; negative when it starts before.
    """

    id: str
    source: str
    target: str
    kind: str
    giver_finish: datetime | None
    receiver_start: datetime | None
    gap: float | None


class CriticalLinks:
    """The answer of `critical_links`: ranked, with a table; links between whole projects apart in `.coarse`."""

    def __init__(self, links: tuple[CriticalLink, ...], coarse: tuple[CoarseLink, ...], unscheduled: tuple[str, ...]) -> None:
        self.links, self.coarse, self.unscheduled = links, coarse, unscheduled

    def __iter__(self) -> Iterator[CriticalLink]:
        return iter(self.links)

    def __len__(self) -> int:
        return len(self.links)

    def __getitem__(self, key: int | str) -> CriticalLink:
        """By rank from 0, or by id.

        Raises:
            UnknownItemError: there is no such link across projects.
        """
        if isinstance(key, int):
            return self.links[key]
        for link in self.links:
            if link.id == key:
                return link
        raise UnknownItemError(key, close_matches(key, [link.id for link in self.links]), "the links across projects")

    def table(self) -> Table:
        """One row a link, most critical first; floats in working days of the source's calendar."""
        kinds = {
            "rank": "int",
            "id": "str",
            "source": "str",
            "target": "str",
            "type": "str",
            "lag": "str",
            "giver": "str",
            "receiver": "str",
            "link_float": "float",
            "target_float": "float",
            "at_risk": "str",
            "driving": "bool",
            "downstream_projects": "int",
            "downstream_benefits": "int",
            "given": "datetime",
            "taken": "datetime",
            "needed": "datetime",
            "promised": "datetime",
            "status": "str",
            "reason": "str",
        }
        columns = []
        for name, kind in kinds.items():
            values: list[Any] = [getattr(link, name) for link in self.links]
            if name.startswith("downstream"):
                values = list(map(len, values))
            columns.append(Column(name, kind, values, "d" if kind == "float" else ""))
        return Table(columns)

    def coarse_table(self) -> Table:
        """One row a link between whole projects: giver's finish, receiver's start, the gap in elapsed days."""
        kinds = {
            "id": "str",
            "source": "str",
            "target": "str",
            "kind": "str",
            "giver_finish": "datetime",
            "receiver_start": "datetime",
            "gap": "float",
        }
        return Table(
            Column(name, kind, [getattr(link, name) for link in self.coarse], "ed" if kind == "float" else "")
            for name, kind in kinds.items()
        )

    def __repr__(self) -> str:
        return f"<CriticalLinks: {len(self.links)} across projects, {sum(link.driving for link in self.links)} driving>"

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


def critical_links(portfolio: Portfolio, *, on_cycle: str = "error") -> CriticalLinks:
    """Every link that crosses a project border, the one that matters most first.

    Links of open work rank by target float, then driving ones first, then by how many projects and benefits lie
    downstream, then by id. Reach is counted from item to item: a project-level graph would invent cascades.

    Args:
        portfolio: the portfolio.
        on_cycle: as in `schedule`.

    Raises:
        CycleError: links form a loop.

    >>> import ipmo.examples
    >>> critical_links(ipmo.examples.load("handover"))[0].id
    'rails-power'
    """
    s = schedule(portfolio, on_cycle=on_cycle)
    net = s.network
    reach = _Reach(s)
    found, undated = [], []
    for k, e in enumerate(s._lists["perm"]):
        number = net.numbers.get(e)
        if number is None:
            continue
        u, v = net.src[e], net.dst[e]
        giver, receiver = _project(s, u), _project(s, v)
        if giver != receiver and giver and receiver:
            if u in s._unknown or v in s._unknown:  # without a duration nothing can be said of its float
                undated.append(_closed(s, portfolio.links[number], net.ids[u], net.ids[v], giver, receiver))
                continue
            found.append(_described(s, portfolio.links[number], k, u, v, reach))
    settled = {net.numbers[e] for e in net.numbers}
    out = [*((link, False) for link in found), *((link, True) for link in undated)]
    unscheduled = [link.id for link in undated]
    for number, link in enumerate(portfolio.links):
        if number in settled or number in net.labels or number in net.coarse:
            continue
        sides = (link.source, link.target)
        if any(end.startswith(EXTERNAL) for end in sides):
            continue
        ends = [portfolio.resolve(end) or end for end in sides]
        projects = [portfolio.project_of(end) for end in ends]
        if projects[0] != projects[1]:
            unscheduled.append(_name(link))
            out.append((_closed(s, link, ends[0], ends[1], projects[0], projects[1]), True))
    out.sort(key=lambda pair: (pair[1], *_order(pair[0])))
    ranked = tuple(attrs.evolve(link, rank=place) for place, (link, _) in enumerate(out, 1))
    coarse = tuple(
        _coarse(s, portfolio.links[number], portfolio) for number in sorted({*net.coarse, *_label_coarse(portfolio, net.labels)})
    )
    return CriticalLinks(ranked, coarse, tuple(unscheduled))


def _order(link: CriticalLink) -> tuple[Any, ...]:
    missing = link.target_float is None
    return (missing, link.target_float or 0.0, not link.driving, -len(link.downstream_projects), -len(link.downstream_benefits), link.id)


def _project(s: Schedule, node: int) -> str:
    owner = s.network.project[node]
    return s.network.projects[owner] if owner >= 0 else ""


def _name(link: Link) -> str:
    return link.id or f"{link.source} -> {link.target}"


def _dated(when: Any) -> datetime | None:
    return None if when is None else moment(minutes(when, end=True))


class _Reach:
    """What each item leads to: projects and benefits, found once by a backward sweep over sets of bits."""

    def __init__(self, s: Schedule) -> None:
        net, q = s.network, s._lists
        self.projects, self.benefits = net.projects, [net.ids[v] for v in range(net.n) if net.kinds[v] == "benefit"]
        bit = {name: place + len(net.projects) for place, name in enumerate(self.benefits)}
        bits = [0] * net.n
        for place in range(net.n - 1, -1, -1):
            node = q["order"][place]
            if net.kinds[node] == "benefit":
                bits[place] |= 1 << bit[net.ids[node]]
            elif net.project[node] >= 0:
                bits[place] |= 1 << net.project[node]
            for k in range(q["ptr"][place], q["ptr"][place + 1]):
                bits[q["src"][k]] |= bits[place]
        self.bits = bits

    def of(self, place: int, without: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """(projects, benefits) that a position leads to, itself included, one project left out."""
        bits = self.bits[place]
        projects = tuple(name for i, name in enumerate(self.projects) if bits >> i & 1 and name != without)
        benefits = tuple(name for i, name in enumerate(self.benefits, len(self.projects)) if bits >> i & 1)
        return projects, benefits


def _described(s: Schedule, link: Link, k: int, u: int, v: int, reach: _Reach) -> CriticalLink:
    net, q = s.network, s._lists
    pu, pv = q["pos"][u], q["pos"][v]
    x = q["x"][pu]
    slack = s._days(pu, x, s._pull(k, pv, q["x"][pv]))
    aim = int(s._late[1][pv])
    known = aim < kernels.FAR // 2
    spare = s._days(pu, x, s._pull(k, pv, aim)) if known else None
    giver, receiver = _project(s, u), _project(s, v)
    projects, benefits = reach.of(pv, giver)
    driving = s._drives[k]
    source, target = s._item_dates(u), s._item_dates(v)
    given = source[1] if link.type[0] == "F" else source[0]
    taken = target[1] if link.type[1] == "F" else target[0]
    at_risk = s._target_names[pv] if known else None
    fields: dict[str, Any] = {
        "rank": 0,
        "id": _name(link),
        "source": net.ids[u],
        "target": net.ids[v],
        "type": link.type,
        "lag": str(link.lag or ""),
        "giver": giver,
        "receiver": receiver,
        "link_float": slack,
        "target_float": spare,
        "at_risk": at_risk,
        "driving": driving,
        "downstream_projects": projects,
        "downstream_benefits": benefits,
        "given": given,
        "taken": taken,
        "needed": _dated(link.needed),
        "promised": _dated(link.promised),
        "status": link.status,
    }
    return CriticalLink(**fields, reason=_reason(fields))


def _reason(f: dict[str, Any]) -> str:
    """One sentence: whether it drives, what it puts at risk by how much, what lies behind it."""
    if f["driving"]:
        first = f"{f['source']} sets the date of {f['target']}"
    else:
        first = f"{f['source']} can slip {_number(f['link_float'])} before it moves {f['target']}"
    spare, risk = f["target_float"], f["at_risk"]
    if spare is None or risk is None:
        second = "no promise lies downstream"
    elif spare < 0:
        second = f"{risk} is already missed by {_number(-spare)} along this path"
    elif spare == 0:
        second = f"any slip moves {risk}"
    else:
        second = f"{_number(spare)} are left before {risk} moves"
    behind = []
    if f["downstream_projects"]:
        behind.append(_count(len(f["downstream_projects"]), "project"))
    if f["downstream_benefits"]:
        behind.append(_count(len(f["downstream_benefits"]), "benefit"))
    text = f"{first}; {second}"
    if behind:
        text += f"; {' and '.join(behind)} downstream"
    needed, given = f["needed"], f["given"]
    if needed is not None and given is not None and given > needed:
        text += f"; needed by {day_text(needed, finish=True)}, expected {day_text(given, finish=True)}"
    promised = f["promised"]
    if promised is not None and given is not None and given > promised:
        text += f"; promised for {day_text(promised, finish=True)}, expected {day_text(given, finish=True)}"
    return text


def _number(days: float) -> str:
    text = f"{days:,.1f}".removesuffix(".0")
    return f"{text} working day{'' if text == '1' else 's'}"


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _closed(s: Schedule, link: Link, source: str, target: str, giver: str, receiver: str) -> CriticalLink:
    """A link of which one end is done, undated or gone: it drives nothing any more."""
    dates = [s.dates(end) for end in (source, target)]
    given = dates[0][1] if link.type[0] == "F" else dates[0][0]
    taken = dates[1][1] if link.type[1] == "F" else dates[1][0]
    why = next((f"{end}: {s[end].undated}" for end in (source, target) if end in s and s[end].undated), "")
    reason = f"not scheduled: {why}" if why else "one end is done; it holds nothing back any more"
    return CriticalLink(
        rank=0,
        id=_name(link),
        source=source,
        target=target,
        type=link.type,
        lag=str(link.lag or ""),
        giver=giver,
        receiver=receiver,
        link_float=None,
        target_float=None,
        at_risk=None,
        driving=False,
        downstream_projects=(),
        downstream_benefits=(),
        given=given,
        taken=taken,
        needed=_dated(link.needed),
        promised=_dated(link.promised),
        status=link.status,
        reason=reason,
    )


def _label_coarse(portfolio: Portfolio, labels: Any) -> list[int]:
    """Links that are labels between whole projects: listed with the coarse ones."""
    names = {project.id for project in portfolio.projects}
    return [n for n in labels if portfolio.links[n].source in names or portfolio.links[n].target in names]


def _coarse(s: Schedule, link: Link, portfolio: Portfolio) -> CoarseLink:
    giver, receiver = portfolio.resolve(link.source) or link.source, portfolio.resolve(link.target) or link.target
    finish = s.dates(giver.partition("@")[0])[1] if not giver.startswith(EXTERNAL) else _dated(link.date)
    start = s.dates(receiver.partition("@")[0])[0] if not receiver.startswith(EXTERNAL) else _dated(link.date)
    gap = None if finish is None or start is None else (start - finish).total_seconds() / 86400
    return CoarseLink(
        id=_name(link), source=link.source, target=link.target, kind=link.kind, giver_finish=finish, receiver_start=start, gap=gap
    )
