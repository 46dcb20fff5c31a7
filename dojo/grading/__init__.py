"""From a hand-in to a result that is kept, and what that holds for."""
