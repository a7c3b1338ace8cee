// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/listing.hpp"

#include <condition_variable>
#include <latch>
#include <mutex>
#include <nlohmann/json.hpp>

#include "support/catch.hpp"
#include "support/scripted_workspace.hpp"

using namespace trowel;
using namespace trowel::databricks;
using core::ErrorCode;
using core::Json;

namespace {

constexpr Call listBy(Paging paging) { return {Verb::Get, "/l", Safety::Safe, paging}; }

std::string readName(const Json& item) { return core::stringAt(item, "n"); }

// The names of all items, joined; or the error's sentence.
std::string namesOf(test::ScriptedWorkspace& scripted, const Call& call, const Json& params = {}) {
  auto list = scripted.rest.list(call, params, &readName);
  std::string names;
  for (;;) {
    auto item = list.next();
    if (!item) {
      CHECK(item.error().code == ErrorCode::DataLoss);
      CHECK_FALSE(list.next().value());  // it stays at its end
      return names + "! " + item.error().message;
    }
    if (!*item) return names;
    names += **item;
  }
}

}  // namespace

TEST_CASE("a list in one page asks once, whatever it is told about more") {
  test::ScriptedWorkspace scripted;
  scripted.http.on("GET", "/l").reply(200, R"({"i":[{"n":"a"},{"n":"b"}],"next_page_token":"t","has_more":true})");
  CHECK(namesOf(scripted, listBy(inOnePage("i"))) == "ab");
}

TEST_CASE("F42: tokens lead from page to page, over empty ones, until there is none") {
  test::ScriptedWorkspace scripted;
  SECTION("an empty token ends the list") {
    scripted.http.on("GET", "/l?k=v").reply(200, R"({"i":[{"n":"a"}],"next_page_token":"t 1"})");
    scripted.http.on("GET", "/l?k=v&page_token=t%201").reply(200, R"({"next_page_token":"t2"})");
    scripted.http.on("GET", "/l?k=v&page_token=t2").reply(200, R"({"i":null,"next_page_token":"t3"})");
    scripted.http.on("GET", "/l?k=v&page_token=t3").reply(200, R"({"i":[{"n":"b"}],"next_page_token":""})");
    CHECK(namesOf(scripted, listBy(byToken("i")), {{"k", "v"}}) == "ab");
  }
  SECTION("the parameter may have another name: repos") {
    scripted.http.on("GET", "/l").reply(200, R"({"i":[{"n":"a"}],"next_page_token":"t"})");
    scripted.http.on("GET", "/l?next_page_token=t").reply(200, R"({"i":[{"n":"b"}]})");
    CHECK(namesOf(scripted, listBy(byToken("i", "next_page_token"))) == "ab");
  }
  SECTION("a number in the path is a token, too: chunks of a statement") {
    constexpr Call kChunks{Verb::Get, "/l/{chunk}", Safety::Safe, byToken("i", "chunk", "next_chunk_index")};
    scripted.http.on("GET", "/l/0").reply(200, R"({"i":[{"n":"a"}],"next_chunk_index":1})");
    scripted.http.on("GET", "/l/1").reply(200, R"({"i":[{"n":"b"}]})");
    CHECK(namesOf(scripted, kChunks, {{"chunk", 0}}) == "ab");
  }
}

TEST_CASE("F42: a token that comes again ends the list with an error, and its page is not taken for the end") {
  test::ScriptedWorkspace scripted;
  scripted.http.on("GET", "/l").reply(200, R"({"i":[{"n":"a"}],"next_page_token":"t"})");
  scripted.http.on("GET", "/l?page_token=t").reply(200, R"({"i":[{"n":"b"}],"next_page_token":"u"})");
  scripted.http.on("GET", "/l?page_token=u").reply(200, R"({"i":[{"n":"c"}],"next_page_token":"t"})");
  CHECK(namesOf(scripted, listBy(byToken("i"))) ==
        "ab! http://127.0.0.1:8080 does not come to an end with this list: it names the same page again.");
}

TEST_CASE("cluster events name the next request as a whole, or a token") {
  test::ScriptedWorkspace scripted;
  constexpr Call kEvents{Verb::Post, "/e", Safety::Safe, byNextPage("events")};
  scripted.http.on("POST", "/e")
      .withJson(R"({"cluster_id":"c","start_time":1})")
      .reply(200, R"({"events":[{"n":"a"}],"next_page":{"cluster_id":"c","offset":1,"limit":1},"total_count":3})");
  scripted.http.on("POST", "/e")
      .withJson(R"({"cluster_id":"c","offset":1,"limit":1})")
      .reply(200, R"({"events":[{"n":"b"}],"next_page":{"offset":9},"next_page_token":"t"})");
  scripted.http.on("POST", "/e")
      .withJson(R"({"cluster_id":"c","offset":1,"limit":1,"page_token":"t"})")
      .reply(200, R"({"events":[{"n":"c"}],"next_page":{}})");
  CHECK(namesOf(scripted, kEvents, {{"cluster_id", "c"}, {"start_time", 1}}) == "abc");

  for (int i = 0; i < 2; ++i)
    scripted.http.on("POST", "/e").reply(200, R"({"events":[{"n":"a"}],"next_page":{"offset":1}})");
  CHECK(namesOf(scripted, kEvents).starts_with("a! "));
}

TEST_CASE("F42: SCIM counts from one up to a total that may change meanwhile") {
  test::ScriptedWorkspace scripted;
  auto call = listBy(byStartIndex());
  SECTION("it grows") {
    scripted.http.on("GET", "/l?count=2").reply(200, R"({"Resources":[{"n":"a"},{"n":"b"}],"totalResults":3})");
    scripted.http.on("GET", "/l?count=2&startIndex=3")
        .reply(200, R"({"Resources":[{"n":"c"},{"n":"d"}],"totalResults":"5","startIndex":3})");
    scripted.http.on("GET", "/l?count=2&startIndex=5").reply(200, R"({"Resources":[{"n":"e"}],"totalResults":5})");
    CHECK(namesOf(scripted, call, {{"count", 2}}) == "abcde");
  }
  SECTION("it shrinks") {
    scripted.http.on("GET", "/l").reply(200, R"({"Resources":[{"n":"a"}],"totalResults":3})");
    scripted.http.on("GET", "/l?startIndex=2").reply(200, R"({"totalResults":1})");
    CHECK(namesOf(scripted, call) == "a");
  }
  SECTION("it is missing") {
    scripted.http.on("GET", "/l").reply(200, R"({"Resources":[{"n":"a"}]})");
    scripted.http.on("GET", "/l?startIndex=2").reply(200, R"({"Resources":[]})");
    CHECK(namesOf(scripted, call) == "a");
  }
  SECTION("the server does not look at the number") {
    scripted.http.on("GET", "/l").reply(200, R"({"Resources":[{"n":"a"}],"totalResults":9})");
    scripted.http.on("GET", "/l?startIndex=2").reply(200, R"({"Resources":[{"n":"a"}],"totalResults":9})");
    CHECK(namesOf(scripted, call).starts_with("a! "));
  }
}

TEST_CASE("page numbers and offsets") {
  test::ScriptedWorkspace scripted;
  scripted.http.on("GET", "/l?page_size=2").reply(200, R"({"results":[{"n":"a"},{"n":"b"}],"count":3})");
  scripted.http.on("GET", "/l?page=2&page_size=2").reply(200, R"({"results":[{"n":"c"}],"count":3})");
  CHECK(namesOf(scripted, listBy(byPageNumber("results")), {{"page_size", 2}}) == "abc");

  scripted.http.on("GET", "/l?limit=2").reply(200, R"({"jobs":[{"n":"a"},{"n":"b"}],"has_more":true})");
  scripted.http.on("GET", "/l?limit=2&offset=2").reply(200, R"({"jobs":[{"n":"c"}],"has_more":true})");
  scripted.http.on("GET", "/l?limit=2&offset=3").reply(200, R"({"has_more":true})");
  CHECK(namesOf(scripted, listBy(byOffset("jobs")), {{"limit", 2}}) == "abc");
}

TEST_CASE("F43: null or nothing is an empty list, something else is damage") {
  test::ScriptedWorkspace scripted;
  for (auto body : {"{}", R"({"i":null})", R"({"i":[]})", "", R"({"else":1})"}) {
    scripted.http.on("GET", "/l").reply(200, body);
    CHECK(namesOf(scripted, listBy(byToken("i"))).empty());
  }
  for (auto body : {R"({"i":{"n":"a"}})", R"({"i":"a"})", "[]", "3"}) {
    scripted.http.on("GET", "/l").reply(200, body);
    CHECK(namesOf(scripted, listBy(byToken("i"))) ==
          "! http://127.0.0.1:8080 sent something else where a list was due.");
  }
  scripted.http.on("GET", "/l").reply(200, R"([{"n":"a"},{"n":"b"}])");
  CHECK(namesOf(scripted, listBy(inOnePage({}))) == "ab");
}

TEST_CASE("F42: ten thousand pages are read, a hundred thousand are no list") {
  struct Endless final : http::HttpClient {
    http::HttpResult send(const http::HttpRequest&, const http::CallOptions&) override {
      auto token = last == ++pages ? std::string() : std::to_string(pages);
      return http::HttpResponse{.status = 200, .body = R"({"i":[{"n":"x"}],"next_page_token":")" + token + "\"}"};
    }
    std::size_t pages = 0;
    std::size_t last = 0;
  } http;
  test::ManualClock clock;
  RestClient rest(test::ScriptedWorkspace::config(), http, clock);
  auto list = rest.list(listBy(byToken("i")), {}, &readName);
  SECTION("ten thousand") {
    http.last = 10'000;
    CHECK(list.all()->size() == 10'000);
  }
  SECTION("a hundred thousand") {
    CHECK(list.all().error().message == "http://127.0.0.1:8080 does not come to an end with this list.");
    CHECK(http.pages == 100'000);
  }
}

namespace {

// Numbers its pages, each of one item, from 1 on. Page `hangs` is answered only by a cancel.
class Pages final : public http::HttpClient {
 public:
  http::HttpResult send(const http::HttpRequest&, const http::CallOptions& options) override {
    std::unique_lock lock(mutex_);
    const int page = ++asked_;
    changed_.notify_all();
    if (page == fails)
      return http::HttpResponse{.status = 404, .body = R"({"error_code":"NOT_FOUND","message":"gone"})"};
    if (page == hangs) {
      auto cancelled = options.cancel.onCancel([this] { ended.count_down(); });
      lock.unlock();
      ended.wait();
      return std::unexpected(http::TransportError{options.cancel.error("The request")});
    }
    auto token = page == last ? std::string() : std::to_string(page);
    return http::HttpResponse{.status = 200, .body = R"({"i":[{"n":"x"}],"next_page_token":")" + token + "\"}"};
  }

  void waitForPage(int number) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return asked_ >= number; });
  }
  int asked() {
    std::lock_guard lock(mutex_);
    return asked_;
  }

  int last = 0;
  int fails = 0;
  int hangs = 0;
  std::latch ended{1};

 private:
  std::mutex mutex_;  // guards asked_
  std::condition_variable changed_;
  int asked_ = 0;
};

}  // namespace

TEST_CASE("who reads on to a third page has the next one fetched while it reads, and no more than that") {
  Pages pages;
  test::ManualClock clock;
  RestClient rest(test::ScriptedWorkspace::config(), pages, clock);
  auto list = rest.list(listBy(byToken("i")), {}, &readName);
  SECTION("two pages are read as asked for") {
    CHECK(list.next().value());
    CHECK(pages.asked() == 1);
    CHECK(list.next().value());
    CHECK(pages.asked() == 2);
  }
  SECTION("the third brings the fourth and the fifth along, and there it waits") {
    pages.hangs = 6;
    for (int i = 0; i < 3; ++i) CHECK(list.next().value());
    pages.waitForPage(5);
    CHECK(pages.asked() == 5);  // the fifth waits for its reader
    CHECK(list.next().value());
    pages.waitForPage(6);
  }
  SECTION("what fails ahead is told in its place") {
    pages.fails = 5;
    for (int i = 0; i < 3; ++i) CHECK(list.next().value());
    pages.waitForPage(5);
    CHECK(list.next().value());
    CHECK(list.next().error().code == ErrorCode::NotFound);
    CHECK_FALSE(list.next().value());
    CHECK(pages.asked() == 5);
  }
  SECTION("the last page ends it") {
    pages.last = 5;
    CHECK(list.all()->size() == 5);
    CHECK(pages.asked() == 5);
  }
}

TEST_CASE("pages that are fetched ahead are read as carefully as the first ones") {
  test::ScriptedWorkspace scripted;
  const auto page = [&](int number, std::string_view body) {
    scripted.http.on("GET", number == 1 ? "/l" : "/l?page_token=" + std::to_string(number))
        .reply(200, std::string(body));
  };
  page(1, R"({"i":[{"n":"a"}],"next_page_token":"2"})");
  page(2, R"({"i":[{"n":"b"}],"next_page_token":"3"})");
  SECTION("tokens wherever they stand, as numbers and with escapes") {
    page(3, R"({"next_page_token":4,"i":[{"n":"c","next_page_token":"9"}]})");
    page(4, "\xEF\xBB\xBF{\"i\":null,\"next_page_token\":\"\\u0035\"}");
    page(5, R"({"i":[{"n":"e"}],"next_page_tok\u0065n":"6"})");
    page(6, "");
    CHECK(namesOf(scripted, listBy(byToken("i"))) == "abce");
  }
  SECTION("damage that brackets do not show") {
    page(3, R"({"i":[{"n":c}],"next_page_token":""})");
    CHECK(namesOf(scripted, listBy(byToken("i"))) == "ab! The answer of http://127.0.0.1:8080 is damaged or cut off.");
  }
  SECTION("no list") {
    page(3, R"({"i":"c"})");
    CHECK(namesOf(scripted, listBy(byToken("i"))) ==
          "ab! http://127.0.0.1:8080 sent something else where a list was due.");
  }
  SECTION("a page that is cut off is asked for again") {
    page(3, R"({"i":[{"n":"c"}],"next_page)");
    page(3, R"({"i":[{"n":"c"}]})");
    CHECK(namesOf(scripted, listBy(byToken("i"))) == "abc");
  }
}

TEST_CASE("a list that nobody reads on ends the call that is under way for it") {
  Pages pages;
  pages.hangs = 4;
  test::ManualClock clock;
  RestClient rest(test::ScriptedWorkspace::config(), pages, clock);
  {
    auto list = rest.list(listBy(byToken("i")), {}, &readName);
    for (int i = 0; i < 3; ++i) CHECK(list.next().value());
    pages.waitForPage(4);
  }
  CHECK(pages.ended.try_wait());
}

TEST_CASE("a cancel ends the wait for a page that is fetched ahead") {
  Pages pages;
  pages.hangs = 4;
  test::ManualClock clock;
  RestClient rest(test::ScriptedWorkspace::config(), pages, clock);
  core::CancelSource stop;
  auto list = rest.list(listBy(byToken("i")), {}, &readName, {.cancel = stop.token()});
  for (int i = 0; i < 3; ++i) CHECK(list.next().value());
  pages.waitForPage(4);
  stop.cancel(core::CancelReason::Client);
  CHECK(list.next().error().code == ErrorCode::Cancelled);
}

TEST_CASE("F39: a token that ends between two pages is renewed, and the page asked for again") {
  test::ScriptedWorkspace scripted;
  struct Renewing final : http::Credentials {
    core::Result<http::Authorization> authorize(const core::CancelToken&) override {
      return http::Authorization{.value = core::SecretString("Bearer " + std::to_string(number))};
    }
    bool refused(const http::Authorization&) override { return ++number > 0; }
    int number = 1;
  };
  auto config = test::ScriptedWorkspace::config();
  config.credentials = std::make_shared<Renewing>();
  RestClient rest(config, scripted.http, scripted.clock);
  scripted.http.on("GET", "/l").reply(200, R"({"i":[{"n":"a"}],"next_page_token":"t"})");
  scripted.http.on("GET", "/l?page_token=t").reply(401, "");
  scripted.http.on("GET", "/l?page_token=t").reply(200, R"({"i":[{"n":"b"}]})");
  CHECK(rest.list(listBy(byToken("i")), {}, &readName).all()->size() == 2);
  CHECK(scripted.http.requests().back().authorization.reveal() == "Bearer 2");
}

TEST_CASE("an object whose arrays go on on further pages is put together") {
  test::ScriptedWorkspace scripted;
  constexpr Call kGet{Verb::Get, "/g", Safety::Safe, arraysByToken()};
  const auto gather = [&] { return scripted.rest.gather(kGet, {{"id", 7}}, {"tasks", "settings.tasks"}); };
  SECTION("several pages") {
    scripted.http.on("GET", "/g?id=7")
        .reply(200,
               R"({"id":7,"settings":{"name":"n","tags":[1],"tasks":[1,2]},"has_more":true,"next_page_token":"t"})");
    scripted.http.on("GET", "/g?id=7&page_token=t")
        .reply(200, R"({"id":7,"settings":{"name":"n","tags":[1],"tasks":[3]},"tasks":[4],"next_page_token":"u"})");
    scripted.http.on("GET", "/g?id=7&page_token=u").reply(200, R"({"settings":{"tasks":null}})");
    CHECK(gather().value() ==
          Json::parse(R"({"id":7,"settings":{"name":"n","tags":[1],"tasks":[1,2,3]},"tasks":[4]})"));
  }
  SECTION("one page is left as it is") {
    scripted.http.on("GET", "/g?id=7").reply(200, R"({"id":7})");
    CHECK(gather().value() == Json{{"id", 7}});
  }
  SECTION("a shape that nobody expects does no harm") {
    scripted.http.on("GET", "/g?id=7").reply(200, R"({"settings":"s","next_page_token":"t"})");
    scripted.http.on("GET", "/g?id=7&page_token=t").reply(200, "[]");
    CHECK(gather());
  }
  SECTION("a circle is an error") {
    for (auto target : {"/g?id=7", "/g?id=7&page_token=t"})
      scripted.http.on("GET", target).reply(200, R"({"next_page_token":"t"})");
    CHECK(gather().error().code == ErrorCode::DataLoss);
  }
}
