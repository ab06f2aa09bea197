// SPDX-License-Identifier: Apache-2.0 OR MIT
// Makes a host function of a typed C++ callable: arguments out of registers, the result into them. [entry.convention]
#pragma once

#include <concepts>
#include <functional>
#include <tuple>
#include <type_traits>
#include <utility>

#include "pvm/caller.hpp"
#include "pvm/result.hpp"
#include "pvm/types.hpp"

namespace pvm {

/// A host function of any shape: takes its arguments from the caller's registers and puts its results there. An error ends the guest's
/// call. It may be called by several threads at a time, for different instances.
using UntypedHostFunction = std::function<Result<void>(Caller&)>;

/// The types that cross the border: 32 and 64 bits, signed or not.
template <typename T>
concept HostInteger = std::integral<T> && !std::same_as<T, bool> && (sizeof(T) == 4 || sizeof(T) == 8);

/// A host function and the number of registers that its arguments take.
struct HostFunction {
  UntypedHostFunction function;
  u32 registers_32_bit = 0;  ///< In the 32-bit versions. At most 9 can be had.
  u32 registers_64_bit = 0;
};

namespace detail {

template <typename T>
struct Unwrapped {
  using type = T;
};
template <typename T>
struct Unwrapped<Result<T>> {
  using type = T;
};

/// Reads typed arguments, one after the other.
class ArgumentReader {
 public:
  explicit ArgumentReader(const Caller& caller) : caller_(caller) {}
  template <HostInteger T>
  T next() {
    u64 bits = caller_.argument(next_++);
    if (sizeof(T) == 8 && caller_.is_32_bit()) bits = (bits & 0xffffffff) | caller_.argument(next_++) << 32;
    return static_cast<T>(bits);
  }

 private:
  const Caller& caller_;
  u32 next_ = 0;
};

inline constexpr u32 register_a0 = 7, register_a1 = 8;

template <HostInteger T>
void put_result(Caller& caller, T result) {
  const Value value(result);
  caller.set_reg(register_a0, value.bits());
  if (value.is_wide() && caller.is_32_bit()) caller.set_reg(register_a1, value.bits() >> 32);
}

template <typename F, typename R, bool takes_caller, typename... Args>
struct TypedHostFunction {
  static_assert(sizeof...(Args) <= 9, "a host function takes at most 9 arguments");
  static_assert((HostInteger<Args> && ...), "arguments are integers of 32 or 64 bits");
  static_assert(std::is_void_v<typename Unwrapped<R>::type> || HostInteger<typename Unwrapped<R>::type>,
                "results are void, integers of 32 or 64 bits, or a Result of these");

  static R invoke(F& function, Caller& caller) {
    ArgumentReader reader(caller);
    // Braces: the arguments are read from left to right.
    const std::tuple<Args...> arguments{reader.next<Args>()...};
    return std::apply(
        [&](Args... values) -> R {
          if constexpr (takes_caller)
            return std::invoke(function, caller, values...);
          else
            return std::invoke(function, values...);
        },
        arguments);
  }

  static HostFunction make(F function) {
    if constexpr (requires { function == nullptr; }) {
      if (function == nullptr) return {};
    }
    constexpr u32 wide = (0 + ... + (sizeof(Args) == 8 ? 1 : 0));
    const auto call = [function = std::move(function)](Caller& caller) mutable -> Result<void> {
      if constexpr (std::is_void_v<R>) {
        invoke(function, caller);
      } else if constexpr (std::same_as<R, Result<void>>) {
        return invoke(function, caller);
      } else if constexpr (HostInteger<R>) {
        put_result(caller, invoke(function, caller));
      } else {
        auto result = invoke(function, caller);
        if (!result) return std::move(result.error());
        put_result(caller, *result);
      }
      return {};
    };
    return {call, sizeof...(Args) + wide, sizeof...(Args)};
  }
};

// The signature of a function pointer, or of a callable with one call operator.
template <typename F, typename Signature = void>
struct Typed : Typed<F, decltype(&F::operator())> {};
template <typename F, typename R, typename... Args>
struct Typed<F, R(Args...)> : TypedHostFunction<F, R, false, std::remove_cvref_t<Args>...> {};
template <typename F, typename R, typename... Args>
struct Typed<F, R(Caller&, Args...)> : TypedHostFunction<F, R, true, std::remove_cvref_t<Args>...> {};
template <typename F, typename C, typename R, typename... Args>
struct Typed<F, R (C::*)(Args...)> : Typed<F, R(Args...)> {};
template <typename F, typename C, typename R, typename... Args>
struct Typed<F, R (C::*)(Args...) const> : Typed<F, R(Args...)> {};
template <typename F, typename C, typename R, typename... Args>
struct Typed<F, R (C::*)(Args...) noexcept> : Typed<F, R(Args...)> {};
template <typename F, typename C, typename R, typename... Args>
struct Typed<F, R (C::*)(Args...) const noexcept> : Typed<F, R(Args...)> {};
template <typename R, typename... Args>
struct Typed<R (*)(Args...)> : Typed<R (*)(Args...), R(Args...)> {};
template <typename R, typename... Args>
struct Typed<R (*)(Args...) noexcept> : Typed<R (*)(Args...) noexcept, R(Args...)> {};

}  // namespace detail

/// A typed callable as a host function; see Linker::define. Null function pointers and empty std::functions give one without a function.
template <typename F>
HostFunction make_host_function(F&& function) {
  return detail::Typed<std::decay_t<F>>::make(std::forward<F>(function));
}

}  // namespace pvm
