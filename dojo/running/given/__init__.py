"""What a test of a kata is given: fixtures, the laws, untamed data, sequences of calls."""
