// SPDX-License-Identifier: Apache-2.0
// The view Git Folders and its commands, from rows and from the palette, against a workspace that really clones.
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "support/answering_user.hpp"
#include "support/connecting.hpp"
#include "support/drawn.hpp"
#include "support/workspace_client.hpp"
#include "trowel/databricks/git_credentials.hpp"
#include "trowel/databricks/repos.hpp"
#include "trowel/databricks/workspace.hpp"

namespace trowel::test {

namespace {

constexpr const char* kHome = "/Users/demo@example.com";
constexpr const char* kEmpty =
    "folder  Repos  [folder] >\n"
    "folder  Shared  [folder] >\n"
    "folder  Users  [folder] >\n"
    "key  Git Credentials  [gitCredentials] >\n";

struct Bench {
  Bench() {
    std::filesystem::create_directory(origin);
    git("init --quiet --initial-branch=main");
    commit("data.txt", "one\n");
    git("tag v1");
    git("branch dev");
    daemon.connect();
  }

  void git(const std::string& arguments) const {
    const auto command = "cd '" + origin + "' && git -c user.name=a -c user.email=a@b -c commit.gpgsign=false " +
                         arguments + " >/dev/null 2>&1";
    REQUIRE(std::system(command.c_str()) == 0);
  }
  void commit(const std::string& name, const std::string& content) const {
    std::ofstream(origin + "/" + name) << content;
    git("add -A");
    git("commit --quiet -m change");
  }
  databricks::Repo add(const std::string& path, const std::vector<std::string>& patterns = {}) {
    return repos.create({.url = origin, .provider = "gitHub", .path = path, .sparsePatterns = patterns}).value();
  }
  static std::string rowOf(const databricks::Repo& repo) { return "repo:" + std::to_string(repo.id); }
  Json run(std::string_view command, const std::vector<std::string>& rows = {}) {
    return runOn(daemon, command, view::kRepos, rows);
  }
  std::string failureOf(std::string_view command, const std::vector<std::string>& rows = {}) {
    Json params{{"command", std::string(command)}};
    for (const auto& row : rows) params["arguments"].push_back({{"view", std::string(view::kRepos)}, {"node", row}});
    return daemon.failure("workspace/executeCommand", params).at("message");
  }
  std::string fileOf(const databricks::Repo& repo) {
    std::string bytes;
    REQUIRE(workspace.readFile(repo.path + "/data.txt", [&](std::string_view piece) -> core::Result<void> {
      bytes += piece;
      return {};
    }));
    return bytes;
  }
  std::size_t calls(std::string_view method, std::string_view path) { return callsOf(daemon.emulator(), method, path); }
  void answer(std::string pattern, int status, std::string body) {
    answerWith(daemon.emulator(), std::move(pattern), status, std::move(body));
  }
  Json lastAsked(const std::string& method) { return daemon.editor().heard(method).back(); }

  TempDir dir;
  std::string origin = dir / "proj.git";
  std::string remote = dir / "proj";  // as people read it
  DaemonHarness daemon;
  AnsweringUser user{daemon};
  WorkspaceClient client{daemon.emulator()};
  databricks::Repos repos{client.rest};
  databricks::Workspace workspace{client.rest};
  databricks::GitCredentials credentials{client.rest};
};

}  // namespace

TEST_CASE("Git folders: none, one, and many wherever they are") {
  Bench bench;
  CHECK(drawn(bench.daemon, view::kRepos, 1) == kEmpty);

  const auto mine = bench.add(std::string(kHome) + "/proj");
  bench.daemon.request("workspace/executeCommand", {{"command", "trowel.view.refresh"}});
  CHECK(drawn(bench.daemon, view::kRepos) == "repo  proj  \"main · " + bench.remote + "\"  [repo.branch]\n" + kEmpty);

  // It is dragged, and added to the window, as the folder that it is.
  const auto rows = bench.daemon.request("trowel/tree/children", {{"view", std::string(view::kRepos)}});
  CHECK(rows.at("nodes").at(0).at("resource") == "wsfs:/Users/demo%40example.com/proj");
  bench.run("trowel.fs.mount", {Bench::rowOf(mine)});
  CHECK(bench.lastAsked("trowel/ui/addFolder") ==
        Json({{"uri", "wsfs:/Users/demo%40example.com/proj"}, {"name", "proj"}}));

  REQUIRE(bench.workspace.mkdirs("/Shared/team/deep"));
  const auto shared = bench.add("/Shared/team/deep/a");
  bench.add("/Repos/demo@example.com/sparse", {"src"});
  REQUIRE(bench.repos.update(shared.id, {.tag = "v1"}));
  REQUIRE(bench.credentials.create({.provider = "gitHub", .userName = "ada", .token = core::SecretString("ghp_1")}));
  bench.daemon.request("workspace/executeCommand", {{"command", "trowel.view.refresh"}});
  const auto shown = drawn(bench.daemon, view::kRepos, 1);
  INFO(shown);
  CHECK(shown.starts_with("repo  proj  \"main · " + bench.remote +
                          "\"  [repo.branch]\n"
                          "repo  sparse  \"main · " +
                          bench.remote +
                          "\"  [repo.branch.sparse]\n"
                          "folder  Repos  [folder] >\n"
                          "folder  Shared  [folder] >\n"
                          "  repo  team/deep/a  \"at " +
                          shared.head.substr(0, 7) + " · " + bench.remote +
                          "\"  [repo.tag]\n"
                          "folder  Users  [folder] >\n"
                          "key  Git Credentials  [gitCredentials] >\n"
                          "  key  GitHub  \"ada"));
  CHECK(mine.id != shared.id);
}

TEST_CASE("Git folders: an error and a missing permission stand where the rows would") {
  Bench bench;
  bench.answer("GET /api/2.0/git-credentials", 403, R"({"error_code":"PERMISSION_DENIED","message":"No access."})");
  CHECK(
      drawn(bench.daemon, view::kRepos, 1) ==
      std::string(kEmpty) +
          "  lock/list.errorForeground  You lack the permission to see your Git credentials  \"The workspace does not "
          "allow this: No access.\"  [failure]  -> trowel.view.refresh\n");
  bench.answer("GET /api/2.0/repos", 400, R"({"error_code":"BAD_REQUEST","message":"No."})");
  bench.daemon.request("workspace/executeCommand", {{"command", "trowel.view.refresh"}});
  CHECK(drawn(bench.daemon, view::kRepos).starts_with("error/list.errorForeground  No."));
}

TEST_CASE("Git folders: a place that is closed does not hide what is in the others") {
  Bench bench;
  bench.add(std::string(kHome) + "/mine");
  emulator::Fault closed;
  closed.pattern = "GET /api/2.0/repos";
  closed.status = 403;
  closed.body = R"({"error_code":"PERMISSION_DENIED","message":"No access."})";
  closed.skip = 1;  // the first listing is of the user's own folder
  closed.times = 0;
  bench.daemon.emulator().addFault(closed);
  CHECK(drawn(bench.daemon, view::kRepos).starts_with("repo  mine  "));
}

TEST_CASE("a repository is cloned to where the user says, all of it or some folders") {
  Bench bench;
  bench.user.types({"https://ada:ghp_1@github.com/o/p", bench.origin, std::string(kHome) + "/new/proj"})
      .picks({"GitHub", "All of it"});
  bench.run("trowel.repo.create");
  CHECK(bench.user.left() == 0);
  const auto asked = bench.daemon.editor().heard("trowel/ui/input");
  REQUIRE(asked.size() == 3);
  CHECK(asked.at(1)["prompt"].get<std::string>().starts_with("Leave the password or token out of the address"));
  CHECK(asked.at(2)["value"] == std::string(kHome) + "/proj");
  const auto made = bench.repos.list(std::string(kHome) + "/new").all().value();
  REQUIRE(made.size() == 1);
  CHECK(made.front().branch == "main");
  CHECK(bench.lastAsked("trowel/tree/reveal")["path"] == Json::array({Bench::rowOf(made.front())}));
  bench.daemon.editor().await("trowel/tree/changed",
                              [](const Json& params) { return params["view"] == std::string(view::kWorkspace); });

  bench.user.types({bench.origin, "/Shared/some", "src, notebooks/etl"}).picks({"GitLab", "Only some folders…"});
  bench.run("trowel.repo.create");
  const auto some = bench.repos.list("/Shared/some").all().value();
  REQUIRE(some.size() == 1);
  CHECK(some.front().sparsePatterns == std::vector<std::string>{"src", "notebooks/etl"});
  CHECK(bench.calls("POST", "/api/2.0/repos") == 2);
}

TEST_CASE("a refused Git credential leads to where one is given") {
  Bench bench;
  bench.answer(
      "POST /api/2.0/repos", 400,
      R"({"error_code":"INVALID_PARAMETER_VALUE","message":"Invalid Git provider credentials for this URL."})");
  bench.user.types({bench.origin, std::string(kHome) + "/proj"}).picks({"GitHub", "All of it"});
  CHECK(bench.failureOf("trowel.repo.create") ==
        "Invalid Git provider credentials for this URL. Give the workspace one with 'Trowel: Add Git Credential…'.");
}

TEST_CASE("a branch or tag is checked out from the remote's list, or typed, and the workspace is drawn again") {
  Bench bench;
  const auto repo = bench.add(std::string(kHome) + "/proj");
  bench.daemon.editor().forget();
  bench.user.picks({"dev"});
  bench.run("trowel.repo.checkout", {Bench::rowOf(repo)});
  CHECK(bench.repos.get(repo.id)->branch == "dev");
  std::vector<std::string> offered;
  const auto asked = bench.lastAsked("trowel/ui/pick");
  for (const auto& item : asked.at("items")) offered.push_back(item.at("label"));
  CHECK(offered ==
        std::vector<std::string>{"dev", "main", "v1", "Type the name of a branch…", "Type the name of a tag…"});
  for (auto changed : {view::kRepos, view::kWorkspace})
    bench.daemon.editor().await("trowel/tree/changed",
                                [&](const Json& params) { return params["view"] == std::string(changed); });

  // From the palette, and a name that no list has to have.
  bench.user.picks({repo.path, "Type the name of a tag…"}).types({"v1"});
  bench.run("trowel.repo.checkout");
  CHECK(bench.repos.get(repo.id)->branch.empty());
  CHECK(bench.failureOf("trowel.repo.pull", {Bench::rowOf(repo)}) ==
        repo.path + " is at a tag or commit, which never changes. Check out a branch first, then pull.");
  bench.user.picks({"Type the name of a branch…"}).types({"none"});
  CHECK(bench.failureOf("trowel.repo.checkout", {Bench::rowOf(repo)}).contains("none"));

  // This machine need not reach the remote.
  std::filesystem::rename(bench.origin, bench.dir / "moved");
  CHECK(bench.run("trowel.repo.checkout", {Bench::rowOf(repo)}).is_null());
  const auto items = bench.lastAsked("trowel/ui/pick").at("items");
  REQUIRE(items.size() == 2);
  CHECK(items.at(0).at("detail").get<std::string>().starts_with("This machine cannot list them: "));
  CHECK(bench.calls("PATCH", "/api/2.0/repos/" + std::to_string(repo.id)) == 3);
}

TEST_CASE("a pull brings the newest commit, and asks before it discards what is in the way") {
  Bench bench;
  const auto repo = bench.add(std::string(kHome) + "/proj");
  bench.commit("data.txt", "two\n");
  bench.run("trowel.repo.pull", {Bench::rowOf(repo)});
  CHECK(bench.fileOf(repo) == "two\n");

  bench.commit("data.txt", "three\n");
  REQUIRE(bench.workspace.importFile(repo.path + "/data.txt", "mine\n", true));
  // Dismissed: everything stays.
  CHECK(bench.run("trowel.repo.pull", {Bench::rowOf(repo)}).is_null());
  const auto told = bench.lastAsked("trowel/ui/confirm");
  CHECK(told["message"] == repo.path + " has changes that are in the way.");
  CHECK(told["detail"].get<std::string>().contains("Commit them, or resolve the conflict"));
  CHECK(bench.fileOf(repo) == "mine\n");
  bench.user.presses({"Open in Browser"});
  CHECK(bench.run("trowel.repo.pull", {Bench::rowOf(repo)}).is_null());
  CHECK(bench.lastAsked("trowel/ui/openUrl")["url"].get<std::string>().ends_with("#workspace" + repo.path));
  CHECK(bench.fileOf(repo) == "mine\n");
  bench.user.presses({"Discard Changes…", "Discard"}).picks({repo.path});
  bench.run("trowel.repo.pull");
  CHECK(bench.lastAsked("trowel/ui/confirm")["message"] == "Discard all changes in " + repo.path + "?");
  CHECK(bench.fileOf(repo) == "three\n");
}

TEST_CASE("the folders of a sparse checkout are changed, of another one not") {
  Bench bench;
  const auto all = bench.add(std::string(kHome) + "/all");
  const auto some = bench.add(std::string(kHome) + "/some", {"src"});
  bench.user.picks({some.path}).types({"src, more"});
  bench.run("trowel.repo.sparse");
  CHECK(bench.lastAsked("trowel/ui/input")["value"] == "src");
  CHECK(bench.repos.get(some.id)->sparsePatterns == std::vector<std::string>{"src", "more"});
  CHECK(bench.failureOf("trowel.repo.sparse", {Bench::rowOf(all)})
            .starts_with(all.path + " has all of its repository, which cannot be changed later."));
}

TEST_CASE("Git folders go after one question that names them") {
  Bench bench;
  const auto one = bench.add(std::string(kHome) + "/one");
  const auto two = bench.add(std::string(kHome) + "/two");
  CHECK(bench.run("trowel.repo.remove", {Bench::rowOf(one)}).is_null());
  CHECK(bench.lastAsked("trowel/ui/confirm")["message"] == "Delete the Git folder " + one.path + "?");
  CHECK(bench.repos.list(kHome).all()->size() == 2);
  bench.user.presses({"Delete"});
  bench.run("trowel.repo.remove", {Bench::rowOf(one), Bench::rowOf(two)});
  CHECK(bench.lastAsked("trowel/ui/confirm")["message"] == "Delete 2 Git folders?");
  CHECK(bench.repos.list(kHome).all()->empty());
  CHECK(bench.calls("DELETE", "/api/2.0/repos/*") == 2);
  CHECK(bench.failureOf("trowel.repo.remove") ==
        "There is no Git folder for that in this workspace. Clone a repository with 'Trowel: Add Git Folder…'.");
}

TEST_CASE("a local clone is found in the window, chosen, or made") {
  Bench bench;
  const auto repo = bench.add(std::string(kHome) + "/proj");
  bench.run("trowel.repo.openInBrowser", {Bench::rowOf(repo)});
  CHECK(bench.lastAsked("trowel/ui/openUrl")["url"].get<std::string>().starts_with(bench.daemon.emulator().host()));

  TempDir home;
  bench.user.picks({repo.path, "Clone it…"}).choosesFiles({home.path()});
  bench.run("trowel.repo.openClone");
  const auto clone = home / "proj";
  CHECK(bench.lastAsked("trowel/ui/addFolder")["uri"] == core::pathToUri(clone));
  CHECK(std::filesystem::exists(clone + "/data.txt"));
  bench.user.picks({"Clone it…"}).choosesFiles({home.path()});
  CHECK(bench.failureOf("trowel.repo.openClone", {Bench::rowOf(repo)}).starts_with(clone + " exists already."));
  bench.user.picks({"Choose its folder…"}).choosesFiles({clone});
  bench.run("trowel.repo.openClone", {Bench::rowOf(repo)});
  CHECK(bench.daemon.editor().heard("trowel/ui/addFolder").size() == 2);
  bench.user.picks({"Choose its folder…"}).choosesFiles({home.path()});
  CHECK(bench.failureOf("trowel.repo.openClone", {Bench::rowOf(repo)})
            .starts_with(home.path() + " is no clone of " + bench.remote));

  const auto project = bench.daemon.folder.path();
  REQUIRE(std::system(("git clone --quiet '" + bench.origin + "' '" + project + "' >/dev/null 2>&1").c_str()) == 0);
  bench.run("trowel.repo.openClone", {Bench::rowOf(repo)});
  CHECK(bench.lastAsked("window/showMessage")["message"] ==
        "The clone of " + bench.remote + " is open in this window: " + project + ".");
}

TEST_CASE("Git credentials are added, changed and deleted, and their tokens are typed unseen") {
  Bench bench;
  bench.user.picks({"GitHub"}).types({"ada", "ghp_first_of_all"});
  bench.run("trowel.gitCredential.create");
  CHECK(bench.lastAsked("trowel/ui/input")["masked"] == true);
  const auto all = bench.credentials.list().all().value();
  REQUIRE(all.size() == 1);
  CHECK(all.front().userName == "ada");
  const auto row = "credential:" + std::to_string(all.front().id);
  const auto path = "/api/2.0/git-credentials/" + std::to_string(all.front().id);
  bench.user.types({"ghp_second_of_all"});
  bench.run("trowel.gitCredential.update", {row});
  bench.user.picks({"GitHub (ada)"});
  bench.run("trowel.gitCredential.makeDefault");
  CHECK(bench.calls("PATCH", path) == 2);
  CHECK(bench.credentials.get(all.front().id)->isDefault);

  bench.answer("POST /api/2.0/git-credentials", 400,
               R"({"error_code":"INVALID_STATE","message":"Only one Git credential is supported at this time."})");
  bench.user.picks({"GitHub"}).types({"ada", "ghp_third_of_all"});
  CHECK(bench.failureOf("trowel.gitCredential.create")
            .starts_with("This workspace takes only one Git credential of GitHub, and you have it already."));
  bench.answer("PATCH " + path, 400, R"({"error_code":"BAD_REQUEST","message":"Bad token ghp_fourth_of_all"})");
  bench.user.types({"ghp_fourth_of_all"});
  CHECK(bench.failureOf("trowel.gitCredential.update", {row}) ==
        "The workspace refused this. Its words repeat the secret that it was sent, so they are not shown.");

  bench.user.presses({"Delete"});
  bench.run("trowel.gitCredential.remove", {row});
  CHECK(bench.lastAsked("trowel/ui/confirm")["message"] == "Delete the Git credential GitHub (ada)?");
  CHECK(bench.credentials.list().all()->empty());
  CHECK(bench.failureOf("trowel.gitCredential.remove") ==
        "You have no Git credential in this workspace. Add one with 'Trowel: Add Git Credential…'.");
}

}  // namespace trowel::test
