// SPDX-License-Identifier: Apache-2.0 OR MIT
// Guests in this process: hand-made native code, and compiled programs.
#include "guests.hpp"

#include "jit/compile.hpp"
#include "native/native_executor.hpp"
#include "pvm/builder/assemble.hpp"

namespace pvm::engine::sandbox::test {

void leave(Assembler& as, native::ExitReason reason, u32 index) {
  as.mov_imm(R::rcx, static_cast<u32>(reason) << 28 | index);
  as.jmp_mem({Mem::Kind::base, R::rsp, R::rax, offsetof(native::Context, exit_handler)});
}

std::shared_ptr<jit::NativeCode> code_of(const std::function<void(Assembler&)>& write) {
  Assembler as;
  as.reserve(0x10000);
  write(as);
  auto code = std::make_shared<jit::NativeCode>();
  code->bytes = as.take();
  code->positions = {{0, 0}};
  code->blocks = {{0, 0}};
  return code;
}

std::unique_ptr<native::Space> space_of(std::shared_ptr<const jit::NativeCode> code) {
  auto loaded = load_in_process(std::move(code));
  if (!loaded) {
    ADD_FAILURE() << loaded.error().message;
    return nullptr;
  }
  auto space = make_in_process_space(*std::move(loaded));
  if (!space) ADD_FAILURE() << space.error().message;
  return space ? *std::move(space) : nullptr;
}

std::unique_ptr<native::Space> space_of(const std::function<void(Assembler&)>& write) {
  return space_of(code_of(write));
}

native::NativeExit enter(native::Space& space, CpuState& state, u32 offset) {
  return space.enter(state, {offset}, {}, false);
}

std::unique_ptr<Machine> machine_of(std::string_view text, Metering metering, GasModel model) {
  auto blob = builder::assemble(ref::Semantics::rv64_1, text);
  if (const auto* error = std::get_if<std::string>(&blob)) {
    ADD_FAILURE() << *error;
    return nullptr;
  }
  builder::ProgramParts parts;
  parts.blob = std::get<builder::CodeBlob>(std::move(blob));
  parts.rw_size = 0x10000;
  ProgramConfig config;
  config.metering = metering;
  config.gas_model = model;
  auto loaded = load(polkavm_container(polkavm_parts(ref::Semantics::rv64_1, parts)), config);
  if (!loaded) {
    ADD_FAILURE() << loaded.error().message;
    return nullptr;
  }
  const auto program = std::make_shared<const Program>(*std::move(loaded));
  auto native = jit::compile(*program, {jit::Target::in_process, jit::CpuFeatures::detect()});
  if (!native) {
    ADD_FAILURE() << native.error().message;
    return nullptr;
  }
  const auto code = std::make_shared<const jit::NativeCode>(*std::move(native));
  auto space = space_of(code);
  if (space == nullptr) return nullptr;
  auto machine = Machine::create(program, native::make_native_executor(program, code, std::move(space)));
  if (!machine) ADD_FAILURE() << machine.error().message;
  return machine ? *std::move(machine) : nullptr;
}

}  // namespace pvm::engine::sandbox::test
