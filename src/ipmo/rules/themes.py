"""Checks that share their computation: one pass over the portfolio finds for a whole theme, each check hears of its own code."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from ipmo.findings import Finding, Severity
from ipmo.methods.contract import Check, CheckContext

__all__ = ["Theme", "fact"]


def fact(slug: str, item: str, message: str, hint: str = "", severity: Severity = Severity.WARNING, part: str = "") -> Finding:
    """A finding of a core check; its rule is that of the check."""
    return Finding(code=f"ipmo/{slug}", item=item, part=part, message=message, hint=hint, severity=severity)


class Theme:
    """Rules that one pass over a portfolio answers; the pass runs once a context, however many of them are asked.

    Args:
        find: `(CheckContext) -> findings` of all its checks.
        source: where its rules come from, unless a check says more.
    """

    def __init__(self, find: Callable[[CheckContext], Iterable[Finding]], source: str) -> None:
        self._find, self.source = find, source

    def check(self, slug: str, title: str, heading: str, *, rule: str = "", source: str = "") -> Check:
        """One rule of the theme as a check.

        Args:
            slug: its code after `ipmo/`.
            title: the rule in one sentence.
            heading: what stands over its findings.
            rule: the id of the rule.
            source: guide, edition and section; that of the theme when left out.
        """
        code = f"ipmo/{slug}"

        def run(context: CheckContext) -> Iterable[Finding]:
            return context.once(self._by_code).get(code, ())

        return Check(code=code, title=title, heading=heading, rule=rule, source=source or self.source, run=run)

    def _by_code(self, context: CheckContext) -> Mapping[str, list[Finding]]:
        out: dict[str, list[Finding]] = {}
        for finding in self._find(context):
            out.setdefault(finding.code, []).append(finding)
        return out
