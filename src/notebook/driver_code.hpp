// SPDX-License-Identifier: Apache-2.0
// Python that does on the driver what %sh and %fs do in Databricks' own notebook.
#pragma once

#include <string>
#include <string_view>

#include "trowel/core/error.hpp"

namespace trowel::notebook {

// The text as a Python string literal.
std::string pythonLiteral(std::string_view text);

// `arguments` is what stands behind %sh: options of bash, then the script. Prints what the script prints as it comes;
// fails with the script only under -e, as on Databricks. Interrupting the command ends the script with its children.
std::string shellCode(std::string_view arguments);

// `arguments` is what stands behind %fs, as in `ls /tmp` or `cp -r "/a b" /c`: a call of dbutils.fs.
// Errors: Unsupported for a command that dbutils.fs does not have or an argument that is missing.
core::Result<std::string> fileSystemCode(std::string_view arguments);

}  // namespace trowel::notebook
