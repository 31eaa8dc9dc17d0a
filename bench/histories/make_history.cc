// Writes a valid register history as JSON lines to standard output:
//   make_history OPERATIONS [CONCURRENCY [UNKNOWN-PERCENT [KEYS]]]
#include <cstdio>
#include <cstdlib>

#include "bench/histories/register_history.h"
#include "harness/record/history_file.h"

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fputs("usage: make_history OPERATIONS [CONCURRENCY [UNKNOWN-PERCENT [KEYS]]]\n", stderr);
    return 64;
  }
  const auto number = [&](int place, unsigned long otherwise) {
    return argc > place ? std::strtoul(argv[place], nullptr, 10) : otherwise;
  };
  tribunal::RegisterHistoryShape shape;
  shape.operations = number(1, 0);
  shape.concurrency = number(2, 10);
  shape.unknown_percent = static_cast<unsigned>(number(3, 0));
  shape.keys = number(4, 1);
  const auto text = tribunal::write_history(tribunal::register_history(shape, 7));
  std::fwrite(text.data(), 1, text.size(), stdout);
  return std::fflush(stdout) == 0 ? 0 : 3;
}
