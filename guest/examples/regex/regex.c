// SPDX-License-Identifier: Apache-2.0 OR MIT
// A backtracking regular-expression matcher: patterns are compiled to a small program, which is run over generated lines; n lines are
// searched for each of eight patterns.
#include "../bench.h"

enum { program_most = 128, line_most = 80, sets_most = 16 };

typedef enum { op_char, op_any, op_set, op_split, op_jump, op_begin, op_end, op_match } Op;

typedef struct {
  uint8_t op;
  uint8_t argument;       // The character; the number of the set.
  int16_t first, second;  // Where op_jump and op_split go; op_split prefers the first.
} Step;

typedef struct {
  Step steps[program_most];
  int count;
  uint8_t sets[sets_most][32];
  int set_count;
} Program;

// ---- The compiler: recursive descent. Pieces are compiled in place and moved up to make room for a split before them. ----

static const char* alternatives(Program* program, const char* pattern);

static int emit(Program* program, Op op, int argument) {
  program->steps[program->count] = (Step){(uint8_t)op, (uint8_t)argument, 0, 0};
  return program->count++;
}

// Makes room for one step at `place`; jumps within what moves go with it.
static void insert(Program* program, int place) {
  for (int i = program->count++; i > place; --i) program->steps[i] = program->steps[i - 1];
  for (int i = place + 1; i < program->count; ++i) {
    Step* step = &program->steps[i];
    if (step->op != op_split && step->op != op_jump) continue;
    ++step->first;
    ++step->second;
  }
}

static void set_split(Program* program, int place, int first, int second) {
  program->steps[place] = (Step){op_split, 0, (int16_t)first, (int16_t)second};
}
static void add_jump(Program* program, int target) {
  const int place = emit(program, op_jump, 0);
  program->steps[place].first = (int16_t)target;
}

static const char* set(Program* program, const char* pattern) {
  uint8_t* bits = program->sets[program->set_count];
  memset(bits, 0, 32);
  const bool negated = *pattern == '^';
  if (negated) ++pattern;
  while (*pattern != ']') {
    const uint8_t from = (uint8_t)*pattern++;
    uint8_t to = from;
    if (*pattern == '-' && pattern[1] != ']') {
      to = (uint8_t)pattern[1];
      pattern += 2;
    }
    for (unsigned c = from; c <= to; ++c) bits[c / 8] |= (uint8_t)(1 << c % 8);
  }
  for (int i = 0; negated && i < 32; ++i) bits[i] = (uint8_t)~bits[i];
  emit(program, op_set, program->set_count++);
  return pattern + 1;
}

static const char* atom(Program* program, const char* pattern) {
  switch (*pattern) {
    case '.': emit(program, op_any, 0); return pattern + 1;
    case '^': emit(program, op_begin, 0); return pattern + 1;
    case '$': emit(program, op_end, 0); return pattern + 1;
    case '[': return set(program, pattern + 1);
    case '(': return alternatives(program, pattern + 1) + 1;
    case '\\': emit(program, op_char, pattern[1]); return pattern + 2;
    default: emit(program, op_char, *pattern); return pattern + 1;
  }
}

static const char* piece(Program* program, const char* pattern) {
  const int start = program->count;
  pattern = atom(program, pattern);
  switch (*pattern) {
    case '*':
      insert(program, start);
      add_jump(program, start);
      set_split(program, start, start + 1, program->count);
      return pattern + 1;
    case '+': set_split(program, emit(program, op_split, 0), start, program->count); return pattern + 1;
    case '?':
      insert(program, start);
      set_split(program, start, start + 1, program->count);
      return pattern + 1;
    default: return pattern;
  }
}

static const char* alternatives(Program* program, const char* pattern) {
  const int start = program->count;
  while (*pattern != 0 && *pattern != '|' && *pattern != ')') pattern = piece(program, pattern);
  if (*pattern != '|') return pattern;
  insert(program, start);
  const int jump = emit(program, op_jump, 0);
  set_split(program, start, start + 1, program->count);
  pattern = alternatives(program, pattern + 1);
  program->steps[jump].first = (int16_t)program->count;
  return pattern;
}

static void compile(Program* program, const char* pattern) {
  program->count = 0;
  program->set_count = 0;
  alternatives(program, pattern);
  emit(program, op_match, 0);
}

// ---- The matcher ----

static bool contains(const Program* program, uint8_t number, uint8_t c) {
  return program->sets[number][c / 8] >> c % 8 & 1;
}

// The end of the match of the program from `step` on at `p`, or null.
static const char* match(const Program* program, int step, const char* line, const char* p) {
  while (true) {
    const Step* now = &program->steps[step];
    switch ((Op)now->op) {
      case op_char:
        if ((uint8_t)*p != now->argument) return 0;
        ++p, ++step;
        break;
      case op_any:
        if (*p == 0) return 0;
        ++p, ++step;
        break;
      case op_set:
        if (*p == 0 || !contains(program, now->argument, (uint8_t)*p)) return 0;
        ++p, ++step;
        break;
      case op_begin:
        if (p != line) return 0;
        ++step;
        break;
      case op_end:
        if (*p != 0) return 0;
        ++step;
        break;
      case op_jump: step = now->first; break;
      case op_split: {
        const char* end = match(program, now->first, line, p);
        if (end) return end;
        step = now->second;
        break;
      }
      case op_match: return p;
    }
  }
}

// The first match that begins anywhere in the line: its place in the upper, its end in the lower 16 bits; or 0.
static uint32_t search(const Program* program, const char* line) {
  for (const char* p = line;; ++p) {
    const char* end = match(program, 0, line, p);
    if (end) return (uint32_t)(p - line + 1) << 16 | (uint32_t)(end - line);
    if (*p == 0) return 0;
  }
}

// ---- The lines ----

static char* put(char* out, const char* text) {
  while (*text != 0) *out++ = *text++;
  return out;
}

static void make_line(char* out, uint64_t* random) {
  static const char* const words[16] = {
      "error: ",      "warning: ",   "ada@example.org ", "2026-11-25 ",      "0x1f3c ", "abababb ",   "aaaaaaaa ", "path/to/file.c ",
      "x = y + 12; ", "\"quoted\" ", "not.an.address ",  "(nested (text)) ", "END ",    "127.0.0.1 ", "aab ",      "foo_bar "};
  for (uint32_t count = 1 + random_next(random) % 4; count > 0; --count) out = put(out, words[random_next(random) % 16]);
  *out = 0;
}

BENCH(n) {
  static const char* const patterns[8] = {"(error|warning): .*[0-9]+",
                                          "[a-z]+@[a-z]+\\.(com|org|net)",
                                          "^[0-9]+-[0-9]+-[0-9]+",
                                          "(a|b)*abb",
                                          "[0-9]+\\.[0-9]+\\.[0-9]+\\.[0-9]+",
                                          "0x[0-9a-f]+ ",
                                          "\"[^\"]*\"",
                                          "[A-Za-z_]+(/[a-z.]+)+ *$"};
  static Program programs[8];
  static char line[line_most];
  for (int i = 0; i < 8; ++i) compile(&programs[i], patterns[i]);
  uint64_t random = 1, checksum = 0;
  for (uint32_t number = 0; number < n; ++number) {
    make_line(line, &random);
    for (int i = 0; i < 8; ++i) checksum = checksum * 31 + search(&programs[i], line);
  }
  return checksum;
}
