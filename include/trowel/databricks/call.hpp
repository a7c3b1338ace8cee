// SPDX-License-Identifier: Apache-2.0
// What is fixed about a call of the REST API: a service declares each of its calls as one constant of this type.
#pragma once

#include <cstdint>
#include <string_view>

#include "trowel/http/retry.hpp"

namespace trowel::databricks {

using http::CallOptions;
using http::Safety;

enum class Verb : std::uint8_t { Get, Head, Post, Put, Patch, Delete };

std::string_view toString(Verb verb);

// How a list comes: under which field its items stand, and how the next page is asked for.
struct Paging {
  std::string_view items = {};       // empty: the answer is no list
  std::string_view tokenParam = {};  // empty: everything comes in one page; else `next_page_token` goes here
};

constexpr Paging inOnePage(std::string_view items) { return {.items = items}; }
constexpr Paging byToken(std::string_view items, std::string_view tokenParam = "page_token") {
  return {.items = items, .tokenParam = tokenParam};
}

// Reads as one line:  constexpr Call kList{Verb::Get, "/api/2.1/clusters/list", Safety::Safe, byToken("clusters")};
// `{name}` in the path takes the parameter of that name, percent-encoded with its slashes; `{name...}` keeps slashes.
struct Call {
  Verb verb = Verb::Get;
  std::string_view path;
  Safety safety = Safety::Unsafe;
  Paging paging = {};

  // The same call where its safety hangs on a parameter: import is safe with overwrite only.
  constexpr Call safeIf(bool safe) const {
    Call call = *this;
    call.safety = safe ? Safety::Safe : Safety::Unsafe;
    return call;
  }
};

}  // namespace trowel::databricks
