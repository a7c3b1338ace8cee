// SPDX-License-Identifier: Apache-2.0
#include "trowel/core/like.hpp"

#include <string>

#include "support/catch.hpp"

using trowel::core::matchesLike;

TEST_CASE("LIKE knows any text, one character, and characters that mean themselves") {
  CHECK(matchesLike("", ""));
  CHECK(matchesLike("", "%%"));
  CHECK(matchesLike("sales", "sales"));
  CHECK(matchesLike("sales", "%"));
  CHECK(matchesLike("sales", "s%s"));
  CHECK(matchesLike("sales", "%al%"));
  CHECK(matchesLike("sales", "_ale_"));
  CHECK(matchesLike("mississippi", "m%iss%ip%i"));
  CHECK(matchesLike("é", "_"));
  CHECK(matchesLike("a_b", "a\\_b"));
  CHECK(matchesLike("a\\", "a\\"));
  CHECK_FALSE(matchesLike("axb", "a\\_b"));
  CHECK_FALSE(matchesLike("sales", "sale"));
  CHECK_FALSE(matchesLike("sales", "sales_"));
  CHECK_FALSE(matchesLike("sales", "%x%"));
  CHECK_FALSE(matchesLike("", "_"));
}

TEST_CASE("no pattern makes LIKE slow or deep") {
  CHECK(matchesLike("x", std::string(3'000'000, '%')));
  std::string text(5'000, 'a');
  std::string pattern;
  for (int i = 0; i < 500; ++i) pattern += "%a";
  CHECK_FALSE(matchesLike(text, pattern + "b"));
  CHECK(matchesLike(text + "b", pattern + "b"));
}
