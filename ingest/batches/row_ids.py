"""Ids of rows, from the id of the call that they came in."""

from ingest.limits import MAX_TEXT


def row_ids(call_id: str, rows: int) -> list[str]:
    """One id a row: the id of the call, followed by the number of the row where the call has several.

    No id is longer than MAX_TEXT, where `call_id` is not.
    """
    if rows == 1:
        return [call_id]
    width = MAX_TEXT - len(str(rows)) - 1
    return [f"{call_id[:width]}/{row}" for row in range(rows)]
