"""Tells how each run ended: 25 messages a day.

Refused by: test_success_is_silent
"""

training_pipeline.on_completion(tell_team)
inference_pipeline.on_completion(tell_team)
