// SPDX-License-Identifier: Apache-2.0 OR MIT
// The C API's answers to what makes no sense: null pointers, wrong sizes, wrong numbers.
#include <cstring>
#include <vector>

#include "programs.hpp"
#include "pvm.h"

namespace pvm::test {
namespace {

const Source source = {.text = "f:; ecalli 0; ret", .exports = {"f"}, .imports = {"zero"}, .rw_data = {1}};

class CApi : public testing::Test {
 protected:
  void SetUp() override {
    pvm_engine_config config;
    pvm_engine_config_init(&config, sizeof config);
    config.isolation = PVM_ISOLATION_INTERPRETER;
    ASSERT_EQ(pvm_engine_create(&config, &engine, nullptr), PVM_OK);
    ASSERT_EQ(pvm_engine_compile(engine, program.data(), program.size(), nullptr, &module, nullptr), PVM_OK);
    ASSERT_EQ(pvm_module_instantiate(module, &instance, nullptr), PVM_OK);
  }
  void TearDown() override {
    pvm_instance_free(instance);
    pvm_module_free(module);
    pvm_engine_free(engine);
  }

  std::vector<u8> program = build(source);
  pvm_engine* engine = nullptr;
  pvm_module* module = nullptr;
  pvm_instance* instance = nullptr;
};

TEST_F(CApi, CodesHaveNames) {
  EXPECT_STREQ(pvm_code_name(PVM_OK), "ok");
  EXPECT_STREQ(pvm_code_name(PVM_PROGRAM_REJECTED), "program_rejected");
  EXPECT_STREQ(pvm_code_name(PVM_INSTANCE_LOST), "instance_lost");
  EXPECT_STREQ(pvm_code_name(15), "unknown");
  EXPECT_STREQ(pvm_code_name(-1), "unknown");
  EXPECT_EQ(pvm_abi_version(), PVM_ABI_VERSION);
  EXPECT_EQ(pvm_version(), version());
}

TEST_F(CApi, NullHandlesAreErrors) {
  pvm_error* error = nullptr;
  EXPECT_EQ(pvm_engine_create(nullptr, nullptr, &error), PVM_INVALID_ARGUMENT);
  ASSERT_NE(error, nullptr);
  EXPECT_EQ(pvm_error_code(error), PVM_INVALID_ARGUMENT);
  EXPECT_NE(std::strlen(pvm_error_message(error)), 0u);
  EXPECT_EQ(pvm_error_reason(error), nullptr);
  EXPECT_EQ(pvm_error_offset(error, nullptr), 0);
  pvm_error_free(error);

  uint64_t number = 0;
  int64_t gas = 0;
  uint32_t pc = 0;
  uint8_t flag = 0;
  size_t count = 0;
  const char* name = nullptr;
  EXPECT_EQ(pvm_engine_compile(nullptr, nullptr, 0, nullptr, &module, nullptr), PVM_INVALID_ARGUMENT);
  EXPECT_EQ(pvm_engine_compile(engine, nullptr, 0, nullptr, nullptr, nullptr), PVM_INVALID_ARGUMENT);
  EXPECT_EQ(pvm_engine_compile_all(engine, nullptr, 1, &module, nullptr), PVM_INVALID_ARGUMENT);
  EXPECT_EQ(pvm_module_clone(nullptr, &module), PVM_INVALID_ARGUMENT);
  EXPECT_EQ(pvm_module_find_export(nullptr, "f", 1, &pc, nullptr), PVM_INVALID_ARGUMENT);
  EXPECT_EQ(pvm_module_find_export(module, nullptr, 1, &pc, nullptr), PVM_INVALID_ARGUMENT);
  EXPECT_EQ(pvm_module_export(module, 1, &name, &count, &pc), PVM_INVALID_ARGUMENT);
  EXPECT_EQ(pvm_module_import(module, 1, &name, &count), PVM_INVALID_ARGUMENT);
  EXPECT_EQ(pvm_module_export_count(nullptr), 0u);
  EXPECT_EQ(pvm_module_import_count(nullptr), 0u);
  EXPECT_EQ(pvm_module_native_code(nullptr, &count), nullptr);
  EXPECT_EQ(pvm_module_native_positions(nullptr, nullptr, 5), 0u);
  EXPECT_EQ(pvm_module_memory_layout(module, nullptr, nullptr), PVM_INVALID_ARGUMENT);
  EXPECT_EQ(pvm_module_instantiate(nullptr, &instance, nullptr), PVM_INVALID_ARGUMENT);
  EXPECT_EQ(pvm_instance_run(nullptr, nullptr, nullptr, nullptr), PVM_INVALID_ARGUMENT);
  EXPECT_EQ(pvm_instance_call(nullptr, 0, nullptr, 0, nullptr, nullptr, nullptr), PVM_INVALID_ARGUMENT);
  EXPECT_EQ(pvm_instance_call(instance, 0, nullptr, 1, nullptr, nullptr, nullptr), PVM_INVALID_ARGUMENT);
  EXPECT_EQ(pvm_instance_call(instance, 0, &number, 10, nullptr, nullptr, nullptr), PVM_INVALID_ARGUMENT);
  EXPECT_EQ(pvm_instance_next_pc(instance, &flag, nullptr, nullptr), PVM_INVALID_ARGUMENT);
  EXPECT_EQ(pvm_instance_reg(instance, 0, nullptr, nullptr), PVM_INVALID_ARGUMENT);
  EXPECT_EQ(pvm_instance_reg(instance, 13, &number, nullptr), PVM_INVALID_ARGUMENT);
  EXPECT_EQ(pvm_instance_set_reg(instance, 13, 0, nullptr), PVM_INVALID_ARGUMENT);
  EXPECT_EQ(pvm_instance_regs(instance, nullptr, nullptr), PVM_INVALID_ARGUMENT);
  EXPECT_EQ(pvm_instance_set_regs(instance, nullptr, nullptr), PVM_INVALID_ARGUMENT);
  EXPECT_EQ(pvm_instance_gas(nullptr, &gas, nullptr), PVM_INVALID_ARGUMENT);
  EXPECT_EQ(pvm_instance_read(instance, 0x20000, nullptr, 1, nullptr), PVM_INVALID_ARGUMENT);
  EXPECT_EQ(pvm_instance_write(instance, 0x20000, nullptr, 1, nullptr), PVM_INVALID_ARGUMENT);
  EXPECT_EQ(pvm_instance_restore(instance, nullptr, nullptr), PVM_INVALID_ARGUMENT);
  EXPECT_EQ(pvm_instance_user_data(nullptr), nullptr);
  EXPECT_EQ(pvm_linker_link(nullptr, module, 0, nullptr, nullptr), PVM_INVALID_ARGUMENT);
  EXPECT_EQ(pvm_linked_instance_run(nullptr, nullptr, nullptr, nullptr, nullptr), PVM_INVALID_ARGUMENT);
  EXPECT_EQ(pvm_linked_instance_instance(nullptr), nullptr);
  EXPECT_EQ(pvm_caller_read(nullptr, 0, nullptr, 0, nullptr), PVM_INVALID_ARGUMENT);
  EXPECT_EQ(pvm_caller_reg(nullptr, 0), 0u);
  pvm_caller_abort(nullptr, nullptr);
  pvm_interrupt_raise(nullptr);
  EXPECT_EQ(pvm_interrupt_raised(nullptr), 0);
  pvm_error_free(nullptr);
  pvm_engine_free(nullptr);
  pvm_module_free(nullptr);
  pvm_instance_free(nullptr);
  pvm_snapshot_free(nullptr);
  pvm_interrupt_free(nullptr);
  pvm_linker_free(nullptr);
  pvm_linked_module_free(nullptr);
  pvm_linked_instance_free(nullptr);
}

TEST_F(CApi, StructsOfWrongSizeAreRefused) {
  pvm_exit exit{};
  EXPECT_EQ(pvm_instance_set_pc(instance, 0, nullptr), PVM_OK);
  EXPECT_EQ(pvm_instance_run(instance, nullptr, &exit, nullptr), PVM_INVALID_ARGUMENT);
  pvm_run_options options{};
  EXPECT_EQ(pvm_instance_run(instance, &options, nullptr, nullptr), PVM_INVALID_ARGUMENT);
  pvm_run_options_init(&options, sizeof options);
  options.has_timeout = 2;
  EXPECT_EQ(pvm_instance_run(instance, &options, nullptr, nullptr), PVM_INVALID_ARGUMENT);
  pvm_program_config config{};
  pvm_module* made = nullptr;
  EXPECT_EQ(pvm_engine_compile(engine, program.data(), program.size(), &config, &made, nullptr), PVM_INVALID_ARGUMENT);
  pvm_program_config_init(&config, sizeof config);
  config.metering = 3;
  EXPECT_EQ(pvm_engine_compile(engine, program.data(), program.size(), &config, &made, nullptr), PVM_INVALID_ARGUMENT);
  pvm_program_config_init(&config, sizeof config);
  config.argument_bytes = 5;
  EXPECT_EQ(pvm_engine_compile(engine, program.data(), program.size(), &config, &made, nullptr), PVM_INVALID_ARGUMENT);
  EXPECT_EQ(made, nullptr);
}

// A caller that was compiled with a later header.
TEST_F(CApi, StructsOfALaterVersionWorkIfTheyAskForNothingNew) {
  struct Later {
    pvm_program_config config;
    uint64_t news = 0;
  } later{};
  pvm_program_config_init(&later.config, sizeof later);
  pvm_module* made = nullptr;
  ASSERT_EQ(pvm_engine_compile(engine, program.data(), program.size(), &later.config, &made, nullptr), PVM_OK);
  pvm_module_free(made);
  later.news = 1;
  EXPECT_EQ(pvm_engine_compile(engine, program.data(), program.size(), &later.config, &made, nullptr), PVM_UNSUPPORTED);
}

TEST_F(CApi, RejectionsTellReasonAndOffset) {
  pvm_error* error = nullptr;
  pvm_module* made = nullptr;
  EXPECT_EQ(pvm_engine_compile(engine, program.data(), 6, nullptr, &made, &error), PVM_PROGRAM_REJECTED);
  EXPECT_STREQ(pvm_error_reason(error), "truncated");
  uint64_t offset = 99;
  EXPECT_EQ(pvm_error_offset(error, &offset), 1);
  EXPECT_LE(offset, 6u);
  pvm_error_free(error);
}

TEST_F(CApi, EachJobGetsModuleOrError) {
  pvm_compile_job jobs[2] = {{sizeof(pvm_compile_job), program.data(), program.size(), nullptr},
                             {sizeof(pvm_compile_job), program.data(), 3, nullptr}};
  pvm_module* modules[2];
  pvm_error* errors[2];
  EXPECT_EQ(pvm_engine_compile_all(engine, jobs, 2, modules, errors), PVM_PROGRAM_REJECTED);
  EXPECT_NE(modules[0], nullptr);
  EXPECT_EQ(errors[0], nullptr);
  EXPECT_EQ(modules[1], nullptr);
  ASSERT_NE(errors[1], nullptr);
  EXPECT_STREQ(pvm_error_reason(errors[1]), "truncated");
  pvm_module_free(modules[0]);
  pvm_error_free(errors[1]);
  jobs[1].struct_size = 0;
  EXPECT_EQ(pvm_engine_compile_all(engine, jobs, 2, modules, nullptr), PVM_INVALID_ARGUMENT);
  EXPECT_EQ(modules[0], nullptr);
}

TEST_F(CApi, UserPointersAreFreedOnce) {
  int freed = 0;
  const auto count = [](void* pointer) { ++*static_cast<int*>(pointer); };
  const auto nothing = [](pvm_caller*, void*) -> int32_t { return 0; };
  pvm_linker* linker = nullptr;
  ASSERT_EQ(pvm_linker_create(&linker, nullptr), PVM_OK);
  ASSERT_EQ(pvm_linker_define(linker, "zero", 4, nothing, &freed, count, nullptr), PVM_OK);
  EXPECT_EQ(pvm_linker_define(linker, "zero", 4, nothing, &freed, count, nullptr), PVM_ALREADY_DEFINED);
  EXPECT_EQ(freed, 1);
  EXPECT_EQ(pvm_linker_define(linker, "one", 3, nullptr, &freed, count, nullptr), PVM_INVALID_ARGUMENT);
  EXPECT_EQ(freed, 2);
  EXPECT_EQ(pvm_linker_define_fallback(nullptr, nothing, &freed, count, nullptr), PVM_INVALID_ARGUMENT);
  EXPECT_EQ(freed, 3);
  pvm_linked_module* linked = nullptr;
  ASSERT_EQ(pvm_linker_link(linker, module, 0, &linked, nullptr), PVM_OK);
  pvm_linker_free(linker);
  EXPECT_EQ(freed, 3);
  pvm_linked_module_free(linked);
  EXPECT_EQ(freed, 4);
}

}  // namespace
}  // namespace pvm::test
