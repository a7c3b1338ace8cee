// SPDX-License-Identifier: Apache-2.0
// Notebooks, files and folders of a workspace (Workspace API 2.0).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "trowel/databricks/rest_client.hpp"

namespace trowel::databricks {

// The Git folder that an object is in.
struct GitInfo {
  std::int64_t id = 0;  // of the repo
  std::string path;     // of the Git folder
  std::string url;
  std::string provider;
  std::string branch;  // empty: a tag is checked out
  std::string head;    // commit id
};

struct WorkspaceObject {
  std::string type;      // NOTEBOOK, FILE, DIRECTORY, REPO, LIBRARY, DASHBOARD, or something newer
  std::string path;      // absolute, spelled as in the request (/Workspace/Users/x and /Users/x are the same)
  std::string language;  // PYTHON, SQL, SCALA or R for notebooks
  std::int64_t id = 0;
  std::string resourceId;
  std::int64_t size = 0;        // bytes, files only
  std::int64_t createdAt = 0;   // epoch milliseconds; 0: not told
  std::int64_t modifiedAt = 0;  // epoch milliseconds; 0: not told
  bool gitFolder = false;
  std::optional<GitInfo> git;  // where it was asked for
  std::string exportFormat;    // SOURCE or JUPYTER, of a notebook in a Git folder where it was asked for

  // May be listed.
  bool isFolder() const { return type == "DIRECTORY" || type == "REPO"; }
  // The last part of the path.
  std::string name() const { return path.substr(path.rfind('/') + 1); }
};

// What an import makes of its content. Formats: SOURCE, JUPYTER, AUTO (by extension and first line), RAW (a plain
// file), HTML, DBC, R_MARKDOWN.
struct WorkspaceImport {
  std::string path;
  std::string content;  // bytes, at most kMaxImport
  std::string format = "AUTO";
  std::string language = {};  // for SOURCE: PYTHON, SQL, SCALA or R; without it the server expects an archive
  bool overwrite = false;
};

// Facts of an object that the workspace tells only on demand.
struct WorkspaceFacts {
  bool git = false;
  bool exportFormat = false;
};

struct WorkspaceExport {
  std::string content;   // bytes
  std::string fileType;  // "py", "ipynb", … or a file's own extension
};

// Paths are absolute and without a slash at the end. NotFound is also the answer for what the user may not read.
class Workspace {
 public:
  static constexpr std::size_t kMaxImport = 10UL * 1024 * 1024;  // bytes, also of an export

  explicit Workspace(const RestClient& rest) : rest_(rest) {}

  // The direct children of a folder; of a file or notebook, itself.
  Listing<WorkspaceObject> list(std::string_view path, const CallOptions& options = {}) const;
  core::Result<WorkspaceObject> getStatus(std::string_view path, const CallOptions& options = {}) const;
  core::Result<WorkspaceObject> getDetails(std::string_view path, const WorkspaceFacts& facts,
                                           const CallOptions& options = {}) const;

  // With all parents; fine where it exists. AlreadyExists where something on the way is no folder.
  core::Result<void> mkdirs(std::string_view path, const CallOptions& options = {}) const;

  // Conflict (DIRECTORY_NOT_EMPTY) for a folder with content without `recursive`. A large one takes minutes, and what
  // is gone when this fails stays gone. NotFound can be the echo of a delete that worked and whose answer was lost.
  core::Result<void> remove(std::string_view path, bool recursive, const CallOptions& options = {}) const;

  // NotFound where the parent folder is missing, AlreadyExists without `overwrite`, InvalidParams where the object is
  // of another type or the content too large.
  core::Result<void> importObject(const WorkspaceImport& import, const CallOptions& options = {}) const;
  // Formats as above; AUTO gives each object in its own form. At most 10 MiB.
  core::Result<WorkspaceExport> exportObject(std::string_view path, std::string_view format = "SOURCE",
                                             const CallOptions& options = {}) const;
  // The same piece by piece, for archives of folders. After a failure throw away what the sink has got.
  core::Result<void> exportTo(std::string_view path, std::string_view format, const Sink& sink,
                              const CallOptions& options = {}) const;

  // Like an AUTO import with the bytes as they are, and up to 500 MB (workspace-files/import-file). What has a
  // notebook's first line becomes a notebook without its extension. One request, for the API knows no parts and no
  // ranges here: after a failure all of it goes again.
  core::Result<void> importFile(std::string_view path, std::string content, bool overwrite,
                                const CallOptions& options = {}) const;
  core::Result<void> importFile(std::string_view path, http::BodySource& source, bool overwrite,
                                const CallOptions& options = {}) const;
  // The bytes of a FILE, up to 500 MB. After a failure throw away what the sink has got.
  core::Result<void> readFile(std::string_view path, const Sink& sink, const CallOptions& options = {}) const;

 private:
  const RestClient& rest_;
};

}  // namespace trowel::databricks
