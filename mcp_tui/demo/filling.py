"""How the demo script fills a tool's arguments from the words of a request and the tool's JSON schema."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mcp_tui.demo.wording import FILLERS, NUMBER, QUOTED, WORD, Offered, json_object, names_of, similar

_DIGITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
NUMBER_WORDS = {word: number for number, word in enumerate(_DIGITS)}
_CONNECTORS = "with|in|for|at|about|called|named|saying|from"
_BEFORE = r"(?:\b(?:to|with|in|for|of|at|over|the|next|and|by)\s+){0,4}"
_AFTER_PREPOSITION = re.compile(rf"\b(?:{_CONNECTORS}|of)\b\s*:?\s*(?=\S)", re.IGNORECASE)
_LEADING_CONNECTOR = re.compile(rf"^\s*(?:{_CONNECTORS})\b\s*:?\s*(?=\S)", re.IGNORECASE)
_YES, _NO = {"true", "yes", "on"}, {"false", "no", "off", "not", "without"}


@dataclass(frozen=True, slots=True)
class Filled:
    """Arguments, and the names of the required ones that the request does not give."""

    arguments: dict[str, Any]
    missing: tuple[str, ...] = ()


def fill(text: str, tool: Offered) -> Filled:
    """Fill the arguments of `tool` from a clause.

    In this order: a JSON object, `name=value`, then by type: words of an enum, booleans, numbers in their
    order, quoted texts in their order, and what is left of the clause for the first text still empty.
    """
    required = [str(name) for name in tool.schema.get("required", ())]
    if (given := _given_json(text)) is not None:
        return Filled(given, tuple(name for name in required if name not in given))
    filling = _Filling(tool, text)
    filling.take_named()
    filling.take_enums_and_booleans()
    filling.take_numbers()
    filling.take_texts(required)
    arguments = {name: filling.values[name] for name in filling.properties if name in filling.values}
    return Filled(arguments, tuple(name for name in required if name not in arguments))


def kind_of(schema: Mapping[str, Any]) -> str:
    """The JSON type that a property wants; of several the first that is not null. "" when it says none."""
    options = schema.get("anyOf") or schema.get("oneOf") or ()
    if not schema.get("type") and options:
        return next((kind for kind in map(kind_of, options) if kind not in ("", "null")), "")
    kind = schema.get("type", "string" if "enum" in schema else "")
    return next((one for one in kind if one != "null"), "") if isinstance(kind, list) else str(kind)


@dataclass(slots=True)
class _Filling:
    """A clause being used up: what was understood is cut out of `text`."""

    tool: Offered
    text: str
    values: dict[str, Any] = field(default_factory=dict[str, Any])

    @property
    def properties(self) -> Mapping[str, Mapping[str, Any]]:
        return self.tool.schema.get("properties", {})

    def empty(self, *kinds: str) -> list[str]:
        """The properties of these types that have no value yet, in the schema's order."""
        return [name for name, sub in self.properties.items() if name not in self.values and kind_of(sub) in kinds]

    def take_named(self) -> None:
        for name, schema in self.properties.items():
            value = rf"{re.escape(name)}\s*=\s*({QUOTED.pattern}|[^\s,;]+)"
            if (found := re.search(rf"(?<![\w.-]){value}", self.text, re.DOTALL)) is None:
                continue
            quoted = QUOTED.fullmatch(found[1])
            try:
                self.values[name] = _coerced(_inside(quoted) if quoted else found[1], kind_of(schema))
            except ValueError:
                continue
            self._cut(found)

    def take_enums_and_booleans(self) -> None:
        for name, schema in self.properties.items():
            for choice in () if name in self.values else schema.get("enum", ()):
                word = re.compile(rf"{_BEFORE}(?<!\w){re.escape(str(choice))}(?!\w)", re.IGNORECASE)
                if found := word.search(_blank_quotes(self.text)):
                    self.values[name] = choice
                    self._cut(found)
                    break
        for name in self.empty("boolean"):
            words = {match.group().lower() for match in WORD.finditer(_blank_quotes(self.text))}
            says_name = any(similar(word, part) for word in words for part in re.split(r"[_\W]+", name.lower()))
            if words & _NO and (says_name or len(self.empty("boolean")) == 1):
                self.values[name] = False
            elif says_name or words & _YES:
                self.values[name] = True

    def take_numbers(self) -> None:
        """Numbers go to numeric properties in their order; an integer passes over numbers with a fraction."""
        units = "|".join(re.escape(word) for word in ("days", "day", "steps", "step", "seconds", "second", "times"))
        names = "|".join(re.escape(name) for name in self.properties)
        words = "|".join(NUMBER_WORDS)
        number = re.compile(
            rf"{_BEFORE}({NUMBER.pattern}|(?<!\w)(?:{words})(?!\w))(?:[\s-]+(?:{units}|{names})\b)?", re.IGNORECASE
        )
        for name in self.empty("number", "integer"):
            for found in number.finditer(_blank_quotes(self.text)):
                value = _number(found[1])
                if abs(value) == float("inf"):
                    continue  # JSON cannot say it
                if kind_of(self.properties[name]) == "number" or isinstance(value, int):
                    self.values[name] = value
                    self._cut(found)
                    break

    def take_texts(self, required: list[str]) -> None:
        wanted = [name for name in self.empty("string", "") if "enum" not in self.properties[name]]
        wanted.sort(key=lambda name: name not in required)
        for name in list(wanted):
            if (quoted := QUOTED.search(self.text)) is None:
                break
            self.values[name] = _inside(quoted)
            self._cut(quoted)
            wanted.remove(name)
        lists = [name for name in self.empty("array") if name in required]
        if not wanted and not lists:
            return
        name = (wanted + lists)[0]
        if (name in required or not any(kept in self.values for kept in self.empty("string"))) and (
            rest := self._rest()
        ):
            self.values[name] = rest if name in wanted else [part for part in re.split(r"[,\s]+", rest) if part]

    def _rest(self) -> str:
        """What the clause says beside its command: after the command's words if it begins with them."""
        words = list(WORD.finditer(self.text))
        if not words:
            return self.text.strip()
        text = re.sub(r",?\s+please[.!?]*\s*$", "", self.text, flags=re.IGNORECASE)
        if names_of(self.tool, words[0].group().lower()):
            return _trimmed(_LEADING_CONNECTOR.sub("", self._after_command(text)))
        after = [match.end() for match in _AFTER_PREPOSITION.finditer(text)]
        rest = text[after[0] :] if after else text
        kept = [word for word in rest.split() if self._says_something(word)]
        head, comma, tail = rest.partition(",")
        if comma and any(names_of(self.tool, word.group().lower()) for word in WORD.finditer(tail)):
            rest = head  # "In Tokyo, what time is it?"
        # After a preposition the words stay as they are; without one only those that are no part of the question.
        return _trimmed(rest if after and kept else " ".join(kept))

    def _after_command(self, text: str) -> str:
        """The text behind the words of the tool's name and of its properties that open the clause."""
        pattern = re.compile(r"\s*[:,]?\s*(?:(?:the|a|an|my|this)\s+)?(?:named\s+|called\s+)?([^\W_]+)", re.IGNORECASE)
        openers = [*self.tool.words, *(part for name in self.properties for part in re.split(r"[_\W]+", name.lower()))]
        position, left = 0, list(dict.fromkeys(openers))
        if whole := re.match(rf"\s*{re.escape(self.tool.name)}\b", text, re.IGNORECASE):
            position = whole.end()
        while found := pattern.match(text, position):
            mine = next((word for word in left if similar(found[1].lower(), word)), None)
            if mine is None:
                break
            left.remove(mine)
            position = found.end()
        return re.sub(r"^\s*[:,]?\s*", "", text[position:])

    def _says_something(self, word: str) -> bool:
        bare = word.strip(".,!?").lower()
        return bool(bare) and bare not in FILLERS and not names_of(self.tool, bare)

    def _cut(self, found: re.Match[str]) -> None:
        self.text = f"{self.text[: found.start()]} {self.text[found.end() :]}".strip()


def _given_json(text: str) -> dict[str, Any] | None:
    try:
        value = json.loads(json_object(text))
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _coerced(text: str, kind: str) -> Any:
    """A written value as the JSON type. Raises ValueError."""
    match kind:
        case "integer" | "number":
            return _number(text)
        case "boolean":
            return text.lower() in _YES
        case "array" | "object":
            return json.loads(text)
        case _:
            return text


def _number(text: str) -> int | float:
    """Raises ValueError."""
    plain = text.lower().replace(",", "").replace("−", "-")
    if plain in NUMBER_WORDS:
        return NUMBER_WORDS[plain]
    try:
        return int(plain)
    except ValueError:
        return float(plain)


def _inside(quoted: re.Match[str]) -> str:
    return next((group for group in quoted.groups() if group is not None), "")


def _blank_quotes(text: str) -> str:
    return QUOTED.sub(lambda found: "\x00" * len(found.group()), text)


def _trimmed(text: str) -> str:
    """Without spaces, and without the mark that ends a question or a short sentence."""
    text = text.strip().rstrip(",;")
    return text.rstrip("?").rstrip() if text.endswith("?") else text.removesuffix(".") or text
