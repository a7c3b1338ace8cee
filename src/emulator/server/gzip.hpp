// SPDX-License-Identifier: Apache-2.0
// gzip for bodies: answers that are large enough to be worth it, and requests that come compressed.
#pragma once

#include <memory>

#include "emulator/server/api_error.hpp"
#include "emulator/server/http_message.hpp"

namespace trowel::emulator {

// Compresses the body where the client takes gzip, more than 1 KiB is to be sent and it is text. Contents of files are
// left as they are: they go out from the disk, have parts that clients ask for, and are often packed already.
void compressBody(const Request& request, Response& response);

// `body`, or a reader on top of it that unpacks as Content-Encoding says; that one is kept in `holder`. 415 for a
// coding other than gzip. What comes out is as long as it comes: readWhole sets the limit.
Reply<BodyReader*> decodeBody(const Request& request, BodyReader& body, std::unique_ptr<BodyReader>& holder);

}  // namespace trowel::emulator
