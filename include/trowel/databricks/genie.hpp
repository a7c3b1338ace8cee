// SPDX-License-Identifier: Apache-2.0
// Questions about data in plain words, and the queries that answer them (Genie API 2.0).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "trowel/databricks/rest_client.hpp"
#include "trowel/databricks/statements.hpp"

namespace trowel::databricks {

struct GenieSpace {
  std::string id;
  std::string title;
  std::string description;
  std::string warehouseId;
};

// A part of an answer: a text, or a query with its result.
struct GenieAttachment {
  std::string id;
  std::string text;
  std::string query;
  std::string description;
};

struct GenieMessage {
  std::string id;
  std::string conversationId;
  std::string question;
  std::string status;  // SUBMITTED ASKING_AI EXECUTING_QUERY COMPLETED FAILED CANCELLED … (open)
  std::string error;
  std::vector<GenieAttachment> attachments;

  bool isOver() const { return status == "COMPLETED" || status == "FAILED" || status == "CANCELLED"; }
};

struct GenieRef {
  std::string_view space;
  std::string_view conversation;
  std::string_view message;
};

class Genie {
 public:
  explicit Genie(const RestClient& rest) : rest_(rest) {}

  Listing<GenieSpace> spaces(const CallOptions& options = {}) const;
  core::Result<GenieSpace> space(std::string_view id, const CallOptions& options = {}) const;

  // These return at once; message() tells when there is an answer.
  core::Result<GenieMessage> startConversation(std::string_view space, std::string_view question,
                                               const CallOptions& options = {}) const;
  core::Result<GenieMessage> ask(std::string_view space, std::string_view conversation, std::string_view question,
                                 const CallOptions& options = {}) const;
  core::Result<GenieMessage> message(const GenieRef& ref, const CallOptions& options = {}) const;
  // Of an attachment with a query.
  core::Result<Statement> queryResult(const GenieRef& ref, std::string_view attachment,
                                      const CallOptions& options = {}) const;

 private:
  const RestClient& rest_;
};

}  // namespace trowel::databricks
