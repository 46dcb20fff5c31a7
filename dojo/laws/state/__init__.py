"""What all code of a process shares: read, compared, and put back."""
