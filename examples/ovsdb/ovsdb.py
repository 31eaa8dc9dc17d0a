#!/usr/bin/env python3
"""OVSDB for Tribunal: registers and sets, each call one transaction by JSON-RPC."""
import json
import socket
import sys
import time


class Failed(Exception):
    """The call certainly had no effect."""


def say(line):
    print(json.dumps(line), flush=True)


opening = json.loads(sys.stdin.readline())
host, port = opening["address"].rsplit(":", 1) if opening["address"] else ("", 0)
quorum = opening["options"].get("reads") == "quorum"
connection, received = None, ""


def message(until):
    global received
    while True:
        try:
            found, end = json.JSONDecoder().raw_decode(received)
            received = received[end:]
            return found
        except json.JSONDecodeError:
            connection.settimeout(max(0.001, until - time.monotonic()))
            more = connection.recv(65536)
            if not more:
                raise OSError("connection closed without an answer")
            received += more.decode()


def transact(number, operations, until):
    global connection, received
    if connection is None:
        try:
            connection, received = socket.create_connection((host, int(port)), max(0.001, until - time.monotonic())), ""
        except OSError as error:
            raise Failed(f"no connection: {error}")
    request = {"method": "transact", "params": ["kv", *operations], "id": number}
    connection.sendall(json.dumps(request).encode())
    while (answer := message(until)).get("id") != number:
        if answer.get("method") == "echo":  # it asks whether we still live
            connection.sendall(json.dumps({"result": [], "error": None, "id": answer["id"]}).encode())
    for result in answer["result"] or [{"error": answer["error"]}]:
        if result and result.get("error") == "timed out":  # of the operation `wait`
            raise Failed("value did not match")
        if result is None or result.get("error"):
            raise OSError(str(result and result["error"]))
    return answer["result"]


def carry_out(call, until):
    kind, number, here = call["call"], call["id"], [["key", "==", call["key"]]]
    if kind in ("read", "read-set"):
        table, column = ("register", "value") if kind == "read" else ("element", "element")
        look = [{"op": "delete", "table": "look", "where": []},
                {"op": "insert", "table": "look", "row": {"times": number}}] if quorum else []
        select = {"op": "select", "table": table, "where": here, "columns": [column]}
        found = [row[column] for row in transact(number, [select, *look], until)[0]["rows"]]
        return {"elements": found} if kind == "read-set" else {"value": found[0] if found else None}
    if kind == "write":
        row = {"key": call["key"], "value": call["value"]}
        transact(number, [{"op": "delete", "table": "register", "where": here},
                          {"op": "insert", "table": "register", "row": row}], until)
    elif kind == "cas":
        transact(number, [{"op": "wait", "timeout": 0, "table": "register", "where": here, "until": "==",
                           "columns": ["value"], "rows": [{"value": call["from"]}]},
                          {"op": "update", "table": "register", "where": here, "row": {"value": call["to"]}}],
                 until)
    elif kind == "add":
        row = {"key": call["key"], "element": call["element"]}
        transact(number, [{"op": "insert", "table": "element", "row": row}], until)
    return {}


say({"tribunal": 1, "name": "OVSDB in Python", "calls": ["read", "write", "cas", "add", "read-set"]})
for line in sys.stdin:
    call = json.loads(line)
    answer = {"id": call["id"]}
    try:
        answer.update(carry_out(call, time.monotonic() + call["timeout"] / 1000), outcome="ok")
    except Failed as error:
        answer.update(outcome="failed", error=str(error))
    except (OSError, ValueError) as error:
        answer.update(outcome="unknown", error=str(error))
        connection.close()
        connection = None
    say(answer)
