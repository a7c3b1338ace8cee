// SPDX-License-Identifier: Apache-2.0
// Any bytes that decode as a notebook must encode to themselves, and their cells written anew must decode again.
#include <array>
#include <cstdlib>

#include "trowel/notebook/source_codec.hpp"

using namespace trowel::notebook;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void checkRewrite(Document document, std::string_view extension) {
  for (auto& cell : document.cells) cell.metadata.raw.reset();
  document.metadata.header.clear();
  auto bytes = encode(document);
  require(bytes.has_value());
  auto again = decode(*bytes, extension);
  require(again.has_value() && again->cells.size() == document.cells.size());
  for (std::size_t i = 0; i < again->cells.size(); ++i) {
    const auto& a = again->cells[i];
    const auto b = normalize(document.cells[i], extension);
    require(a.kind == b.kind && a.language == b.language && a.source == b.source &&
            a.metadata.title == b.metadata.title);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  constexpr std::array<std::string_view, 4> kExtensions{"py", "sql", "scala", "r"};
  constexpr std::array<std::string_view, 4> kComments{"#", "--", "//", "#"};
  if (size == 0) return 0;
  auto kind = data[0] % 4U;
  // The header is given, so that the search is for what stands behind it.
  std::string bytes((data[0] & 4U) != 0 ? "\xEF\xBB\xBF" : "");
  bytes.append(kComments[kind]).append(" Databricks notebook source");
  bytes.append(reinterpret_cast<const char*>(data) + 1, size - 1);
  auto document = decode(bytes, kExtensions[kind]);
  if (!document) return 0;
  require(encode(*document) == bytes);
  checkRewrite(*std::move(document), kExtensions[kind]);
  return 0;
}
