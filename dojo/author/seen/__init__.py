"""What an author looks at while a kata is being made: its scenarios, step by step."""
