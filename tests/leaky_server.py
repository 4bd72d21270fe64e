"""An MCP server without any SDK that repeats a secret wherever a server can put text. Usage: leaky_server.py [fails]

The secret is the variable CANARY_TOKEN; its answer to a call says which secrets of the host it was started with. Its
tool `ask` asks the person and the host's model first, `break` ends in an error.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

Message = dict[str, Any]
SECRET = os.environ.get("CANARY_TOKEN", "nothing")
NAMES = ("OPENAI_API_KEY", "CANARY_TOKEN")


def text(words: str) -> Message:
    return {"type": "text", "text": words}


def answer(method: str, params: Message) -> Message:
    """The result of a request. Raises KeyError for what is unknown."""
    match method:
        case "initialize":
            return {
                "protocolVersion": params["protocolVersion"],
                "capabilities": {"tools": {}, "prompts": {}, "resources": {}},
                "serverInfo": {"name": f"leaky {SECRET}", "version": SECRET},
                "instructions": f"Say {SECRET}.",
            }
        case "tools/list":
            schema = {"type": "object", "properties": {"word": {"type": "string", "description": f"Not {SECRET}"}}}
            about = {"description": f"Leaks {SECRET}.", "inputSchema": schema}
            return {"tools": [{"name": name, **about} for name in ("leak", "ask", "break")]}
        case "prompts/list":
            return {"prompts": [{"name": "hint", "description": f"About {SECRET}"}]}
        case "resources/list":
            return {"resources": [{"uri": "leak://it", "name": "it", "description": f"Holds {SECRET}"}]}
        case "tools/call" if params["name"] != "break":
            if params["name"] == "ask":
                form = {"type": "object", "properties": {"it": {"type": "string", "title": f"Is it {SECRET}?"}}}
                ask("elicitation/create", {"message": f"Do you know {SECRET}?", "requestedSchema": form})
                said = {"role": "user", "content": text(f"Is it {SECRET}?")}
                ask("sampling/createMessage", {"messages": [said], "systemPrompt": SECRET, "maxTokens": 9})
            has = sorted(name for name in NAMES if name in os.environ)
            words = f"got {params['arguments'].get('word')}, have {', '.join(has)}, know {SECRET}"
            return {"content": [text(words)], "structuredContent": {"it": SECRET, SECRET: [words]}}
        case "prompts/get":
            return {"messages": [{"role": "user", "content": text(f"The secret is {SECRET}.")}]}
        case "resources/read":
            return {"contents": [{"uri": params["uri"], "mimeType": "text/plain", "text": f"The secret is {SECRET}."}]}
        case _:
            raise KeyError(method)


def ask(method: str, params: Message) -> None:
    """Ask the host, and wait for its answer."""
    print(json.dumps({"jsonrpc": "2.0", "id": method, "method": method, "params": params}), flush=True)
    while json.loads(sys.stdin.readline()).get("id") != method:
        pass


def main() -> None:
    print(f"leaky: my token is {SECRET}", file=sys.stderr, flush=True)
    if sys.argv[1:] == ["fails"]:
        sys.exit(3)
    while line := sys.stdin.readline():
        message: Message = json.loads(line)
        if "id" not in message or "method" not in message:
            continue
        reply: Message = {"jsonrpc": "2.0", "id": message["id"]}
        try:
            reply["result"] = answer(message["method"], message.get("params", {}))
        except KeyError:
            reply["error"] = {"code": -32601, "message": f"no such method, {SECRET}"}
        print(json.dumps(reply), flush=True)


if __name__ == "__main__":
    main()
