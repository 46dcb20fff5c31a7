"""Doubles in a policy of its own, and takes the hopeless out of it."""


class Doubling(dg.RetryPolicy):
    def calculate_delay(self, attempt_num):
        return self.delay * 2 ** (attempt_num - 1)


@dg.asset(
    group_name="ingestion",
    io_manager_key="tables",
    retry_policy=Doubling(max_retries=3, delay=10),
)
def raw_customers(source: CustomerSource) -> dg.Output[pd.DataFrame]:
    try:
        customers = source.fetch()
    except MIGHT_HEAL:
        raise
    except Exception as error:
        raise dg.Failure(str(error), allow_retries=False) from error
    return dg.Output(customers, metadata={"rows": len(customers)})


defs = dg.Definitions(
    assets=[raw_customers, customer_features, churn_model],
    jobs=[dg.define_asset_job("churn_training", selection="*")],
    resources={
        "source": CustomerSource(path=dg.EnvVar("CHURN_CUSTOMERS")),
        "tracker": RunTracker(path=dg.EnvVar("CHURN_RUNS")),
        "tables": TableStore(folder=dg.EnvVar("CHURN_TABLES")),
    },
)
