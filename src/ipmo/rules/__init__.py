"""The core's own rules, held against every portfolio under whatever method."""
