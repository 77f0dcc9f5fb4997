"""Text from outside, for terminals, files and databases."""


def one_line(text: str) -> str:
    """The text without control characters, line breaks or lone surrogates: it can move no cursor and colour nothing."""
    return "".join(char if char.isprintable() else " " for char in text)


def without_nul(text: str) -> str:
    """The text as PostgreSQL takes it."""
    return text.replace("\x00", "")
