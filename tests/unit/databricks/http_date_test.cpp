// SPDX-License-Identifier: Apache-2.0
#include "databricks/http_date.hpp"

#include "support/catch.hpp"

using trowel::databricks::parseHttpDate;

TEST_CASE("dates of HTTP headers") {
  CHECK(parseHttpDate("Thu, 01 Jan 1970 00:00:00 GMT") == 0);
  CHECK(parseHttpDate("Sun, 06 Nov 1994 08:49:37 GMT") == 784111777000);
  CHECK(parseHttpDate("Thu, 29 Feb 2024 23:59:59 GMT") == 1709251199000);
  for (auto wrong : {"", "now", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 06 Nox 1994 08:49:37 GMT",
                     "Sun, 30 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Nov 1994 08:49 GMT",
                     "Sun, x Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT"}) {
    CAPTURE(wrong);
    CHECK_FALSE(parseHttpDate(wrong));
  }
}
