"""The `${VARIABLES}` in a servers file."""

from __future__ import annotations

import re
from collections.abc import Mapping

_VARIABLE = re.compile(r"\$\{((?:\w+:)?[A-Za-z_]\w*)(?::-([^}]*))?\}")


class Variables:
    """Puts the environment's values in the place of `${VAR}`, `${env:VAR}` and `${VAR:-default}`.

    A variable that is not set stays as it is written, and its name is noted in `missing`; one that is, in `taken`. A
    default counts when the variable is not set or empty, as in a shell.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.missing: dict[str, None] = {}
        self.taken: dict[str, None] = {}

    def expand(self, text: str) -> str:
        return _VARIABLE.sub(self._value, text)

    def _value(self, found: re.Match[str]) -> str:
        name, default = found[1].removeprefix("env:"), found[2]
        value = self._environ.get(name)
        if value:
            self.taken[name] = None
        if default is not None:
            return value or default
        if value is None:
            self.missing[name] = None
            return found[0]
        return value
