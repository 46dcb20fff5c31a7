"""What the scenarios of several katas share: what they draw, how they read what was left."""
