/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Calls a function of a guest, in C. */
#include <pvm.h>
#include <stdio.h>

/* clang-format off */
static const uint8_t program[] = {
    'P', 'V', 'M', 0, 2,  33, 0, 0, 0, 0, 0, 0, 0,  /* version rv64-1; 33 bytes */
    5, 6,  1,  0, 3, 'a', 'd', 'd',                 /* one export: "add" at 0 */
    6, 9,  0, 0, 5,                                 /* no jump table, 5 bytes of code: */
        0xc8, 0x87, 7,                              /*   0: add_64 a0, a0, a1 */
        0x32, 0,                                    /*   3: jump_indirect ra, 0 */
        0x09,                                       /* where instructions begin */
    0};
/* clang-format on */

int main(void) {
  pvm_engine* engine = NULL;
  pvm_module* module = NULL;
  pvm_instance* instance = NULL;
  pvm_error* error = NULL;
  const uint64_t arguments[2] = {40, 2};
  pvm_exit exit = {.struct_size = sizeof exit};
  uint64_t sum = 0;
  if (pvm_engine_create(NULL, &engine, &error) == PVM_OK &&
      pvm_engine_compile(engine, program, sizeof program, NULL, &module, &error) == PVM_OK &&
      pvm_module_instantiate(module, &instance, &error) == PVM_OK &&  //
      pvm_instance_set_gas(instance, 1000, &error) == PVM_OK &&
      pvm_instance_call_export(instance, "add", 3, arguments, 2, NULL, &exit, &error) == PVM_OK && exit.status == PVM_HALT &&
      pvm_instance_reg(instance, 7, &sum, &error) == PVM_OK) {
    printf("40 + 2 = %d\n", (int)sum);
  }
  if (error != NULL) fprintf(stderr, "%s\n", pvm_error_message(error));
  pvm_error_free(error);
  pvm_instance_free(instance);
  pvm_module_free(module);
  pvm_engine_free(engine);
  return sum == 42 ? 0 : 1;
}
