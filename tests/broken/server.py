"""A server that is broken in one way: `python -I -S server.py KIND`. No SDK, so that it starts in milliseconds.

Beside its one fault it is a good server of the legacy era, whose tool `echo` gives back its arguments.
`README.md` beside this file lists the kinds.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

Message = dict[str, Any]
KIND = sys.argv[1] if len(sys.argv) > 1 else "good"
FLAG = Path(sys.argv[2]) if len(sys.argv) > 2 else None
"""A file that says something about earlier starts, or stands in the way of the next one."""
listed = 0
"""How often it was asked for its tools."""
NUMBER: Message = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}


def write(data: bytes) -> None:
    """All of it, at once: a Python stream would keep what a pipe does not take."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(1, rest) :]


def send(message: Message) -> None:
    line = json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n"
    if KIND == "latin1":
        line = line.replace(b"(cafe)", b"(caf\xe9)")
    write(line * (2 if KIND == "duplicates" and "id" in message else 1))


def text(words: str, **more: Any) -> Message:
    return {"content": [{"type": "text", "text": words}], **more}


def tool(name: str) -> Message:
    more = {"outputSchema": NUMBER} if KIND == "breaks-schema" else {}
    return {"name": name, "description": "Gives back (cafe)", "inputSchema": {"type": "object"}, **more}


def sleep() -> None:
    while True:
        time.sleep(1000)


def start() -> None:
    """What goes wrong before the first message."""
    match KIND:
        case "exits":
            sys.exit("fatal: missing API key")
        case "silent":
            sleep()
        case "closes-stdin":
            os.close(0)
            sleep()
        case "closes-stdout":
            os.close(1)
            sleep()
        case "ignores-sigterm":
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
        case "garbage":
            write(b'Welcome to garbage 1.0!\n\n{"not": "a message"}\n[]\n')
        case "stderr-flood":
            for _ in range(100):
                os.write(2, (b"E" * 199 + b"\n") * 1000)
            os.write(2, b"the end of the flood\n")
        case "gone-for-good" if FLAG and FLAG.exists():
            sys.exit("the licence has run out")
        case "gone-for-good":
            os.write(2, b"serving since Monday\n")
        case _:
            pass


def initialize(params: Message) -> Message:
    version = params["protocolVersion"]
    name = KIND
    if KIND == "bad-version":
        version = "1999-01-01"
    if KIND == "changes-itself" and FLAG:
        name = "changed" if FLAG.exists() else "first"
        version = "2025-03-26" if FLAG.exists() else "2025-06-18"
        FLAG.touch()
    info = {"name": name, "version": "1"}
    capabilities: Message = {"tools": {"listChanged": True}}
    if KIND in ("silent-read", "silent-prompt"):
        capabilities |= {"resources": {}, "prompts": {}}
    return {"protocolVersion": version, "capabilities": capabilities, "serverInfo": info}


def list_tools(params: Message) -> Message:
    global listed
    listed += 1
    match KIND:
        case "endless-cursor":
            page = int(params.get("cursor", 0))
            return {"tools": [tool(f"echo{page}")], "nextCursor": str(page + 1)}
        case "many-tools":
            page = int(params.get("cursor", 0))
            more = {} if page == 99 else {"nextCursor": str(page + 1)}
            return {"tools": [tool(f"echo{at}") for at in range(page * 100, page * 100 + 100)], **more}
        case "repeated-cursor":
            return {"tools": [tool("echo")], "nextCursor": "again"}
        case "no-schema":
            return {"tools": [{"name": "bare"}, tool("echo"), "no object"]}
        case "list-no-list":
            return {"tools": "echo, add"}
        case "changes-tools":
            other = {**tool("echo"), "description": f"Changed {listed} times", "inputSchema": NUMBER}
            return {"tools": [other if listed > 1 else tool("echo"), *(tool(f"new{at}") for at in range(listed))]}
        case _:
            return {"tools": [tool("echo")]}


def call(number: Any, arguments: Message) -> Message | None:
    """The result of a call, or None for an answer of its own, or none."""
    match KIND:
        case "dies-in-call":
            os.write(2, b"Segmentation fault (almost)\n")
            os._exit(9)
        case "never-answers":
            return None
        case "wrong-ids":
            for wrong in (number + 1000, str(number) + "x", None, -1):
                send({"id": wrong, "result": text("not yours")})
            return None
        case "half-a-reply":
            write(b'{"jsonrpc":"2.0","id":%d,"result":{"content' % number)
            os._exit(0)
        case "50-mb":
            return text("x" * 50_000_000)
        case "deep":
            write(b'{"jsonrpc":"2.0","id":%d,"result":' % number + b"[" * 1_000_000 + b"]" * 1_000_000 + b"}\n")
            return None
        case "deep-content":
            # Deep, yet readable for the parsers: whoever walks it recursively falls.
            deep: Message = {}
            for _ in range(180):
                deep = {"in": deep}
            return text("deep", structuredContent=deep)
        case "breaks-schema":
            return text("three", structuredContent={"n": "three"})
        case "no-result":
            write(b'{"jsonrpc":"2.0","id":%d}\n' % number)
            return None
        case "flood":
            changed = json.dumps({"jsonrpc": "2.0", "method": "notifications/tools/list_changed"})
            log = {"level": "info", "logger": "flood", "data": "another drop"}
            logged = json.dumps({"jsonrpc": "2.0", "method": "notifications/message", "params": log})
            write(f"{changed}\n{logged}\n".encode() * 2_500)
        case "asks-a-lot":
            ask = {"message": "Well?", "requestedSchema": {"type": "object", "properties": {}}}
            for at in range(30):
                send({"id": f"q{at}", "method": "elicitation/create", "params": ask})
            replies = [json.loads(sys.stdin.readline()) for _ in range(30)]
            return text(f"{sum('error' in reply for reply in replies)} refused")
        case "changes-tools":
            send({"method": "notifications/tools/list_changed"})
        case _:
            pass
    return text(json.dumps(arguments))


def answer(message: Message) -> None:
    number, params = message["id"], message.get("params", {})
    match message["method"]:
        case "server/discover" if KIND == "ignores-discover":
            pass
        case "initialize" if KIND in ("half-a-line", "half-a-line-hangs"):
            write(b'{"jsonrpc":"2.0","id":%d,"result":{"prot' % number)
            if KIND == "half-a-line-hangs":
                sleep()
            os._exit(0)
        case "initialize" if KIND == "initialize-error":
            send({"id": number, "error": {"code": -32603, "message": "the database is asleep"}})
        case "initialize":
            send({"id": number, "result": initialize(params)})
        case "tools/list" if KIND == "list-error":
            send({"id": number, "error": {"code": -32603, "message": "the tools are on holiday"}})
        case "tools/list":
            send({"id": number, "result": list_tools(params)})
        case "resources/list":
            send({"id": number, "result": {"resources": [{"uri": "broken://a", "name": "a"}]}})
        case "prompts/list":
            send({"id": number, "result": {"prompts": [{"name": "greet"}]}})
        case "resources/read" | "prompts/get":
            pass  # only the kinds that never answer these say that they have any
        case "tools/call":
            if result := call(number, params.get("arguments", {})):
                send({"id": number, "result": result})
        case _:
            send({"id": number, "error": {"code": -32601, "message": "no such method"}})


def main() -> None:
    start()
    for line in sys.stdin:
        message: Message = json.loads(line)
        if "id" in message and "method" in message:
            answer(message)
    if KIND == "ignores-sigterm":
        sleep()


if __name__ == "__main__":
    main()
