#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Makes the lexer and the parser of the example program `language`: C code on standard output.

The parser is an LALR(1) one by recursive ascent: a function for each state, which shifts by calling the function of the next state
and reduces by returning as many times as the rule has symbols. The lexer's names are found by a tree of switches. Both come to more than
100 KB of machine code, which is what this example is for.
"""

# What a rule makes: a node of that kind with its symbols' values; "pass" hands on the value of the symbol with the given index.
BINARY = [
    ("or", "and", {"||": "either"}),
    ("and", "bits_or", {"&&": "both"}),
    ("bits_or", "bits_xor", {"|": "bit_or"}),
    ("bits_xor", "bits_and", {"^": "bit_xor"}),
    ("bits_and", "equality", {"&": "bit_and"}),
    ("equality", "relation", {"==": "equal", "!=": "not_equal"}),
    ("relation", "shift", {"<": "less", ">": "greater", "<=": "less_equal", ">=": "greater_equal"}),
    ("shift", "sum", {"<<": "shift_left", ">>": "shift_right"}),
    ("sum", "product", {"+": "add", "-": "subtract"}),
    ("product", "unary", {"*": "multiply", "/": "divide", "%": "remainder"}),
]
UNARY = {"-": "negate", "~": "invert", "!": "not"}
ONE_ARGUMENT = ["popcount", "clz", "ctz", "bswap", "sext8", "sext16", "sext32", "square"]
TWO_ARGUMENTS = ["min", "max", "rotl", "rotr", "gcd", "mulhi", "average", "distance"]
WORDS = ["let", "if", "else", "while", "print"] + ONE_ARGUMENT + TWO_ARGUMENTS
SIGNS = ["(", ")", "{", "}", ";", ",", "?", ":", "=", "-", "~", "!"] + [sign for _, _, signs in BINARY for sign in signs if sign != "-"]
ASSIGNMENTS = ["+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>"]
SIGNS += [sign + "=" for sign in ASSIGNMENTS]
NAMES_OF_SIGNS = {"(": "open", ")": "close", "{": "begin", "}": "finish", ";": "semicolon", ",": "comma", "?": "question", ":": "colon",
                  "=": "assign", "-": "minus", "~": "tilde", "!": "bang"}


def rules():
    """(left side, right side, action, symbols whose values the action takes)"""
    yield "program", ["statements"], "pass", [0]
    yield "statements", [], "nothing", []
    yield "statements", ["statements", "statement"], "sequence", [0, 1]
    yield "statement", ["block"], "pass", [0]
    yield "statement", ["let", "name", "=", "expression", ";"], "set", [1, 3]
    yield "statement", ["name", "=", "expression", ";"], "set", [0, 2]
    kinds = {sign: kind for _, _, signs in BINARY for sign, kind in signs.items()}
    for sign in ASSIGNMENTS:
        yield "statement", ["name", sign + "=", "expression", ";"], "update_" + kinds[sign], [0, 2]
    yield "statement", ["if", "(", "expression", ")", "block"], "if", [2, 4]
    yield "statement", ["if", "(", "expression", ")", "block", "else", "block"], "if_else", [2, 4, 6]
    yield "statement", ["while", "(", "expression", ")", "block"], "while", [2, 4]
    yield "statement", ["print", "expression", ";"], "print", [1]
    yield "block", ["{", "statements", "}"], "pass", [1]
    yield "expression", ["or"], "pass", [0]
    yield "expression", ["or", "?", "expression", ":", "expression"], "choose", [0, 2, 4]
    for left, below, signs in BINARY:
        yield left, [below], "pass", [0]
        for sign, kind in signs.items():
            yield left, [left, sign, below], kind, [0, 2]
    yield "unary", ["primary"], "pass", [0]
    for sign, kind in UNARY.items():
        yield "unary", [sign, "unary"], kind, [1]
    yield "primary", ["number"], "pass", [0]
    yield "primary", ["name"], "get", [0]
    yield "primary", ["(", "expression", ")"], "pass", [1]
    for name in ONE_ARGUMENT:
        yield "primary", [name, "(", "expression", ")"], name, [2]
    for name in TWO_ARGUMENTS:
        yield "primary", [name, "(", "expression", ",", "expression", ")"], name, [2, 4]


RULES = list(rules())
TOKENS = ["end", "name", "number"] + WORDS + SIGNS
TOKEN_BIT = {token: 1 << i for i, token in enumerate(TOKENS)}
LEFT_SIDES = list(dict.fromkeys(rule[0] for rule in RULES))
BY_LEFT = {left: [i for i, rule in enumerate(RULES) if rule[0] == left] for left in LEFT_SIDES}


def first_sets():
    """Bits of the tokens that a symbol can begin with, and whether it can be empty."""
    first = {left: 0 for left in LEFT_SIDES} | TOKEN_BIT
    empty = {symbol: False for symbol in first}
    changed = True
    while changed:
        changed = False
        for left, right, _, _ in RULES:
            bits, may_be_empty = first_of(right, first, empty)
            if bits | first[left] != first[left] or may_be_empty > empty[left]:
                first[left] |= bits
                empty[left] |= may_be_empty
                changed = True
    return first, empty


def first_of(symbols, first, empty):
    bits = 0
    for symbol in symbols:
        bits |= first[symbol]
        if not empty[symbol]:
            return bits, False
    return bits, True


FIRST, EMPTY = first_sets()


def closure(kernel):
    """All items of a state: {(rule, dot): bits of the tokens that may follow}."""
    items = dict(kernel)
    work = list(items)
    while work:
        rule, dot = work.pop()
        right = RULES[rule][1]
        if dot == len(right) or right[dot] not in BY_LEFT:
            continue
        bits, may_be_empty = first_of(right[dot + 1:], FIRST, EMPTY)
        if may_be_empty:
            bits |= items[rule, dot]
        for other in BY_LEFT[right[dot]]:
            before = items.get((other, 0), 0)
            if before | bits != before or (other, 0) not in items:
                items[other, 0] = before | bits
                work.append((other, 0))
    return items


def states():
    """A list of (items, {symbol: number of the next state}). States with the same rules and dots are one: LALR(1)."""
    kernels, numbers, moves = [{(0, 0): TOKEN_BIT["end"]}], {}, [{}]
    work = [0]
    while work:
        number = work.pop()
        after = {}
        for (rule, dot), bits in closure(kernels[number]).items():
            right = RULES[rule][1]
            if dot < len(right):
                after.setdefault(right[dot], {})[rule, dot + 1] = bits
        for symbol, kernel in after.items():
            target = numbers.setdefault(frozenset(kernel), len(kernels))
            if target == len(kernels):
                kernels.append({item: 0 for item in kernel})
                moves.append({})
            moves[number][symbol] = target
            merged = {item: bits | kernels[target][item] for item, bits in kernel.items()}
            if merged != kernels[target]:
                kernels[target] = merged
                work.append(target)
    return [(closure(kernel), targets) for kernel, targets in zip(kernels, moves)]


# --- C ---

def token_name(token):
    if token in NAMES_OF_SIGNS:
        return "t_" + NAMES_OF_SIGNS[token]
    for _, _, signs in BINARY:
        if token in signs:
            return "t_" + signs[token]
        if token[:-1] in signs and token in SIGNS:
            return "t_set_" + signs[token[:-1]]
    return "t_set_subtract" if token == "-=" else "t_" + token


def reduction(rule):
    left, right, action, values = RULES[rule]
    arguments = [f"top[{index - len(right) + 1}]" for index in values]
    if action == "pass":
        value = arguments[0]
    else:
        value = f"make(p, n_{action}, {', '.join((arguments + ['0', '0', '0'])[:3])})"
    if not right:
        lines = [f"*++p->top = {value};"]
    else:
        first = f"top[{1 - len(right)}]"
        lines = [] if value == first else [f"{first} = {value};"]
        lines += [f"p->top = top - {len(right) - 1};"] if len(right) > 1 else []
    return lines + [f"p->reduced = s_{left};"]


def state_function(number, items, targets):
    by_rule, conflicts = {}, 0
    for (rule, dot), bits in items.items():
        if dot == len(RULES[rule][1]):
            assert not conflicts & bits, "the grammar is ambiguous"
            conflicts |= bits
            by_rule[rule] = bits
    out = [f"static int state_{number}(Parser* p) {{"]
    if any("top" in line for rule in by_rule for line in reduction(rule) if RULES[rule][1]):
        out.append("  Value* top = p->top;")
    out += ["  int returns;", "  switch (p->token) {"]
    for symbol, target in targets.items():
        if symbol in TOKEN_BIT:
            assert not conflicts & TOKEN_BIT[symbol], "the grammar is ambiguous"
            out.append(f"    case {token_name(symbol)}: shift(p); returns = state_{target}(p); break;")
    for rule, bits in by_rule.items():
        out.append("   " + "".join(f" case {token_name(token)}:" for token in TOKENS if bits & TOKEN_BIT[token]))
        out += ["      " + line for line in reduction(rule)]
        count = len(RULES[rule][1])
        out.append(f"      return {count - 1};" if count else "      returns = 0;\n      break;")
    out += ["    default: return give_up(p);", "  }"]
    gotos = {symbol: target for symbol, target in targets.items() if symbol not in TOKEN_BIT}
    if gotos:
        out += ["  while (returns == 0) {", "    switch (p->reduced) {"]
        for symbol, target in gotos.items():
            out.append(f"      case s_{symbol}: returns = state_{target}(p); break;")
        out += ["      default: return accept(p);" if number == 0 else "      default: return give_up(p);", "    }", "  }"]
    return out + ["  return returns - 1;", "}", ""]


def word_switch(words, depth, indent):
    """Switches over one character after the other of all words that agree so far."""
    pad, out = "  " * indent, []
    out.append(f"{pad}switch (length > {depth} ? text[{depth}] : 0) {{")
    for character in sorted({word[depth:depth + 1] for word in words}):
        some = [word for word in words if word[depth:depth + 1] == character]
        if character == "":
            out.append(f"{pad}  case 0: return {token_name(some[0])};")
            continue
        out.append(f"{pad}  case '{character}':")
        out += word_switch(some, depth + 1, indent + 2)
    return out + [f"{pad}  default: return t_name;", f"{pad}}}"]


def sign_switch(signs, depth, indent):
    pad, out = "  " * indent, []
    out.append(f"{pad}switch (text[{depth}]) {{")
    for character in sorted({sign[depth] for sign in signs if len(sign) > depth}):
        some = [sign for sign in signs if sign[depth:depth + 1] == character]
        longer = [sign for sign in some if len(sign) > depth + 1]
        out.append(f"{pad}  case '{character}':")
        if longer:
            out += sign_switch(some, depth + 1, indent + 2)
        else:
            out.append(f"{pad}    *length = {depth + 1};\n{pad}    return {token_name(some[0])};")
    exact = [sign for sign in signs if len(sign) == depth]
    out.append(f"{pad}  default: *length = {depth}; return {token_name(exact[0]) if exact else 't_error'};")
    return out + [f"{pad}}}"]


def kinds():
    return list(dict.fromkeys(rule[2] for rule in RULES if rule[2] != "pass")) + ["literal", "cell"]


def main():
    all_states = states()
    out = ["// Made by generate.py.", ""]
    out.append("enum Token { " + ", ".join(token_name(token) for token in TOKENS) + ", t_error };")
    out.append("enum Symbol { " + ", ".join("s_" + left for left in LEFT_SIDES) + " };")
    out.append("enum Kind { " + ", ".join("n_" + kind for kind in kinds()) + " };")
    out.append("")
    out.append("static enum Token word_token(const char* text, uint32_t length) {")
    out += word_switch(WORDS, 0, 1) + ["}", ""]
    out.append("static enum Token sign_token(const char* text, uint32_t* length) {")
    out += sign_switch(SIGNS, 0, 1) + ["}", ""]
    out.append("static void shift(Parser* p);")
    out.append("static int give_up(Parser* p);")
    out.append("static int accept(Parser* p);")
    out.append("static Value make(Parser* p, enum Kind kind, Value a, Value b, Value c);")
    out += [f"static int state_{number}(Parser* p);" for number in range(len(all_states))] + [""]
    for number, (items, targets) in enumerate(all_states):
        out += state_function(number, items, targets)
    print("\n".join(out))


if __name__ == "__main__":
    main()
