"""What the jobs of the sales pipeline share."""


def without_blanks(rows):
    """Rows whose every field has a value."""
    return [row for row in rows if all(field not in (None, "") for field in row)]
