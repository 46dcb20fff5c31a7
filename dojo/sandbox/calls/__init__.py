"""System calls that a submission may not make, and those that process 1 makes for it."""
