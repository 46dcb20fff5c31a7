"""What a person sees and types: the companion, the doctor, the screen, the keys."""
