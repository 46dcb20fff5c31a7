"""Whoever makes a text and moves it, record by record, stops halfway.

Refused by: test_record_that_cannot_be_written_changes_nothing
"""


def publish(folder, records):
    changed = 0
    for name, record in records.items():
        path, text = Path(folder, f"{name}.json"), _text_of(record)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.with_suffix(".tmp").write_text(text, encoding="utf-8")
            path.with_suffix(".tmp").replace(path)
            changed += 1
    return changed
