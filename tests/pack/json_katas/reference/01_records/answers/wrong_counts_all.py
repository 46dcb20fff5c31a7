"""Whoever does not look at what is there writes, and counts, all records.

Refused by: test_only_what_changed_is_counted
"""

_publish = publish


def publish(folder, records):
    _publish(folder, records)
    return len(records)
