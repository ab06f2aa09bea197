// SPDX-License-Identifier: Apache-2.0 OR MIT
// The relocations of data sections.
#include <elf.h>

#include "lift/context.hpp"
#include "lift/relocations.hpp"

namespace pvm::link::lifting {
namespace {

using Group = std::span<const elf::Relocation>;

/// What the relocations at one place amount to: `size` bytes that hold added - subtracted.
struct Sum {
  u8 size = 0;
  const elf::Relocation* added = nullptr;
  const elf::Relocation* subtracted = nullptr;
  bool is_relative = false;  ///< Less the address of the place itself.
};

u8 added_size(u32 type, u32 register_bits) {
  switch (type) {
    case relocation::relative: return static_cast<u8>(register_bits / 8);
    case relocation::set8:
    case relocation::add8: return 1;
    case relocation::set16:
    case relocation::add16: return 2;
    case relocation::set32:
    case relocation::add32:
    case relocation::absolute_32:
    case relocation::pcrel_32:
    case relocation::plt32: return 4;
    case relocation::absolute_64:
    case relocation::add64: return 8;
    default: return 0;
  }
}

u8 subtracted_size(u32 type) {
  switch (type) {
    case relocation::sub8: return 1;
    case relocation::sub16: return 2;
    case relocation::sub32: return 4;
    case relocation::sub64: return 8;
    default: return 0;
  }
}

bool is_add(u32 type) {
  return type >= relocation::add8 && type <= relocation::add64;
}

std::optional<Sum> sum_of(Group group, u32 register_bits) {
  Sum sum;
  for (const elf::Relocation& relocation : group) {
    if (const u8 size = added_size(relocation.type, register_bits); size != 0 && sum.added == nullptr) {
      sum.added = &relocation;
      sum.size = size;
    } else if (subtracted_size(relocation.type) != 0 && sum.subtracted == nullptr) {
      sum.subtracted = &relocation;
    } else {
      return std::nullopt;
    }
  }
  if (sum.added == nullptr) return std::nullopt;
  sum.is_relative = sum.added->type == relocation::pcrel_32 || sum.added->type == relocation::plt32;
  if (sum.subtracted != nullptr && (sum.is_relative || subtracted_size(sum.subtracted->type) != sum.size)) return std::nullopt;
  // What is added to bytes that were there is understood as a difference only.
  if (is_add(sum.added->type) && sum.subtracted == nullptr) return std::nullopt;
  return sum;
}

class DataLifter {
 public:
  DataLifter(Context& context, u32 object, u32 section) : context_(context), object_(object), section_(section) {}

  void run() {
    const Group all = context_.objects[object_].relocations[section_];
    for (std::size_t begin = 0; begin < all.size();) {
      std::size_t end = begin + 1;
      while (end < all.size() && all[end].offset == all[begin].offset) ++end;
      lift(all.subspan(begin, end - begin));
      begin = end;
    }
  }

 private:
  void lift(Group group);
  void fail(u64 offset, LinkError error) {
    context_.section_faults.try_emplace(info().id, Fault{{object_, section_, offset}, std::move(error)});
  }
  void fail_at(u64 offset, std::string message, std::string remedy) {
    fail(offset, fault_at(context_, {object_, section_, offset}, std::move(message), std::move(remedy)));
  }
  const SectionInfo& info() const { return context_.sections[object_][section_]; }
  bool complete(Target& target, u64 offset);

  Context& context_;
  u32 object_;
  u32 section_;
  u64 end_of_last_ = 0;
};

/// False if the target is bad: then the section is.
bool DataLifter::complete(Target& target, u64 offset) {
  if (!target.fault) return true;
  LinkError error = fault_at(context_, {object_, section_, offset}, target.fault->message, target.fault->remedy);
  if (!target.fault->symbol.empty()) error.symbol = target.fault->symbol;
  fail(offset, std::move(error));
  return false;
}

void DataLifter::lift(Group group) {
  const u64 offset = group.front().offset;
  const auto sum = sum_of(group, context_.program.register_bits);
  if (!sum) {
    const u32 type = group.front().type;
    if (relocation::is_thread_local(type)) {
      return fail_at(offset, "thread-local variables are not supported",
                     "there is one thread: compile without thread_local and _Thread_local");
    }
    return fail_at(offset, "unsupported relocation in data: " + relocation::name_of(type), "");
  }
  const u64 available = context_.program.sections[info().id].bytes.size();
  const u64 begin = info().offset + offset;
  if (begin > available || sum->size > available - begin) return fail_at(offset, "the relocation ends outside of its section", "");
  if (begin < end_of_last_) return fail_at(offset, "overlapping relocations", "");
  end_of_last_ = begin + sum->size;

  PendingRelocation pending = {info().id, begin, sum->size, {}, std::nullopt, {object_, section_, offset}};
  if (sum->is_relative) {
    // symbol + addend - place. Tables of offsets are made as "label - table", where the addend says how far the place is from the table.
    pending.target = resolve(context_, object_, sum->added->symbol, 0);
    const i64 base = static_cast<i64>(begin - static_cast<u64>(sum->added->addend));
    pending.minus = Target{Target::Kind::data, info().id, base};
    const bool is_section = context_.objects[object_].symbols[sum->added->symbol].type == STT_SECTION;
    if (!pending.target.is_code() || is_section) {
      pending.target = resolve(context_, object_, sum->added->symbol, sum->added->addend);
      pending.minus->offset = static_cast<i64>(begin);
    }
  } else if (sum->added->type == relocation::relative) {
    pending.target = target_at_address(context_, object_, static_cast<u64>(sum->added->addend));
  } else {
    pending.target = resolve(context_, object_, sum->added->symbol, sum->added->addend);
    if (sum->subtracted != nullptr) pending.minus = resolve(context_, object_, sum->subtracted->symbol, sum->subtracted->addend);
  }
  if (!complete(pending.target, offset) || (pending.minus && !complete(*pending.minus, offset))) return;
  want_block(context_, pending.target);
  if (pending.minus) want_block(context_, *pending.minus);
  context_.pending.push_back(std::move(pending));
}

}  // namespace

void lift_data(Context& context) {
  for (u32 object = 0; object < context.objects.size(); ++object) {
    for (u32 section = 0; section < context.sections[object].size(); ++section) {
      if (context.sections[object][section].role == Role::data) DataLifter(context, object, section).run();
    }
  }
}

}  // namespace pvm::link::lifting
