"""A server of the legacy era without any SDK, for the tests. Usage: raw_server.py [MODE]

The mode says how it behaves as a whole; each of its tools misbehaves in one way when called.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import Any

MODE = sys.argv[1] if len(sys.argv) > 1 else ""
TOOLS = (
    "echo",
    "never",
    "die",
    "half",
    "big",
    "stray",
    "latin1",
    "deep",
    "hologram",
    "misfit",
    "ask",
    "sample",
    "log",
    "change",
    "pid",
    "env",
    "refuse",
    "roots",
    "visit",
    "verbatim",
    "done",
)
Message = dict[str, Any]
QUESTION = {
    "message": "Who are you?",
    "requestedSchema": {"type": "object", "properties": {"name": {"type": "string"}}},
}
changes = 0
late: list[Any] = []
visits = 0


def send(message: Message) -> None:
    sys.stdout.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
    sys.stdout.flush()


def write(data: bytes) -> None:
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def text(words: str, **more: Any) -> Message:
    return {"content": [{"type": "text", "text": words}], **more}


def tool(name: str) -> Message:
    schema: Message = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
    output = {"outputSchema": schema} if name == "misfit" else {}
    return {"name": name, "inputSchema": {"type": "object"}, "x-custom": 1, **output}


def receive() -> Message:
    return json.loads(sys.stdin.readline())


def list_tools(params: Message) -> Message:
    if MODE == "repeats":
        return {"tools": [tool("echo")], "nextCursor": "again"}
    if MODE == "pages":
        page = int(params.get("cursor", 0))
        return {"tools": [tool(f"t{page}")], **({"nextCursor": str(page + 1)} if page < 2 else {})}
    if MODE == "many":
        return {"tools": [tool(f"t{at}") for at in range(10_003)]}
    if MODE == "malformed":
        return {"tools": [tool("echo"), {"name": "no schema"}, "no object"]}
    return {"tools": [tool(name) for name in [*TOOLS, *(f"new{at}" for at in range(changes))]]}


def capabilities() -> Message:
    if MODE == "bare":
        return {}
    return {"tools": {"listChanged": True}, "prompts": {}, "resources": {}}


def call(name: str, number: Any, arguments: Message) -> Message | None:
    """The result of a tool, or None when it answers in its own way, or never."""
    global changes
    match name:
        case "never":
            return None
        case "die":
            os._exit(9)
        case "half":
            write(b'{"jsonrpc":"2.0","id":')
            os._exit(0)
        case "big":
            return text("x" * 50_000_000)
        case "stray":
            write(b"a line of a print statement\n\n")
        case "latin1":
            write(b'{"jsonrpc":"2.0","id":%d,"result":{"content":[{"type":"text","text":"caf\xe9"}]}}\n' % number)
            return None
        case "deep":
            write(b'{"jsonrpc":"2.0","id":%d,"result":' % number + b"[" * 1_000_000 + b"\n")
            return None
        case "hologram":
            return {"content": [{"type": "hologram", "beam": 1}], "x-unknown": 2}
        case "misfit":
            return text("ok", structuredContent={"n": "three"})
        case "ask":
            send({"id": "q1", "method": "elicitation/create", "params": QUESTION})
            return text(json.dumps(receive().get("result")))
        case "sample":
            asking = {"messages": [{"role": "user", "content": {"type": "text", "text": "2 + 2?"}}], "maxTokens": 9}
            asking |= arguments
            send({"id": "q2", "method": "sampling/createMessage", "params": asking})
            reply = receive()
            return text(json.dumps(reply.get("result") or reply.get("error")))
        case "roots":
            send({"id": "q3", "method": "roots/list"})
            reply = receive()
            return text(json.dumps(reply.get("result") or reply.get("error")))
        case "log":
            send({"method": "notifications/message", "params": {"level": "info", "logger": "db", "data": "opened"}})
        case "change":
            for _ in range(5):
                changes += 1
                send({"method": "notifications/tools/list_changed"})
        case "done":
            send({"method": "notifications/elicitation/complete", "params": {"elicitationId": arguments["id"]}})
        case "verbatim":
            return arguments
        case "pid":
            return text(str(os.getpid()))
        case "env":
            return text(json.dumps(dict(os.environ)))
        case _:
            pass
    return text(json.dumps(arguments))


def answer(message: Message) -> None:
    global visits
    number, params = message["id"], message.get("params", {})
    match message["method"]:
        case "server/discover" if MODE == "deaf":
            pass
        case "server/discover" if MODE == "slow":
            late.append(number)
        case "initialize":
            for each in late:
                send({"id": each, "error": {"code": -32601, "message": "no such method"}})
            version = "1999-01-01" if MODE == "ancient" else params["protocolVersion"]
            info = {"name": "raw", "version": "1", "x-odd": True}
            send(
                {
                    "id": number,
                    "result": {"protocolVersion": version, "capabilities": capabilities(), "serverInfo": info},
                }
            )
        case "tools/list" if MODE == "no-tools-list":
            send({"id": number, "error": {"code": -32603, "message": "the tools are on holiday"}})
        case "tools/list":
            send({"id": number, "result": list_tools(params)})
        case "prompts/list":
            send({"id": number, "result": {"prompts": [{"name": "greet", "arguments": [{"name": "who"}]}]}})
        case "resources/list":
            send({"id": number, "result": {"resources": [{"uri": "raw://a", "name": "a", "size": 3}]}})
        case "prompts/get":
            send({"id": number, "result": json.loads(params["arguments"]["who"])})
        case "resources/read":
            send({"id": number, "result": {"contents": [{"uri": "raw://a", "blob": "no base64!"}]}})
        case "tools/call" if params["name"] == "refuse":
            send({"id": number, "error": {"code": -32000, "message": "not today", "data": {"until": "Monday"}}})
        case "tools/call" if params["name"] == "visit" and visits < 1 + MODE.count("pushy") * 99:
            visits += 1
            wish = {"mode": "url", "elicitationId": "e1", "url": "https://example.org/pay", "message": "Pay first"}
            send({"id": number, "error": {"code": -32042, "message": "pay first", "data": {"elicitations": [wish]}}})
        case "tools/call":
            result = call(params["name"], number, params.get("arguments", {}))
            if result is not None:
                send({"id": number, "result": result})
        case _:
            send({"id": number, "error": {"code": -32601, "message": "no such method"}})


def main() -> None:
    match MODE:
        case "exits":
            print("fatal: missing API key", file=sys.stderr)
            sys.exit(3)
        case "silent":
            time.sleep(1000)
        case "stubborn":
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
        case "floods":
            sys.stderr.write(("E" * 200 + "\n") * 100_000 + "the end\n")
        case "parent":
            child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"])
            print(child.pid, file=sys.stderr, flush=True)
        case _:
            pass
    for line in sys.stdin:
        message: Message = json.loads(line)
        if MODE == "strict" and message.get("method") == "server/discover":
            sys.exit("expected initialize")
        if MODE == "asks" and message.get("method") == "notifications/initialized":
            send({"id": "q0", "method": "elicitation/create", "params": QUESTION})
        if message.get("method") == "notifications/cancelled":
            print("told to stop", message["params"]["requestId"], file=sys.stderr, flush=True)
        if message.get("method") == "notifications/roots/list_changed":
            print("told of other roots", file=sys.stderr, flush=True)
        if "id" in message and "method" in message:
            answer(message)
        if MODE == "fickle" and message.get("method") == "resources/templates/list":
            sys.exit(4)
    while MODE == "stubborn":
        time.sleep(1000)


if __name__ == "__main__":
    main()
