"""ipmo's own tables, out and in: workbooks, templates to fill in, folders of CSV and Parquet."""
