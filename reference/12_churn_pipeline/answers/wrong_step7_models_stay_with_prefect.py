"""Persists what the trainings return: three models a night stay in Prefect's storage.

Refused by: test_training_is_tracked_and_registered
"""

train_model = train_model.with_options(persist_result=True)
