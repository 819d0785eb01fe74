"""The checks that ipmo itself brings, one a code: they hold for every portfolio, under whatever method."""

from __future__ import annotations

from ipmo.methods.contract import Check
from ipmo.rules.benefits import BENEFIT_CHECKS
from ipmo.rules.commitments import COMMITMENT_CHECKS
from ipmo.rules.dependencies import DEPENDENCY_CHECKS
from ipmo.rules.earned import EARNED_CHECKS
from ipmo.rules.governance import GOVERNANCE_CHECKS
from ipmo.rules.model import MODEL_CHECKS
from ipmo.rules.money import MONEY_CHECKS
from ipmo.rules.quality import QUALITY_CHECKS
from ipmo.rules.risks import RISK_CHECKS
from ipmo.rules.schedules import SCHEDULE_CHECKS
from ipmo.rules.staleness import STALENESS_CHECKS
from ipmo.rules.status_integrity import STATUS_CHECKS
from ipmo.rules.supplies import SUPPLY_CHECKS
from ipmo.rules.traceability import TRACEABILITY_CHECKS

__all__ = ["CHECKS"]

CHECKS: tuple[Check, ...] = (
    *MODEL_CHECKS,
    *SCHEDULE_CHECKS,
    *TRACEABILITY_CHECKS,
    *COMMITMENT_CHECKS,
    *QUALITY_CHECKS,
    *DEPENDENCY_CHECKS,
    *GOVERNANCE_CHECKS,
    *BENEFIT_CHECKS,
    *STATUS_CHECKS,
    *STALENESS_CHECKS,
    *MONEY_CHECKS,
    *EARNED_CHECKS,
    *RISK_CHECKS,
    *SUPPLY_CHECKS,
)
