// SPDX-License-Identifier: Apache-2.0
#include "sync/ignore_rules.hpp"

#include <unistd.h>

#include <array>
#include <chrono>
#include <set>

#include "support/catch.hpp"
#include "support/random.hpp"
#include "support/temp_dir.hpp"
#include "sync/glob.hpp"
#include "trowel/os/files.hpp"
#include "trowel/os/process.hpp"

using namespace trowel;
using sync::IgnoreRules;

namespace {

IgnoreRules rulesOf(std::map<std::string, std::string> files) {
  return IgnoreRules([files = std::move(files)](const std::string& folder) -> std::optional<std::string> {
    auto it = files.find(folder);
    if (it == files.end()) return std::nullopt;
    return it->second;
  });
}

IgnoreRules rulesOnDisk(const std::string& root) {
  return IgnoreRules(
      [root](const std::string& folder) -> std::optional<std::string> {
        auto text = os::readFile(root + "/" + folder + "/.gitignore", 1 << 20);
        return text ? std::optional(*text) : std::nullopt;
      },
      sync::outerIgnoreRules(root));
}

// What git says, of `paths` relative to `dir`.
std::set<std::string> gitIgnores(const std::string& dir, const std::vector<std::string>& paths) {
  auto git = os::Process::spawn({.argv = {"git", "check-ignore", "--no-index", "--stdin", "-z"},
                                 .environment = {},
                                 .cwd = dir,
                                 .in = os::Stream::Pipe,
                                 .out = os::Stream::Pipe,
                                 .fds = {}})
                 .value();
  std::string input;
  for (const auto& path : paths) input += path + '\0';
  std::set<std::string> ignored;
  std::string output;
  // Small enough for the pipe, so that writing everything first cannot block.
  REQUIRE(input.size() < 60000);
  REQUIRE(::write(git.in.get(), input.data(), input.size()) == static_cast<ssize_t>(input.size()));
  git.in.reset();
  char buffer[4096];
  for (ssize_t got = 0; (got = ::read(git.out.get(), buffer, sizeof buffer)) > 0;)
    output.append(buffer, static_cast<std::size_t>(got));
  CHECK(git.wait(os::kForever)->code <= 1);
  for (std::size_t at = 0; at < output.size();) {
    const auto end = output.find('\0', at);
    ignored.insert(output.substr(at, end - at));
    at = end + 1;
  }
  return ignored;
}

void git(const std::string& dir, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "git");
  auto child = os::Process::spawn({.argv = std::move(arguments), .environment = {}, .cwd = dir, .fds = {}}).value();
  REQUIRE(child.wait(os::kForever)->ok());
}

class Generator {
 public:
  explicit Generator(test::Random& random) : random_(random) {}

  std::string name() {
    static constexpr std::array<const char*, 16> kNames{"a",  "b",   "ab",  "foo", "bar", "foo.py", "x.pyc", "A",
                                                        "a-", "[a]", "a b", "!a",  "#a",  "b ",     "a*",    "\\a"};
    return random_.of(kNames);
  }

  std::string pattern() {
    static constexpr std::array<const char*, 34> kParts{
        "a",     "b",     "ab",      "foo",  "bar",         "*",     "**", "?",     "*.py", "*.pyc", "[ab]", "[!a]",
        "[^b]",  "[a-c]", "\\a",     "\\!a", "[[:alpha:]]", "[]a]",  "a*", "*b",    "f*o",  "\\*",   "[a",   "***",
        "[\\]]", "[a-]",  "[[:x:]]", "\\",   "foo**",       "**bar", "a?", "[--a]", " ",    "#a"};
    std::string result;
    if (random_.chance(20)) result += '!';
    if (random_.chance(25)) result += '/';
    const std::size_t parts = 1 + random_.below(3);
    for (std::size_t i = 0; i < parts; ++i) {
      if (i > 0) result += '/';
      result += random_.of(kParts);
      if (random_.chance(15)) result += random_.of(kParts);
    }
    if (random_.chance(25)) result += '/';
    if (random_.chance(10)) result += random_.chance(50) ? " " : "\\ ";
    if (random_.chance(10)) result += '\r';
    return result;
  }

  std::string ignoreFile() {
    std::string text = random_.chance(5) ? "\xEF\xBB\xBF" : "";
    for (std::size_t i = 0, lines = 1 + random_.below(5); i < lines; ++i) text += pattern() + "\n";
    if (random_.chance(30)) text += "# comment\n\n" + pattern();
    return text;
  }

  // Makes a folder with everything in it; the relative paths.
  void tree(const test::TempDir& dir, const std::string& at, int depth, std::vector<std::string>& paths) {
    if (random_.chance(depth == 0 ? 100 : 30)) dir.write(at + ".gitignore", ignoreFile());
    for (std::size_t i = 0, entries = 3 + random_.below(5); i < entries; ++i) {
      const std::string path = at + name();
      if (os::pathExists(dir / path)) continue;
      paths.push_back(path);
      if (depth < 3 && random_.chance(45)) {
        std::filesystem::create_directory(dir / path);
        tree(dir, path + "/", depth + 1, paths);
      } else {
        dir.write(path, "");
      }
    }
  }

 private:
  test::Random& random_;
};

}  // namespace

TEST_CASE("patterns match as git's do") {
  auto rules = rulesOf({{"", "*.log\n!keep.log\n/top\nbuild/\ndocs/**/x\n"}, {"sub", "!a.log\n/b\n"}});
  CHECK(rules.ignored("a.log", false));
  CHECK(rules.ignored("x/y/a.log", false));
  CHECK_FALSE(rules.ignored("keep.log", false));
  CHECK(rules.ignored("top", false));
  CHECK_FALSE(rules.ignored("x/top", false));
  CHECK(rules.ignored("build", true));
  CHECK_FALSE(rules.ignored("build", false));
  CHECK(rules.ignored("build/keep.log", false));  // nothing comes back from an ignored folder
  CHECK(rules.ignored("docs/x", false));
  CHECK(rules.ignored("docs/a/b/x", false));
  CHECK_FALSE(rules.ignored("sub/a.log", false));
  CHECK(rules.ignored("sub/b", false));
  CHECK_FALSE(rules.ignored("sub/c/b", false));
}

TEST_CASE("the repository and the state of tools are never sent") {
  auto rules = rulesOf({{"", "!.git\n!.databricks\n"}});
  CHECK(rules.ignored(".git", true));
  CHECK(rules.ignored("sub/.git/config", false));
  CHECK(rules.ignored(".databricks/bundle", true));
  CHECK(rules.ignored(".trowel", false));
  CHECK_FALSE(rules.ignored(".gitignore", false));
}

TEST_CASE("many stars take no exponential time") {
  const std::string text(2000, 'a');
  CHECK_FALSE(sync::globMatches("*a*a*a*a*a*a*a*a*a*a*a*a*b", text));
  CHECK_FALSE(sync::globMatches("**/a*/**/a*/**/a*/**/b", "a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a"));
}

TEST_CASE("ignore rules agree with git check-ignore") {
  // Nothing of the machine's own configuration.
  test::TempDir home;
  ::setenv("HOME", home.path().c_str(), 1);
  ::unsetenv("XDG_CONFIG_HOME");
  ::setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
  const auto seed = test::randomSeed();
  INFO("TROWEL_SEED=" << seed);
  test::Random random(seed);
  Generator generator(random);
  std::size_t cases = 0;
  std::size_t ignored = 0;
  while (cases < 4000) {
    test::TempDir dir;
    git(dir.path(), {"init", "-q"});
    std::vector<std::string> paths;
    generator.tree(dir, "", 0, paths);
    if (random.chance(30)) dir.write(".git/info/exclude", generator.ignoreFile());
    home.write(".config/git/ignore", random.chance(30) ? generator.ignoreFile() : "");
    const auto expected = gitIgnores(dir.path(), paths);
    auto rules = rulesOnDisk(dir.path());
    for (const auto& path : paths) {
      INFO(path << " in " << dir.path() << " with\n" << dir.read(".gitignore"));
      const bool isFolder = std::filesystem::is_directory(dir / path);
      const bool actual = rules.ignored(path, isFolder);
      if (actual != expected.contains(path)) {
        CHECK(actual == expected.contains(path));
      }
      ignored += actual;
    }
    cases += paths.size();
  }
  CHECK(ignored > cases / 20);
  CHECK(ignored < cases * 19 / 20);
}

TEST_CASE("rules from above the project, from the repository and from the user count") {
  test::TempDir home;
  ::setenv("HOME", home.path().c_str(), 1);
  ::unsetenv("XDG_CONFIG_HOME");
  ::setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
  test::TempDir dir;
  git(dir.path(), {"init", "-q"});
  dir.write(".gitignore", "*.top\n/app/anchored\n");
  dir.write(".git/info/exclude", "*.excluded\n");
  home.write(".gitconfig", "[core]\n\texcludesFile = ~/mine\n");
  home.write("mine", "*.mine\n!special.excluded\n");
  const std::vector<std::string> paths{"a.top",  "anchored",         "x/anchored", "a.excluded",
                                       "a.mine", "special.excluded", "a.py"};
  for (const auto& path : paths) dir.write("app/" + path, "");
  auto rules = rulesOnDisk(dir / "app");
  const auto expected = gitIgnores(dir / "app", paths);
  CHECK(expected.size() == 5);
  for (const auto& path : paths) {
    INFO(path);
    CHECK(rules.ignored(path, false) == expected.contains(path));
  }
  SECTION("a linked work tree shares info/exclude") {
    git(dir.path(), {"-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "--allow-empty", "-m", "x"});
    test::TempDir linked;
    git(dir.path(), {"worktree", "add", "-q", linked / "tree"});
    linked.write("tree/b.excluded", "");
    CHECK(gitIgnores(linked / "tree", {"b.excluded"}).size() == 1);
    CHECK(rulesOnDisk(linked / "tree").ignored("b.excluded", false));
  }
}
