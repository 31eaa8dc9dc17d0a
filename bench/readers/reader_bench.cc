// How fast histories are read, by format, from memory:
//   reader_bench [OPERATIONS [FILE...]]
// Prints megabytes and records a second, the best of five, of made histories and of the given
// files.
#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <string>

#include "bench/histories/register_history.h"
#include "harness/record/file_bytes.h"
#include "harness/record/history_file.h"

namespace {

using tribunal::History;
using tribunal::Value;

void measure(const std::string& name, const std::string& text) {
  double best = 1e9;
  std::uint32_t events = 0;
  for (int round = 0; round < 5; ++round) {
    const std::clock_t begun = std::clock();
    const History history = tribunal::parse_any_history(text, name);
    best = std::min(best, static_cast<double>(std::clock() - begun) / CLOCKS_PER_SEC);
    events = history.events;
  }
  fmt::print("{:<44} {:>8.1f} MB {:>8.3f} s {:>7.0f} MB/s {:>6.2f} million records/s\n", name,
             static_cast<double>(text.size()) / 1e6, best,
             static_cast<double>(text.size()) / 1e6 / best,
             static_cast<double>(events) / 1e6 / best);
}

// Transactions of four steps on lists that grow, as Elle reads them.
std::string transactions(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t key = i / 8, element = i % 8 + 1;
    std::string list;
    for (std::size_t j = 1; j <= element; ++j) list += fmt::format("{}{}", j > 1 ? " " : "", j);
    for (const char* type : {"invoke", "ok"}) {
      const bool answered = type[0] == 'o';
      text += fmt::format(
          "{{:index {}, :time {}, :type :{}, :process {}, :f :txn, :value [[:append {} {}] [:r {} "
          "{}] "
          "[:append {} {}] [:r {} {}]]}}\n",
          i * 2 + (answered ? 1 : 0), i * 1000, type, i % 10, key, element, key,
          answered ? "[" + list + "]" : "nil", key + 1000000, element, key + 1000000,
          answered ? "[" + list + "]" : "nil");
    }
  }
  return text;
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t operations = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 1'000'000;
  tribunal::RegisterHistoryShape shape;
  shape.operations = operations;
  shape.concurrency = 10;
  shape.keys = 100;
  const History history = tribunal::register_history(shape, 7);
  measure("registers, lines of JSON", tribunal::write_history(history));
  measure("registers, EDN", tribunal::write_edn(history));
  measure("transactions, EDN", transactions(operations));
  for (int i = 2; i < argc; ++i) {
    const tribunal::FileBytes file(argv[i], UINT64_MAX);
    measure(argv[i], std::string(file.text()));
  }
  return 0;
}
