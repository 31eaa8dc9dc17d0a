#!/usr/bin/env python3
"""memcached for Tribunal: registers with compare-and-set. What each part is for: docs/adapters.md"""
import json, socket, sys, time
class Failed(Exception): pass  # the call certainly had no effect

opening = json.loads(sys.stdin.readline())
connection = answers = None

def connect(until):
    global connection, answers
    host, port = opening["address"].rsplit(":", 1)
    try:
        connection = socket.create_connection((host, int(port)), max(0.001, until - time.monotonic()))
        answers = connection.makefile("rb")
    except OSError as error:
        raise Failed(f"no connection: {error}")

def ask(text, until):  # sends a request once; the first line of its answer
    if connection is None: connect(until)
    connection.settimeout(max(0.001, until - time.monotonic()))
    connection.sendall(text.encode())
    line = answers.readline()
    if not line.endswith(b"\r\n"): raise OSError("connection closed without an answer")
    return line.decode().split()

def read(name, until):  # its value or None, and memcached's own number for a compare-and-set
    found = ask(f"gets {name}\r\n", until)
    if found == ["END"]: return None, None
    if found[0] != "VALUE": raise OSError(" ".join(found))
    value, end = int(answers.readline()), answers.readline()
    if end != b"END\r\n": raise OSError("answer cut short")
    return value, found[4]

def store(command, value, number, until):
    answer = ask(f"{command} 0 0 {len(str(value))}{number}\r\n{value}\r\n", until)
    if answer in (["EXISTS"], ["NOT_FOUND"]): raise Failed("value did not match")
    if answer != ["STORED"]: raise OSError(" ".join(answer))  # "SERVER_ERROR ...": who knows
    return {}

def carry_out(call, until):
    name = f"register-{call['key']}"
    if call["call"] == "write":
        return store(f"set {name}", call["value"], "", until)
    value, number = read(name, until)
    if call["call"] == "read": return {"value": value}
    if value != call["from"]: raise Failed("value did not match")
    return store(f"cas {name}", call["to"], f" {number}", until)

print(json.dumps({"tribunal": 1, "calls": ["read", "write", "cas"]}), flush=True)
for line in sys.stdin:
    call = json.loads(line)
    try:
        answer = {**carry_out(call, time.monotonic() + call["timeout"] / 1000), "outcome": "ok"}
    except Failed as error:
        answer = {"outcome": "failed", "error": str(error)}
    except (OSError, ValueError) as error:  # it may have arrived: never say failed here
        answer = {"outcome": "unknown", "error": str(error)}
        connection.close()  # so that the late answer cannot pass for the next one
        connection = None
    print(json.dumps({"id": call["id"], **answer}), flush=True)
