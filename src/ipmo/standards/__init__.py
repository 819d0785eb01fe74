"""Public data standards for programmes and projects: checked clause by clause, written and read."""
