"""The verbs on a portfolio, by room of the analysis: each takes a portfolio or the path of one."""
