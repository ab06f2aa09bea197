// SPDX-License-Identifier: Apache-2.0 OR MIT
// An interpreter of a small stack language and its assembler. It runs three programs: the longest Collatz sequence that starts below n,
// the sum of the greatest common divisors of all pairs below 1 + n / 1024, and the sum of all digits of the numbers below n.
#include "../bench.h"

enum { code_most = 128, stack_size = 32, variable_count = 8, label_count = 26 };

typedef enum {
  op_push,  // The operand.
  op_load,  // The variable of that number.
  op_store,
  op_jump,          // To the operand.
  op_jump_if_zero,  // The same, if the number taken from the stack is 0.
  op_add,
  op_subtract,
  op_multiply,
  op_divide,
  op_remainder,
  op_less,  // From here on without operand.
  op_halt,  // The result is on top of the stack.
  op_count
} Op;

// ---- The assembler: names of operations, numbers, `x:` for a label, `@x` for its place ----

static const char* const names[op_count] = {"push", "load", "store", "jump", "jz", "add", "sub", "mul", "div", "rem", "less", "halt"};

static bool is_name(const char* text, const char* name) {
  while (*name != 0 && *text == *name) ++text, ++name;
  return *name == 0 && (*text == ' ' || *text == 0);
}

static int32_t parse_number(const char* p) {
  int32_t value = 0;
  for (; *p >= '0' && *p <= '9'; ++p) value = value * 10 + (*p - '0');
  return value;
}

// What a word of the source stands for. Labels are letters.
static int32_t word_value(const char* word, const int32_t labels[label_count]) {
  if (*word == '@') return labels[word[1] - 'a'];
  if (*word >= '0' && *word <= '9') return parse_number(word);
  int32_t op = 0;
  while (op < op_count && !is_name(word, names[op])) ++op;
  return op;
}

static void assemble(int32_t code[code_most], const char* source) {
  int32_t labels[label_count] = {0};
  for (int pass = 0; pass < 2; ++pass) {  // The first finds the labels.
    int32_t place = 0;
    for (const char* p = source; *p != 0;) {
      if (p[1] == ':') {
        labels[*p - 'a'] = place;
      } else {
        code[place++] = word_value(p, labels);
      }
      while (*p != ' ' && *p != 0) ++p;
      while (*p == ' ') ++p;
    }
  }
}

// ---- The interpreter ----

static uint64_t run(const int32_t* code, uint64_t argument) {
  uint64_t stack[stack_size], variables[variable_count] = {argument};
  uint64_t* top = stack;  // One above the uppermost.
  const int32_t* pc = code;
  while (true) {
    switch ((Op)*pc++) {
      case op_push: *top++ = (uint64_t)*pc++; break;
      case op_load: *top++ = variables[*pc++]; break;
      case op_store: variables[*pc++] = *--top; break;
      case op_jump: pc = code + *pc; break;
      case op_jump_if_zero: pc = *--top == 0 ? code + *pc : pc + 1; break;
      case op_add: --top, top[-1] += top[0]; break;
      case op_subtract: --top, top[-1] -= top[0]; break;
      case op_multiply: --top, top[-1] *= top[0]; break;
      case op_divide: --top, top[-1] = top[0] == 0 ? 0 : top[-1] / top[0]; break;
      case op_remainder: --top, top[-1] = top[0] == 0 ? 0 : top[-1] % top[0]; break;
      case op_less: --top, top[-1] = top[-1] < top[0]; break;
      case op_halt:
      case op_count: return top[-1];
    }
  }
}

// Variable 0 is the limit, 1 the start, 2 the present number, 3 its steps, 4 the most steps, 5 the start that took them.
static const char collatz[] =
    "push 1 store 1 push 0 store 4 push 0 store 5 "
    "a: load 1 load 0 less jz @e load 1 store 2 push 0 store 3 "
    "b: push 1 load 2 less jz @d load 3 push 1 add store 3 load 2 push 2 rem jz @c "
    "load 2 push 3 mul push 1 add store 2 jump @b "
    "c: load 2 push 2 div store 2 jump @b "
    "d: load 4 load 3 less jz @f load 3 store 4 load 1 store 5 "
    "f: load 1 push 1 add store 1 jump @a "
    "e: load 4 push 1000000000 mul load 5 add halt";

// Variables 1 and 2 are the pair, 3 and 4 what Euclid's algorithm makes of it, 5 the remainder, 6 the sum.
static const char divisors[] =
    "push 0 store 6 push 1 store 1 "
    "a: load 1 load 0 less jz @e push 1 store 2 "
    "b: load 2 load 0 less jz @d load 1 store 3 load 2 store 4 "
    "c: load 4 jz @f load 3 load 4 rem store 5 load 4 store 3 load 5 store 4 jump @c "
    "f: load 6 load 3 add store 6 load 2 push 1 add store 2 jump @b "
    "d: load 1 push 1 add store 1 jump @a "
    "e: load 6 halt";

// Variable 1 is the number, 2 what is left of it, 3 the sum.
static const char digits[] =
    "push 0 store 3 "
    "a: load 0 jz @d load 0 push 1 sub store 0 load 0 store 2 "
    "b: load 2 jz @a load 3 load 2 push 10 rem add store 3 load 2 push 10 div store 2 jump @b "
    "d: load 3 halt";

BENCH(n) {
  static int32_t code[code_most];
  assemble(code, collatz);
  uint64_t checksum = mixed(0, run(code, n));
  assemble(code, divisors);
  checksum = mixed(checksum, run(code, 1 + n / 1024));
  assemble(code, digits);
  return mixed(checksum, run(code, n));
}
