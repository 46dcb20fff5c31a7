"""What a value holds, however deep: kept as it is now, and compared with what it holds later."""
