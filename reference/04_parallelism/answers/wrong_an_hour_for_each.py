"""Ends each training after an hour: on the month with the most customers the best one has failed.

Refused by: test_candidate_is_judged_on_held_out_customers,
    test_all_five_train_at_the_same_time
"""

train_one = train_one.with_options(timeout_seconds=3600)
