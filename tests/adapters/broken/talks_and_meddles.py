"""Prints where only answers belong, and changes what it is only to look at: by force, in the core and in a value of its own."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from ipmo.plugin import Check, CheckContext, Extension, Finding, Methodology, hookimpl


@attrs.frozen
class Mood:
    """What it adds to a project."""

    good: bool = True


def _talk(context: CheckContext) -> Iterator[Finding]:
    print("looking at", context.portfolio.id)
    yield Finding(code="meddling/talk", message="looked")


def _meddle(context: CheckContext) -> Iterator[Finding]:
    for project in context.portfolio.projects:
        if project.name == "by force":
            object.__setattr__(project, "name", "meddled with")
        if "mood" in project.extensions:
            object.__setattr__(project.extensions["mood"], "good", False)
    return iter(())


@hookimpl
def ipmo_methodologies() -> list[Methodology]:
    print("asked for methods")
    return [
        Methodology(
            name="meddling",
            title="Meddling",
            source="nowhere",
            extensions=[Extension(name="mood", title="Mood", source="nowhere", parse=Mood)],
            checks=[
                Check(code="meddling/talk", title="Talk", source="nowhere", run=_talk),
                Check(code="meddling/meddle", title="Meddle", source="nowhere", run=_meddle),
            ],
        )
    ]
