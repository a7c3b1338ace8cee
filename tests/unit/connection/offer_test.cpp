// SPDX-License-Identifier: Apache-2.0
#include "trowel/connection/offer.hpp"

#include <nlohmann/json.hpp>

#include "support/catch.hpp"

using trowel::connection::gatherOffers;
using trowel::connection::Source;
using trowel::core::Json;

TEST_CASE("profiles come first, then settings, then the demo") {
  auto offers = gatherOffers("[a]\nhost = https://A.example:443/\ntoken = t\n",
                             Json::array({{{"name", "b"}, {"host", "http://b"}}}));
  REQUIRE(offers.size() == 3);
  CHECK(offers[0].id == "profile:a");
  CHECK(offers[0].host() == "https://a.example");
  CHECK(offers[0].problem.empty());
  CHECK(offers[1].id == "settings:b");
  CHECK(offers[1].problem.empty());
  CHECK(offers[2].source == Source::Demo);
}

TEST_CASE("a host that holds more than an address is a problem and is never shown") {
  for (std::string host : {"https://me:s3cret@example.com", "https://example.com/?token=s3cret", "s3cret"}) {
    auto offers = gatherOffers("[p]\ntoken = t\nhost = " + host + "\n", Json::array({{{"name", "s"}, {"host", host}}}));
    REQUIRE(offers.size() == 3);
    for (std::size_t i : {0U, 1U}) {
      INFO(host << " " << offers[i].problem);
      CHECK(offers[i].host().empty());
      CHECK(offers[i].problem.find("cannot be used") != std::string::npos);
      CHECK(offers[i].problem.find("s3cret") == std::string::npos);
    }
  }
}

TEST_CASE("settings that are no list of connections are passed over") {
  for (const auto& settings : {Json(), Json("x"), Json::array({7, Json::object()}), Json::object({{"name", "x"}})})
    CHECK(gatherOffers("", settings).size() == 1);
}
