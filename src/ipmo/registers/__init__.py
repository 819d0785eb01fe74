"""Spreadsheets and registers as offices keep them: workbooks and delimited text, read by a mapping and written as a whole."""
