# MCP's Python client as users have it, `async with Client(url)`, driven line by line: each line on stdin is a step of
# one client, each line on stdout what came of it. It judges nothing; the tests do.
import asyncio
import json
import logging
import sys
from contextvars import ContextVar

from fastmcp import Client

# Which client a line is of. A client's tasks inherit it, so that the requests they make are known as its own.
CLIENT: ContextVar[int] = ContextVar("CLIENT")


# Nothing but lines goes there: whatever else a library prints is for people.
LINES, sys.stdout = sys.stdout, sys.stderr


def tell(kind, value=None):
    print(json.dumps({"client": CLIENT.get(), "kind": kind, "value": value}), file=LINES, flush=True)


class RequestLog(logging.Handler):
    """Tells each HTTP exchange from the HTTP library's own log, so that the client needs no hook."""

    def emit(self, record):
        if record.getMessage().startswith("HTTP Request: "):
            method, _, _, status, _ = record.args
            tell("request", f"{method} {status}")


async def on_log(message):
    tell("log", {"level": message.level, "data": message.data})


async def on_progress(progress, total, message):
    tell("progress", {"progress": progress, "total": total, "message": message})


def plain(models):
    return [model.model_dump(mode="json", by_alias=True, exclude_none=True) for model in models]


async def call(client, tool, arguments, timeout=None):
    result = await client.call_tool(tool, arguments, timeout=timeout)
    return {
        "content": plain(result.content),
        "structuredContent": result.structured_content,
        "data": result.data,
        "type": type(result.data).__name__,
    }


async def take(client, step):
    match step:
        case {"do": "call", "tool": tool, "arguments": arguments, **rest}:
            return await call(client, tool, arguments, **rest)
        case {"do": "tools"}:
            return plain(await client.list_tools())
        case {"do": "resources"}:
            return plain(await client.list_resources())
        case {"do": "templates"}:
            return plain(await client.list_resource_templates())
        case {"do": "read", "uri": uri}:
            return plain(await client.read_resource(uri))
    raise ValueError(f"not a step: {step}")


async def live(number, url, steps):
    """One client, from entering its block to leaving it."""
    CLIENT.set(number)
    try:
        async with Client(url, log_handler=on_log, progress_handler=on_progress) as client:
            tell("result", client.transport.get_session_id())
            while (step := await steps.get())["do"] != "leave":
                try:
                    tell("result", await take(client, step))
                except Exception as error:
                    tell_error(error)
        tell("result")
    except Exception as error:
        tell_error(error)


def tell_error(error):
    tell("error", {"type": type(error).__name__, "code": getattr(error, "code", None), "message": str(error)})


async def main():
    for library in ("httpx", "httpx2"):
        logging.getLogger(library).setLevel(logging.INFO)
        logging.getLogger(library).addHandler(RequestLog())
    clients = {}
    while line := await asyncio.to_thread(sys.stdin.readline):
        step = json.loads(line)
        number = step.pop("client")
        if step["do"] == "enter":
            steps = asyncio.Queue()
            clients[number] = (steps, asyncio.create_task(live(number, step["url"], steps)))
        else:
            clients[number][0].put_nowait(step)


asyncio.run(main())
