"""An MCP server without any SDK that offers what stands in a file, and tells when that changes.

Usage: turncoat_server.py FILE

The file is a JSON object: `tools` (as on the wire) and `instructions`. While there is a FILE.held, no list is told.
A call answers with the tool's name; each one is written into FILE.calls, a line each.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from typing import Any

Message = dict[str, Any]
FILE = sys.argv[1]
LOOK = 0.02
"""Seconds between looks at the file."""
writing = threading.Lock()


def offer() -> Message:
    with open(FILE, encoding="utf-8") as file:
        return json.load(file)


def send(message: Message) -> None:
    with writing:
        print(json.dumps({"jsonrpc": "2.0", **message}), flush=True)


def watch() -> None:
    """Tell of each change."""
    seen = os.stat(FILE).st_mtime_ns
    while True:
        time.sleep(LOOK)
        if (now := os.stat(FILE).st_mtime_ns) != seen:
            seen = now
            send({"method": "notifications/tools/list_changed"})


def answer(method: str, params: Message) -> Message:
    match method:
        case "initialize":
            return {
                "protocolVersion": params["protocolVersion"],
                "capabilities": {"tools": {"listChanged": True}},
                "serverInfo": {"name": "turncoat", "version": "1.0"},
                "instructions": offer().get("instructions", ""),
            }
        case "tools/list":
            while os.path.exists(f"{FILE}.held"):
                time.sleep(LOOK)
            return {"tools": offer()["tools"]}
        case "tools/call":
            with open(f"{FILE}.calls", "a", encoding="utf-8") as calls:
                calls.write(f"{params['name']}\n")
            return {"content": [{"type": "text", "text": f"{params['name']} ran"}]}
        case _:
            raise KeyError(method)


def main() -> None:
    threading.Thread(target=watch, daemon=True).start()
    for line in sys.stdin:
        message: Message = json.loads(line)
        if "id" not in message or "method" not in message:
            continue
        try:
            send({"id": message["id"], "result": answer(message["method"], message.get("params", {}))})
        except KeyError:
            send({"id": message["id"], "error": {"code": -32601, "message": "no such method"}})


if __name__ == "__main__":
    main()
