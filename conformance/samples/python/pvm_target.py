#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""The machine of `pvm.py` as a target of `pvm-conform`: protocol 1, one JSON object per line on stdin and stdout."""

import json
import re
import sys
from contextlib import suppress
from itertools import takewhile

from pvm import VERSIONS, Config, Machine, Program, Refused

FEATURES = ["raw", "polkavm", "flat-1", "block_costs", "async", "dynamic_paging", "aux", "page_size", "strict", "trace"]
PC, GAS = (0, 2**32 - 1), (-(2**63), 2**63 - 1)
HELLO = {"protocol": 1, "name": "pvm-python", "version": "1.0.0", "semantics": list(VERSIONS), "features": FEATURES}


def number(value, low=0, high=2**64 - 1):
    """A number of the protocol: a JSON integer, or a string such as "0x2a"."""
    if isinstance(value, str) and re.fullmatch(r"-?0x[0-9a-f]+", value):
        value = int(value, 16)
    if type(value) is not int or not low <= value <= high:
        raise ValueError(f"not a number from {low} to {high}: {value!r}")
    return value


def load(job):
    """The program of a request; may raise Refused."""
    version, config, program = VERSIONS.get(job["semantics"]), job.get("config", {}), job["program"]
    if version is None or config.get("gas_model") == "pipeline-1":
        raise ValueError("a version or a gas model that this target hasn't announced")
    kinds = {"page_size": number, "aux_size": number, "arguments": bytes.fromhex}
    settings = {name: kinds.get(name, lambda value: value)(config[name]) for name in Config._fields if name in config}
    return Program(version, program["container"], bytes.fromhex(program["bytes"]), Config(**settings))


def prepare(machine, pre):
    """Brings a new machine into the state in which a case begins, by the steps that a host would take."""
    pages, data, registers = pre.get("pages", []), pre.get("memory", []), enumerate(pre.get("regs", []))
    steps = [{"do": "set_gas", "gas": pre.get("gas", "0x3b9aca00")}]
    steps += [{"do": "set_pc", "pc": pre["pc"]}] if pre.get("pc") is not None else []
    steps += [{"do": "set_reg", "reg": register, "value": value} for register, value in registers]
    steps += [dict(page, do="map", writable=True) for page in pages]
    steps += [dict(item, do="write") for item in data] + [dict(page, do="protect") for page in pages]
    if not all([act(machine, step)["ok"] for step in steps]):
        raise ValueError("pages or memory that can't be put in place")
    return machine


def report(machine, ranges):
    """How the last run has ended, and what there is to see of the machine."""
    end, memory, registers = machine.last, machine.memory, [hex(value) for value in machine.registers]
    reply = {"regs": registers, "gas": hex(machine.gas)}
    if end.status is not None:
        reply.update(status=end.status, pc=end.pc, next_pc=end.next_pc)
    if end.number is not None:
        reply["host_call"] = hex(end.number)
    if end.fault is not None:
        reply["fault"] = {"address": hex(end.fault[0]), "write_protected": end.fault[1]}
    ranges = [(number(item["address"]), number(item["length"])) for item in ranges]
    reply["memory"] = [{"address": hex(address), "bytes": memory.get(address, length).hex()}
                       for address, length in ranges if memory.host_may(address, length, False)]
    return reply


def act(machine, step):
    """One step of a case: a run, or something that the host does."""
    what, memory, done = step["do"], machine.memory, True
    address, length = number(step.get("address", 0)), number(step.get("length", 0))
    if what in ("run", "check"):
        if what == "run" and not machine.run():
            raise ValueError("there is nowhere to continue")
        return report(machine, step.get("read", []))
    if what == "read":
        done = memory.host_may(address, length, False)
        return {"ok": True, "bytes": memory.get(address, length).hex()} if done else {"ok": False}
    if what == "set_reg":
        machine.registers[number(step["reg"], 0, 12)] = number(step["value"]) & machine.mask
    elif what == "set_pc":
        machine.set_pc(number(step["pc"], *PC))
    elif what == "set_gas":
        machine.gas = number(step["gas"], *GAS)
    elif what == "write":
        data = bytes.fromhex(step["bytes"])
        done = memory.host_may(address, len(data), True)
        memory.put(address, data if done else b"")
    elif what in ("map", "protect", "unmap"):
        done = memory.host_map(address, length, None if what == "unmap" else step["writable"], what == "protect")
    else:
        raise ValueError(f"unknown step: {what!r}")
    return {"ok": done}


def trace(program, job):
    """The state before each instruction, at most `max_steps` times."""
    steps, limit = [], number(job["max_steps"])

    def observe(at):
        if len(steps) >= limit:
            raise StopIteration
        steps.append({"pc": at, "gas": hex(machine.gas), "regs": [hex(value) for value in machine.registers]})

    machine = prepare(Machine(program, observe), job.get("pre", {}))
    with suppress(StopIteration, ValueError):  # enough, or a step that can't be made
        for step in job.get("steps", []):
            act(machine, step)
    return steps


def answer(line):
    """The reply to a request line, or None to end."""
    reply = {}
    try:
        ((kind, job),) = json.loads(line).items()
        if kind == "bye":
            return None
        if kind == "hello" and job["protocol"] == 1:
            return {"hello": HELLO}
        if kind not in ("run", "trace"):
            raise ValueError("neither run nor trace nor bye, nor a hello of protocol 1")
        reply["seq"] = number(job["seq"])
        program = load(job)
        if kind == "trace":
            reply["trace"] = trace(program, job)
        elif "block_costs" in job:
            starts = [(pc, program.block_start.get(number(pc))) for pc in job["block_costs"]]
            reply["block_costs"] = [{"pc": pc, "cost": hex(program.costs[at])} for pc, at in starts if at is not None]
        else:
            machine = prepare(Machine(program), job.get("pre", {}))
            reply["steps"] = [act(machine, step) for step in job.get("steps", [])]
    except Refused as refused:
        reply["rejected"] = dict(zip(("phase", "reason"), refused.args))
    except Exception as error:
        reply["error"] = f"{type(error).__name__}: {error}"
    return reply


if __name__ == "__main__":
    for reply in takewhile(bool, map(answer, sys.stdin.buffer)):
        print(json.dumps(reply, separators=(",", ":")), flush=True)
