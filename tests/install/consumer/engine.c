/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A program outside the project, in C: has the installed engine refuse a bad program. */
#include <pvm.h>
#include <stdio.h>
#include <string.h>

int main(void) {
  static const uint8_t bytes[] = {'P', 'V', 'M'};
  pvm_engine_config config;
  pvm_engine* engine = NULL;
  pvm_module* module = NULL;
  pvm_error* error = NULL;
  int right = 0;
  pvm_engine_config_init(&config, sizeof config);
  config.isolation = PVM_ISOLATION_INTERPRETER;
  if (pvm_engine_create(&config, &engine, NULL) != PVM_OK) return 1;
  if (pvm_engine_compile(engine, bytes, sizeof bytes, NULL, &module, &error) == PVM_PROGRAM_REJECTED) {
    printf("engine %s, ABI %x: %s\n", pvm_version(), (unsigned)pvm_abi_version(), pvm_error_message(error));
    right = strcmp(pvm_error_reason(error), "truncated") == 0;
  }
  pvm_error_free(error);
  pvm_engine_free(engine);
  return right ? 0 : 1;
}
