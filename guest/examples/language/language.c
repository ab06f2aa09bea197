// SPDX-License-Identifier: Apache-2.0 OR MIT
// The large example: a small language with its lexer, parser, constant folding and evaluator. n programs are written at random, by a
// writer that knows what they compute, then parsed and run; each result must be what the writer expected. Lexer and parser are made by
// generate.py: 204 functions that call each other, more than 100 KB of machine code.
#include "../bench.h"

enum { nodes_most = 1 << 14, text_most = 1 << 16, values_most = 512, name_count = 8, statement_count = 24 };

typedef uint32_t Value;  // Of a symbol: the number of its node; of a name: that of its variable.

typedef struct Parser {
  const char* place;
  int token;
  Value token_value;
  int reduced;  // The left side of the rule just reduced.
  Value* top;
  bool accepted;
} Parser;

#include "parser.inc"

typedef struct {
  uint32_t kind;
  Value a, b, c;
  uint64_t number;  // n_literal only.
} Node;

static Node nodes[nodes_most];
static uint32_t node_count;
static Value values[values_most];
static char text[text_most];
static uint64_t variables[name_count];
static uint64_t printed;

static const char* const names[name_count] = {"total", "count", "a", "left_over", "value2", "i", "max_seen", "lets"};

// ---- Arithmetic, shared by folding, evaluation and the writer ----

static uint64_t high_product(uint64_t a, uint64_t b) {
  const uint64_t a0 = (uint32_t)a, a1 = a >> 32, b0 = (uint32_t)b, b1 = b >> 32;
  const uint64_t middle = a1 * b0 + (a0 * b0 >> 32);
  return a1 * b1 + (middle >> 32) + ((a0 * b1 + (uint32_t)middle) >> 32);
}

static uint64_t greatest_common_divisor(uint64_t a, uint64_t b) {
  while (b != 0) {
    const uint64_t rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

static uint64_t unary(enum Kind kind, uint64_t a) {
  switch (kind) {
    case n_negate: return 0 - a;
    case n_invert: return ~a;
    case n_not: return a == 0;
    case n_popcount: return (uint64_t)__builtin_popcountll(a);
    case n_clz: return a == 0 ? 64 : (uint64_t)__builtin_clzll(a);
    case n_ctz: return a == 0 ? 64 : (uint64_t)__builtin_ctzll(a);
    case n_bswap: return __builtin_bswap64(a);
    case n_sext8: return (uint64_t)(int8_t)a;
    case n_sext16: return (uint64_t)(int16_t)a;
    case n_sext32: return (uint64_t)(int32_t)a;
    case n_square: return a * a;
    default: return 0;
  }
}

static uint64_t binary(enum Kind kind, uint64_t a, uint64_t b) {
  switch (kind) {
    case n_either: return a != 0 || b != 0;
    case n_both: return a != 0 && b != 0;
    case n_bit_or:
    case n_update_bit_or: return a | b;
    case n_bit_xor:
    case n_update_bit_xor: return a ^ b;
    case n_bit_and:
    case n_update_bit_and: return a & b;
    case n_equal: return a == b;
    case n_not_equal: return a != b;
    case n_less: return a < b;
    case n_greater: return a > b;
    case n_less_equal: return a <= b;
    case n_greater_equal: return a >= b;
    case n_shift_left:
    case n_update_shift_left: return a << (b & 63);
    case n_shift_right:
    case n_update_shift_right: return a >> (b & 63);
    case n_add:
    case n_update_add: return a + b;
    case n_subtract:
    case n_update_subtract: return a - b;
    case n_multiply:
    case n_update_multiply: return a * b;
    case n_divide:
    case n_update_divide: return b == 0 ? 0 : a / b;
    case n_remainder:
    case n_update_remainder: return b == 0 ? a : a % b;
    case n_min: return a < b ? a : b;
    case n_max: return a > b ? a : b;
    case n_rotl: return a << (b & 63) | a >> (-b & 63);
    case n_rotr: return a >> (b & 63) | a << (-b & 63);
    case n_gcd: return greatest_common_divisor(a, b);
    case n_mulhi: return high_product(a, b);
    case n_average: return (a & b) + ((a ^ b) >> 1);
    case n_distance: return a > b ? a - b : b - a;
    default: return 0;
  }
}

static bool is_unary(uint32_t kind) {
  return (kind >= n_negate && kind <= n_not) || (kind >= n_popcount && kind <= n_square);
}
static bool is_binary(uint32_t kind) {
  return (kind >= n_either && kind <= n_remainder) || (kind >= n_min && kind <= n_distance);
}
static bool is_update(uint32_t kind) {
  return kind >= n_update_add && kind <= n_update_shift_right;
}

// ---- Nodes ----

static Value new_node(uint32_t kind, Value a, Value b, Value c) {
  if (node_count == nodes_most) __builtin_trap();  // The writer's programs are far smaller.
  nodes[node_count] = (Node){kind, a, b, c, 0};
  return node_count++;
}

static Value literal(uint64_t number) {
  const Value node = new_node(n_literal, 0, 0, 0);
  nodes[node].number = number;
  return node;
}

// A sequence has its first and its last cell; a cell has a statement and the next cell.
static Value appended(Value sequence, Value statement) {
  const Value cell = new_node(n_cell, statement, 0, 0);
  if (sequence == 0) return new_node(n_sequence, cell, cell, 0);
  nodes[nodes[sequence].b].b = cell;
  nodes[sequence].b = cell;
  return sequence;
}

// The parser's: a node for a reduced rule. What is constant is folded at once.
static Value make(Parser* p, enum Kind kind, Value a, Value b, Value c) {
  (void)p;
  if (kind == n_nothing) return 0;
  if (kind == n_sequence) return appended(a, b);
  if (is_unary(kind) && nodes[a].kind == n_literal) return literal(unary(kind, nodes[a].number));
  if (is_binary(kind) && nodes[a].kind == n_literal && nodes[b].kind == n_literal) {
    return literal(binary(kind, nodes[a].number, nodes[b].number));
  }
  if (kind == n_choose && nodes[a].kind == n_literal) return nodes[a].number != 0 ? b : c;
  return new_node(kind, a, b, c);
}

// ---- Lexer ----

static bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

static Value variable_number(const char* word, uint32_t length) {
  for (Value i = 0; i < name_count; ++i) {
    uint32_t same = 0;
    while (same < length && names[i][same] == word[same]) ++same;
    if (same == length && names[i][same] == 0) return i;
  }
  return name_count;
}

static uint64_t read_number(Parser* p) {
  uint64_t value = 0;
  const char* c = p->place;
  if (c[0] == '0' && c[1] == 'x') {
    for (c += 2; is_digit(*c) || (*c >= 'a' && *c <= 'f'); ++c) value = value << 4 | (uint64_t)(is_digit(*c) ? *c - '0' : *c - 'a' + 10);
  } else if (c[0] == '0' && c[1] == 'b') {
    for (c += 2; *c == '0' || *c == '1'; ++c) value = value << 1 | (uint64_t)(*c - '0');
  } else {
    for (; is_digit(*c) || *c == '_'; ++c) {
      if (*c != '_') value = value * 10 + (uint64_t)(*c - '0');
    }
  }
  p->place = c;
  return value;
}

static void next_token(Parser* p) {
  while (*p->place == ' ' || *p->place == '\n' || *p->place == '#') {
    if (*p->place++ != '#') continue;
    while (*p->place != '\n' && *p->place != 0) ++p->place;
  }
  const char* start = p->place;
  uint32_t length = 0;
  if (*start == 0) {
    p->token = t_end;
  } else if (is_letter(*start)) {
    while (is_letter(start[length]) || is_digit(start[length])) ++length;
    p->place += length;
    p->token = word_token(start, length);
    if (p->token != t_name) return;
    p->token_value = variable_number(start, length);
    if (p->token_value == name_count) p->token = t_error;
  } else if (is_digit(*start)) {
    p->token = t_number;
    p->token_value = literal(read_number(p));
  } else {
    p->token = sign_token(start, &length);
    p->place += length;
  }
}

// ---- What the generated parser calls ----

static void shift(Parser* p) {
  if (p->top == values + values_most - 1) __builtin_trap();
  *++p->top = p->token_value;
  next_token(p);
}

// All states return when they are told to return more often than any stack is deep.
static int give_up(Parser* p) {
  (void)p;
  return 1 << 20;
}

static int accept(Parser* p) {
  p->accepted = true;
  return 0;
}

// The program's node; 0 for an empty program, or one with errors.
static Value parse(const char* source) {
  Parser parser = {.place = source, .top = values};
  node_count = 1;
  nodes[0] = (Node){n_nothing, 0, 0, 0, 0};
  next_token(&parser);
  state_0(&parser);
  return parser.accepted ? *parser.top : 0;
}

// ---- Evaluator ----

static uint64_t evaluate(Value number) {
  const Node* node = &nodes[number];
  if (is_binary(node->kind)) {
    const uint64_t a = evaluate(node->a);
    return binary(node->kind, a, evaluate(node->b));
  }
  if (is_unary(node->kind)) return unary(node->kind, evaluate(node->a));
  switch (node->kind) {
    case n_literal: return node->number;
    case n_get: return variables[node->a];
    case n_choose: return evaluate(evaluate(node->a) != 0 ? node->b : node->c);
    default: __builtin_trap();
  }
}

static void execute(Value number) {
  const Node* node = &nodes[number];
  if (is_update(node->kind)) {
    variables[node->a] = binary(node->kind, variables[node->a], evaluate(node->b));
    return;
  }
  switch (node->kind) {
    case n_nothing: return;
    case n_sequence:
      for (Value cell = node->a; cell != 0; cell = nodes[cell].b) execute(nodes[cell].a);
      return;
    case n_set: variables[node->a] = evaluate(node->b); return;
    case n_if:
      if (evaluate(node->a) != 0) execute(node->b);
      return;
    case n_if_else: execute(evaluate(node->a) != 0 ? node->b : node->c); return;
    case n_while:
      while (evaluate(node->a) != 0) execute(node->b);
      return;
    case n_print: printed = mixed(printed, evaluate(node->a)); return;
    default: __builtin_trap();
  }
}

// ---- Writer ----

typedef struct {
  char* out;
  uint64_t random;
  uint64_t variables[name_count];
  uint64_t printed;
  bool live;  // What is written now will be executed.
} Writer;

typedef struct {
  const char* sign;
  enum Kind kind;
} Operator;

enum { level_count = 10 };
static const Operator operators[level_count][4] = {{{"||", n_either}},
                                                   {{"&&", n_both}},
                                                   {{"|", n_bit_or}},
                                                   {{"^", n_bit_xor}},
                                                   {{"&", n_bit_and}},
                                                   {{"==", n_equal}, {"!=", n_not_equal}},
                                                   {{"<", n_less}, {">", n_greater}, {"<=", n_less_equal}, {">=", n_greater_equal}},
                                                   {{"<<", n_shift_left}, {">>", n_shift_right}},
                                                   {{"+", n_add}, {"-", n_subtract}},
                                                   {{"*", n_multiply}, {"/", n_divide}, {"%", n_remainder}}};
static const uint8_t operator_counts[level_count] = {1, 1, 1, 1, 1, 2, 4, 2, 2, 3};

static uint64_t write_expression(Writer* w, int depth);

static uint32_t pick(Writer* w, uint32_t below) {
  return random_next(&w->random) % below;
}

static void put(Writer* w, const char* string) {
  while (*string != 0) *w->out++ = *string++;
}

static uint64_t write_number(Writer* w) {
  char digits[32];
  int count = 0;
  const uint32_t style = pick(w, 3), bits = 1 + pick(w, 31);
  const uint64_t number = random_next(&w->random) >> (32 - bits), base = style == 0 ? 10 : style == 1 ? 16 : 2;
  if (style != 0) put(w, style == 1 ? "0x" : "0b");
  uint64_t rest = number;
  do {
    digits[count++] = "0123456789abcdef"[rest % base];
    rest /= base;
  } while (rest != 0);
  while (count > 0) {
    *w->out++ = digits[--count];
    if (style == 0 && count % 3 == 0 && count > 0) *w->out++ = '_';
  }
  return number;
}

static uint64_t write_call(Writer* w, int depth) {
  static const Operator one[8] = {{"popcount", n_popcount}, {"clz", n_clz},       {"ctz", n_ctz},       {"bswap", n_bswap},
                                  {"sext8", n_sext8},       {"sext16", n_sext16}, {"sext32", n_sext32}, {"square", n_square}};
  static const Operator two[8] = {{"min", n_min}, {"max", n_max},     {"rotl", n_rotl},       {"rotr", n_rotr},
                                  {"gcd", n_gcd}, {"mulhi", n_mulhi}, {"average", n_average}, {"distance", n_distance}};
  const bool both = pick(w, 2) == 1;
  const Operator* called = both ? &two[pick(w, 8)] : &one[pick(w, 8)];
  put(w, called->sign);
  put(w, "(");
  const uint64_t a = write_expression(w, depth - 1);
  uint64_t b = 0;
  if (both) {
    put(w, ", ");
    b = write_expression(w, depth - 1);
  }
  put(w, ")");
  return both ? binary(called->kind, a, b) : unary(called->kind, a);
}

static uint64_t write_primary(Writer* w, int depth) {
  const uint32_t choice = depth == 0 ? pick(w, 5) : pick(w, 8);
  if (choice < 2) return write_number(w);
  if (choice < 5) {
    const uint32_t variable = pick(w, name_count);
    put(w, names[variable]);
    return w->variables[variable];
  }
  if (choice == 5) return write_call(w, depth);
  put(w, "(");
  const uint64_t value = write_expression(w, depth - 1);
  put(w, ")");
  return value;
}

static uint64_t write_unary(Writer* w, int depth) {
  static const Operator signs[3] = {{"-", n_negate}, {"~", n_invert}, {"!", n_not}};
  if (pick(w, 6) != 0) return write_primary(w, depth);
  const Operator* sign = &signs[pick(w, 3)];
  put(w, sign->sign);
  return unary(sign->kind, write_unary(w, depth));
}

// A chain of operators of one level; they associate to the left.
static uint64_t write_level(Writer* w, int level, int depth) {
  if (w->out > text + text_most - 256) __builtin_trap();  // No program comes near.
  if (level == level_count) return write_unary(w, depth);
  uint64_t value = write_level(w, level + 1, depth);
  while (pick(w, 7) == 0) {
    const Operator* operator= & operators[level][pick(w, operator_counts[level])];
    put(w, " ");
    put(w, operator->sign);
    put(w, " ");
    value = binary(operator->kind, value, write_level(w, level + 1, depth));
  }
  return value;
}

static uint64_t write_expression(Writer* w, int depth) {
  const uint64_t value = write_level(w, 0, depth);
  if (depth == 0 || pick(w, 8) != 0) return value;
  put(w, " ? ");
  const uint64_t first = write_expression(w, depth - 1);
  put(w, " : ");
  const uint64_t second = write_expression(w, depth - 1);
  return value != 0 ? first : second;
}

static void write_statement(Writer* w, int depth);

static void write_block(Writer* w, int depth, bool live) {
  const bool before = w->live;
  w->live = before && live;
  put(w, "{\n");
  for (uint32_t count = pick(w, 4); count > 0; --count) write_statement(w, depth - 1);
  put(w, "}\n");
  w->live = before;
}

static void write_if(Writer* w, int depth) {
  put(w, "if (");
  const bool condition = write_expression(w, 2) != 0;
  put(w, ") ");
  write_block(w, depth, condition);
  if (pick(w, 2) == 0) return;
  put(w, "else ");
  write_block(w, depth, !condition);
}

// A loop that counts `i` (variable 5) to a small number, and adds to `total` (variable 0) each time.
static void write_while(Writer* w) {
  const uint32_t rounds = 2 + pick(w, 8), factor = 2 + pick(w, 8);
  put(w, "i = 0; while (i < ");
  *w->out++ = (char)('0' + rounds);
  put(w, ") { total += i * ");
  *w->out++ = (char)('0' + factor);
  put(w, "; # a loop\ni += 1; }\n");
  if (!w->live) return;
  for (uint32_t i = 0; i < rounds; ++i) w->variables[0] += i * factor;
  w->variables[5] = rounds;
}

static void write_assignment(Writer* w) {
  static const Operator updates[11] = {{"=", n_set},      {"+=", n_add},         {"-=", n_subtract},    {"*=", n_multiply},
                                       {"/=", n_divide},  {"%=", n_remainder},   {"&=", n_bit_and},     {"|=", n_bit_or},
                                       {"^=", n_bit_xor}, {"<<=", n_shift_left}, {">>=", n_shift_right}};
  const uint32_t variable = pick(w, name_count);
  const Operator* update = &updates[pick(w, 2) ? 0 : pick(w, 11)];
  if (update->kind == n_set && pick(w, 2)) put(w, "let ");
  put(w, names[variable]);
  put(w, " ");
  put(w, update->sign);
  put(w, " ");
  const uint64_t value = write_expression(w, 2);
  put(w, ";\n");
  if (w->live) w->variables[variable] = update->kind == n_set ? value : binary(update->kind, w->variables[variable], value);
}

static void write_statement(Writer* w, int depth) {
  const uint32_t choice = pick(w, depth > 0 ? 10 : 6);
  if (choice < 5) {
    write_assignment(w);
  } else if (choice == 5) {
    put(w, "print ");
    const uint64_t value = write_expression(w, 2);
    put(w, ";\n");
    if (w->live) w->printed = mixed(w->printed, value);
  } else if (choice == 6) {
    write_while(w);
  } else {
    write_if(w, depth);
  }
}

static bool runs_as_expected(uint64_t* random) {
  Writer writer = {.out = text, .random = *random, .live = true};
  for (int i = 0; i < statement_count && writer.out < text + text_most / 2; ++i) write_statement(&writer, 2);
  *writer.out = 0;
  *random = writer.random;
  memset(variables, 0, sizeof variables);
  printed = 0;
  execute(parse(text));
  return printed == writer.printed && memcmp(variables, writer.variables, sizeof variables) == 0;
}

BENCH(n) {
  uint64_t random = 1, checksum = 0;
  for (uint32_t round = 0; round < n; ++round) {
    if (!runs_as_expected(&random)) return 0;
    checksum = mixed(checksum, printed);
    for (int i = 0; i < name_count; ++i) checksum = mixed(checksum, variables[i]);
  }
  return checksum;
}
