"""What benefits a portfolio brings, what each project earns of them, and how they depend on one another."""

from ipmo.analysis.benefits import attained, attribution, going_on, realisation
from ipmo.analysis.benefits import line_of_sight as sight
from ipmo.desk import taking_paths

__all__ = ["attainment", "attribute", "benefits", "line_of_sight", "worth_going_on"]

attainment = taking_paths(attained.attainment)
attribute = taking_paths(attribution.attribute)
benefits = taking_paths(realisation.benefits)
line_of_sight = taking_paths(sight.line_of_sight)
worth_going_on = taking_paths(going_on.worth_going_on)
