// SPDX-License-Identifier: Apache-2.0
#include "trowel/auth/config_file.hpp"

#include "support/catch.hpp"
#include "support/random.hpp"
#include "trowel/core/text.hpp"

namespace trowel::auth {

namespace {

ConfigFile read(std::string_view text) { return {text, "~/.databrickscfg"}; }

std::string valueOf(std::string_view text, std::string_view section = "a", std::string_view key = "k") {
  auto file = read(text);
  const auto* found = file.find(section);
  const auto* entry = found ? found->find(key) : nullptr;
  return entry ? entry->value : "(none)";
}

}  // namespace

TEST_CASE("the dialect of the CLI is understood") {
  struct Row {
    const char* text;
    const char* value;
  };
  for (const auto& row : {
           Row{"[a]\nk = v\n", "v"},
           Row{"[a]\nk: v\n", "v"},
           Row{"[a]\nk=https://h:1\n", "https://h:1"},
           Row{"[a]\nk: a = b\n", "a = b"},
           Row{"[a]\r\nk = v\r\n", "v"},
           Row{"[a]\nk = v", "v"},
           Row{"\xEF\xBB\xBF[a]\nk = v\n", "v"},
           Row{"[a]\n  k  =  v  \n", "v"},
           Row{"  [a]  \nk = v\n", "v"},
           Row{"[a] ; why\nk = v\n", "v"},
           Row{"[a]\nK = v\n", "v"},
           Row{"[a]\nk = v # comment\n", "v"},
           Row{"[a]\nk = v ; comment\n", "v"},
           Row{"[a]\nk = v#no;comment\n", "v#no;comment"},
           Row{"[a]\nk = \"v\"\n", "v"},
           Row{"[a]\nk = 'v'\n", "v"},
           Row{"[a]\nk = `v # w`\n", "v # w"},
           Row{"[a]\nk = \"v\n", "\"v"},
           Row{"[a]\nk = \n", ""},
           Row{"[a]\nk =\n", ""},
           Row{"[a]\nk = 1\nk = 2\n", "2"},
           Row{"[a]\n#k = v\n;k = w\n", "(none)"},
           Row{"[A]\nk = v\n", "(none)"},
           Row{"[DEFAULT]\nk = v\n[a]\n", "(none)"},
           Row{"[a]\nk = {\"x\": \"y\"}\n", "{\"x\": \"y\"}"},
           Row{"", "(none)"},
       }) {
    INFO(row.text);
    CHECK(valueOf(row.text) == row.value);
    CHECK(read(row.text).text() == row.text);
  }
  CHECK(valueOf("k = v\n[a]\n", "DEFAULT") == "v");
  CHECK(valueOf("k = v\n[DEFAULT]\nl = w\n", "DEFAULT") == "v");
  CHECK(read("[__settings__]\ndefault_profile = x\n").setting("default_profile") == "x");
  CHECK(read("[a]\n\n# x\nk = v\n").find("a")->find("k")->line == 4);
}

TEST_CASE("what is wrong is named with file and line, and never quoted") {
  auto problemOf = [](std::string_view text) { return read(text).find("a")->problem; };
  CHECK(problemOf("[a]\nk = v\n[b]\nnonsense\n").empty());
  CHECK(problemOf("[a]\ndapi0123\n") ==
        "~/.databrickscfg:2 cannot be understood: it is no 'key = value', no comment and no [profile]. Correct or "
        "remove it.");
  CHECK(problemOf("[a]\n= v\n").starts_with("~/.databrickscfg:2 cannot be understood"));
  CHECK(problemOf("[a\nk = v\n") == "~/.databrickscfg:1 begins a profile, but its ']' is missing.");
  CHECK(problemOf("[a]\nk = 1\n[b]\n[a]\nk = 2\n") ==
        "The profile [a] stands twice in ~/.databrickscfg, in lines 1 and 4. Remove one.");
  CHECK(read("[a]\n[b]\n[a]\n").sections().size() == 2);
  // Latin-1: where it counts, and where it does not.
  CHECK(problemOf("[a]\nk = B\xFCro\n") == "~/.databrickscfg:2 is not UTF-8 text. Save the file as UTF-8.");
  CHECK(problemOf("# B\xFCro\n[a]\nk = v # B\xFCro\n[B\xFCro]\n").empty());
  CHECK(read("[B\xFCro]\n").find("B\uFFFDro")->problem.starts_with("~/.databrickscfg:1 is not UTF-8 text."));
}

TEST_CASE("a file that cannot be read has no profiles, and the reason") {
  auto file = ConfigFile::unreadable("It is a folder. Remove it.", "~/.databrickscfg");
  CHECK(file.sections().empty());
  CHECK(file.problem() == "It is a folder. Remove it.");
  CHECK(file.path() == "~/.databrickscfg");
  CHECK(read("nonsense\n").problem().empty());
}

TEST_CASE("nonsense is no crash") {
  CHECK(read("").sections().empty());
  CHECK(read("====\n").find("DEFAULT") != nullptr);
  CHECK(read(std::string(100000, '[')).sections().size() == 1);
  CHECK(read(std::string("[a]\nk = \0v\n", 11)).sections().size() == 1);
}

TEST_CASE("an edit changes its own bytes and no others") {
  const std::string text =
      "\xEF\xBB\xBF; mine\r\n"
      "[DEFAULT]\r\n"
      "\r\n"
      "[dev]\r\n"
      "host  = https://a   # the old one\r\n"
      "token :  t\r\n"
      "\r\n"
      "; about prod\r\n"
      "[prod]\r\n"
      "host = https://p";
  auto edited = [&](auto&& edit) {
    auto file = read(text);
    REQUIRE(edit(file));
    return file.text();
  };
  auto with = [&](std::string_view from, std::string_view to) { return core::replaceAll(text, from, to); };

  CHECK(edited([](auto& f) { return f.set("dev", "host", "https://b"); }) == with("https://a", "https://b"));
  CHECK(edited([](auto& f) { return f.set("dev", "TOKEN", "u"); }) == with(":  t\r", ":  u\r"));
  CHECK(edited([](auto& f) { return f.set("dev", "scopes", "all"); }) ==
        with("token :  t\r\n", "token :  t\r\nscopes = all\r\n"));
  CHECK(edited([](auto& f) { return f.set("prod", "token", "t"); }) == text + "\r\ntoken = t\r\n");
  CHECK(edited([](auto& f) { return f.set("DEFAULT", "host", "https://d"); }) ==
        with("[DEFAULT]\r\n", "[DEFAULT]\r\nhost = https://d\r\n"));
  CHECK(edited([](auto& f) { return f.set("__settings__", "default_profile", "dev"); }) ==
        text + "\r\n\r\n[__settings__]\r\ndefault_profile = dev\r\n");
  CHECK(edited([](auto& f) {
          f.remove("dev", "token");
          return true;
        }) == with("token :  t\r\n", ""));
  CHECK(edited([](auto& f) { return f.addProfile("new"); }) == text + "\r\n\r\n[new]\r\n");
  CHECK(edited([](auto& f) { return f.renameProfile("dev", "test"); }) == with("[dev]", "[test]"));
  CHECK(edited([](auto& f) { return f.removeProfile("dev"); }) ==
        with("[dev]\r\nhost  = https://a   # the old one\r\ntoken :  t\r\n\r\n", ""));
}

TEST_CASE("the first profile makes the file") {
  auto file = read("");
  REQUIRE(file.addProfile("dev"));
  REQUIRE(file.set("dev", "host", "https://h"));
  REQUIRE(file.set("dev", "auth_type", "databricks-cli"));
  CHECK(file.text() == "[dev]\nhost = https://h\nauth_type = databricks-cli\n");
}

TEST_CASE("an empty value is filled where it stands, and of two keys the one that counts is changed") {
  auto file = read("[a]\nk=\nl =   \nm = 1\nm = 2\n");
  REQUIRE(file.set("a", "k", "v"));
  REQUIRE(file.set("a", "l", "w"));
  REQUIRE(file.set("a", "m", "3"));
  CHECK(file.find("a")->find("k")->value == "v");
  CHECK(file.find("a")->find("l")->value == "w");
  CHECK(file.text().starts_with("[a]\nk= v\nl = w"));
  CHECK(file.text().ends_with("m = 1\nm = 3\n"));
}

TEST_CASE("the default profile follows a new name and goes with its profile") {
  const char* text = "[__settings__]\ndefault_profile = a\nauth_storage = secure\n\n[a]\nhost = h\n[b]\n";
  auto file = read(text);
  REQUIRE(file.renameProfile("a", "c"));
  CHECK(file.setting("default_profile") == "c");
  REQUIRE(file.removeProfile("c"));
  CHECK(file.setting("default_profile").empty());
  CHECK(file.setting("auth_storage") == "secure");
  auto other = read(text);
  REQUIRE(other.removeProfile("b"));
  CHECK(other.setting("default_profile") == "a");
}

TEST_CASE("keys above the first header have no name that could be changed") {
  for (const char* text : {"# mine\nhost = h\n[a]\n", "# mine\nhost = h\n[DEFAULT]\n"}) {
    auto file = read(text);
    CHECK(
        file.renameProfile("DEFAULT", "b").error().message ==
        "~/.databrickscfg:2 stands above the first [profile] and belongs to [DEFAULT] for that reason alone. Give it a "
        "[profile] in the file, then rename that.");
    CHECK(file.text() == text);
  }
}

TEST_CASE("a profile that stands twice can be removed, and comments below the keys stay") {
  auto file = read("# top\n[a]\n# inside\nk = 1\n# below\n\n[b]\nk = 2\n[a]\nk = 3\n");
  REQUIRE(file.removeProfile("a"));
  CHECK(file.text() == "# top\n# below\n\n[b]\nk = 2\n");
}

TEST_CASE("an edit that the file cannot carry is refused, and the file stays as it is") {
  auto file = read("[a]\nk = v\n");
  for (const char* value : {"two\nlines", " spaces", "spaces ", "a # b", "a ; b", "\"quoted\"", "'q'", "`q`", "a\\"}) {
    INFO(value);
    auto refused = file.set("a", "k", value);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == core::ErrorCode::InvalidParams);
    CHECK(refused.error().message.starts_with("The value of 'k' cannot be written to ~/.databrickscfg: "));
  }
  for (const char* name : {"", " a", "a]", "[a", "a\nb", "__settings__"}) {
    INFO(name);
    CHECK_FALSE(file.addProfile(name));
    CHECK_FALSE(file.renameProfile("a", name));
    CHECK_FALSE(file.removeProfile(name));
  }
  CHECK(file.addProfile("a").error().message == "There is a profile [a] already (~/.databrickscfg:1).");
  CHECK(file.set("b", "k", "v").error().message == "~/.databrickscfg has no profile [b].");
  CHECK(file.removeProfile("b").error().code == core::ErrorCode::NotFound);
  CHECK_FALSE(file.set("a", "k = x\n[b]", "v"));
  CHECK(file.text() == "[a]\nk = v\n");
}

TEST_CASE("what was set is read back, whatever the file looked like") {
  const auto seed = test::randomSeed();
  INFO("TROWEL_SEED=" << seed);
  test::Random random(seed);
  const std::string alphabet = "[]=:#; \"'`\\ak\r\n\t";
  for (int round = 0; round < 2000; ++round) {
    std::string text;
    for (std::size_t n = random.below(60); n > 0; --n) text += alphabet[random.below(alphabet.size())];
    auto file = read(text);
    REQUIRE(file.text() == text);
    std::string value;
    for (std::size_t n = random.below(6); n > 0; --n) value += alphabet[random.below(alphabet.size())];
    if (!file.find("x") && !file.addProfile("x")) FAIL(text);
    if (!file.set("x", "k", value)) continue;
    INFO(text << "\n--\n" << file.text());
    auto again = read(file.text());
    REQUIRE(again.find("x")->find("k"));
    REQUIRE(again.find("x")->find("k")->value == value);
    REQUIRE(file.removeProfile("x"));
    REQUIRE(read(file.text()).find("x") == nullptr);
  }
}

}  // namespace trowel::auth
