"""Makes the customers by multi_asset, and looks at them by one function of two names."""


@dg.multi_asset(outs={"daily_customers": dg.AssetOut()}, partitions_def=days)
def daily_customers(context: dg.AssetExecutionContext, exports: Exports):
    return exports.read(context.partition_key)


def judged(name: str, judge, **more):
    spec = dg.AssetCheckSpec(name, asset="daily_customers", partitions_def=days, **more)

    @dg.multi_asset_check(name=f"judge_{name}", specs=[spec])
    def check(daily_customers: pd.DataFrame):
        yield judge(daily_customers)

    return check


def soundness(customers: pd.DataFrame) -> dg.AssetCheckResult:
    twice = customers["customer_id"].duplicated(keep=False)
    wrong = (customers[NUMBERS].isna() | (customers[NUMBERS] < 0)).any(axis=1)
    count = len(customers[twice | wrong])
    return dg.AssetCheckResult(
        check_name="customers_are_sound", passed=not count, metadata={"bad_rows": count}
    )


def volume(customers: pd.DataFrame) -> dg.AssetCheckResult:
    rows = len(customers)
    return dg.AssetCheckResult(
        check_name="volume_is_usual",
        passed=EXPECTED_ROWS <= 2 * rows and rows <= 2 * EXPECTED_ROWS,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"rows": rows},
    )


customers_are_sound = judged("customers_are_sound", soundness, blocking=True)
volume_is_usual = judged("volume_is_usual", volume)

defs = dg.Definitions(
    assets=[daily_customers, daily_scores],
    asset_checks=[customers_are_sound, volume_is_usual],
    resources={
        "exports": Exports(folder=dg.EnvVar("CHURN_EXPORTS")),
        "warehouse": Warehouse(path=dg.EnvVar("CHURN_WAREHOUSE")),
    },
)
