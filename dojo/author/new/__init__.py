"""Begin a kata, and the pack around it where there is none: the files an author fills."""
