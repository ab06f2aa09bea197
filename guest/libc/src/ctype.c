// SPDX-License-Identifier: Apache-2.0 OR MIT
// Classes of ASCII characters.
#include <ctype.h>

static int is_within(int character, int first, int last) {
  return character >= first && character <= last;
}

int isdigit(int character) {
  return is_within(character, '0', '9');
}
int islower(int character) {
  return is_within(character, 'a', 'z');
}
int isupper(int character) {
  return is_within(character, 'A', 'Z');
}
int isalpha(int character) {
  return islower(character) || isupper(character);
}
int isalnum(int character) {
  return isalpha(character) || isdigit(character);
}
int isxdigit(int character) {
  return isdigit(character) || is_within(character, 'a', 'f') || is_within(character, 'A', 'F');
}
int isblank(int character) {
  return character == ' ' || character == '\t';
}
int isspace(int character) {
  return character == ' ' || is_within(character, '\t', '\r');
}
int isprint(int character) {
  return is_within(character, ' ', '~');
}
int isgraph(int character) {
  return is_within(character, '!', '~');
}
int iscntrl(int character) {
  return is_within(character, 0, 0x1f) || character == 0x7f;
}
int ispunct(int character) {
  return isgraph(character) && !isalnum(character);
}
int tolower(int character) {
  return isupper(character) ? character + ('a' - 'A') : character;
}
int toupper(int character) {
  return islower(character) ? character - ('a' - 'A') : character;
}
