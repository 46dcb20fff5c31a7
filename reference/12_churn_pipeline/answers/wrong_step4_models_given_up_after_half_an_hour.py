"""Gives a training half an hour: models of forty minutes fail, all of them, on real data only.

Refused by: test_three_models_train_at_once
"""

train_model = train_model.with_options(timeout_seconds=1800)
