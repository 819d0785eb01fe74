"""Lessons when they matter: those that fit a project, a gate, a risk or any other item, the best first, each with the reason why."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import attrs

from ipmo.model import Gate, Lesson, Portfolio, Programme, Project, Risk
from ipmo.model.held import gates_by_owner, risks_of
from ipmo.plugin import Column, Shown, ShownAnswer, Table, UnknownItemError, close_matches, counted, remember
from ipmo_p3o.fields import fields_of
from ipmo_p3o.offices import office_model

if TYPE_CHECKING:
    import bm25s

__all__ = ["FittingLesson", "Lessons", "lessons_for", "words"]

STOP = frozenset(
    [
        "a",
        "about",
        "after",
        "all",
        "also",
        "an",
        "and",
        "any",
        "are",
        "as",
        "at",
        "be",
        "been",
        "before",
        "being",
        "both",
        "but",
        "by",
        "can",
        "could",
        "did",
        "do",
        "does",
        "each",
        "for",
        "from",
        "had",
        "has",
        "have",
        "how",
        "if",
        "in",
        "into",
        "is",
        "it",
        "its",
        "may",
        "more",
        "most",
        "must",
        "nor",
        "not",
        "of",
        "off",
        "on",
        "once",
        "only",
        "or",
        "other",
        "our",
        "out",
        "over",
        "own",
        "same",
        "should",
        "so",
        "some",
        "such",
        "than",
        "that",
        "the",
        "their",
        "them",
        "then",
        "there",
        "these",
        "they",
        "this",
        "those",
        "through",
        "to",
        "too",
        "under",
        "until",
        "up",
        "very",
        "was",
        "we",
        "were",
        "what",
        "when",
        "where",
        "which",
        "while",
        "who",
        "why",
        "will",
        "with",
        "without",
        "would",
        "project",
        "programme",
        "task",
        "risk",
        "gate",
        "lesson",
    ]
)
"""Words that say nothing of a subject here."""
WORD = re.compile(r"[^\W\d_]{2,}")
BY_LABEL = 1.5
"""What one label in common (a tag, a category, a method, a stage) counts beside the words, of which the best fit counts 1."""
LEAST = 0.35
"""Below so much a lesson is no fit: a third of the best fit by words."""


@attrs.frozen(kw_only=True)
class FittingLesson(Shown):
    """A lesson that fits an item.

    Args:
        lesson: the lesson.
        score: how well it fits; only the order within one answer means anything.
        labels: tags, categories, methods and stages that both have.
        words: words that both have, as they are compared.
        used: the item, or its project, has used it or cites it already.
    """

    lesson: Lesson
    score: float
    labels: tuple[str, ...]
    words: tuple[str, ...]
    used: bool

    @property
    def why(self) -> str:
        """Why it fits, in words."""
        parts = [f"same {', '.join(self.labels)}"] if self.labels else []
        parts += [f"both speak of {', '.join(self.words[:6])}"] if self.words else []
        return "; ".join(parts)


@attrs.frozen(kw_only=True)
class Lessons(ShownAnswer):
    """The answer of `lessons_for`: lessons that fit, the best first."""

    item: str
    rows: tuple[FittingLesson, ...]

    def __iter__(self) -> Iterator[FittingLesson]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __repr__(self) -> str:
        return f"<Lessons for {self.item!r}: {counted(len(self), 'lesson')}>"

    @property
    def ids(self) -> tuple[str, ...]:
        """The lessons by id, the best first."""
        return tuple(row.lesson.id for row in self.rows)

    def table(self) -> Table:
        """lesson, text, advice, score, why, used."""
        rows = self.rows
        return Table(
            [
                Column("lesson", "str", [r.lesson.id for r in rows]),
                Column("text", "str", [r.lesson.text for r in rows]),
                Column("advice", "str", [r.lesson.advice for r in rows]),
                Column("score", "float", [r.score for r in rows]),
                Column("why", "str", [r.why for r in rows]),
                Column("used", "bool", [r.used for r in rows]),
            ]
        )


def words(text: str) -> list[str]:
    """Words of a text as they are compared: lower case, without common words, endings of the plural, of `-ing` and of `-ed` taken off.

    >>> words("Surveys of buried utilities: surveying delayed the works")
    ['survey', 'bury', 'utility', 'survey', 'delay', 'work']
    """
    return [_stem(word) for word in WORD.findall(text.casefold()) if word not in STOP]


def _stem(word: str) -> str:
    for ending, instead in (("ies", "y"), ("ied", "y"), ("sses", "ss"), ("ing", ""), ("ed", ""), ("s", "")):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not (ending == "s" and word.endswith(("ss", "us", "is"))):
            stem = word[: -len(ending)] + instead
            return stem[:-1] if len(stem) > 3 and stem[-1] == stem[-2] and ending in ("ing", "ed") else stem
    return word


def _text(lesson: Lesson, portfolio: Portfolio) -> str:
    """What a lesson says, with the name of what it was learned on."""
    source = portfolio.items.get(lesson.source) if lesson.source else None
    name = getattr(source, "name", "")
    return " ".join((lesson.text, lesson.cause, lesson.effect, lesson.advice, lesson.category, *lesson.tags, name))


def _labels(values: Iterable[str]) -> frozenset[str]:
    return frozenset(" ".join(value.split()).casefold() for value in values if value.strip())


def _about(portfolio: Portfolio, item: str) -> tuple[str, frozenset[str]]:
    """(what an item speaks of, its labels): its own words, and of a project those of its open risks and gates; of a part the project's name."""
    noun = portfolio[item]
    project = portfolio.items.get(portfolio.project_of(item) or _whose(portfolio, noun))
    texts, labels = _own(noun)
    if isinstance(noun, Project | Programme):
        for risk in (one.noun for one in risks_of(portfolio) if one.owner == item):
            if risk.state == "open":
                more, named = _own(risk)
                texts, labels = [*texts, *more], [*labels, *named]
        for gate in (one.noun for one in gates_by_owner(portfolio).get(item, ())):
            texts += [gate.name, *gate.criteria]
    elif isinstance(project, Project):
        texts += [project.name, project.category]
        labels += [*_own(project)[1]]
    elif isinstance(project, Programme):
        texts.append(project.name)
        labels += [*_own(project)[1], project.methodology or portfolio.methodologies.get("programme", "")]
    if isinstance(noun, Programme):
        inside = (p for p in portfolio.projects if noun.id in office_model(portfolio).over(p.id))
        for one in inside:
            more, named = _own(one)
            texts, labels = [*texts, *more], [*labels, *named]
    if isinstance(project, Project):
        labels.append(project.methodology or portfolio.methodologies.get("project", ""))
    return " ".join(texts), _labels(labels)


def _whose(portfolio: Portfolio, noun: object) -> str:
    """The project or programme of a gate or a risk that stands in none, else what a register says that an entry is about."""
    if isinstance(noun, Gate):
        return noun.programme or ""
    about = getattr(noun, "item", None)
    return (portfolio.project_of(about) or about) if isinstance(about, str) else ""


def _own(noun: object) -> tuple[list[str], list[str]]:
    """(words, labels) of one noun: every attribute, and category, is a label."""
    texts = [str(getattr(noun, name, "") or "") for name in ("name", "text", "question", "description", "cause", "effect", "note")]
    labels = [str(getattr(noun, "category", "") or ""), *getattr(noun, "attributes", {}).values(), *getattr(noun, "tags", ())]
    if isinstance(noun, Gate):
        texts += noun.criteria
    if isinstance(noun, Risk):
        texts.append(noun.fallback)
    return [*texts, *labels], labels


def lessons_for(portfolio: Portfolio, item: str, *, most: int = 5) -> Lessons:
    """The lessons that fit an item: at a gate, for a new project, a risk, a decision.

    By words (BM25 over text, cause, effect, advice, tags; Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009, by `bm25s`)
    and by labels that both have: tags and categories, attributes (stage, say) and the method. Lessons that were learned on the item itself, or on
    the project that it belongs to, are left out: they are known there. Nothing is learned from data and no model is loaded.

    Args:
        portfolio: the portfolio with its lessons.
        item: full id of a project, programme, gate, risk, task, decision, issue or anything else with a name.
        most: how many at most.

    Raises:
        UnknownItemError: there is no such item.
    """
    if item not in portfolio.items:
        raise UnknownItemError(item, close_matches(item, portfolio.items), f"portfolio {portfolio.id!r}")
    home = portfolio.project_of(item) or _whose(portfolio, portfolio[item]) or item
    texts, index = remember(portfolio, "lessons by words", lambda: _index(portfolio))
    text, labels = _about(portfolio, item)
    query = set(words(text))
    raw = [float(score) for score in index.get_scores(sorted(query))] if index is not None and query else [0.0] * len(portfolio.lessons)
    elsewhere = [row for row in zip(portfolio.lessons, texts, raw, strict=True) if _learned_on(portfolio, row[0]) != home]
    best = max((score for _, _, score in elsewhere), default=0.0) or 1.0
    cited = set(fields_of(portfolio.items.get(home)).cites)
    rows = []
    for lesson, said, score in elsewhere:
        shared = labels & _labels((lesson.category, *lesson.tags))
        fit = score / best + BY_LABEL * len(shared)
        if fit < LEAST or not (shared or query & said):
            continue
        used = lesson.id in cited or any((portfolio.project_of(one) or one) == home for one in lesson.applied_in)
        rows.append(FittingLesson(lesson=lesson, score=fit, labels=tuple(sorted(shared)), words=tuple(sorted(query & said)), used=used))
    rows.sort(key=lambda row: (-row.score, row.lesson.id))
    return Lessons(item=item, rows=tuple(rows[: max(most, 0)]))


def _learned_on(portfolio: Portfolio, lesson: Lesson) -> str:
    """The project, or what else at the top, that a lesson was learned on; empty where it does not say."""
    return "" if lesson.source is None else portfolio.project_of(lesson.source) or lesson.source


def _index(portfolio: Portfolio) -> tuple[list[frozenset[str]], bm25s.BM25 | None]:
    """The words of each lesson, and the index over them; None where no lesson says anything."""
    import bm25s  # loaded when somebody asks for lessons, not with the plugin

    said = [words(_text(lesson, portfolio)) for lesson in portfolio.lessons]
    if not any(said):
        return [frozenset(one) for one in said], None
    index = bm25s.BM25()
    index.index(said, show_progress=False)
    return [frozenset(one) for one in said], index
