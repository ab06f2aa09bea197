// SPDX-License-Identifier: Apache-2.0 OR MIT
// Programs on the reference interpreter.
#include <optional>

#include "pvm/ref/machine.hpp"
#include "subject.hpp"

namespace pvm::bench {
namespace {

class RefSubject : public Subject {
 public:
  explicit RefSubject(const SubjectOptions& options) {
    config_.metering = static_cast<ref::Metering>(options.metering);
    config_.gas_model = static_cast<ref::GasModel>(options.gas_model);
  }

  std::variant<Loaded, Failure> load(const std::string& path, u32 times) override {
    const auto bytes = bytes_of(path);
    if (const auto* failure = std::get_if<Failure>(&bytes)) return *failure;
    const auto& content = std::get<std::vector<u8>>(bytes);
    // The version byte of the container; ref wants to be told. [version.select]
    constexpr std::size_t version_place = 4;
    if (content.size() > version_place) config_.semantics = static_cast<ref::Semantics>(content[version_place]);
    Loaded loaded;
    machine_.reset();
    for (u32 turn = 0; turn < times; ++turn) {
      const u64 start = now();
      auto program = ref::load(content, config_);
      loaded.nanoseconds.push_back(now() - start);
      if (std::holds_alternative<ref::Rejection>(program)) return Failure{path + ": refused by the reference interpreter"};
      program_ = std::get<ref::Program>(std::move(program));
    }
    entry_.reset();
    for (const ref::Export& item : program_.exports) {
      if (item.symbol == "bench") entry_ = item.code_offset;
    }
    if (!entry_) return Failure{path + ": no export 'bench'"};
    machine_.emplace(program_);
    return loaded;
  }

  std::variant<Call, Failure> call(u32 n) override {
    if (!machine_) return Failure{"nothing is loaded"};
    constexpr u32 ra = 0, sp = 1, a0 = 7, a1 = 8, return_to_host = 0xffff0000;
    for (u32 number = 0; number < 13; ++number) machine_->set_reg(number, 0);
    machine_->set_reg(ra, return_to_host);
    machine_->set_reg(sp, machine_->memory().stack_top());
    machine_->set_reg(a0, static_cast<u64>(static_cast<i64>(static_cast<i32>(n))));
    machine_->set_gas(ample_gas);
    machine_->set_pc(*entry_);
    const u64 start = now();
    const ref::Exit exit = machine_->run();
    const u64 end = now();
    if (exit.status != ref::Status::halt) return Failure{"ended by " + std::string(ref::name_of(exit.status))};
    const bool is_32_bit = ref::register_bits(program_.config.semantics) == 32;
    const u64 low = machine_->reg(a0);
    return Call{is_32_bit ? machine_->reg(a1) << 32 | low : low, end - start};
  }

 private:
  ref::Config config_;
  ref::Program program_;
  std::optional<u32> entry_;
  std::optional<ref::Machine> machine_;
};

}  // namespace

std::unique_ptr<Subject> make_ref_subject(const SubjectOptions& options) {
  return std::make_unique<RefSubject>(options);
}

}  // namespace pvm::bench
