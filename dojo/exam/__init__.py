"""The two judgements of one submission, seen from outside: tests, and secret scenarios."""
