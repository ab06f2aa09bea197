// SPDX-License-Identifier: Apache-2.0 OR MIT
// Files in and out: bounded reading, atomic writing; "-" is standard input or output.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "output.hpp"

namespace pvm::command {

/// The largest blob that is worth reading, in bytes: code, jump table and data of the document's limits fit in.
inline constexpr std::uint64_t max_blob_bytes = std::uint64_t{512} << 20;
/// The same for text and ELF files.
inline constexpr std::uint64_t max_source_bytes = std::uint64_t{1} << 30;

/// All bytes of a file, or of standard input for "-"; a file of more than `limit` bytes is a Problem, as are directories.
std::variant<std::vector<std::uint8_t>, Problem> read_input(const std::string& path, std::uint64_t limit);

/// Replaces the file at `path` by `bytes`: it has either the old contents or all of the new ones at any time (a temporary file in the same
/// folder, renamed). Symbolic links stay links; devices and pipes are written to; "-" is standard output.
std::optional<Problem> write_output(const std::string& path, std::span<const std::uint8_t> bytes);
std::optional<Problem> write_output(const std::string& path, std::string_view text);

/// The same piece by piece: nothing is at `path` before commit(), and nothing stays if that is never called. Errors are kept until then.
class OutputFile {
 public:
  explicit OutputFile(std::string path);
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  ~OutputFile();

  /// Buffered.
  void append(std::span<const std::uint8_t> bytes);
  void append(std::string_view text);
  bool failed() const { return problem_.has_value(); }
  std::optional<Problem> commit();

 private:
  void open_output();
  void open_replacement(mode_t mode);
  void flush();
  void fail(int error);

  std::string path_;       ///< As the user named it.
  std::string target_;     ///< What is replaced.
  std::string temporary_;  ///< Empty: the descriptor is written to directly.
  int fd_ = -1;
  std::vector<std::uint8_t> buffer_;
  std::optional<Problem> problem_;
};

/// Writes all bytes to a descriptor, or gives the error number.
std::optional<int> write_all(int fd, std::span<const std::uint8_t> bytes);

}  // namespace pvm::command
