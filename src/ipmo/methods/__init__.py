"""Methodologies: what one may declare, how it is found, chosen and tailored, its gates, and its words in another's."""
