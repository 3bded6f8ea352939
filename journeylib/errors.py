"""One family of errors: each says what was got, what was expected and what to do next."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class JourneyError(Exception):
    """A mistake a user can mend. Shown as its message, never as a traceback; what is personal in the message is masked."""

    def __init__(self, message: str = ""):
        from journeylib.personal_data import mask_certain  # knows the words of the field, which lie above this floor

        super().__init__(mask_certain(str(message)))

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows under the cell: the message alone."""
        return [f"{type(self).__name__}: {self}"]


class ParameterError(JourneyError):
    """A client's parameters cannot be used."""


class SourceError(JourneyError):
    """A raw file cannot be read as the source it was declared to be."""


class TableError(JourneyError):
    """A table breaks a rule of its schema."""


class RunError(JourneyError):
    """A client's run could not be finished."""


def nearest(got: str, valid: Iterable[str], end: str = "") -> str:
    """A hint naming the nearest valid name, or `end` when none is near.

    >>> nearest("awarness", ["awareness", "decision"])
    "; did you mean 'awareness'?"
    >>> nearest("xyz", ["awareness"], ".")
    '.'
    """
    close = difflib.get_close_matches(got, list(valid), n=1, cutoff=0.6)
    return f"; did you mean {close[0]!r}?" if close else end
