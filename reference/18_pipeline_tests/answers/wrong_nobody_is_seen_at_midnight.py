"""Has all customers be seen at 2 in the morning or at noon.

Refused by: test_fault_of_prepare_is_noticed
"""

TONIGHT = [{**one, "seen_at": "2026-03-14T02:00:00Z"} for one in TONIGHT]
