#include "clients/http/connection.h"

#include <fcntl.h>
#include <sys/socket.h>

#include <utility>

namespace tribunal {
namespace {

// An answer beyond these is nonsense, and must not eat the harness's memory.
constexpr std::size_t most_header_bytes = std::size_t{64} << 10;
constexpr std::size_t most_body_bytes = std::size_t{256} << 20;

CURL* new_handle() {
  static const CURLcode global = curl_global_init(CURL_GLOBAL_DEFAULT);
  return global == CURLE_OK ? curl_easy_init() : nullptr;
}

curl_slist* request_headers() {
  curl_slist* list = nullptr;
  // Without "Expect:" removed, libcurl sends a large body only after a pause or a 100, and again
  // after a 417.
  for (const char* line : {"Content-Type: application/json", "Expect:", "Accept:"}) {
    list = curl_slist_append(list, line);
  }
  return list;
}

}  // namespace

// libcurl re-sends a request on a fresh connection when a reused one dies before the first byte of
// an answer (Curl_retry_request). A write could then take effect twice, and the database would be
// blamed for it. Hence the mark set just before a request goes out, and the two gates which a
// second sending within a call would have to pass.
struct HttpConnection::Hooks {
  static curl_socket_t open_socket(void* self, curlsocktype, curl_sockaddr* to) {
    if (static_cast<HttpConnection*>(self)->exchange_.may_have_left) return CURL_SOCKET_BAD;
    return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
  }

  static int before_request(void* self, char*, char*, int, int) {
    Exchange& exchange = static_cast<HttpConnection*>(self)->exchange_;
    if (exchange.may_have_left) return CURL_PREREQFUNC_ABORT;
    exchange.may_have_left = true;
    return CURL_PREREQFUNC_OK;
  }

  static std::size_t header(char* bytes, std::size_t, std::size_t count, void* self) {
    auto& connection = *static_cast<HttpConnection*>(self);
    const std::string_view line(bytes, count);
    if (line.starts_with("HTTP/")) connection.headers_ended_ = false;  // after a 100, once more
    if (line == "\r\n" || line == "\n") connection.headers_ended_ = true;
    connection.header_bytes_ += count;
    return connection.header_bytes_ <= most_header_bytes ? count : 0;
  }

  static std::size_t body(char* bytes, std::size_t, std::size_t count, void* self) {
    auto& connection = *static_cast<HttpConnection*>(self);
    std::string& all = connection.exchange_.body;
    if (all.size() + count > most_body_bytes) return 0;
    all.append(bytes, count);
    if (connection.take_ == nullptr) return count;
    return connection.hand_out_lines() == Wants::nothing ? 0 : count;
  }
};

HttpConnection::HttpConnection(const std::string& address, const Access& access)
    : origin_((access.tls ? "https://" : "http://") + address),
      headers_(request_headers(), &curl_slist_free_all),
      curl_(new_handle(), &curl_easy_cleanup) {
  CURL* curl = curl_.get();
  if (curl == nullptr) return;
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers_.get());
  curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});
  curl_easy_setopt(curl, CURLOPT_POST, 1L);
  curl_easy_setopt(curl, CURLOPT_PROXY, "");  // whatever the environment says
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_MAXCONNECTS, 1L);
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, &Hooks::open_socket);
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, this);
  curl_easy_setopt(curl, CURLOPT_PREREQFUNCTION, &Hooks::before_request);
  curl_easy_setopt(curl, CURLOPT_PREREQDATA, this);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, &Hooks::header);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &Hooks::body);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, this);
  for (const auto& [option, file] : {std::pair{CURLOPT_CAINFO, &access.authority},
                                     {CURLOPT_SSLCERT, &access.certificate},
                                     {CURLOPT_SSLKEY, &access.key}})
    if (access.tls && !file->empty()) curl_easy_setopt(curl, option, file->c_str());
}

HttpConnection::~HttpConnection() = default;

const Exchange& HttpConnection::post(std::string_view path, const std::string& body,
                                     Milliseconds timeout) {
  take_ = nullptr;
  return perform(path, body, timeout);
}

const Exchange& HttpConnection::follow(std::string_view path, const std::string& body,
                                       Milliseconds timeout, const TakeLine& take) {
  take_ = &take;
  over_ = false;
  thrown_ = nullptr;
  perform(path, body, timeout);
  take_ = nullptr;
  if (thrown_) std::rethrow_exception(std::exchange(thrown_, nullptr));
  if (over_) exchange_.code = CURLE_OK;  // to libcurl it was cut short
  return exchange_;
}

// No exception may pass through libcurl.
Wants HttpConnection::hand_out_lines() {
  std::string& unread = exchange_.body;
  std::size_t from = 0;
  try {
    for (std::size_t end; !over_ && (end = unread.find('\n', from)) != std::string::npos;
         from = end + 1)
      over_ = (*take_)(std::string_view(unread).substr(from, end - from)) == Wants::nothing;
  } catch (...) {
    thrown_ = std::current_exception();
    return Wants::nothing;
  }
  unread.erase(0, from);
  return over_ ? Wants::nothing : Wants::more;
}

const Exchange& HttpConnection::perform(std::string_view path, const std::string& body,
                                        Milliseconds timeout) {
  exchange_.code = CURLE_FAILED_INIT;
  exchange_.os_error = 0;
  exchange_.may_have_left = false;
  exchange_.status = 0;
  exchange_.body.clear();
  header_bytes_ = 0;
  headers_ended_ = false;
  CURL* curl = curl_.get();
  if (curl == nullptr) return exchange_;

  url_.assign(origin_).append(path);
  // To libcurl a timeout of 0 means none at all.
  const long limit = static_cast<long>(std::max<Milliseconds::rep>(timeout.count(), 1));
  curl_easy_setopt(curl, CURLOPT_URL, url_.c_str());
  curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.data());
  curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, limit);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, limit);
  exchange_.code = curl_easy_perform(curl);
  // libcurl is content with an answer that ends among its headers.
  if (exchange_.code == CURLE_OK && !headers_ended_) exchange_.code = CURLE_PARTIAL_FILE;

  long os_error = 0;
  curl_easy_getinfo(curl, CURLINFO_OS_ERRNO, &os_error);
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &exchange_.status);
  exchange_.os_error = static_cast<int>(os_error);
  return exchange_;
}

}  // namespace tribunal
