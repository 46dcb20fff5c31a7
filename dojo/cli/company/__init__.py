"""The commands of the companion: go on, watch, forget; and what an instructor reads of attempts."""
