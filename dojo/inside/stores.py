"""Make a store of MLflow's and open it, for the `inside.py` of the katas that have one."""

from __future__ import annotations

from pathlib import Path


def make_store(folder: Path) -> str:
    """Make an empty store; return its folder."""
    from dojo.engines.mlflow import engine as mlflow

    mlflow.new_store(folder, lambda _: None)
    return str(folder)


def open_store(folder: Path) -> None:
    """Point this process's MLflow to the store."""
    import mlflow

    mlflow.set_tracking_uri(f"sqlite:///{folder}/mlflow.db")
