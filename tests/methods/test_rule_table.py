"""The table of every rule in docs/methods.md says which checks ask it, and which rules nobody asks yet."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import ipmo
from ipmo.installation import new_registry

DOCS = Path(__file__).parents[2] / "docs"
GROUPS = {"P3O": 20, "MOP": 14, "AGL": 10, "GOV": 10, "BEN": 10, "RSK": 8, "SCH": 18, "EVM": 4, "MAT": 5}
RULE = re.compile(r"(?:P3O|MOP|AGL|GOV|BEN|RSK|SCH|EVM|MAT)-R[0-9]{2}")
ROW = re.compile(r"\| ([A-Z0-9]{3}-R[0-9]{2}) \| ([^|]+) \| ([^|]+) \|")


def asked() -> dict[str, set[str]]:
    """Rule to the codes of the checks that ask it, of all that is installed; points of the DCMA are SCH-R01 to R14."""
    registry = new_registry(strict=True).discover()
    found: dict[str, set[str]] = defaultdict(set)
    checks = [*registry.checks, *(check for method in registry.methodologies.values() for check in method.checks)]
    for check in checks:
        point = re.fullmatch(r"DCMA-([0-9]+)", check.rule)
        found[f"SCH-R{int(point[1]):02d}" if point else check.rule].add(check.code)
    return {rule: codes for rule, codes in found.items() if RULE.fullmatch(rule)}


def test_the_table_has_each_rule_once_with_the_checks_that_ask_it() -> None:
    rows = ROW.findall((DOCS / "methods.md").read_text(encoding="utf-8"))
    assert [rule for rule, _, _ in rows] == [f"{group}-R{n:02d}" for group, count in GROUPS.items() for n in range(1, count + 1)]
    found = asked()
    assert set(found) <= {rule for rule, _, _ in rows}, "a check names a rule that the domain does not have"
    for rule, words, where in rows:
        assert words.strip()
        codes = {name for name in re.findall(r"`([^`]+)`", where) if "/" in name}
        assert codes == found.get(rule, set()), f"{rule}: the table names {sorted(codes)}, installed are {sorted(found.get(rule, ()))}"
        verbs = [name for name in re.findall(r"`ipmo\.(\w+)`", where) if hasattr(ipmo, name)]
        assert codes or verbs or where.strip() == "not yet", f"{rule}: nobody asks it, so it is not yet there"
