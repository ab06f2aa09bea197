// SPDX-License-Identifier: Apache-2.0 OR MIT
// What is measured: something that loads one program and calls its `bench`.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "pvm/types.hpp"

namespace pvm::bench {

/// A failure, for people.
struct Failure {
  std::string text;
};

/// What loading has taken and given.
struct Loaded {
  std::vector<u64> nanoseconds;  ///< Of each compilation, from bytes in memory; empty where there is nothing to compile.
  u64 instructions = 0;          ///< Of the guest program; 0: unknown.
  u64 native_bytes = 0;          ///< Of the code made; 0: none.
};

/// One call of `bench`.
struct Call {
  u64 result = 0;
  u64 nanoseconds = 0;
};

/// One program at a time on one back end.
class Subject {
 public:
  Subject() = default;
  Subject(const Subject&) = delete;
  Subject& operator=(const Subject&) = delete;
  virtual ~Subject() = default;
  /// Compiles the file `times` (1 or more) times without any cache, and makes the last one ready to be called.
  virtual std::variant<Loaded, Failure> load(const std::string& path, u32 times) = 0;
  /// Calls bench(n) of what was loaded last.
  virtual std::variant<Call, Failure> call(u32 n) = 0;
};

/// What a back end is to do.
struct SubjectOptions {
  Metering metering = Metering::sync;
  GasModel gas_model = GasModel::flat_1;
};

/// `back_end`: process, in-process or interpreter (the engine's isolation levels), ref (the reference interpreter), native (a shared
/// object). Failure: no such back end, or it can't be had on this machine.
std::variant<std::unique_ptr<Subject>, Failure> make_subject(const std::string& back_end, const SubjectOptions& options);

std::variant<std::unique_ptr<Subject>, Failure> make_engine_subject(const std::string& level, const SubjectOptions& options);
std::unique_ptr<Subject> make_ref_subject(const SubjectOptions& options);
std::unique_ptr<Subject> make_native_subject();

/// The bytes of a file.
std::variant<std::vector<u8>, Failure> bytes_of(const std::string& path);

/// Nanoseconds since some time.
u64 now();

/// More than any program uses.
inline constexpr i64 ample_gas = i64{1} << 60;

}  // namespace pvm::bench
