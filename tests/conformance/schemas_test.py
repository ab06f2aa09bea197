# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Checks the JSON Schemas: every committed file is valid, and every kind of damage to an example isn't.

Usage: schemas_test.py CONFORMANCE_DIR
"""

import copy
import json
import pathlib
import sys

import jsonschema

ZEROS = ["0x0"] * 13

EXECUTION = {
    "id": "rv64-1/test.x",
    "why": "An example.",
    "clauses": ["exit.trap"],
    "requires": ["raw", "flat-1", "dynamic_paging"],
    "config": {"dynamic_paging": True, "gas_model": "flat-1"},
    "program": {"container": "raw", "bytes": "0000010001"},
    "disassembly": ["0: trap"],
    "pre": {"pc": 0, "gas": "-0x1", "regs": ZEROS, "pages": [{"address": "0x10000", "length": 4096, "writable": True}],
            "memory": [{"address": "0x10000", "bytes": "00ff"}]},
    "steps": [
        {"do": "run", "post": {"status": "trap", "pc": 0, "next_pc": None, "regs": ZEROS, "gas": "0x7fffffffffffffff"}},
        {"do": "run", "post": {"any_of": [{"status": "page_fault", "fault": {"address": "0x10000", "write_protected": False}}, {"status": "halt"}]}},
        {"do": "check", "post": {"memory": [{"address": "0x10000", "bytes": "00"}]}},
        {"do": "set_reg", "reg": 12, "value": "0xffffffffffffffff"},
        {"do": "set_pc", "pc": 4294967295},
        {"do": "set_gas", "gas": "-0x8000000000000000"},
        {"do": "write", "address": "0x0", "bytes": "", "ok": True},
        {"do": "read", "address": "0x0", "length": 1, "ok": True, "bytes": "00"},
        {"do": "read", "address": "0x0", "length": 1, "ok": False},
        {"do": "map", "address": "0x0", "length": 1, "writable": False, "ok": False},
        {"do": "protect", "address": "0x0", "length": 1, "writable": False, "ok": False},
        {"do": "unmap", "address": "0x0", "length": 1, "ok": False},
    ],
}
REJECTION = {
    "id": "jam-1/test.y", "why": "Another.", "clauses": ["blob.magic"], "requires": ["polkavm"],
    "program": {"container": "polkavm", "bytes": ""}, "disassembly": [], "rejected": {"phase": "decode", "reason": "truncated"},
}
COSTS = {
    "id": "import-c/z", "why": "Imported.", "clauses": [], "requires": ["raw", "pipeline-1", "block_costs"],
    "config": {"gas_model": "pipeline-1", "memory_cost": 25}, "program": {"container": "raw", "bytes": "00"}, "disassembly": [],
    "block_costs": [{"pc": 0, "cost": "0x2"}], "origin": {"dialect": "c", "name": "z"},
}
VECTORS = {"schema": 1, "semantics": "rv64-1", "group": "test", "cases": [EXECUTION, REJECTION, COSTS]}
MANIFEST = {
    "schema": 1, "suite": "1.0.0", "spec": "1.0.0",
    "files": [{"path": "vectors/rv64-1/test.json", "sha256": "0" * 64, "semantics": "rv64-1", "group": "test", "count": 1,
               "clauses": ["exit.trap"], "requires": ["raw"], "cases": {"rv64-1/test.x": "0123456789abcdef"}}],
    "withdrawn": {"rv64-1/test.old": "It contradicted the document."},
}
RELEASE = {"schema": 1, "suite": "1.0.0", "spec": "1.0.0", "cases": {"rv64-1/test.x": "0123456789abcdef"}}
EXPECTED = {"schema": 1, "expected": [{"id": "rv64-1/alu.*", "reason": "not done yet", "link": "https://example.org/1"}]}
JOB = {
    "seq": 1, "id": "x", "semantics": "rv64-1",
    "config": {"page_size": 4096, "aux_size": 0, "dynamic_paging": False, "strict": False, "gas_model": "flat-1", "memory_cost": 25,
               "metering": "sync", "arguments": ""},
    "program": {"container": "raw", "bytes": ""}, "pre": {"pc": None, "gas": "0x0", "regs": ZEROS, "pages": [], "memory": []},
    "steps": [{"do": "run", "read": [{"address": "0x10000", "length": 4}]}, {"do": "read", "address": "0x0", "length": 1}],
}
COST_JOB = {key: value for key, value in JOB.items() if key not in ("pre", "steps")} | {"block_costs": [0]}
LINES = [
    {"hello": {"protocol": 1}},
    {"hello": {"protocol": 1, "name": "vm", "version": "1", "semantics": ["rv32-1"], "features": ["raw", "trace"]}},
    {"run": JOB},
    {"run": COST_JOB},
    {"trace": JOB | {"max_steps": 10}},
    {"bye": {}},
    {"seq": 1, "steps": [{"status": "halt", "pc": None, "regs": ZEROS, "gas": "0x1", "memory": []}, {"ok": True, "bytes": "00"}]},
    {"seq": 1, "rejected": {}},
    {"seq": 1, "rejected": {"phase": "validate", "reason": "invalid_opcode"}},
    {"seq": 1, "block_costs": [{"pc": 0, "cost": "0x1"}]},
    {"seq": 1, "trace": [{"pc": 0, "gas": "0x1", "regs": ZEROS}]},
    {"seq": 1, "error": "what went wrong"},
    {"error": "no seq could be read"},
]
# Objects whose members are named by data, and lists or objects of which anything may be left out.
FREE_NAMES = {"cases", "withdrawn"}


def damaged(value, path=()):
    """Every copy of a JSON value with one member too many, or one value of another type."""
    if isinstance(value, dict):
        if not path or path[-1] not in FREE_NAMES:
            yield path, value | {"extra": 1}
        for key, member in value.items():
            for place, copied in damaged(member, path + (key,)):
                yield place, value | {key: copied}
    elif isinstance(value, list):
        yield path, {"not": "a list"}
        for index, element in enumerate(value):
            for place, copied in damaged(element, path + (index,)):
                yield place, value[:index] + [copied] + value[index + 1:]
    elif isinstance(value, bool) or value is None:
        yield path, "true"
    elif isinstance(value, int):
        yield path, -1
        yield path, str(value)
    else:
        yield path, 1
        if value.startswith(("0x", "-0x")):
            yield path, value.upper()
            yield path, value.replace("0x", "0x0")


def main():
    root = pathlib.Path(sys.argv[1])
    problems = []
    validators = {}
    for name in ("vector", "manifest", "release", "expected", "protocol"):
        schema = json.loads((root / "schema" / f"{name}.schema.json").read_text())
        jsonschema.Draft202012Validator.check_schema(schema)
        validators[name] = jsonschema.Draft202012Validator(schema)

    def expect_valid(kind, value, what):
        for error in validators[kind].iter_errors(value):
            problems.append(f"{what}: {'/'.join(map(str, error.absolute_path))}: {error.message[:200]}")
            break

    examples = [("vector", VECTORS), ("manifest", MANIFEST), ("release", RELEASE), ("expected", EXPECTED)]
    examples += [("protocol", line) for line in LINES]
    for kind, example in examples:
        expect_valid(kind, example, f"example of {kind}")
        for place, copied in damaged(copy.deepcopy(example)):
            if validators[kind].is_valid(copied):
                problems.append(f"{kind}: damage at {'/'.join(map(str, place))} isn't noticed: {json.dumps(copied)[:300]}")
    for case in ({**EXECUTION, "rejected": REJECTION["rejected"]}, {**REJECTION, "pre": {}}, {**REJECTION, "clauses": []},
                 {**EXECUTION, "steps": []}, {**EXECUTION, "config": {"strict": False}}, {**EXECUTION, "id": "x"},
                 {**REJECTION, "rejected": {"phase": "validate", "reason": "truncated"}}):
        if validators["vector"].is_valid({**VECTORS, "cases": [case]}):
            problems.append(f"vector: accepts {json.dumps(case)[:300]}")

    files = [("vector", path) for path in sorted((root / "vectors").rglob("*.json"))]
    files += [("manifest", path) for path in [root / "manifest.json"] if path.exists()]
    files += [("release", path) for path in sorted((root / "releases").glob("*.json"))]
    for kind, path in files:
        expect_valid(kind, json.loads(path.read_text()), str(path))
    for problem in problems:
        print(problem)
    print(f"{len(files)} files, {len(examples)} examples, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
