#include "clients/etcd/gateway.h"

#include <fmt/format.h>

#include <stdexcept>

#include "clients/etcd/answer.h"
#include "clients/etcd/client.h"
#include "clients/http/connection.h"

namespace tribunal {
namespace {

using nlohmann::json;

std::string body_of(const Exchange& exchange, const std::string& address) {
  if (exchange.code != CURLE_OK)
    throw std::runtime_error(
        fmt::format("etcd at {} does not answer: {}", address, curl_easy_strerror(exchange.code)));
  return exchange.body;
}

std::uint64_t number_of(const json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_string()) return 0;
  return std::strtoull(found->get_ref<const std::string&>().c_str(), nullptr, 10);
}

}  // namespace

json ask_etcd(const std::string& address, std::string_view path, const std::string& body,
              Milliseconds timeout) {
  HttpConnection connection(etcd_endpoint(address));
  const Answer answer = read_answer(body_of(connection.post(path, body, timeout), address));
  if (answer.error) throw std::runtime_error(answer.error->message);
  if (!answer.object.is_object())
    throw std::runtime_error(fmt::format("etcd at {} answers nonsense", address));
  return answer.object;
}

std::string ask_etcd_for_lines(const std::string& address, std::string_view path,
                               Milliseconds timeout) {
  HttpConnection connection(etcd_endpoint(address));
  return body_of(connection.post(path, "{}", timeout), address);
}

EtcdStatus etcd_status(const std::string& address, Milliseconds timeout) {
  const json answer = ask_etcd(address, "/v3/maintenance/status", "{}", timeout);
  const json header = answer.value("header", json::object());
  return {number_of(header, "member_id"), number_of(answer, "leader"),
          number_of(header, "raft_term"), number_of(header, "revision"),
          number_of(answer, "dbSize"),    number_of(answer, "dbSizeInUse")};
}

}  // namespace tribunal
