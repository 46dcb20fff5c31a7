"""What a test controls of a library that offers no way to it: one table a library."""
