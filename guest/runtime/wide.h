/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Division of numbers of two words by those that a machine can divide. The includer defines
 *   Word, Wide   unsigned types of `word_bits` and 2 * word_bits bits, word_bits being 32 or 64
 *   count_leading_zeros(Word)   for words other than 0
 * Division by 0 gives all ones and the dividend, like the machine's own. */

/* (high, low) / divisor for high < divisor, in two digits of half a word, as one divides on paper. */
static Word divide_two_words(Word high, Word low, Word divisor, Word* rest) {
  enum { half = word_bits / 2 };
  const Word mask = ((Word)1 << half) - 1;
  const int shift = count_leading_zeros(divisor);
  divisor <<= shift;
  Word left = shift == 0 ? high : high << shift | low >> (word_bits - shift);
  low <<= shift;
  Word quotient = 0;
  for (int place = half; place >= 0; place -= half) {
    const Word next = low >> place & mask;
    // From the divisor's upper half follows the digit, or one or two more.
    Word digit = left / (divisor >> half), over = left % (divisor >> half);
    while (digit > mask || digit * (divisor & mask) > (over << half | next)) {
      --digit;
      over += divisor >> half;
      if (over > mask) break;
    }
    left = (left << half | next) - digit * divisor;
    quotient = quotient << half | digit;
  }
  *rest = left >> shift;
  return quotient;
}

static Wide divide_wide(Wide a, Wide b, Wide* rest) {
  const Word a_high = (Word)(a >> word_bits), b_high = (Word)(b >> word_bits), b_low = (Word)b;
  if (b == 0) {
    *rest = a;
    return ~(Wide)0;
  }
  if (b_high == 0) {
    Word left = a_high % b_low;
    const Word low = divide_two_words(left, (Word)a, b_low, &left);
    *rest = left;
    return (Wide)(a_high / b_low) << word_bits | low;
  }
  /* One word of quotient: a/2 by the divisor's upper word of bits gives it, or one more. */
  const int shift = count_leading_zeros(b_high);
  const Wide half_a = a >> 1;
  Word ignored;
  Word digit = divide_two_words((Word)(half_a >> word_bits), (Word)half_a, (Word)((b << shift) >> word_bits), &ignored);
  digit = (Word)((Wide)digit << shift >> (word_bits - 1));
  if (digit != 0) --digit;
  *rest = a - digit * b;
  if (*rest >= b) {
    *rest -= b;
    ++digit;
  }
  return digit;
}
