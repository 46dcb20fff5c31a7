"""What we use of libraries that they do not promise, and the versions that are known to have it."""
