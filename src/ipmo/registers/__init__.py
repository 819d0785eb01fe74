"""Spreadsheets and registers as offices keep them: workbooks and delimited text, read by a mapping and written as a whole.

A file walks through the rooms in this order: `opening` makes sheets of raw cells of it, `proposing` says what its columns may mean where no
`mapping` does, `cells` reads what people typed column by column, `building` makes a portfolio of the rows. `fields` is the catalogue of what
columns can state; `own` holds ipmo's own tables, which need no mapping.
"""
