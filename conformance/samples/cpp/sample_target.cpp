// SPDX-License-Identifier: Apache-2.0 OR MIT
// A sample adapter: puts a VM (here the reference interpreter, through its public interface only) behind pvm_target.h, so that
// `pvm-conform run --target lib:PATH` can gate it. To gate your own VM, replace what touches `Machine`, and say in hello() what it can do.
#include <pvm_target.h>

#include <cstdio>
#include <cstring>
#include <nlohmann/json.hpp>
#include <pvm/ref/machine.hpp>
#include <string>

namespace {

using nlohmann::json;
using namespace pvm::ref;
using Bytes = std::vector<u8>;

// --- the vectors' spelling: numbers "0x..", bytes as plain hexadecimal digits ---

u64 number(const json& text) {
  const std::string digits = text;
  return digits[0] == '-' ? -std::stoull(digits.substr(1), nullptr, 16) : std::stoull(digits, nullptr, 16);
}

std::string hex(u64 value) {
  char text[20];
  static_cast<void>(std::snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(value)));
  return text;
}

std::string hex_gas(i64 gas) {
  return gas < 0 ? "-" + hex(-static_cast<u64>(gas)) : hex(static_cast<u64>(gas));
}

Bytes bytes_of(const json& text) {
  const std::string digits = text;
  Bytes bytes(digits.size() / 2);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<u8>(std::stoul(digits.substr(2 * i, 2), nullptr, 16));
  return bytes;
}

std::string hex_bytes(const Bytes& bytes) {
  std::string digits;
  for (const u8 byte : bytes) digits += {"0123456789abcdef"[byte >> 4], "0123456789abcdef"[byte & 15]};
  return digits;
}

json or_null(std::optional<u32> value) {
  return value ? json(*value) : json(nullptr);
}

// --- the VM ---

json hello() {
  return {{"hello",
           {{"protocol", 1},
            {"name", "sample-target"},
            {"version", "1.0"},
            {"semantics", {"revive-1", "rv32-1", "rv64-1", "jam-1", "graypaper-0.7.2"}},
            {"features",
             {"raw", "polkavm", "standard", "flat-1", "pipeline-1", "instruction-1", "dynamic_paging", "aux", "page_size", "async",
              "strict", "block_costs"}}}}};
}

Config config_of(const json& job) {
  const json& said = job.at("config");
  Config config;
  config.semantics = *semantics_named(job.at("semantics").get<std::string>());
  config.container = *container_named(job.at("program").at("container").get<std::string>());
  config.gas_model = gas_model_named(said.at("gas_model").get<std::string>());
  config.metering = *metering_named(said.at("metering").get<std::string>());
  config.memory_cost = said.at("memory_cost");
  config.page_size = said.at("page_size");
  config.aux_size = said.at("aux_size");
  config.dynamic_paging = said.at("dynamic_paging");
  config.strict = said.at("strict");
  config.arguments = bytes_of(said.at("arguments"));
  return config;
}

void prepare(Machine& machine, bool paged, const json& pre) {
  for (const json& page : pre.at("pages")) machine.memory().map(number(page.at("address")), page.at("length"), page.at("writable"));
  for (const json& part : pre.at("memory")) {
    const u64 address = number(part.at("address"));
    paged ? machine.memory().place(address, bytes_of(part.at("bytes"))) : machine.memory().host_write(address, bytes_of(part.at("bytes")));
  }
  for (u32 reg = 0; pre.contains("regs") && reg < 13; ++reg) machine.set_reg(reg, number(pre.at("regs")[reg]));
  if (!pre.at("pc").is_null()) machine.set_pc(pre.at("pc"));
  machine.set_gas(static_cast<i64>(number(pre.at("gas"))));
}

json observe(const Machine& machine, const Exit& exit, const json& step) {
  json seen = {
      {"status", name_of(exit.status)}, {"pc", or_null(exit.pc)}, {"next_pc", or_null(exit.next_pc)}, {"gas", hex_gas(machine.gas())}};
  for (const u64 value : machine.registers()) seen["regs"].push_back(hex(value));
  if (exit.status == Status::host_call) seen["host_call"] = hex(exit.host_call);
  if (exit.status == Status::page_fault) seen["fault"] = {{"address", hex(exit.fault_address)}, {"write_protected", exit.write_protected}};
  for (const json& range : step.value("read", json::array())) {
    Bytes bytes(range.at("length").get<u32>());
    if (machine.memory().host_read(number(range.at("address")), bytes))
      seen["memory"].push_back({{"address", range.at("address")}, {"bytes", hex_bytes(bytes)}});
  }
  return seen;
}

/// One step of a case; `exit` is that of the last run.
json perform(Machine& machine, Exit& exit, const json& step) {
  const std::string what = step.at("do");
  if (what == "run") exit = machine.run();
  if (what == "run" || what == "check") return observe(machine, exit, step);
  bool ok = true;
  if (what == "set_reg") machine.set_reg(step.at("reg"), number(step.at("value")));
  if (what == "set_pc") machine.set_pc(step.at("pc"));
  if (what == "set_gas") machine.set_gas(static_cast<i64>(number(step.at("gas"))));
  Memory& memory = machine.memory();
  const u64 address = step.contains("address") ? number(step.at("address")) : 0;
  if (what == "write") ok = memory.host_write(address, bytes_of(step.at("bytes")));
  if (what == "map") ok = memory.map(address, step.at("length"), step.at("writable"));
  if (what == "protect") ok = memory.protect(address, step.at("length"), step.at("writable"));
  if (what == "unmap") ok = memory.unmap(address, step.at("length"));
  if (what != "read") return {{"ok", ok}};
  Bytes bytes(step.at("length").get<u32>());
  if (!memory.host_read(address, bytes)) return {{"ok", false}};
  return {{"ok", true}, {"bytes", hex_bytes(bytes)}};
}

json run(const json& job) {
  json reply = {{"seq", job.at("seq")}};
  const auto loaded = load(bytes_of(job.at("program").at("bytes")), config_of(job));
  if (const auto* rejection = std::get_if<Rejection>(&loaded)) {
    reply["rejected"] = {{"phase", name_of(phase_of(rejection->reason))}, {"reason", name_of(rejection->reason)}};
    return reply;
  }
  const auto& program = std::get<Program>(loaded);
  for (const json& pc : job.value("block_costs", json::array())) {
    reply["block_costs"].push_back({{"pc", pc}, {"cost", hex_gas(block_cost(program, pc))}});
  }
  if (job.contains("block_costs")) return reply;
  Machine machine(program);
  prepare(machine, program.is_paged(), job.at("pre"));
  Exit exit;
  reply["steps"] = json::array();
  for (const json& step : job.at("steps")) reply["steps"].push_back(perform(machine, exit, step));
  return reply;
}

// --- the C interface: no exception may cross it ---

int answer(void*, const char* request, size_t request_len, char** reply, size_t* reply_len) {
  try {
    const json line = json::parse(request, request + request_len);
    const std::string text = (line.contains("hello") ? hello() : run(line.at("run"))).dump();
    *reply = new char[text.size()];
    std::memcpy(*reply, text.data(), text.size());
    *reply_len = text.size();
    return 0;
  } catch (const std::exception&) {
    return 1;
  }
}

void* open_context() {
  return new int;
}
void release(void*, char* reply) {  // NOLINT(readability-non-const-parameter): the interface says so
  delete[] reply;
}
void close_context(void* context) {
  delete static_cast<int*>(context);
}

constexpr pvm_target target = {PVM_TARGET_ABI_VERSION, sizeof(pvm_target), open_context, answer, release, close_context};

}  // namespace

extern "C" __attribute__((visibility("default"))) const struct pvm_target* pvm_target_get(uint32_t abi_version) {
  return abi_version == PVM_TARGET_ABI_VERSION ? &target : nullptr;
}
