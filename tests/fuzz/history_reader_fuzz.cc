// Fuzzes the reader of histories: whatever the bytes, it returns or throws Error, and what it
// returns survives being written and read again. Built with TRIBUNAL_FUZZ=ON and clang; run with
// the corpus beside this file:
//   history_reader_fuzz -max_total_time=600 FRESH_FOLDER tests/fuzz/corpus
#include <fmt/core.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "harness/record/error.h"
#include "harness/record/history_file.h"

namespace {

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

void check_round_trip(const tribunal::History& history) {
  const std::string once = tribunal::write_history(history);
  try {
    const tribunal::History again = tribunal::parse_history(once, "written");
    if (again.events != history.events) fail("records were lost or made up", once);
    if (again.truncated) fail("what was written looks cut off", once);
    const std::string twice = tribunal::write_history(again);
    if (twice != once) fail("the second writing differs", once + "\n" + twice);
  } catch (const tribunal::Error& error) {
    fail(error.what(), once);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    check_round_trip(tribunal::parse_history(text, "fuzz"));
  } catch (const tribunal::Error& error) {
    check_error(error);
  }
  return 0;
}
