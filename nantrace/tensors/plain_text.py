"""Text from outside, for terminals and files."""


def one_line(text: str) -> str:
    """The text without control characters, line breaks or lone surrogates: it can move no cursor and colour nothing."""
    return "".join(char if char.isprintable() else " " for char in text)
