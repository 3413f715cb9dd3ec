"""The nine tools: each a function of its call and its arguments, with a description that clients are told."""

from __future__ import annotations

import time
from datetime import datetime, timezone

MAX_NOTE_BYTES = 64 * 1024
MAX_WATCH_SECONDS = 30
LOOK_SECONDS = 0.5

# Each tool's function, and what clients are told of it.
TOOLS: dict[str, tuple] = {}


class BadArguments(Exception):
    """Nothing was executed."""


def tool(description: str, **arguments: dict):
    """Registers a tool under its function's name. `arguments` are JSON Schemas."""

    def register(run):
        required = {"required": list(arguments)} if arguments else {}
        schema = {"type": "object", "properties": arguments, **required}
        TOOLS[run.__name__] = (run, {"description": description, "inputSchema": schema})
        return run

    return register


def run_tool(name: str, arguments: dict, call) -> dict:
    if name not in TOOLS:
        raise BadArguments(f"Tool {name} not found")
    run, described = TOOLS[name]
    known = described["inputSchema"]["properties"]
    return run(call, **{each: _checked(each, arguments.get(each), schema) for each, schema in known.items()})


def _checked(name: str, value, schema: dict):
    if schema["type"] == "string":
        if isinstance(value, str):
            return value
    elif type(value) is int and schema["minimum"] <= value <= schema.get("maximum", value):
        return value
    raise BadArguments(f"{name}: {schema['description']}")


@tool("Adds one to this session's counter and returns its new value.")
def increment_counter(call):
    return {"counter": call.store.increment(call.session.id)}


@tool("Returns this session's counter, 0 where it was never incremented.")
def get_counter(call):
    return {"counter": call.store.read(call.session.id)["counter"]}


@tool("Appends a note and returns how many there are.", note={"type": "string", "description": "Up to 64 KiB of text."})
def add_note(call, note):
    if len(note.encode("utf-8", "surrogatepass")) > MAX_NOTE_BYTES:
        raise BadArguments("note: Up to 64 KiB of text.")
    return {"notes_count": call.store.add_note(call.session.id, note)}


@tool("Returns this session's notes in the order they were added.")
def list_notes(call):
    return {"notes": call.store.read(call.session.id)["notes"]}


@tool("Returns the instance that serves this session and how many sessions there are.")
def get_server_info(call):
    return {"sessions": call.store.count()}


@tool("Returns the instance's uptime, how many sessions there are, and the time.")
def get_status(call):
    now = datetime.now(timezone.utc).isoformat(timespec="milliseconds")
    uptime = max(0.1, round(time.monotonic() - call.started, 1))
    return {"uptime_seconds": uptime, "active_sessions": call.store.count(), "timestamp": now.replace("+00:00", "Z")}


ITEMS = {"type": "integer", "minimum": 0, "maximum": 1000, "description": "How many items to analyze, 0 to 1000."}


@tool("Scores a number of items one by one and stores the total.", num_items=ITEMS)
def analyze_data(call, num_items):
    call.log("info", f"Starting analysis of {num_items} items on {call.instance}")
    call.log("debug", "Phase 1: Input validation")
    call.progress(0, num_items, "Validating input data")
    call.sleep(0.5)
    for item in range(1, num_items + 1):
        call.progress(item, num_items, f"Processing item {item}/{num_items}")
        call.log("debug", f"Processing item {item}")
        call.sleep(0.3)
    call.log("info", "Aggregating results")
    call.sleep(0.3)
    score = 0.75 * num_items * (num_items + 1)
    result = {"total_score": int(score) if score.is_integer() else score, "items_processed": num_items}
    call.store.set_analysis(call.session.id, result)
    call.log("info", f"Analysis complete: processed {num_items} items, total score={result['total_score']}")
    return result


DURATION = {"type": "integer", "minimum": 0, "description": "How long, in seconds; over 30 is taken as 30."}


@tool("Watches this session's counter and returns each change that it saw.", duration_seconds=DURATION)
def watch_counter(call, duration_seconds):
    duration = min(duration_seconds, MAX_WATCH_SECONDS)
    started = time.monotonic()
    seen = get_counter(call)["counter"]
    call.log("info", f"Watching counter for {duration}s (current: {seen})")
    call.progress(0, duration, "Watching...")
    changes = []
    for look in range(1, int(duration / LOOK_SECONDS) + 1):
        at = look * LOOK_SECONDS
        call.sleep(started + at - time.monotonic())
        now = get_counter(call)["counter"]
        call.progress(at, duration, "Watching...")
        if now != seen:
            changes.append({"from": seen, "to": now, "at": at})
            call.log("info", f"Counter changed: {seen} -> {now}")
            seen = now
    call.log("info", f"Watch complete. {len(changes)} change(s) detected.")
    return {"changes": changes, "total_changes": len(changes)}


OLD_ID = {"type": "string", "description": "The mcp-session-id of the session to resume."}


@tool("Copies the state of an earlier session into this one.", old_session_id=OLD_ID)
def resume_session(call, old_session_id):
    if old_session_id == call.session.id:
        call.store.read(call.session.id)  # A use like any other: it slides the deadline.
        return {"status": "same_session"}
    return {"status": "resumed", "keys_copied": call.store.copy(old_session_id, call.session.id)}
