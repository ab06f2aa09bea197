// SPDX-License-Identifier: Apache-2.0 OR MIT
// Whole files in and out.
#include <fstream>
#include <system_error>

#include "pvm/conformance/json_io.hpp"

namespace pvm::conformance {
namespace fs = std::filesystem;

std::variant<std::string, ParseError> read_text(const fs::path& path) {
  constexpr std::uintmax_t largest = std::uintmax_t{256} << 20;
  const auto refuse = [&](std::string reason) { return ParseError{path.string(), "", std::move(reason)}; };
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (!fs::exists(status)) return refuse(error && error != std::errc::no_such_file_or_directory ? error.message() : "no such file");
  if (!fs::is_regular_file(status)) return refuse("not a regular file");
  const std::uintmax_t size = fs::file_size(path, error);
  if (error) return refuse(error.message());
  if (size > largest) return refuse("larger than 256 MiB");
  std::string text(static_cast<std::size_t>(size), '\0');
  std::ifstream file(path, std::ios::binary);
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!file || static_cast<std::uintmax_t>(file.gcount()) != size) return refuse("can't be read");
  return text;
}

std::optional<ParseError> write_text(const fs::path& path, std::string_view text) {
  fs::path temporary = path;
  temporary += ".tmp";
  std::error_code error;
  if (path.has_parent_path()) fs::create_directories(path.parent_path(), error);
  if (error) return ParseError{path.string(), "", "can't make its folder: " + error.message()};
  {
    std::ofstream file(temporary, std::ios::binary | std::ios::trunc);
    file.write(text.data(), static_cast<std::streamsize>(text.size()));
    file.close();
    if (!file) return ParseError{path.string(), "", "can't be written"};
  }
  fs::rename(temporary, path, error);
  if (error) return ParseError{path.string(), "", "can't be written: " + error.message()};
  return std::nullopt;
}

std::variant<VectorFile, ParseError> load_file(const fs::path& path) {
  auto text = read_text(path);
  if (auto* error = std::get_if<ParseError>(&text)) return std::move(*error);
  return parse_file(std::get<std::string>(text), path.string());
}

}  // namespace pvm::conformance
