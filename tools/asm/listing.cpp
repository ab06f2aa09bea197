// SPDX-License-Identifier: Apache-2.0 OR MIT
// The text of a program as the ecosystem's disassembler prints it.
#include "disassembly.hpp"
#include "print.hpp"
#include "text.hpp"

namespace pvm::assembly {
namespace {

constexpr std::size_t offset_width = 6;
constexpr std::size_t bytes_width = 24;

class Listing {
 public:
  explicit Listing(const Disassembly& disassembly) : d_(disassembly), program_(disassembly.program) {}

  std::string print() {
    print_head();
    for (const CodeItem& item : d_.walk.items()) {
      print_annotations(d_.options.annotations.before, item.begin);
      print_label(item.begin);
      print_line(item.begin, d_.bytes_of(item), text_of(item));
      print_annotations(d_.options.annotations.after, item.begin);
    }
    if (d_.walk.falls_off_end()) {
      print_label(program_.code_size());
      print_line(program_.code_size(), {}, "invalid");
    }
    return std::move(out_);
  }

 private:
  void line(std::string_view text) {
    out_ += text;
    out_ += '\n';
  }

  void print_head() {
    const auto data = [&](const std::string& name, std::size_t present, u32 declared) {
      line("// " + name + " data = " + std::to_string(present) + "/" + std::to_string(declared) + " bytes");
    };
    data("RO", program_.ro_data.size(), program_.ro_data_size);
    data("RW", program_.rw_data.size(), program_.rw_data_size);
    line("// Stack size = " + std::to_string(program_.stack_size) + " bytes");
    line("");
    line("// Instructions = " + std::to_string(d_.walk.items().size() + (d_.walk.falls_off_end() ? 1 : 0)));
    line("// Code size = " + std::to_string(program_.code_size()) + " bytes");
    line("");
  }

  static std::string name_text(std::string_view name) {
    if (is_clean_utf8(name)) return "'" + std::string(name) + "'";
    std::string text = "0x";
    for (const char character : name) {
      const u8 bytes[] = {static_cast<u8>(character)};
      append_hex(text, bytes);
    }
    return text;
  }

  void print_label(u32 offset) {
    const auto number = d_.walk.block_at(offset);
    if (!number) return;
    std::string text = std::string(offset_width, ' ') + ": ";
    if (d_.options.show_raw_bytes) text += std::string(bytes_width + 1, ' ');
    text += "@" + std::to_string(*number);
    const auto entry = d_.table_numbers.find(offset);
    if (entry != d_.table_numbers.end()) text += " [@dyn " + std::to_string(entry->second) + "]";
    const auto [first, last] = d_.exports_at.equal_range(offset);
    for (auto found = first; found != last; ++found) {
      text += " [export #" + std::to_string(found->second) + ": " + name_text(program_.exports[found->second].symbol) + "]";
    }
    if (const auto cost = d_.cost_of(offset)) text += " (gas: " + std::to_string(*cost) + ")";
    line(text);
  }

  std::string target_text(u32 target) const {
    const auto number = d_.walk.block_at(target);
    return number ? "@" + std::to_string(*number) : std::to_string(target);
  }

  std::string text_of(const CodeItem& item) const {
    const ref::Instruction instruction = ref::decode(program_, item.begin);
    if (instruction.op == isa::Op::invalid) return "invalid";
    const builder::Operands operands = operands_of(instruction);
    std::string text =
        print_instruction(program_.config.semantics, instruction.op, operands, target_text(instruction.target), Style::listing);
    if (instruction.op == isa::Op::ecalli) {
      const auto name = d_.import_name(static_cast<u32>(operands.i));
      text += " // " + (name ? name_text(*name) : std::string("INVALID"));
    }
    return text;
  }

  void print_line(u32 offset, std::span<const u8> bytes, std::string_view text) {
    const std::string digits = std::to_string(offset);
    if (digits.size() < offset_width) out_.append(offset_width - digits.size(), ' ');
    out_ += digits;
    out_ += ": ";
    if (d_.options.show_raw_bytes) {
      const std::size_t begin = out_.size();
      append_hex(out_, bytes);
      const std::size_t width = out_.size() - begin;
      if (width < bytes_width) out_.append(bytes_width - width, ' ');
      out_ += ' ';
    }
    line(text);
  }

  void print_annotations(const std::function<std::vector<std::string>(u32)>& annotation, u32 pc) {
    if (!annotation) return;
    for (const std::string& text : annotation(pc)) line(text);
  }

  const Disassembly& d_;
  const ref::Program& program_;
  std::string out_;
};

}  // namespace

std::string print_listing(const Disassembly& disassembly) {
  return Listing(disassembly).print();
}

}  // namespace pvm::assembly
