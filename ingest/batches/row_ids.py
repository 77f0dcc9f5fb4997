"""Ids of rows, from the id of the call that they came in."""

from ingest.limits import MAX_TEXT


def row_ids(call_id: str, rows: int) -> list[str]:
    """The id of the call, with the number of the row behind it where the call has several."""
    if rows == 1:
        return [call_id]
    width = MAX_TEXT - len(str(rows)) - 1
    return [f"{call_id[:width]}/{row}" for row in range(rows)]
