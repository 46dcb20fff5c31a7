"""What the examination of 07_tracking has run inside, without the submission."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dojo.inside.stores import make_store, open_store

_FEATURES = ("tenure_months", "monthly_charges", "support_calls")
__all__ = ["make_store", "try_model"]


def try_model(folder: Path, address: str, rows: list[list[float]]) -> dict[str, Any]:
    """Load a model as inference would."""
    import mlflow
    import pandas

    open_store(folder)
    model = mlflow.pyfunc.load_model(address)
    predicted = model.predict(pandas.DataFrame(rows, columns=list(_FEATURES)))
    inputs = model.metadata.get_input_schema()
    return {
        "predicts": [int(one) for one in predicted],
        "signature": {one.name: str(one.type) for one in inputs} if inputs else None,
    }
