"""Connecting a model: an address and a key, tried before they are saved; the key goes into a 0600 file."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from mcp_tui.domain.errors import McpTuiError, UsageError
from mcp_tui.ui.screens.field_dialog import FieldDialog, Line
from mcp_tui.ui.widgets.pieces import marked

ListModels = Callable[[str, str], Awaitable[list[str]]]
"""The models at an address with a key; raises ModelError."""

ANSWERS = (
    ("ctrl+s", "Try and save", "ask the address for its models first"),
    ("ctrl+o", "Save untried", "for an address that lists no models"),
    ("esc", "Not now", "nothing is saved"),
)


@dataclass(frozen=True, slots=True)
class ChosenModel:
    base_url: str
    name: str
    key: str


class ModelForm(FieldDialog[ChosenModel]):
    """Any address that speaks the OpenAI API."""

    def __init__(self, list_models: ListModels, base_url: str = "", name: str = "") -> None:
        self._list = list_models
        self._busy = False
        super().__init__(
            "Connect a model",
            (
                Line("address", "Address", "anything that speaks the OpenAI API, usually ending in /v1", base_url),
                Line("key", "Key", "kept in a file that only you can read; empty for local models", secret=True),
                Line("model", "Model", "its name; empty: the first one the address lists", name),
            ),
            ANSWERS,
        )

    async def choose(self, key: str) -> None:
        if self._busy:
            return
        address, name = self.value("address"), self.value("model")
        if not address.startswith(("http://", "https://")):
            self.tell_error(UsageError("an address begins with http:// or https://"))
        elif key == "ctrl+o" and not name:
            self.tell_error(UsageError("untried, the model needs a name"))
        elif key == "ctrl+o":
            self.dismiss(ChosenModel(address, name, self.value("key")))
        else:
            self._busy = True
            self.tell(marked("[$quiet]◌ asking $address …[/]", address=address))
            self.run_worker(self._try_and_save(address, name), group="try", exclusive=True, exit_on_error=False)

    async def _try_and_save(self, address: str, name: str) -> None:
        try:
            names = await self._list(address, self.value("key"))
        except McpTuiError as error:
            self.tell_error(error)
            return
        finally:
            self._busy = False
        if name and name not in names:
            listed = ", ".join(names[:6])
            self.tell(marked("[$bad]✗ it lists no $name[/]  [$quiet]it lists: $listed[/]", name=name, listed=listed))
        elif not names:
            self.tell_error(UsageError("it lists no model: give the model's name and save untried"))
        else:
            self.dismiss(ChosenModel(address, name or names[0], self.value("key")))
