// SPDX-License-Identifier: Apache-2.0 OR MIT
const char* greeting(void);
const char* greeting(void) {
  return "from a library";
}
