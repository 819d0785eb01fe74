"""Sheets with their mapping made a portfolio: rows chosen, ids found, nouns put together, every refusal said by its place."""
