// SPDX-License-Identifier: Apache-2.0
#include "features/markdown_text.hpp"

#include "support/catch.hpp"

namespace trowel::features {

TEST_CASE("text of others is no markup") {
  CHECK(plainMarkdown("plain, 1.5 - x") == "plain, 1.5 - x");
  CHECK(plainMarkdown("[x](command:evil) <b>") == "\\[x\\]\\(command:evil\\) \\<b\\>");
  CHECK(plainMarkdown("![i](http://h) &amp; $(zap) *_`~#|") ==
        "\\!\\[i\\]\\(http://h\\) \\&amp; \\$\\(zap\\) \\*\\_\\`\\~\\#\\|");
}

TEST_CASE("a block ends where its text does") {
  CHECK(fencedMarkdown("x = 1", "python") == "```python\nx = 1\n```\n\n");
  CHECK(fencedMarkdown("````\n") == "`````\n````\n`````\n\n");
  CHECK(fencedMarkdown("") == "```\n\n```\n\n");
}

}  // namespace trowel::features
