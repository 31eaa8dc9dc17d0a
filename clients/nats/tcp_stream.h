// A TCP connection on which every wait has a deadline. It knows whether any byte was handed to the
// system, and never connects by itself.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace tribunal {

using NatsDeadline = std::chrono::steady_clock::time_point;

// How an exchange ended.
enum class NatsEnd : std::uint8_t {
  answered,  // whole answers to all that was asked; they may be refusals
  late,      // not all by the deadline
  closed,    // the server closed the connection
  reset,     // the connection broke
  garbled    // what came is not the protocol
};

// Used by one thread.
class TcpStream {
 public:
  TcpStream() = default;
  ~TcpStream() { close(); }
  TcpStream(TcpStream&& other) noexcept;
  TcpStream& operator=(TcpStream&&) = delete;

  bool is_open() const { return socket_ >= 0; }
  void close();

  // To "10.0.0.1:4222". Throws Rejected with why that was not to be had by the deadline.
  void open(const std::string& endpoint, NatsDeadline until);

  // `may_have_left` becomes true with the first byte that the system takes.
  NatsEnd send_all(std::string_view bytes, NatsDeadline until, bool& may_have_left);

  // Waits for bytes and appends them to `bytes`.
  NatsEnd receive(std::string& bytes, NatsDeadline until);

  // Appends what has come already; closed or reset: nothing more will come.
  NatsEnd receive_now(std::string& bytes);

 private:
  int socket_ = -1;
};

}  // namespace tribunal
