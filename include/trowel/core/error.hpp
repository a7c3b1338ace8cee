// SPDX-License-Identifier: Apache-2.0
// What went wrong, as a value: every fallible function of Trowel returns a Result that holds a T or an Error.
#pragma once

#include <expected>
#include <memory>
#include <source_location>
#include <string>
#include <utility>

#include "trowel/core/error_code.hpp"  // generated from protocol/errors.json

namespace trowel::core {

struct Error {
  ErrorCode code = ErrorCode::Internal;
  std::string message = {};    // a sentence for the user: what failed, why, what to do
  std::string detail = {};     // for the log only; never a secret
  int httpStatus = 0;          // 0: no HTTP answer was involved
  std::string errorCode = {};  // error_code of the Databricks REST API, as sent
  std::string requestId = {};  // x-request-id of the failed call
  std::shared_ptr<const Error> cause = {};
  std::source_location place = std::source_location::current();
};

template <typename T>
using Result = std::expected<T, Error>;

// The failed half of a Result. `return fail(ErrorCode::NotFound, "…");`
[[nodiscard]] std::unexpected<Error> fail(ErrorCode code, std::string message, std::string detail = {},
                                          std::source_location place = std::source_location::current());

// The same failure seen from further out: keeps code and HTTP facts, puts `message` in front, keeps the cause.
[[nodiscard]] std::unexpected<Error> failBecause(Error cause, std::string message,
                                                 std::source_location place = std::source_location::current());

// One line for the log: code, message, detail, status, request id, place, then the chain of causes.
[[nodiscard]] std::string describe(const Error& error);

}  // namespace trowel::core

// The value of a Result, or an early return of its Error. May be nested. Not in a braced list, nor beside other
// temporaries of the same expression that own something: g++ 12 does not destroy those on the early return.
#define TROWEL_TRY(...) TROWEL_TRY_AS(__COUNTER__, __VA_ARGS__)
#define TROWEL_TRY_AS(number, ...) TROWEL_TRY_NAMED(number, __VA_ARGS__)
#define TROWEL_TRY_NAMED(number, ...)                                                           \
  __extension__({                                                                               \
    auto&& trowelResult##number = (__VA_ARGS__);                                                \
    if (!trowelResult##number) return std::unexpected(std::move(trowelResult##number).error()); \
    std::move(trowelResult##number).value();                                                    \
  })
