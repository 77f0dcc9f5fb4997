"""Why rows, a file or a call cannot be used, as exceptions that name the part that is wrong.

Messages say what is wrong, the limit, and the way out.
"""


class Refusal(ValueError):  # noqa: N818 - it says no; nothing went wrong on our side
    """`field` names the part of the call that is wrong."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field, self.message = field, message


class Malformed(Refusal):
    """The bytes are not what their type says."""


class TooLarge(Refusal):
    """A limit is exceeded; the message names it."""


class UnusableFile(Refusal):
    """A file is not what its field asks for, or breaks a limit."""


class NotFound(Refusal):
    """There is nothing of that name."""
