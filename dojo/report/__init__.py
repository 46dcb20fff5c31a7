"""Pages from records; no logic of their own."""
