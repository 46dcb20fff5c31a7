"""Dagster: an instance in memory, whose retries wait on a virtual clock."""
