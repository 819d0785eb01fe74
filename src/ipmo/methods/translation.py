"""A portfolio said in the words of another method, and what does not fit into them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import attrs

from ipmo.errors import ModelError, UnknownItemError, close_matches, one_of
from ipmo.methods.contract import PLAIN, SCOPES, Methodology, Scope, Stage
from ipmo.methods.tailoring import method_and_profile
from ipmo.model.fields import FrozenMap
from ipmo.model.held import gates_of
from ipmo.model.people import Office
from ipmo.model.portfolio import Portfolio
from ipmo.model.work import Programme, Project
from ipmo.notebooks import Shown
from ipmo.tables import Answer, Column, Table, row_at
from ipmo.words import counted

__all__ = ["Loss", "Translation", "translate"]
WHERE = "the nouns that were translated"

COUNTED = {
    "project": "projects",
    "programme": "programmes",
    "objective": "objectives",
    "outcome": "outcomes",
    "benefit": "benefits",
    "issue": "issues",
    "decision": "decisions",
    "decisionbody": "bodies",
    "body": "bodies",
    "office": "offices",
    "service": "services",
    "dataflow": "flows",
    "standard": "standards",
    "waiver": "waivers",
    "lesson": "lessons",
    "resource": "resources",
    "stakeholder": "stakeholders",
    "person": "people",
    "link": "links",
}


@attrs.frozen(kw_only=True)
class Loss:
    """Something that the other method has no place for, or that it cannot tell apart.

    Args:
        kind: word, stage, gate, role, rule, extension or link kind.
        item: what it stands on; empty for the portfolio.
        was: what it was.
        became: what it is now; empty when nothing.
        note: what that means.
    """

    kind: str
    item: str = ""
    was: str
    became: str = ""
    note: str = ""


@attrs.frozen
class Word(Shown):
    """What one of ipmo's nouns is called by two methods.

    Args:
        noun: ipmo's own word for it.
        count: how many of them the portfolio has; None for what is not counted.
        before: the word of the method that it was under.
        after: the word of the method that it is under.
    """

    noun: str
    count: int | None
    before: str
    after: str


@attrs.frozen(kw_only=True)
class Translation(Answer[str, Word]):
    """The answer of `translate`.

    Args:
        portfolio: the same portfolio under the other method; no data are taken out of it.
        scope: the scope that changed its method.
        source: names of the methods it was under.
        target: name of the method it is under.
        words: what each of ipmo's nouns was called, and is called.
        losses: what did not fit.
    """

    portfolio: Portfolio
    scope: str
    source: tuple[str, ...]
    target: str
    words: tuple[Word, ...]
    losses: tuple[Loss, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        """The nouns, in order."""
        return tuple(word.noun for word in self.words)

    def __iter__(self) -> Iterator[Word]:
        return iter(self.words)

    def __len__(self) -> int:
        return len(self.words)

    def __getitem__(self, noun: str | int) -> Word:
        """The words for one of ipmo's nouns, or at a place from 0.

        Raises:
            UnknownItemError: it is no such noun.
        """
        if isinstance(noun, int):
            return row_at(self.words, noun, WHERE)
        found = next((word for word in self.words if word.noun == noun), None)
        if found is None:
            raise UnknownItemError(noun, close_matches(noun, self.ids), WHERE)
        return found

    def explain(self, noun: str) -> str:
        """What one of ipmo's nouns is called, before and now, in a sentence."""
        word = self[noun]
        many = "" if word.count is None else f", {word.count:,} of them"
        return f"{word.before!r} becomes {word.after!r} ({word.noun}{many})"

    def table(self) -> Table:
        """One row a noun: noun, count, before, after."""
        return Table(
            [
                Column("noun", "str", [w.noun for w in self.words]),
                Column("count", "int", [w.count for w in self.words]),
                Column("before", "str", [w.before for w in self.words]),
                Column("after", "str", [w.after for w in self.words]),
            ]
        )

    def lost(self) -> Table:
        """One row a loss: kind, item, was, became, note."""
        names = ("kind", "item", "was", "became", "note")
        return Table([Column(name, "str", [getattr(loss, name) for loss in self.losses]) for name in names])

    def __repr__(self) -> str:
        return f"<Translation of the {self.scope} scope from {' and '.join(self.source)} to {self.target}: {counted(len(self.losses), 'loss')}>"

    def _repr_html_(self) -> str:
        return super()._repr_html_() + self.lost()._repr_html_()


def translate(portfolio: Portfolio, to: Methodology, methods: Mapping[str, Methodology], *, scope: Scope | None = None) -> Translation:
    """A portfolio under another method, with what was lost on the way.

    Stages are mapped through the phase of the life cycle that both methods give them; words by ipmo's own nouns. Data stay:
    extensions, evidence and attributes are kept, and are listed where the other method gives them no meaning.

    Args:
        portfolio: the portfolio.
        to: the method.
        methods: the methods known by name.
        scope: portfolio, offices, programme or project; when left out the first one that the method applies to and that has a
            method now, else the first that it applies to.

    Raises:
        OptionError: there is no such scope.
        ModelError: the method does not apply to that scope.
    """
    if scope is None:
        scope = next((s for s in to.applies_to if s in portfolio.methodologies), to.applies_to[0])
    else:
        one_of("scope", scope, SCOPES)
    if scope not in to.applies_to:
        raise ModelError(f"method {to.name!r} does not apply to the scope {scope!r}; it applies to {', '.join(to.applies_to)}")
    bearers: Mapping[str, Sequence[Programme | Project | Office]] = {
        "programme": portfolio.programmes,
        "project": portfolio.projects,
        "offices": portfolio.offices,
    }
    written = [portfolio.methodologies.get(scope), *(noun.methodology for noun in bearers.get(scope, ()))]
    names = dict.fromkeys(method_and_profile(name)[0] for name in written if name) or {PLAIN.name: None}
    sources = [methods[name] for name in names if name in methods] or [PLAIN]
    chosen = {**portfolio.methodologies, scope: to.name}
    losses: list[Loss] = []
    projects = []
    for project in portfolio.projects:
        own = {method_and_profile(project.methodology)[0]} if scope == "project" and project.methodology else names
        projects.append(_project(project, [methods[n] for n in own if n in methods] or sources, to, scope, losses))
    moved = attrs.evolve(
        portfolio,
        methodologies=FrozenMap(chosen),
        projects=tuple(projects),
        programmes=tuple(attrs.evolve(p, methodology=None) for p in portfolio.programmes) if scope == "programme" else portfolio.programmes,
        offices=tuple(attrs.evolve(o, methodology=None) for o in portfolio.offices) if scope == "offices" else portfolio.offices,
    )
    for source in sources:
        if source.name != to.name:
            losses += _declared(portfolio, source, to)
    words = tuple(_words(portfolio, sources, to))
    losses += [
        Loss(kind="word", was=word.before, became=word.after, note=f"{to.name} has no word of its own for a {word.noun}")
        for word in words
        if word.count != 0 and word.before != word.noun and word.after == word.noun
    ]
    return Translation(
        portfolio=moved,
        scope=scope,
        source=tuple(s.name for s in sources),
        target=to.name,
        words=words,
        losses=tuple(dict.fromkeys(losses)),
    )


def _words(portfolio: Portfolio, sources: list[Methodology], to: Methodology) -> Iterator[Word]:
    nouns = dict.fromkeys([noun for method in (*sources, to) for noun in method.vocabulary])
    for noun in nouns:
        before = next((s.vocabulary[noun] for s in sources if noun in s.vocabulary), noun)
        held = COUNTED.get(noun)
        count = len(getattr(portfolio, held)) if held else None
        if noun in ("task", "gate", "risk"):
            count = sum(len(getattr(one, f"{noun}s", ())) for one in (*portfolio.projects, portfolio))
        yield Word(noun, count, before, to.vocabulary.get(noun, noun))


def _project(project: Project, sources: list[Methodology], to: Methodology, scope: str, losses: list[Loss]) -> Project:
    methodology, attributes = project.methodology if scope != "project" else None, project.attributes
    stage = attributes.get("stage")
    known = {s.name: s for source in sources for s in source.stages}
    if stage in known and scope in ("project", "portfolio") and stage not in {s.name for s in to.stages}:
        found, loss = _stage(known[stage], to)
        if loss is not None:
            losses.append(attrs.evolve(loss, item=project.id))
        if found is not None:
            attributes = FrozenMap({**attributes, "stage": found.name})
    if methodology == project.methodology and attributes is project.attributes:
        return project
    return attrs.evolve(project, methodology=methodology, attributes=attributes)


def _stage(stage: Stage, to: Methodology) -> tuple[Stage | None, Loss | None]:
    same = [other for other in to.stages if stage.phase and other.phase == stage.phase]
    if not same:
        note = f"{to.name} has no stage of the phase {stage.phase or 'that it would belong to'}; the old name stays as it is"
        return None, Loss(kind="stage", was=stage.name, note=note)
    if len(same) > 1:
        others = ", ".join(other.name for other in same[1:])
        return same[0], Loss(kind="stage", was=stage.name, became=same[0].name, note=f"it could as well be {others}: look at it")
    return same[0], None


def _declared(portfolio: Portfolio, source: Methodology, to: Methodology) -> Iterator[Loss]:
    """What one method declares and the other does not, as far as the portfolio uses it."""
    by_phase: dict[str, list[str]] = {}
    used = {project.attributes.get("stage") for project in portfolio.projects}
    for stage in source.stages:
        if stage.name in used and stage.phase:
            by_phase.setdefault(stage.phase, []).append(stage.name)
    for phase, names in by_phase.items():
        if len(names) > 1:
            yield Loss(kind="stage", was=" and ".join(names), note=f"both are of the phase {phase}: {to.name} does not tell them apart")
    theirs = {gate.name.casefold() for gate in to.gates}
    rules = {gate.name.casefold(): gate for gate in source.gates}
    for one in gates_of(portfolio):
        gate = one.noun
        call = next((c for c in (gate.attributes.get("gate", ""), gate.id, gate.name) if c.casefold() in rules), None)
        if call is not None and call.casefold() not in theirs:
            yield Loss(kind="gate", item=one.id, was=call, note=f"{to.name} has no such gate: only its own criteria count")
    roles = {role.name for role in to.roles}
    for person in portfolio.people:
        for role in person.roles:
            if role in {r.name for r in source.roles} and role not in roles:
                yield Loss(kind="role", item=person.id, was=role, note=f"{to.name} has no such role; it is kept as a free name")
    kept = {extension.name for extension in to.extensions}
    for name in sorted({extension.name for extension in source.extensions} - kept):
        for full_id, noun in {portfolio.id: portfolio, **portfolio.items}.items():
            if name in getattr(noun, "extensions", ()):
                yield Loss(kind="extension", item=full_id, was=name, note=f"kept as data; {to.name} gives it no meaning")
    kinds = {kind.name for kind in source.link_kinds} - {kind.name for kind in to.link_kinds}
    for kind in sorted(kinds & {link.kind for link in portfolio.links}):
        yield Loss(kind="link kind", was=kind, note=f"kept as a label; {to.name} does not ask about it")
    for check in source.checks:
        yield Loss(kind="rule", was=check.rule or check.code, note=f"no longer checked: {check.title}")
