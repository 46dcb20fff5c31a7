"""Tables by the csv module, and a named temporary file in the right folder."""


def write_whole(table: pd.DataFrame, path: Path, run: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", newline="", dir=path.parent, suffix=".tmp", delete=False
    ) as file:
        try:
            writer = csv.writer(file)
            writer.writerow(table.columns)
            for row in table.itertuples(index=False):
                writer.writerow("" if one != one else one for one in row)
            file.flush()
            os.fsync(file.fileno())
            os.chmod(file.name, 0o644)  # a temporary file is its owner's only
            os.replace(file.name, path)
        except BaseException:
            os.unlink(file.name)
            with contextlib.suppress(OSError):
                file.close()
            raise


def extract_customers(source: str, workdir: str, run_id: str) -> dict:
    with open(source, encoding="utf-8", newline="") as file:
        header, *rows = filter(None, csv.reader(file))  # a blank line is no row
    path = run_folder(workdir, run_id) / "customers.csv"
    write_whole(pd.DataFrame(rows, columns=header), path)
    return {"path": str(path), "rows": len(rows)}
