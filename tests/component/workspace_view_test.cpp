// SPDX-License-Identifier: Apache-2.0
// The view Workspace and its commands: what both sides have, and every verb as the workspace sees it.
#include "support/workspace_bench.hpp"

namespace trowel::test {

using namespace workspace_bench;

namespace {

constexpr std::string_view kList = "/api/2.0/workspace/list";

}  // namespace

TEST_CASE("workspace: an empty folder, one object, many") {
  Bench bench;
  REQUIRE(bench.service.mkdirs(kHome));
  CHECK(bench.rows().empty());

  bench.notebook("nb", "print(1)");
  bench.refresh();
  CHECK(bench.rows() ==
        "trowel-notebook-python  nb  \"Python\"  (○)  [object.notebook.there]  -> trowel.workspace.open\n");

  REQUIRE(bench.service.mkdirs(kHome + "/zeta/deep"));
  bench.file("Alpha.txt", "12345");
  bench.file("zeta/x", "");
  bench.refresh();
  CHECK(bench.rows(1) ==
        "folder  zeta  (○)  [object.folder.there] >\n"
        "  folder  deep  (○)  [object.folder.there] >\n"
        "  file  x  \"0 bytes\"  (○)  [object.file.there]  -> trowel.workspace.open\n"
        "file  Alpha.txt  \"5 bytes\"  (○)  [object.file.there]  -> trowel.workspace.open\n"
        "trowel-notebook-python  nb  \"Python\"  (○)  [object.notebook.there]  -> trowel.workspace.open\n");
}

TEST_CASE("workspace: a failure and a refusal are rows") {
  Bench bench;
  const auto answer = [&](int status, const std::string& body) {
    emulator::Fault fault;
    fault.pattern = "GET /api/2.0/workspace/list";
    fault.status = status;
    fault.body = body;
    fault.times = 1;
    bench.daemon.emulator().addFault(fault);
    bench.refresh();
  };
  answer(400, R"({"error_code":"BAD_REQUEST","message":"No."})");
  CHECK(bench.rows().starts_with("error/list.errorForeground  No."));
  answer(403, R"({"error_code":"PERMISSION_DENIED","message":"No access."})");
  CHECK(
      bench.rows().starts_with("lock/list.errorForeground  You lack the permission Can View on this folder  \"The "
                               "workspace does not allow this: "
                               "No access.\"  [failure]"));
}

TEST_CASE("workspace: a root that is not there yet says so, and an upload makes it") {
  Bench bench({.emulation = {.userName = "ada@example.com"},
               .settings = {{"workspace", {{"root", "/Users/{user}/{branch}"}}}}});
  CHECK(bench.rows().find("It needs the branch of the project") != std::string::npos);
  bench.daemon.folder.write(".git/HEAD", "ref: refs/heads/feature/x\n");
  bench.refresh();
  CHECK(bench.rows().find("The folder " + kHome + "/feature-x is not in the workspace yet.") != std::string::npos);
  bench.write("a.txt", "1");
  bench.refresh();
  CHECK(bench.rows() == "file  a.txt  \"only here\"  (+)  [object.file.here]  -> trowel.workspace.open\n");
  bench.user.presses({"Upload"});
  bench.run("uploadAll");
  CHECK(bench.isThere("feature-x/a.txt"));
}

TEST_CASE("workspace: states of both sides are told by content, rolled up to folders, and cheap") {
  Bench bench;
  for (const auto* name : {"same", "here", "there", "both", "touched"}) bench.file(name, "base");
  REQUIRE(bench.service.mkdirs(kHome + "/folder/in"));
  bench.file("folder/in/a", "base");
  bench.user.presses({"Download"});
  bench.run("downloadAll");
  CHECK(bench.said() == "6 files downloaded to " + bench.daemon.home() + "/Databricks-VSCode/EMULATOR/Workspace.");
  const std::string inSync =
      "folder  folder  (✓)  [object.folder.there.here] >\n"
      "file  both  \"4 bytes\"  (✓)  [object.file.there.here]  -> trowel.workspace.open\n"
      "file  here  \"4 bytes\"  (✓)  [object.file.there.here]  -> trowel.workspace.open\n"
      "file  same  \"4 bytes\"  (✓)  [object.file.there.here]  -> trowel.workspace.open\n"
      "file  there  \"4 bytes\"  (✓)  [object.file.there.here]  -> trowel.workspace.open\n"
      "file  touched  \"4 bytes\"  (✓)  [object.file.there.here]  -> trowel.workspace.open\n";
  CHECK(bench.rowsAfter(inSync) == inSync);
  // A look costs no contents.
  CHECK(bench.calls("GET", "/api/2.0/workspace/export") + bench.calls("GET", "/api/2.0/workspace-files*") <= 12);

  bench.write("here", "mine!");
  bench.file("there", "theirs!");
  bench.write("both", "mine!");
  bench.file("both", "theirs!");
  bench.write("touched", "base");
  bench.write("new", "x");
  bench.file("other", "y");
  bench.write("folder/in/b", "new");
  bench.refresh();
  const std::string changed =
      "folder  folder  \"1 to upload\"  (↑)  [object.folder.there.here] >\n"
      "file  both  \"7 bytes · changed on both sides\"  (!)  [object.file.there.here]  -> trowel.workspace.open\n"
      "file  here  \"4 bytes · newer here\"  (↑)  [object.file.there.here]  -> trowel.workspace.open\n"
      "file  new  \"only here\"  (+)  [object.file.here]  -> trowel.workspace.open\n"
      "file  other  \"1 byte\"  (○)  [object.file.there]  -> trowel.workspace.open\n"
      "file  same  \"4 bytes\"  (✓)  [object.file.there.here]  -> trowel.workspace.open\n"
      "file  there  \"7 bytes · newer in the workspace\"  (↓)  [object.file.there.here]  -> trowel.workspace.open\n"
      "file  touched  \"4 bytes\"  (✓)  [object.file.there.here]  -> trowel.workspace.open\n";
  CHECK(bench.rowsAfter(changed) == changed);
}

TEST_CASE("workspace: a workspace of which nothing is here costs one call a folder") {
  Bench bench;
  bench.file("a", "1");
  REQUIRE(bench.service.mkdirs(kHome + "/folder"));
  bench.daemon.emulator().clearRequests();
  CHECK(bench.rows().find("folder") != std::string::npos);
  CHECK(bench.calls("GET", kList) == 1);
  CHECK(bench.daemon.emulator().requests().size() == 1);
}

TEST_CASE("workspace: files of a folder go down and up as well as notebooks, and a failed upload says so") {
  Bench bench;
  bench.notebook("in/nb", "print(1)");
  bench.file("in/data.csv", "a,b");
  bench.file("in/deep/x.md", "# x");
  bench.user.presses({"Download"});
  bench.run("download", {"in"});
  CHECK(bench.read("in/nb.py") == kHeader + "print(1)");
  CHECK(bench.read("in/data.csv") == "a,b");
  CHECK(bench.read("in/deep/x.md") == "# x");
  bench.daemon.editor().forget();

  bench.write("in/nb.py", kHeader + "print(2)\n");
  bench.write("in/new.txt", "new");
  bench.user.presses({"Upload"});
  bench.run("upload", {"in"});
  CHECK(bench.said() == "2 files uploaded to " + kHome + ". 2 were the same already.");
  CHECK(bench.textOf("in/nb").find("print(2)") != std::string::npos);
  CHECK(bench.textOf("in/new.txt") == "new");

  bench.write("in/new.txt", "newer");
  emulator::Fault fault;
  fault.pattern = "POST /api/2.0/workspace-files/import-file/*";
  fault.status = 403;
  fault.body = R"({"error_code":"PERMISSION_DENIED","message":"Read only."})";
  fault.times = 0;
  bench.daemon.emulator().addFault(fault);
  const auto failure = bench.failureOf("upload", {"in/new.txt"});
  CHECK(failure.starts_with("0 of 1 file was uploaded. " + bench.local("in/new.txt") + ": "));
  CHECK(failure.find("Read only.") != std::string::npos);
}

TEST_CASE("workspace: names with characters that addresses are made of go both ways") {
  Bench bench;
  const std::string name = "größe 1 % ?#&+=.txt";
  bench.file(name, "1");
  bench.run("download", {name});
  CHECK(bench.read(name) == "1");
  bench.write(name, "22");
  bench.run("upload", {name});
  CHECK(bench.textOf(name) == "22");
  bench.run("open", {name});
  CHECK(bench.asked["trowel/ui/openDocument"]["uri"] == "wsfs:" + core::percentEncode(kHome + "/" + name, "/"));
}

TEST_CASE("workspace: before all is copied the counts are named, and a dry run changes nothing") {
  Bench bench;
  bench.file("a", "1");
  bench.file("b", "22");
  Json question;
  bench.daemon.editor().on("trowel/ui/confirm", [&](const Json& params) {
    question = params;
    return Json{{"action", "Show Plan"}};
  });
  bench.run("downloadAll");
  CHECK(question["message"] ==
        "Download 2 files (3 bytes) to " + bench.daemon.home() + "/Databricks-VSCode/EMULATOR/Workspace?");
  CHECK(bench.asked["trowel/ui/openDocument"]["content"].get<std::string>().find("new              " + kHome +
                                                                                 "/b -> ") != std::string::npos);
  CHECK_FALSE(bench.isHere("a"));
  CHECK(bench.calls("GET", "/api/2.0/workspace-files*") == 0);
}

TEST_CASE("workspace: what was changed on both sides is asked about, and both may stay") {
  Bench bench;
  bench.file("a.txt", "base");
  bench.run("download", {"a.txt"});
  bench.write("a.txt", "mine");
  bench.file("a.txt", "theirs");
  bench.user.picks({"Keep Both"});
  bench.run("download", {"a.txt"});
  CHECK(bench.read("a.txt") == "mine");
  CHECK(bench.read("a (2).txt") == "theirs");
  bench.user.picks({"Keep Mine"});
  bench.run("upload", {"a.txt"});
  CHECK(bench.textOf("a.txt") == "mine");
}

TEST_CASE(
    "workspace: export formats are those of the connection, and what matches none stays a file with one warning") {
  Bench bench;
  bench.daemon.editor().on("trowel/ui/settings", [](const Json& params) {
    Json values = Json::array();
    for (const auto& key : params.at("keys")) {
      Json each{{"key", key}};
      if (key == "databricks.connection.default.exportFormats") each["user"] = {{"Python", ".py.ipynb"}};
      values.push_back(std::move(each));
    }
    return Json{{"values", std::move(values)}};
  });
  bench.daemon.editor().notify("workspace/didChangeConfiguration", Json::object());
  bench.notebook("nb", "print(1)");
  while (!bench.isHere("nb.py.ipynb")) {
    std::error_code ignored;
    std::filesystem::remove(bench.local("nb.py"), ignored);
    bench.run("download", {"nb"});
  }
  CHECK(bench.read("nb.py.ipynb").find("print(1)") != std::string::npos);
  bench.daemon.editor().forget();
  bench.write("source.py", kHeader + "1\n");
  bench.write("old.py", kHeader + "2\n");
  bench.user.presses({"Upload"});
  bench.run("uploadAll");
  const auto text = bench.said();
  CHECK(text.find("2 files look like a notebook but match no export format, so each goes as a plain file: ") !=
        std::string::npos);
  CHECK(bench.service.getStatus(kHome + "/source.py").value().type == "FILE");
  CHECK(bench.service.getStatus(kHome + "/nb").value().type == "NOTEBOOK");
}

TEST_CASE("workspace: a click opens what the workspace has, a double click downloads and opens the local file") {
  Bench bench;
  bench.notebook("nb", "print(1)");
  bench.run("open", {"nb"});
  CHECK(bench.asked["trowel/ui/openDocument"]["uri"] == "wsfs:" + core::percentEncode(kHome, "/") + "/nb.py");
  bench.run("open", {"nb"});
  CHECK(bench.asked["trowel/ui/openDocument"]["uri"] == core::pathToUri(bench.local("nb.py")));
  CHECK(bench.read("nb.py") == kHeader + "print(1)");

  // Newer there: it is brought; changed here: it stays.
  bench.notebook("nb", "print(2)");
  bench.run("openLocal", {"nb"});
  CHECK(bench.read("nb.py") == kHeader + "print(2)");
  bench.write("nb.py", kHeader + "mine");
  bench.run("openLocal", {"nb"});
  CHECK(bench.read("nb.py") == kHeader + "mine");
}

TEST_CASE("workspace: a comparison shows both sides in one form, of documents the cells") {
  Bench bench;
  bench.notebook("nb", "print(1)");
  CHECK(bench.failureOf("compare", {"nb"}) == kHome + "/nb is not in the local sync folder. Download it first.");
  bench.write("nb.ipynb",
              R"nb({"cells":[{"cell_type":"code","source":"print(2)","metadata":{},"outputs":[],"execution_count":7}],
                  "metadata":{"language_info":{"name":"python"}},"nbformat":4,"nbformat_minor":5})nb");
  bench.run("compare", {"nb"});
  const auto shown = bench.asked["trowel/ui/diff"];
  CHECK(shown["title"] == "nb: workspace ↔ here");
  const auto textAt = [&](const char* side) {
    std::ifstream file(core::uriToPath(shown.at(side).get<std::string>()).value());
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  CHECK(textAt("left") == kHeader + "print(1)\n");
  CHECK(textAt("right") == kHeader + "print(2)\n");

  bench.file("a.txt", "x");
  bench.write("a.txt", "y");
  bench.run("compare", {"a.txt"});
  CHECK(bench.asked["trowel/ui/diff"]["right"] == core::pathToUri(bench.local("a.txt")));
}

TEST_CASE("workspace: places of an object, and the local folder in the window") {
  Bench bench;
  bench.notebook("nb", "1");
  bench.run("copyPath", {"nb"});
  CHECK(bench.asked["trowel/ui/copy"]["text"] == kHome + "/nb");
  bench.run("openInBrowser", {"nb"});
  const auto id = std::to_string(bench.service.getStatus(kHome + "/nb").value().id);
  CHECK(bench.asked["trowel/ui/openUrl"]["url"].get<std::string>().ends_with("#notebook/" + id));
  CHECK(bench.failureOf("showInFolder", {"nb"}) == kHome + "/nb is not in the local sync folder. Download it first.");
  bench.run("download", {"nb"});
  bench.run("showInFolder", {"nb"});
  CHECK(bench.asked["trowel/ui/showInFolder"]["uri"] == core::pathToUri(bench.local("nb.py")));
  bench.run("addLocalFolder");
  CHECK(bench.asked["trowel/ui/addFolder"]["uri"] ==
        core::pathToUri(bench.daemon.home() + "/Databricks-VSCode/EMULATOR"));
}

TEST_CASE("workspace: from the palette, with nothing selected, the user walks to the object") {
  Bench bench;
  REQUIRE(bench.service.mkdirs(kHome + "/in"));
  bench.file("in/a.txt", "1");
  bench.user.picks({"in", "a.txt"});
  bench.run("download");
  CHECK(bench.isHere("in/a.txt"));
  bench.user.picks({"in", "a.txt"});
  bench.run("copyPath");
  CHECK(bench.asked["trowel/ui/copy"]["text"] == kHome + "/in/a.txt");
  bench.write("in/a.txt", "2");
  bench.user.choosesFiles({bench.local("in/a.txt")});
  bench.run("upload");
  CHECK(bench.textOf("in/a.txt") == "2");
  bench.run("showInFolder");
  CHECK(bench.asked["trowel/ui/showInFolder"]["uri"] ==
        core::pathToUri(bench.daemon.home() + "/Databricks-VSCode/EMULATOR/Workspace"));
  CHECK(bench.user.left() == 0);
}

TEST_CASE("workspace: files that are dropped are uploaded, rows that are dropped are moved") {
  Bench bench;
  REQUIRE(bench.service.mkdirs(kHome + "/in"));
  bench.file("a.txt", "1");
  bench.daemon.folder.write("local.md", "# x");
  Json drop{{"view", std::string(view::kWorkspace)},
            {"node", kHome + "/in"},
            {"rows", Json::array()},
            {"uris", Json::array({core::pathToUri(bench.daemon.folder / "local.md")})}};
  bench.daemon.request("trowel/tree/drop", drop);
  CHECK(bench.textOf("in/local.md") == "# x");
  drop["uris"] = Json::array();
  drop["rows"] = Json::array({{{"view", std::string(view::kWorkspace)}, {"node", kHome + "/a.txt"}}});
  bench.user.presses({"Copy and Delete Original"});
  bench.daemon.request("trowel/tree/drop", drop);
  CHECK(bench.isThere("in/a.txt"));
  CHECK_FALSE(bench.isThere("a.txt"));
}

}  // namespace trowel::test
