"""What a solution does to what all code shares, seen as it does it: who, and when."""
