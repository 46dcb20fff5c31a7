"""Keeps the result of a file for half an hour only.

Refused by: test_file_usage_lives_one_hour
"""

add_usage_to_file = add_usage_to_file.with_options(cache_expiration=HOUR / 2)
