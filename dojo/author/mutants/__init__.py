"""Change the reference in one place at a time, and see whether tests and examination notice."""
