"""What the examination of 13_assets has run inside.

Where a task is about one asset, or about the tables alone, the others are made here. All get the
submission but `names_in`, which has a process without it.
"""

# No `from __future__ import annotations`: Dagster reads those of the assets here.

import json
import os
from pathlib import Path
from typing import Any

from dojo.inside.dagster import loaded, recorded_instance

_ASSETS = ("raw_customers", "customer_features", "churn_model")
_MIGHT_HEAL = {503: ConnectionError, 504: TimeoutError}
_HOPELESS = {403: PermissionError, 404: FileNotFoundError, 500: OSError}


def _source(solution: Any, url: str) -> Any:
    """Make a source that asks the API outside."""
    import urllib.error
    import urllib.request

    import pandas

    class Source(solution.CustomerSource):  # type: ignore[misc]
        def fetch(self) -> Any:
            try:
                with urllib.request.urlopen(url, timeout=10) as response:
                    return pandas.DataFrame(json.load(response))
            except urllib.error.HTTPError as error:
                error.close()
                raise {**_MIGHT_HEAL, **_HOPELESS}[error.code](f"status {error.code}") from None

    return Source(path="outside")


def materialise(
    solution: Any, folder: Path, url: str, names: list[str], times: int = 1
) -> list[dict[str, Any]]:
    """Make some of the submission's assets, once or more often; return their values."""
    import dagster as dg

    values = []
    with recorded_instance(folder) as instance:
        for _ in range(times):
            result = dg.materialize(
                [getattr(solution, name) for name in names],
                resources={
                    "source": _source(solution, url),
                    "tracker": solution.RunTracker(path=str(folder / "trainings")),
                    "tables": dg.mem_io_manager,
                },
                instance=instance,
                raise_on_error=False,
            )
            made = names if result.success else []
            values.append({name: result.asset_value(name) for name in made})
    return values


def lineage(solution: Any, _: Path) -> dict[str, Any]:
    """Tell of each asset its group and what it is made of."""
    import dagster as dg

    found = {}
    for name in _ASSETS:
        one, key = getattr(solution, name), dg.AssetKey(name)
        parents = sorted(parent.to_user_string() for parent in one.asset_deps[key])
        found[name] = [one.group_names_by_key[key], parents]
    return found


def kept_by(solution: Any, _: Path) -> list[str]:
    """Tell which IO manager keeps the tables."""
    import dagster as dg

    return [
        getattr(solution, name).get_io_manager_key_for_asset_key(dg.AssetKey(name))
        for name in _ASSETS[:2]
    ]


def train(solution: Any, folder: Path, customers: Any, configs: list[dict[str, Any]]) -> list[Any]:
    """Train on features of the scenario's own, once with each configuration."""
    import dagster as dg

    @dg.asset
    def raw_customers() -> Any:
        return customers

    @dg.asset
    def customer_features(raw_customers: Any) -> Any:
        return solution.make_features(raw_customers)

    found = []
    with recorded_instance(folder) as instance:
        for config in configs:
            result = dg.materialize(
                [raw_customers, customer_features, solution.churn_model],
                run_config={"ops": {solution.churn_model.node_def.name: {"config": config}}},
                resources={"tracker": solution.RunTracker(path=str(folder / "trainings"))},
                instance=instance,
                raise_on_error=False,
            )
            found.append(result.asset_value("churn_model") if result.success else None)
    return found


def keep(solution: Any, folder: Path, name: str, frames: list[Any], torn_at: int) -> list[Any]:
    """Keep a table by the submission's IO manager, read it again, then fill the disk.

    Args:
        solution: The submission.
        folder: Where it may write.
        name: The asset's.
        frames: What it returns, run by run; the last time the disk is full.
        torn_at: At which row.

    Returns:
        What another asset has read, run by run; and the table as somebody found it while the disk
        filled up.
    """
    import dagster as dg

    place = folder / "new" / "tables"
    meanwhile: list[Any] = []

    class Full:
        def __str__(self) -> str:
            kept = place / f"{name}.csv"
            meanwhile.append(kept.read_text(encoding="utf-8") if kept.exists() else None)
            raise OSError("no space left on device")

    frames[-1] = frames[-1].astype({"contract": object})
    frames[-1].loc[torn_at, "contract"] = Full()
    given = iter(frames)

    @dg.asset(name=name, io_manager_key="tables")
    def table() -> Any:
        return next(given)

    @dg.asset(ins={"table": dg.AssetIn(name)})
    def reader(table: Any) -> Any:
        return table

    read = []
    with recorded_instance(folder) as instance:
        for _ in frames:
            for some in ([name], ["reader"]):  # each with an IO manager of its own
                result = dg.materialize(
                    [table, reader],
                    selection=some,
                    resources={"tables": solution.TableStore(folder=str(place))},
                    instance=instance,
                    raise_on_error=False,
                )
            read.append(result.output_for_node("reader") if result.success else None)
    return [*read, meanwhile[-1] if meanwhile else "nothing was written"]


def run_job(solution: Any, folder: Path, nights: list[Any]) -> None:
    """Run the job in one environment after the other: customers, tracker and folder of each."""
    import dagster as dg

    definitions = loaded(solution.defs)
    dg.Definitions.validate_loadable(definitions)
    with recorded_instance(folder) as instance:
        for customers, runs, tables in nights:
            os.environ["CHURN_CUSTOMERS"] = customers
            os.environ["CHURN_RUNS"] = str(folder / runs)
            os.environ["CHURN_TABLES"] = str(folder / tables)
            job = definitions.resolve_job_def("churn_training")
            job.execute_in_process(instance=instance, raise_on_error=False)


def names_in(folder: Path, place: str) -> list[str]:
    """Name the files of a folder that was left; without the submission."""
    found = folder / place
    return sorted(path.name for path in found.iterdir()) if found.is_dir() else ["no folder"]
