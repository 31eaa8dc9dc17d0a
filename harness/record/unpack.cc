// Undoes gzip, by zlib, and zstd.
#include <fmt/core.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <memory>

#include "harness/record/error.h"
#include "harness/record/file_bytes.h"

namespace tribunal {
namespace {

constexpr std::string_view gzip_magic = "\x1f\x8b";
constexpr std::string_view zstd_magic = "\x28\xb5\x2f\xfd";

[[noreturn]] void fail_to_unpack(const std::string& name, const std::string& why) {
  throw Error(Blame::usage, fmt::format("cannot unpack the history {}: {}", name, why),
              "pack it again, or give it as it was before");
}

// A text that grows until it may not.
class Output {
 public:
  Output(const std::string& name, std::uint64_t most_bytes) : name_(name), most_(most_bytes) {}

  char* room() {
    if (used_ + least > text_.size()) text_.resize(std::max(text_.size() * 3 / 2, used_ + least));
    return text_.data() + used_;
  }
  std::size_t left() const { return std::min<std::size_t>(text_.size() - used_, 1U << 30); }
  void take(std::size_t count) {
    used_ += count;
    if (used_ > most_) fail_for_memory(name_, used_, most_);
  }
  std::string text() {
    text_.resize(used_);
    return std::move(text_);
  }

 private:
  static constexpr std::size_t least = 1 << 18;
  const std::string& name_;
  const std::uint64_t most_;
  std::string text_;
  std::size_t used_ = 0;
};

struct Inflater {
  Inflater() { ready = inflateInit2(&stream, 16 + MAX_WBITS) == Z_OK; }  // 16: gzip's header
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() {
    if (ready) inflateEnd(&stream);
  }
  z_stream stream{};
  bool ready;
};

std::string unpack_gzip(std::string_view packed, const std::string& name, std::uint64_t most) {
  Output output(name, most);
  Inflater inflater;
  if (!inflater.ready) fail_to_unpack(name, "zlib does not start");
  z_stream& stream = inflater.stream;
  int state = Z_OK;
  for (;;) {
    if (state == Z_STREAM_END) {
      if (packed.empty()) return output.text();
      if (!packed.starts_with(gzip_magic)) fail_to_unpack(name, "more follows behind its end");
      inflateReset(&stream);
    }
    const auto given = static_cast<uInt>(std::min<std::size_t>(packed.size(), 1U << 30));
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));  // it only reads
    stream.avail_in = given;
    stream.next_out = reinterpret_cast<Bytef*>(output.room());
    const auto room = static_cast<uInt>(output.left());
    stream.avail_out = room;
    state = inflate(&stream, Z_NO_FLUSH);
    packed.remove_prefix(given - stream.avail_in);
    output.take(room - stream.avail_out);
    if (state == Z_BUF_ERROR || (state == Z_OK && packed.empty() && stream.avail_out > 0)) {
      fail_to_unpack(name, "it is cut off");
    }
    if (state != Z_OK && state != Z_STREAM_END) {
      fail_to_unpack(name, stream.msg != nullptr ? stream.msg : "it is damaged");
    }
  }
}

std::string unpack_zstd(std::string_view packed, const std::string& name, std::uint64_t most) {
  Output output(name, most);
  const std::unique_ptr<ZSTD_DStream, std::size_t (*)(ZSTD_DStream*)> stream(ZSTD_createDStream(),
                                                                             ZSTD_freeDStream);
  if (stream == nullptr) fail_to_unpack(name, "zstd does not start");
  ZSTD_inBuffer in{packed.data(), packed.size(), 0};
  for (;;) {
    char* const room = output.room();
    ZSTD_outBuffer out{room, output.left(), 0};
    const std::size_t state = ZSTD_decompressStream(stream.get(), &out, &in);
    if (ZSTD_isError(state) != 0) fail_to_unpack(name, ZSTD_getErrorName(state));
    output.take(out.pos);
    if (in.pos < in.size || out.pos == out.size) continue;
    if (state != 0) fail_to_unpack(name, "it is cut off");
    return output.text();
  }
}

}  // namespace

bool is_packed(std::string_view text) {
  return text.starts_with(gzip_magic) || text.starts_with(zstd_magic);
}

std::string unpack(std::string_view packed, const std::string& name, std::uint64_t most_bytes) {
  return packed.starts_with(gzip_magic) ? unpack_gzip(packed, name, most_bytes)
                                        : unpack_zstd(packed, name, most_bytes);
}

}  // namespace tribunal
