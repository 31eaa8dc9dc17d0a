#!/usr/bin/env python3
"""Tarantool for Tribunal, by its console: a line of Lua goes, YAML comes back up to a line "..."."""
import json, socket, sys, time
class Failed(Exception): pass  # the call certainly had no effect

opening = json.loads(sys.stdin.readline())
primary, *replicas = opening["addresses"] or [opening["address"]]  # n1 comes first
by_replica = opening["options"].get("reads") == "replica"
connections = {}  # by address: a socket and its answers

def connect(address, until):
    host, port = address.rsplit(":", 1)
    try:
        connection = socket.create_connection((host, int(port)), max(0.001, until - time.monotonic()))
    except OSError as error:
        raise Failed(f"no connection: {error}")
    connections[address] = connection, connection.makefile("rb")
    for _ in range(2): line_of(address, until)  # its greeting

def line_of(address, until):
    connection, answers = connections[address]
    connection.settimeout(max(0.001, until - time.monotonic()))
    line = answers.readline()
    if not line.endswith(b"\n"): raise OSError("connection closed without an answer")
    return line.decode().rstrip("\n")

def ask(address, lua, until):  # sends it once; what is between "---" and "..."
    if address not in connections: connect(address, until)
    connections[address][0].sendall(lua.encode() + b"\n")
    lines = [line_of(address, until)]
    while lines[-1] != "...": lines.append(line_of(address, until))
    said = " ".join(lines[1:-1]).strip()
    if "error" in said: raise (Failed if "read-only" in said else OSError)(said)
    return said.removeprefix("- ")

def carry_out(call, address, until):
    numbers = [str(call[name]) for name in ("key", "value", "element", "from", "to") if name in call]
    said = ask(address, f"return {call['call'].replace('-', '_')}({', '.join(numbers)})", until)
    if call["call"] == "read": return {"value": None if said == "null" else int(said)}
    if call["call"] == "read-set": return {"elements": json.loads(said.strip("'"))}
    if call["call"] == "cas" and said == "false": raise Failed("value did not match")
    return {}

print(json.dumps({"tribunal": 1, "calls": ["read", "write", "cas", "add", "read-set"]}), flush=True)
for line in sys.stdin:
    call = json.loads(line)
    address = opening["address"] if by_replica and call["call"].startswith("read") else primary
    try:
        answer = {**carry_out(call, address, time.monotonic() + call["timeout"] / 1000), "outcome": "ok"}
    except Failed as error:
        answer = {"outcome": "failed", "error": str(error)}
    except (OSError, ValueError) as error:  # it may have arrived: never say failed here
        answer = {"outcome": "unknown", "error": str(error)}
        if address in connections: connections.pop(address)[0].close()
    print(json.dumps({"id": call["id"], **answer}), flush=True)
