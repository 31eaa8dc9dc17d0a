#include "clients/http/failure.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <optional>

namespace tribunal {
namespace {

constexpr auto any = std::nullopt;
constexpr bool unsent = false, sent = true;
constexpr const char* no_answer = "connection closed without an answer";

// One line of the table: what must have happened (`any` fits all), what is said of it, and what it
// means for a call that writes. For one that reads it is failed.
struct Row {
  std::optional<CURLcode> code;
  std::optional<bool> left;
  std::optional<long> status;
  Outcome write;
  std::string_view error;  // {} is the timeout; "": libcurl's own words
};
constexpr Outcome failed = Outcome::failed, unknown = Outcome::unknown;

// The first line that fits counts. Failed is only what was never sent.
// clang-format off
const Row table[] = {
    // Not one byte was sent.
    {CURLE_COULDNT_CONNECT,      unsent, any, failed, "could not connect"},
    {CURLE_OPERATION_TIMEDOUT,   unsent, any, failed, "no connection in {} ms"},
    {CURLE_COULDNT_RESOLVE_HOST, unsent, any, failed, "could not resolve host"},
    {CURLE_FAILED_INIT,          unsent, any, failed, "out of memory"},

    // Sent, and no whole answer. The first two are what becomes of a second sending, which
    // connection.cc forbids.
    {CURLE_COULDNT_CONNECT,      sent, any, unknown, no_answer},
    {CURLE_ABORTED_BY_CALLBACK,  sent, any, unknown, no_answer},
    {CURLE_GOT_NOTHING,          any,  any, unknown, no_answer},
    {CURLE_RECV_ERROR,           any,  0,   unknown, no_answer},
    {CURLE_OPERATION_TIMEDOUT,   sent, any, unknown, "timed out after {} ms"},
    {CURLE_SEND_ERROR,           any,  any, unknown, "connection reset"},
    {CURLE_RECV_ERROR,           any,  any, unknown, "connection reset"},
    {CURLE_PARTIAL_FILE,         any,  any, unknown, "answer cut short"},
    {CURLE_WRITE_ERROR,          any,  any, unknown, "answer too large"},
    {CURLE_UNSUPPORTED_PROTOCOL, any,  any, unknown, "answer is no HTTP"},
    {CURLE_WEIRD_SERVER_REPLY,   any,  any, unknown, "answer is no HTTP"},
    {any, any, any, unknown, ""},
};
// clang-format on

template <class T>
bool fits(const std::optional<T>& wanted, const T& found) {
  return !wanted || *wanted == found;
}

std::string connect_error(int os_error) {
  switch (os_error) {
    case ECONNREFUSED:
      return "connection refused";
    case EHOSTUNREACH:
      return "no route to host";
    case ENETUNREACH:
      return "network is unreachable";
    default:
      return "could not connect";
  }
}

}  // namespace

Finding find_failure(const Exchange& exchange, Effect effect, Milliseconds timeout) {
  const Row& row = *std::find_if(std::begin(table), std::end(table), [&](const Row& candidate) {
    return fits(candidate.code, exchange.code) && fits(candidate.left, exchange.may_have_left) &&
           fits(candidate.status, exchange.status);
  });
  Finding finding{effect == Effect::reads ? failed : row.write, {}};
  if (row.code == CURLE_COULDNT_CONNECT && row.left == unsent) {
    finding.error = connect_error(exchange.os_error);
  } else if (row.error.empty()) {
    finding.error = std::string("curl: ") + curl_easy_strerror(exchange.code);
  } else {
    finding.error = fmt::format(fmt::runtime(row.error), timeout.count());
  }
  return finding;
}

}  // namespace tribunal
