"""Has the engine end a night after half an hour, which the features alone take: only reruns pass.

Refused by: test_two_nights_on_a_flaky_api
"""

training_pipeline = training_pipeline.with_options(timeout_seconds=1800)
