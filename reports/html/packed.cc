// Deflate by zlib, base64 by hand.
#include "reports/html/packed.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cstdint>

namespace tribunal {
namespace {

std::string deflated(std::string_view bytes) {
  constexpr int raw_window = -15;  // negative: neither header nor checksum
  constexpr std::size_t chunk = 1 << 20;
  z_stream stream{};
  [[maybe_unused]] const int begun =
      deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, raw_window, 9, Z_DEFAULT_STRATEGY);
  assert(begun == Z_OK);
  std::string result;
  std::string buffer(chunk, '\0');
  int status = Z_OK;
  do {
    const std::size_t taken = std::min(bytes.size(), chunk);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));  // zlib reads only
    stream.avail_in = static_cast<uInt>(taken);
    bytes.remove_prefix(taken);
    const int flush = bytes.empty() ? Z_FINISH : Z_NO_FLUSH;
    do {
      stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
      stream.avail_out = static_cast<uInt>(buffer.size());
      status = deflate(&stream, flush);
      result.append(buffer.data(), buffer.size() - stream.avail_out);
    } while (stream.avail_out == 0);
  } while (status != Z_STREAM_END);
  deflateEnd(&stream);
  return result;
}

}  // namespace

std::string base64(std::string_view bytes) {
  constexpr std::string_view alphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string result;
  result.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::size_t left = std::min<std::size_t>(3, bytes.size() - at);
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      group = group << 8 | (i < left ? static_cast<unsigned char>(bytes[at + i]) : 0U);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      result += i <= left ? alphabet[group >> (18 - 6 * i) & 63] : '=';
    }
  }
  return result;
}

std::string packed(std::string_view bytes) { return base64(deflated(bytes)); }

}  // namespace tribunal
