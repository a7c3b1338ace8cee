// SPDX-License-Identifier: Apache-2.0
#include "support/catch.hpp"
#include "workspace_client.hpp"

using namespace trowel::emulator;
using namespace trowel::emulator::test;

namespace {

constexpr const char* kImport = "/api/2.0/workspace/import";
constexpr const char* kPython =
    "# Databricks notebook source\nprint(1)\n\n# COMMAND ----------\n\n# MAGIC %sql\n# MAGIC select 1";

struct Folder {
  WorkspaceClient client{sharedEmulator()};
  std::string folder = freshFolder(client);

  Reply import(const std::string& name, const std::string& content, Json more = Json::object()) {
    more["path"] = folder + "/" + name;
    more["content"] = encode(content);
    return client.post(kImport, more);
  }
  Reply importFile(const std::string& name, const std::string& content, const std::string& query = "") {
    return client.postText("/api/2.0/workspace-files/import-file" + folder + "/" + name + query, content,
                           "application/octet-stream");
  }
  Reply status(const std::string& name) {
    return client.get("/api/2.0/workspace/get-status?return_export_info=true&path=" + folder + "/" + name);
  }
  Reply download(const std::string& name, const std::string& format) {
    return client.get("/api/2.0/workspace/export?path=" + folder + "/" + name + "&format=" + format);
  }
  std::string exported(const std::string& name, const std::string& format) {
    return decode(download(name, format).body.at("content"));
  }
};

}  // namespace

TEST_CASE_METHOD(Folder, "SOURCE takes the path verbatim and wants a language") {
  CHECK(import("nb.py", "print(1)", {{"language", "PYTHON"}}).body == Json::object());
  auto object = status("nb.py").body;
  CHECK(object.at("object_type") == "NOTEBOOK");
  CHECK(object.at("language") == "PYTHON");
  CHECK(object.at("repos_export_format") == "SOURCE");
  CHECK_FALSE(object.contains("size"));
  CHECK(exported("nb.py", "SOURCE") == "# Databricks notebook source\nprint(1)");

  auto missing = import("x", "print(1)");
  CHECK(missing.status == 400);
  CHECK(missing.message() == "The zip archive contains no items.");
  CHECK(import("x", "", {{"language", "python"}}).errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(import("x", "", {{"format", "source"}}).errorCode() == "INVALID_PARAMETER_VALUE");
}

TEST_CASE_METHOD(Folder, "AUTO decides by extension and first line") {
  struct Case {
    const char* name;
    const char* content;
    const char* found;
    const char* language;  // null: a file
  };
  for (auto [name, content, found, language] : {
           Case{"a.py", "# Databricks notebook source\n", "a", "PYTHON"},
           Case{"b.sql", "-- Databricks notebook source\r\nselect 1", "b", "SQL"},
           Case{"c.scala", "// Databricks notebook source", "c", "SCALA"},
           Case{"d.R", "# Databricks notebook source\n", "d", "R"},
           Case{"e.py", "print(1)", "e.py", nullptr},
           Case{"f.ipynb", R"({"cells":[],"metadata":{},"nbformat":4})", "f", "PYTHON"},
           Case{"g.ipynb", "half written {", "g.ipynb", nullptr},
           Case{"h.txt", "# Databricks notebook source\n", "h.txt", nullptr},
           Case{"i.sql", "# Databricks notebook source\n", "i.sql", nullptr},
       }) {
    INFO(name);
    CHECK(import(name, content, {{"format", "AUTO"}}).status == 200);
    auto object = status(found).body;
    CHECK(object.value("object_type", "") == (language ? "NOTEBOOK" : "FILE"));
    CHECK(object.value("language", "") == (language ? language : ""));
  }
  CHECK(status("e.py").body.at("size") == 8);
}

TEST_CASE_METHOD(Folder, "RAW is always a file, byte by byte") {
  std::string bytes = std::string("\0\xff\n# x", 6) + kPython;
  CHECK(import("raw.py", bytes, {{"format", "RAW"}}).status == 200);
  CHECK(exported("raw.py", "RAW") == bytes);
  CHECK(exported("raw.py", "AUTO") == bytes);
  CHECK(download("raw.py", "SOURCE").body.at("file_type") == "py");
  CHECK(download("raw.py", "JUPYTER").status == 400);
  auto direct = client.get("/api/2.0/workspace/export?path=" + folder + "/raw.py&direct_download=true");
  CHECK(direct.text == bytes);
  CHECK(direct.headers.find("Content-Disposition")->second.find("raw.py") != std::string::npos);
  CHECK(client.get("/api/2.0/workspace-files" + folder + "/raw.py").text == bytes);
}

TEST_CASE_METHOD(Folder, "multipart is as good as JSON") {
  auto reply = client.postForm(kImport, {{"path", folder + "/form", "", ""},
                                         {"content", "print(7)", "form.py", "text/plain"},
                                         {"format", "SOURCE", "", ""},
                                         {"language", "PYTHON", "", ""},
                                         {"overwrite", "true", "", ""}});
  CHECK(reply.status == 200);
  CHECK(exported("form", "SOURCE").ends_with("print(7)"));
}

TEST_CASE_METHOD(Folder, "what stands in the way is named") {
  REQUIRE(import("nb", kPython, {{"language", "PYTHON"}}).status == 200);
  auto id = status("nb").body.at("object_id");
  auto again = import("nb", kPython, {{"language", "PYTHON"}});
  CHECK(again.status == 400);
  CHECK(again.errorCode() == "RESOURCE_ALREADY_EXISTS");
  CHECK(again.message() == "Path (" + folder + "/nb) already exists.");
  CHECK(import("nb", "2", {{"language", "SQL"}, {"overwrite", true}}).status == 200);
  CHECK(status("nb").body.at("object_id") == id);
  CHECK(status("nb").body.at("language") == "SQL");

  auto mismatch = import("nb", "x", {{"format", "RAW"}, {"overwrite", true}});
  CHECK(mismatch.status == 400);
  CHECK(mismatch.errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(mismatch.message().find("type mismatch (asked: FILE, actual: NOTEBOOK)") != std::string::npos);

  auto orphan = import("no/nb", "1", {{"language", "PYTHON"}});
  CHECK(orphan.status == 404);
  CHECK(orphan.message() == "The parent folder (" + folder + "/no) does not exist.");
  CHECK(client.post("/api/2.0/workspace/mkdirs", {{"path", folder + "/nb/sub"}}).errorCode() ==
        "RESOURCE_ALREADY_EXISTS");
  CHECK(client.get("/api/2.0/workspace/list?path=" + folder + "/nb").body.at("objects").size() == 1);

  auto large = client.post(kImport, {{"path", folder + "/large"},
                                     {"content", std::string(13'981'020, 'A')},  // 10,485,765 bytes
                                     {"format", "RAW"}});
  CHECK(large.status == 400);
  CHECK(large.errorCode() == "MAX_NOTEBOOK_SIZE_EXCEEDED");
  CHECK(large.message().find("exceeded 10485760 bytes") != std::string::npos);
  CHECK(client.post(kImport, {{"path", folder + "/b"}, {"content", "%%%"}, {"format", "RAW"}}).errorCode() ==
        "INVALID_PARAMETER_VALUE");
}

TEST_CASE_METHOD(Folder, "import-file sniffs, and tells files and notebooks apart when they exist") {
  CHECK(importFile("job.py", kPython).status == 200);
  CHECK(status("job").body.at("object_type") == "NOTEBOOK");
  auto notebook = importFile("job.py", kPython);
  CHECK(notebook.status == 400);
  CHECK(notebook.errorCode().empty());
  CHECK(notebook.message().ends_with("already exists."));
  CHECK(importFile("job.py", kPython, "?overwrite=true").status == 200);

  CHECK(importFile("data.csv", "1,2").status == 200);
  auto file = importFile("data.csv", "1,2");
  CHECK(file.status == 409);
  CHECK(file.message() == "File already exists at (" + folder + "/data.csv).");
  CHECK(importFile("data.csv", std::string(11'000'000, 'x'), "?overwrite=true").status == 200);
  CHECK(status("data.csv").body.at("size") == 11'000'000);
  CHECK(importFile("no/data.csv", "").status == 404);

  // The way the service's own SDK spells it: the whole path in one segment, the alias kept.
  auto escaped = client.postText("/api/2.0/workspace-files/import-file/Workspace%2FShared%2Fa%20%26%20b%3F.txt",
                                 "{\"not\":\"parameters\"", "application/octet-stream");
  CHECK(escaped.status == 200);
  CHECK(client.get("/api/2.0/workspace/get-status?path=%2FShared%2Fa%20%26%20b%3F.txt").status == 200);
  CHECK(client.postText("/api/2.0/workspace-files/import-file/Shared%2F..%2F..%2Fetc%2Fx", "", "text/plain").status ==
        400);
}

TEST_CASE_METHOD(Folder, "notebooks change between source and Jupyter") {
  std::string source =
      "# Databricks notebook source\n# DBTITLE 1,First\nprint(1)\n\n# COMMAND ----------\n\n# MAGIC %md\n# MAGIC # "
      "Title\n"
      "# MAGIC\n# MAGIC text\n\n# COMMAND ----------\n\n# MAGIC %sql\n# MAGIC select 1";
  REQUIRE(import("nb", source, {{"language", "PYTHON"}}).status == 200);
  CHECK(exported("nb", "SOURCE") == source);
  CHECK(download("nb", "JUPYTER").body.at("file_type") == "ipynb");
  auto ipynb = Json::parse(exported("nb", "JUPYTER"));
  CHECK(ipynb.at("nbformat") == 4);
  CHECK(ipynb.at("metadata").at("application/vnd.databricks.v1+notebook").at("language") == "python");
  CHECK(ipynb.at("metadata").at("application/vnd.databricks.v1+notebook").at("notebookName") == "nb");
  REQUIRE(ipynb.at("cells").size() == 3);
  CHECK(ipynb.at("cells")[0].at("source") == Json{"print(1)"});
  CHECK(ipynb.at("cells")[1].at("cell_type") == "markdown");
  CHECK(ipynb.at("cells")[1].at("source") == Json{"# Title\n", "\n", "text"});
  CHECK(ipynb.at("cells")[2].at("source") == Json{"%sql\n", "select 1"});

  REQUIRE(import("back", ipynb.dump(), {{"format", "JUPYTER"}}).status == 200);
  CHECK(status("back").body.at("repos_export_format") == "JUPYTER");
  CHECK(exported("back", "SOURCE") == source);
  CHECK(download("back", "AUTO").body.at("file_type") == "ipynb");
  CHECK(import("bad", "no json", {{"format", "JUPYTER"}}).errorCode() == "INVALID_PARAMETER_VALUE");
}

TEST_CASE_METHOD(Folder, "the .ipynb's own language wins") {
  auto ipynb = R"({"cells":[{"cell_type":"code","source":"select 1"}],"metadata":{"kernelspec":{"language":"sql"}}})";
  REQUIRE(import("q.ipynb", ipynb, {{"format", "AUTO"}}).status == 200);
  CHECK(status("q").body.at("language") == "SQL");
  CHECK(exported("q", "SOURCE") == "-- Databricks notebook source\nselect 1");
}
