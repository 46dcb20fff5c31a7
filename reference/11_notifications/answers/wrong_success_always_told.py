"""Who tells every good night, for completeness.

Refused by: test_success_is_told_only_when_asked
"""

score_customers = score_customers.with_options(on_completion=[tell])
