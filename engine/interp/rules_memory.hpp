// SPDX-License-Identifier: Apache-2.0 OR MIT
// The rules of loads and stores: which bytes, and what becomes of them. Chapters "Instructions" and "Memory".
#pragma once

#include "interp/rules.hpp"

namespace pvm::engine::interp {

/// The register that is added to the address i. [access.address]
enum class Base : u8 { none, a, b };
/// What is stored.
enum class Source : u8 { a, j };

/// A load of a number, zero- or sign-extended as its type says, into d.
template <typename T>
struct Load {
  using Number = T;
  static constexpr bool is_load = true;
  Base base;
};
/// A store of the low bytes of a or j.
template <typename T>
struct Store {
  using Number = T;
  static constexpr bool is_load = false;
  Base base;
  Source source;
};

/// A specialisation per load and store: a missing one fails the build.
template <Op op>
inline constexpr decltype(nullptr) access = nullptr;

// [memory.store_imm_u8]
template <>
inline constexpr auto access<Op::store_imm_u8> = Store<u8>{Base::none, Source::j};
// [memory.store_imm_u16]
template <>
inline constexpr auto access<Op::store_imm_u16> = Store<u16>{Base::none, Source::j};
// [memory.store_imm_u32]
template <>
inline constexpr auto access<Op::store_imm_u32> = Store<u32>{Base::none, Source::j};
// [memory.store_imm_u64]
template <>
inline constexpr auto access<Op::store_imm_u64> = Store<u64>{Base::none, Source::j};
// [memory.load_u8]
template <>
inline constexpr auto access<Op::load_u8> = Load<u8>{Base::none};
// [memory.load_i8]
template <>
inline constexpr auto access<Op::load_i8> = Load<i8>{Base::none};
// [memory.load_u16]
template <>
inline constexpr auto access<Op::load_u16> = Load<u16>{Base::none};
// [memory.load_i16]
template <>
inline constexpr auto access<Op::load_i16> = Load<i16>{Base::none};
// [memory.load_u32]
template <>
inline constexpr auto access<Op::load_u32> = Load<u32>{Base::none};
// [memory.load_i32]
template <>
inline constexpr auto access<Op::load_i32> = Load<i32>{Base::none};
// [memory.load_u64]
template <>
inline constexpr auto access<Op::load_u64> = Load<u64>{Base::none};
// [memory.store_u8]
template <>
inline constexpr auto access<Op::store_u8> = Store<u8>{Base::none, Source::a};
// [memory.store_u16]
template <>
inline constexpr auto access<Op::store_u16> = Store<u16>{Base::none, Source::a};
// [memory.store_u32]
template <>
inline constexpr auto access<Op::store_u32> = Store<u32>{Base::none, Source::a};
// [memory.store_u64]
template <>
inline constexpr auto access<Op::store_u64> = Store<u64>{Base::none, Source::a};
// [memory.store_imm_indirect_u8]
template <>
inline constexpr auto access<Op::store_imm_indirect_u8> = Store<u8>{Base::a, Source::j};
// [memory.store_imm_indirect_u16]
template <>
inline constexpr auto access<Op::store_imm_indirect_u16> = Store<u16>{Base::a, Source::j};
// [memory.store_imm_indirect_u32]
template <>
inline constexpr auto access<Op::store_imm_indirect_u32> = Store<u32>{Base::a, Source::j};
// [memory.store_imm_indirect_u64]
template <>
inline constexpr auto access<Op::store_imm_indirect_u64> = Store<u64>{Base::a, Source::j};
// [memory.store_indirect_u8]
template <>
inline constexpr auto access<Op::store_indirect_u8> = Store<u8>{Base::b, Source::a};
// [memory.store_indirect_u16]
template <>
inline constexpr auto access<Op::store_indirect_u16> = Store<u16>{Base::b, Source::a};
// [memory.store_indirect_u32]
template <>
inline constexpr auto access<Op::store_indirect_u32> = Store<u32>{Base::b, Source::a};
// [memory.store_indirect_u64]
template <>
inline constexpr auto access<Op::store_indirect_u64> = Store<u64>{Base::b, Source::a};
// [memory.load_indirect_u8]
template <>
inline constexpr auto access<Op::load_indirect_u8> = Load<u8>{Base::a};
// [memory.load_indirect_i8]
template <>
inline constexpr auto access<Op::load_indirect_i8> = Load<i8>{Base::a};
// [memory.load_indirect_u16]
template <>
inline constexpr auto access<Op::load_indirect_u16> = Load<u16>{Base::a};
// [memory.load_indirect_i16]
template <>
inline constexpr auto access<Op::load_indirect_i16> = Load<i16>{Base::a};
// [memory.load_indirect_u32]
template <>
inline constexpr auto access<Op::load_indirect_u32> = Load<u32>{Base::a};
// [memory.load_indirect_i32]
template <>
inline constexpr auto access<Op::load_indirect_i32> = Load<i32>{Base::a};
// [memory.load_indirect_u64]
template <>
inline constexpr auto access<Op::load_indirect_u64> = Load<u64>{Base::a};

}  // namespace pvm::engine::interp
