"""Who has only sent short messages so far: Discord refuses more than 2000 characters.

Refused by: test_long_message_is_taken_by_discord
"""

LONGEST_MESSAGE = 1_000_000
