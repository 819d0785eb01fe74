"""The verbs, one file each: from a portfolio or network to a frozen result."""
