// The bodies of requests to etcd's JSON gateway: keys and values go as base64, int64 as a string.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/record/call.h"

namespace tribunal {

// Which keys a request is about.
struct KeyRange {
  std::string first;
  std::string end;  // the first key behind the range; empty: only the one key
};

KeyRange one_key(std::string key);
KeyRange with_prefix(std::string prefix);  // pre: not empty

enum class ReadFrom { quorum, member };  // a linearizable read, or a serializable one

// `lease`: the key goes with it; 0: none.
std::string put_body(std::string_view key, std::string_view value, Int lease = 0);
std::string range_body(const KeyRange& range, ReadFrom from, std::string_view more = {});
std::string delete_body(std::string_view key);
// Of the changes after revision `from`; `more` follows the request to begin.
std::string watch_body(const KeyRange& range, Int from, std::string_view more = {});
inline constexpr std::string_view ask_progress = R"({"progress_request":{}})";

// A transaction: what must hold, and what is then done.
class TxnBody {
 public:
  TxnBody& if_value(std::string_view key, std::string_view value);
  TxnBody& if_modified_at(std::string_view key, Int revision);  // 0: the key is not there
  TxnBody& if_created_at(std::string_view key, Int revision);
  TxnBody& put(std::string_view key, std::string_view value, Int lease = 0);
  TxnBody& erase(std::string_view key);
  TxnBody& range(const KeyRange& range, ReadFrom from);

  std::string text() const;
  // The answers that its actions must have, in order: "response_put", ...
  const std::vector<std::string_view>& actions() const { return answers_; }

 private:
  TxnBody& compare(std::string_view key, std::string_view target, std::string_view what);
  TxnBody& act(std::string_view request, std::string_view answer, const std::string& body);

  std::string compares_, actions_;
  std::vector<std::string_view> answers_;
};

}  // namespace tribunal
