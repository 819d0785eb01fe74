"""ipmo."""
