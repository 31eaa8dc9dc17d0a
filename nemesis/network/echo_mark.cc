#include "nemesis/network/echo_mark.h"

#include <algorithm>
#include <cstring>

namespace tribunal {
namespace {

// FNV-1a (Fowler, Noll, Vo).
std::uint64_t fingerprint(std::string_view text) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char byte : text) hash = (hash ^ static_cast<std::uint8_t>(byte)) * 1099511628211ULL;
  return hash;
}

}  // namespace

std::string write_echo(const EchoMark& mark, std::size_t bytes) {
  std::string body(std::max(bytes, sizeof mark + sizeof(std::uint64_t)), '\0');
  std::memcpy(body.data() + sizeof(std::uint64_t), &mark, sizeof mark);
  const std::uint64_t hash = fingerprint(std::string_view(body).substr(sizeof hash));
  std::memcpy(body.data(), &hash, sizeof hash);
  return body;
}

std::optional<EchoMark> read_echo(std::string_view datagram) {
  EchoMark mark;
  std::uint64_t hash = 0;
  if (datagram.size() < sizeof mark + sizeof hash) return {};
  std::memcpy(&hash, datagram.data(), sizeof hash);
  if (fingerprint(datagram.substr(sizeof hash)) != hash) return {};
  std::memcpy(&mark, datagram.data() + sizeof hash, sizeof mark);
  return mark;
}

}  // namespace tribunal
