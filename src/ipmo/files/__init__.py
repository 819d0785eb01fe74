"""Reading and writing: located YAML and JSON, folders, the schema."""
