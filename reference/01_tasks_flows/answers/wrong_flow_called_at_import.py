"""Leaves the call at the bottom of the file, as the last cell of the notebook: importing runs it.

Who deploys, tests or documents the flow imports it, and trains a model without knowing.

Refused by: test_one_call_is_one_flow_run
"""

import tempfile
from pathlib import Path

with tempfile.TemporaryDirectory() as folder:
    EXAMPLE = Path(folder) / "customers.csv"
    rows = [f"{i},{i + 9},{40 + i % 7},{i % 5},one year,{int(i % 5 > 3)}" for i in range(1, 41)]
    names = "customer_id,tenure_months,monthly_charges,support_calls,contract,churned"
    EXAMPLE.write_text("\n".join([names, *rows]))
    print(churn_pipeline(str(EXAMPLE)))
