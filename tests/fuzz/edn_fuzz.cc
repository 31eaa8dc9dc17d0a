// Fuzzes the readers of what other tools write: whatever the bytes, they return or throw Error, and
// what they return survives being written, as EDN and as lines of JSON, and read again. Built with
// TRIBUNAL_FUZZ=ON and clang; run with:
//   edn_fuzz -max_total_time=300 -dict=tests/fuzz/edn.dict FRESH_FOLDER tests/fuzz/edn_corpus
#include <fmt/core.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "harness/record/error.h"
#include "harness/record/history_file.h"

namespace {

using tribunal::History;
using tribunal::ReadOptions;

[[noreturn]] void fail(std::string_view why, std::string_view text) {
  fmt::print(stderr, "{}:\n{}\n", why, text);
  std::abort();
}

void check_error(const tribunal::Error& error) {
  const std::string_view what = error.what();
  if (what.size() > 1000) fail("the message is too long", what);
  for (const char c : what) {
    if (c < 0x20 || c > 0x7e) fail("the message holds bytes that are no text", what);
  }
}

History read(std::string_view text, ReadOptions::Keyed keyed) {
  ReadOptions options;
  options.keyed = keyed;
  options.most_bytes = std::uint64_t{1} << 30;
  return tribunal::parse_any_history(text, "fuzz", options);
}

// Once through the writer, a map's fields and the records' indices are in their final order.
void check_round_trip(const History& history) {
  const std::string lines = tribunal::write_history(history);
  const std::string edn = tribunal::write_edn(history);
  try {
    if (tribunal::write_history(tribunal::parse_history(lines, "lines")) != lines) {
      fail("the lines read otherwise", lines);
    }
    bool keyed = false;
    for (const auto& operation : history.operations) keyed |= !operation.key.is_nil();
    const auto how = keyed ? ReadOptions::Keyed::yes : ReadOptions::Keyed::no;
    const History again = read(edn, how);
    if (again.events != history.events) fail("records were lost or made up", edn);
    const std::string twice = tribunal::write_history(again);
    if (twice != lines) fail("the EDN reads otherwise", edn + "\n" + lines + "\n" + twice);
  } catch (const tribunal::Error& error) {
    fail(error.what(), edn + "\n" + lines);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (text.starts_with("{\"")) return 0;  // which history_reader_fuzz has
  try {
    check_round_trip(read(text, ReadOptions::Keyed::automatic));
  } catch (const tribunal::Error& error) {
    check_error(error);
  }
  return 0;
}
