#include "clients/zookeeper/names.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "harness/parts/client.h"

namespace tribunal {

Int zoo_number(const std::string& text) {
  Int number = 0;
  const char* end = text.data() + text.size();
  const auto [last, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || last != end) throw Rejected("the answer is no number");
  return number;
}

ZooName zoo_named(const std::string& path) {
  const std::string name = path.substr(path.rfind('/') + 1);
  const std::size_t dash = name.rfind('-');
  if (dash == std::string::npos) throw Rejected("the answer is no name in sequence");
  return {name, zoo_number(name.substr(0, dash)), zoo_number(name.substr(dash + 1))};
}

std::vector<ZooName> zoo_sorted(const std::vector<std::string>& names) {
  std::vector<ZooName> sorted;
  for (const std::string& name : names) sorted.push_back(zoo_named(name));
  std::sort(sorted.begin(), sorted.end(),
            [](const ZooName& a, const ZooName& b) { return a.number < b.number; });
  return sorted;
}

ZooRequest zoo_in_sequence(Int element) {
  return {ZooVerb::create_in_sequence, fmt::format("{}-", element)};
}

}  // namespace tribunal
