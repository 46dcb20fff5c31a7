"""Read what a store of MLflow's holds, from its database, when the process is dead."""

from __future__ import annotations

from typing import Any

from dojo.exam.databases import LeftDatabase


def runs_of(database: LeftDatabase) -> dict[str, dict[str, Any]]:
    """Read all runs of a store, by id, in the order in which they were made."""
    found: dict[str, dict[str, Any]] = {}
    for row in database.execute(
        """
        SELECT run_uuid, runs.name, status, start_time, end_time, experiments.name AS experiment
        FROM runs JOIN experiments ON experiments.experiment_id = runs.experiment_id
        ORDER BY runs.rowid
        """
    ):
        found[row["run_uuid"]] = {
            "name": row["name"],
            "status": row["status"],
            "experiment": row["experiment"],
            "times": (row["start_time"], row["end_time"]),
            "params": {},
            "tags": {},
            "metrics": {},
        }
    for kind in ("params", "tags", "latest_metrics"):
        for row in database.execute(f"SELECT run_uuid, key, value FROM {kind}"):
            if row["run_uuid"] in found:
                found[row["run_uuid"]][kind.removeprefix("latest_")][row["key"]] = row["value"]
    return found


def told_of(run: dict[str, Any], params: dict[str, Any]) -> dict[str, Any]:
    """Return of a run what the katas ask for: more may be logged."""
    known = {**run["tags"], **run["params"]}
    return {
        "experiment": run["experiment"],
        "status": run["status"],
        "orchestrator": known.get("orchestrator"),
        "params": {name: known.get(name) for name in params},
        "metrics": {
            name: run["metrics"].get(name)
            for name in ("val_accuracy", "val_log_loss")
            if name in run["metrics"]
        },
    }


def registry_of(database: LeftDatabase, model: str) -> dict[str, Any]:
    """Read what the registry has of a model: versions by the name of their run, aliases, tags."""
    runs = {run_id: run["name"] for run_id, run in runs_of(database).items()}
    versions = {
        str(row["version"]): runs.get(row["run_id"])
        for row in database.execute(
            "SELECT version, run_id FROM model_versions WHERE name = ?"
            " AND current_stage != 'Deleted_Internal' ORDER BY version",
            (model,),
        )
    }
    aliases = {
        row["alias"]: int(row["version"])
        for row in database.execute(
            "SELECT alias, version FROM registered_model_aliases WHERE name = ? ORDER BY alias",
            (model,),
        )
    }
    tags = sorted(
        [int(row["version"]), row["key"]]
        for row in database.execute(
            "SELECT version, key FROM model_version_tags WHERE name = ?", (model,)
        )
        if not str(row["key"]).startswith("mlflow.")
    )
    return {"versions": versions, "aliases": aliases, "tags": tags}
