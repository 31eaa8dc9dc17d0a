// One kept-alive HTTP/1.1 connection to one address, by libcurl. It promises what libcurl alone
// does not: a request is sent at most once, and it is known whether any of it may have left.
#pragma once

#include <curl/curl.h>

#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "harness/cluster/host.h"
#include "harness/parts/access.h"

namespace tribunal {

// What came of one request.
struct Exchange {
  CURLcode code = CURLE_OK;
  int os_error = 0;            // errno of a failed connect
  bool may_have_left = false;  // false: certainly not one byte of the request was sent
  long status = 0;             // of the HTTP answer
  std::string body;            // whole only if code is CURLE_OK
};

// Whether more of an answer is wanted.
enum class Wants { more, nothing };
using TakeLine = std::function<Wants(std::string_view line)>;

// Used by one thread. Opened by the first request, and again by one that finds it closed.
class HttpConnection {
 public:
  // `address`: "10.0.0.1:2379". By TLS, where `access` says so, which then checks who answers.
  // Never blocks, never throws but for want of memory.
  explicit HttpConnection(const std::string& address, const Access& access = {});
  ~HttpConnection();
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;

  // Sends `body` as JSON and waits for the whole answer, connecting included, for at most
  // `timeout`. The result is good until the next call.
  const Exchange& post(std::string_view path, const std::string& body, Milliseconds timeout);

  // The same for an answer that comes line by line and may never end: `take` gets each whole line,
  // without its end, as it comes, until it says that it is over; that closes the connection, and
  // the exchange is good. Its body is what came behind the last line. Throws what `take` throws.
  const Exchange& follow(std::string_view path, const std::string& body, Milliseconds timeout,
                         const TakeLine& take);

 private:
  struct Hooks;  // what libcurl calls back
  const Exchange& perform(std::string_view path, const std::string& body, Milliseconds timeout);
  Wants hand_out_lines();

  std::string origin_;  // "http://10.0.0.1:2379"
  std::string url_;
  Exchange exchange_;
  std::size_t header_bytes_ = 0;
  bool headers_ended_ = false;
  const TakeLine* take_ = nullptr;  // of the answer that is being followed
  bool over_ = false;               // nothing more of it is wanted
  std::exception_ptr thrown_;       // by `take`, on its way through libcurl
  std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> headers_;
  std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl_;
};

}  // namespace tribunal
