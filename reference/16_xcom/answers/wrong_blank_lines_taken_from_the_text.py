"""Takes blank lines out before it reads the table: a note of two paragraphs becomes another one.

Refused by: test_xcom_carries_a_reference
"""

import io


def extract_customers(source: str, workdir: str, run_id: str) -> dict:
    with open(source, encoding="utf-8", newline="") as file:
        text = "\n".join(line for line in file.read().split("\n") if line.strip())
    table = pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False)
    path = run_folder(workdir, run_id) / "customers.csv"
    write_whole(table, path)
    return {"path": str(path), "rows": len(table)}
