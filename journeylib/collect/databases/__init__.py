"""Sources that are queries: PostgreSQL, SQLite, DuckDB."""
