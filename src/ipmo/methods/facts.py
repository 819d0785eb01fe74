"""One fact is one finding, whatever number of checks find it: it names the rules of all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import attrs

from ipmo.findings import Finding

__all__ = ["one_finding_a_fact"]


def one_finding_a_fact(findings: Iterable[Finding], same: Mapping[str, tuple[str, ...]]) -> list[Finding]:
    """Findings, those of the same fact made one.

    A finding joins another when its check declares that other's code under `same_as` and both are about the same item and part
    of it. The one that is left keeps the other's code and stands in the words of the check that knew of both; it has the graver
    severity and the rules of both. What a waiver excuses is said for itself: it joins only what is excused too.

    Args:
        findings: what the checks found, in any order.
        same: code of a check to the codes that it declares under `same_as`.
    """
    out = list(findings)
    places: dict[tuple[str, str, str, bool], int] = {}
    for place, finding in enumerate(out):
        places.setdefault((finding.code, finding.item, finding.part, bool(finding.waived)), place)
    joined: set[int] = set()
    for place, finding in enumerate(out):
        keys = [(code, finding.item, finding.part, bool(finding.waived)) for code in same.get(finding.code, ())]
        first = next((places[key] for key in keys if key in places and places[key] not in joined), None)
        if first is None or first == place:
            continue
        fact = out[first]
        out[first] = attrs.evolve(
            fact,
            message=finding.message,
            hint=finding.hint or fact.hint,
            severity=min(fact.severity, finding.severity, key=lambda severity: severity.rank),
            also=(*fact.also, (finding.code, finding.rule), *finding.also),
        )
        joined.add(place)
    return [finding for place, finding in enumerate(out) if place not in joined]
