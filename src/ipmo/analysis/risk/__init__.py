"""How sure the dates, the money and the benefits are: one joint simulation of the whole portfolio."""
