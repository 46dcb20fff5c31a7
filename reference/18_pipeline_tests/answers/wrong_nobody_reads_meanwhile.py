"""Never has a file open while the night is published again: written in its place it looks whole.

Refused by: test_fault_of_publish_is_noticed
"""

del test_publish_changes_no_file_that_is_being_read
