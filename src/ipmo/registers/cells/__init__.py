"""What people type into one column of cells: money, dates, shares, choices, lengths of time, predecessors; each a value, unknown or refused."""
