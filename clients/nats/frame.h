// The text protocol of NATS: lines, and after some of them bytes of a length that the line tells.
// https://docs.nats.io/reference/reference-protocols/nats-protocol
#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace tribunal {

// What came is not what NATS sends, or not to such a request.
struct NatsNonsense : std::runtime_error {
  using std::runtime_error::runtime_error;
};

enum class NatsKind : std::uint8_t { info, message, ping, pong, ok, error };

struct NatsFrame {
  NatsKind kind = NatsKind::message;
  std::string subject;  // of a message
  std::string reply;    // of a message: whom to answer; "" nobody
  std::string headers;  // of a message, as they came; "" none
  std::string payload;  // of a message; of an info its JSON, of an error its text

  // The number in the first line of the headers ("NATS/1.0 503"); 0: there is none.
  int status() const;
  // The value of a header; "" where it is not there.
  std::string_view header(std::string_view name) const;
};

// Takes bytes as they come and gives frames as they are whole. Linear in the bytes.
class NatsParser {
 public:
  // To be appended to.
  std::string& bytes() { return bytes_; }

  // The next whole frame. Throws NatsNonsense where there can be none, and again from then on.
  std::optional<NatsFrame> next();

  bool is_empty() const { return at_ == bytes_.size(); }

 private:
  std::optional<NatsFrame> take_message(std::string_view line, std::size_t body);

  std::string bytes_;
  std::size_t at_ = 0;      // what is before it was given already
  std::size_t looked_ = 0;  // up to here there is no end of a line
};

// "PUB ..." or, with headers ("Name: value\r\n" each), "HPUB ...".
void append_publication(std::string& bytes, std::string_view subject, std::string_view reply,
                        std::string_view headers, std::string_view payload);

}  // namespace tribunal
