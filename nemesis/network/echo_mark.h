// The datagrams by which links are measured. They carry a check of their own and no checksum of
// UDP, so that a corrupted one arrives and is seen to be corrupted.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tribunal {

struct EchoMark {
  enum class Kind : std::uint32_t { plain, question, answer };
  Kind kind = Kind::plain;
  std::uint32_t number = 0;
  std::uint64_t session = 0;
  std::int64_t sent = 0;  // nanoseconds of the sender's clock
};

// `bytes` long, or as long as the mark itself needs.
std::string write_echo(const EchoMark& mark, std::size_t bytes);
// Nothing: it was corrupted.
std::optional<EchoMark> read_echo(std::string_view datagram);

}  // namespace tribunal
