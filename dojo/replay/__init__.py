"""What an engine recorded of one test: gathered, laid out in time, compared and drawn."""
