#include "clients/etcd/request.h"

#include <fmt/format.h>

#include "clients/etcd/base64.h"

namespace tribunal {
namespace {

std::string packed(std::string_view bytes) {
  std::string text = "\"";
  append_base64(text, bytes);
  return text += '"';
}

}  // namespace

KeyRange one_key(std::string key) { return {std::move(key), ""}; }

KeyRange with_prefix(std::string prefix) {
  std::string end = prefix;
  ++end.back();  // pre: not 0xff, which no key of ours has
  return {std::move(prefix), std::move(end)};
}

std::string put_body(std::string_view key, std::string_view value, Int lease) {
  const std::string with = lease == 0 ? "" : fmt::format(R"(,"lease":"{}")", lease);
  return fmt::format(R"({{"key":{},"value":{}{}}})", packed(key), packed(value), with);
}

std::string range_body(const KeyRange& range, ReadFrom from, std::string_view more) {
  std::string body = R"({"key":)" + packed(range.first);
  if (!range.end.empty()) body += R"(,"range_end":)" + packed(range.end);
  if (from == ReadFrom::member) body += R"(,"serializable":true)";
  return body.append(more) += '}';
}

std::string delete_body(std::string_view key) {
  return fmt::format(R"({{"key":{}}})", packed(key));
}

std::string watch_body(const KeyRange& range, Int from, std::string_view more) {
  return fmt::format(R"({{"create_request":{{"key":{},"range_end":{},"start_revision":"{}"}}}}{})",
                     packed(range.first), packed(range.end), from + 1, more);
}

TxnBody& TxnBody::compare(std::string_view key, std::string_view target, std::string_view what) {
  compares_ += fmt::format(R"({}{{"target":"{}","result":"EQUAL","key":{},{}}})",
                           compares_.empty() ? "" : ",", target, packed(key), what);
  return *this;
}

TxnBody& TxnBody::if_value(std::string_view key, std::string_view value) {
  return compare(key, "VALUE", R"("value":)" + packed(value));
}

TxnBody& TxnBody::if_modified_at(std::string_view key, Int revision) {
  return compare(key, "MOD", fmt::format(R"("mod_revision":"{}")", revision));
}

TxnBody& TxnBody::if_created_at(std::string_view key, Int revision) {
  return compare(key, "CREATE", fmt::format(R"("create_revision":"{}")", revision));
}

TxnBody& TxnBody::act(std::string_view request, std::string_view answer, const std::string& body) {
  answers_.push_back(answer);
  actions_ += fmt::format(R"({}{{"{}":{}}})", actions_.empty() ? "" : ",", request, body);
  return *this;
}

TxnBody& TxnBody::put(std::string_view key, std::string_view value, Int lease) {
  return act("request_put", "response_put", put_body(key, value, lease));
}

TxnBody& TxnBody::erase(std::string_view key) {
  return act("request_delete_range", "response_delete_range", delete_body(key));
}

TxnBody& TxnBody::range(const KeyRange& range, ReadFrom from) {
  return act("request_range", "response_range", range_body(range, from));
}

std::string TxnBody::text() const {
  return fmt::format(R"({{"compare":[{}],"success":[{}]}})", compares_, actions_);
}

}  // namespace tribunal
