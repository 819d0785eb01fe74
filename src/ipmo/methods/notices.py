"""Headings of what is found while the rules are applied, and by a simulation."""

from __future__ import annotations

from ipmo.methods.contract import Notice

__all__ = ["NOTICES"]

NOTICES = (
    Notice(code="ipmo/branch", heading="Branches of which a sample takes one way"),
    Notice(code="ipmo/branch-not-simulated", heading="Branches that a simulation cannot take"),
    Notice(code="ipmo/check-crashed", heading="Checks that failed"),
    Notice(code="ipmo/correlations-completed", heading="Correlations that follow from others"),
    Notice(code="ipmo/correlations-repaired", heading="Correlations that cannot hold together"),
    Notice(code="ipmo/link-kind", heading="Links of a kind that no plugin declares"),
    Notice(code="ipmo/lost-days-not-simulated", heading="Lost days that a simulation cannot count"),
    Notice(code="ipmo/methodology", heading="Methods that cannot be used"),
    Notice(code="ipmo/more-days-lost", heading="Calendars that lose more days than they work"),
    Notice(code="ipmo/no-answer", heading="Questions that have no answer"),
    Notice(code="ipmo/not-converged", heading="Simulations that have not converged"),
    Notice(code="ipmo/dates-certain", heading="Simulations in which no date is uncertain"),
    Notice(code="ipmo/dates-not-reproduced", heading="Simulations of other dates than the file stores"),
    Notice(code="ipmo/dates-stated", heading="Work with stated dates that no delay moves"),
    Notice(code="ipmo/early-side-not-known", heading="Reference classes that say nothing of early dates"),
    Notice(code="ipmo/nothing-uncertain", heading="Simulations in which nothing is uncertain"),
    Notice(code="ipmo/part", heading="A part of a portfolio"),
    Notice(code="ipmo/part-differs", heading="Dates that are other than in the whole plan"),
    Notice(code="ipmo/part-handed-in", heading="Dates handed in from outside this part"),
    Notice(code="ipmo/part-left-out", heading="What was left out of this part"),
    Notice(code="ipmo/part-needed-outside", heading="What others outside this part wait for"),
    Notice(code="ipmo/part-undated", heading="What comes from outside this part without a date"),
    Notice(code="ipmo/risk-not-simulated", heading="Risks that a simulation cannot count"),
    Notice(code="ipmo/tailored", heading="Rules switched off by a profile"),
    Notice(code="ipmo/impact-below-zero", heading="Risks whose impact reaches below zero"),
    Notice(code="ipmo/time-below-zero", heading="Estimates that reach below no time at all"),
    Notice(code="ipmo/spent-beyond", heading="Spent beyond the largest estimate"),
    Notice(code="ipmo/driver-idle", heading="Drivers that touch nothing"),
    Notice(code="ipmo/trigger-not-known", heading="Risks whose trigger comes nobody knows when"),
    Notice(code="ipmo/costs-not-known", heading="Costs that are in no sum"),
    Notice(code="ipmo/values-not-known", heading="Benefits that are in no sum"),
    Notice(code="ipmo/adapter-missing", heading="Estimates whose adapter is not installed"),
    Notice(code="ipmo/window-not-simulated", heading="Windows of risks that a simulation cannot hold"),
    Notice(code="ipmo/waiver", heading="Waivers that do not hold"),
)
"""What is found while the rules are applied, and by a simulation."""
