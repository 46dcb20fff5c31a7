"""MLflow: an empty store in one SQLite file, also one that is in trouble."""
