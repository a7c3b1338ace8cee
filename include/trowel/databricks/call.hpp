// SPDX-License-Identifier: Apache-2.0
// What is fixed about a call of the REST API: a service declares each of its calls as one constant of this type.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "trowel/http/retry.hpp"

namespace trowel::databricks {

using http::CallOptions;
using http::Safety;

enum class Verb : std::uint8_t { Get, Head, Post, Put, Patch, Delete };

std::string_view toString(Verb verb);

// How a list comes: where its items stand, and how the next page is asked for.
struct Paging {
  enum class Style : std::uint8_t {
    OnePage,     // everything comes at once
    Token,       // the answer's `tokenField` becomes the next request's `tokenParam`; no or an empty one: the end
    NextPage,    // as Token; or the answer's object `next_page` is the whole next request
    StartIndex,  // SCIM: `startIndex` counts items from 1; the answer tells `totalResults`
    PageNumber,  // `page` counts pages from 1; the answer tells `count`, of items
    Offset,      // `offset` counts items from 0; the answer tells `has_more`
  };

  std::string_view items = {};  // the field with the items; empty: the answer is no list, or is the list itself
  std::string_view tokenParam = {};
  std::string_view tokenField = {};
  Style style = Style::OnePage;
  std::array<std::string_view, 2> firstPageOnly = {};  // parameters that a token stands for and may not stand beside

  constexpr Paging withFirstPageOnly(std::string_view one, std::string_view other) const {
    Paging paging = *this;
    paging.firstPageOnly = {one, other};
    return paging;
  }
};

constexpr Paging inOnePage(std::string_view items) { return {.items = items}; }
constexpr Paging byToken(std::string_view items, std::string_view tokenParam = "page_token",
                         std::string_view tokenField = "next_page_token") {
  return {.items = items, .tokenParam = tokenParam, .tokenField = tokenField, .style = Paging::Style::Token};
}
// Of an object whose arrays go on: see RestClient::gather.
constexpr Paging arraysByToken() { return byToken({}); }
constexpr Paging byNextPage(std::string_view items) {
  return {
      .items = items, .tokenParam = "page_token", .tokenField = "next_page_token", .style = Paging::Style::NextPage};
}
constexpr Paging byStartIndex(std::string_view items = "Resources") {
  return {.items = items, .style = Paging::Style::StartIndex};
}
constexpr Paging byPageNumber(std::string_view items) { return {.items = items, .style = Paging::Style::PageNumber}; }
constexpr Paging byOffset(std::string_view items) { return {.items = items, .style = Paging::Style::Offset}; }

// Reads as one line:  constexpr Call kList{Verb::Get, "/api/2.1/clusters/list", Safety::Safe, byToken("clusters")};
// `{name}` in the path takes the parameter of that name, percent-encoded with its slashes; `{name...}` keeps slashes.
// A path may carry a query of its own ("…?action=complete-upload&session_token={token}"), for a POST that wants both.
struct Call {
  Verb verb = Verb::Get;
  std::string_view path;
  Safety safety = Safety::Unsafe;
  Paging paging = {};
  bool ranges = false;  // honours Range, so that a download that broke off goes on where it was
  // The parameter of the body whose value nobody is to see: an error that repeats it is told in other words.
  const char* secret = nullptr;

  constexpr Call hiding(const char* parameter) const {
    Call call = *this;
    call.secret = parameter;
    return call;
  }

  // The same call where its safety hangs on a parameter: import is safe with overwrite only.
  constexpr Call safeIf(bool safe) const {
    Call call = *this;
    call.safety = safe ? Safety::Safe : Safety::Unsafe;
    return call;
  }
};

}  // namespace trowel::databricks
