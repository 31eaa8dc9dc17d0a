#include "clients/described/yaml_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

#include "harness/record/error.h"
#include "harness/record/run_folder.h"

namespace tribunal {

std::string YamlReader::place(const YAML::Mark& mark) const {
  return fmt::format("{}:{}:{}", file_.string(), mark.line + 1, mark.column + 1);
}

void YamlReader::object(const YAML::Node& node, const std::string& what,
                        const std::string& fix) const {
  throw Error(Blame::usage, fmt::format("{}: {}", place(node.Mark()), what), fix);
}

YAML::Node YamlReader::load() const {
  try {
    return YAML::Load(read_file(file_));
  } catch (const YAML::Exception& trouble) {
    throw Error(Blame::usage,
                fmt::format("{}: this is no YAML: {}", place(trouble.mark), trouble.msg),
                "docs/deployments.md has examples");
  }
}

YamlReader::Map YamlReader::map(const YAML::Node& node, const std::string& what,
                                const std::vector<std::string>& known) const {
  if (!node.IsMap())
    object(node, what + " is no map of names to values", "lines such as `name: x`");
  Map found;
  for (const auto& item : node) {
    const std::string name = text(item.first, "a name in " + what);
    if (!known.empty() && std::find(known.begin(), known.end(), name) == known.end())
      object(item.first, fmt::format("{} has no '{}'", what, name.substr(0, 80)),
             fmt::format("one of: {}", fmt::join(known, ", ")));
    if (!found.emplace(name, item.second).second)
      object(item.first, fmt::format("'{}' is there twice", name.substr(0, 80)),
             "keep one of them");
  }
  return found;
}

std::string YamlReader::text(const YAML::Node& node, const std::string& what) const {
  if (!node.IsScalar())
    object(node, what + " is no text", "write it as one value, in quotes if it begins with {{");
  return node.Scalar();
}

std::vector<std::string> YamlReader::texts(const YAML::Node& node, const std::string& what) const {
  if (!node.IsSequence()) object(node, what + " is no list", "write it as [a, b]");
  std::vector<std::string> all;
  for (const auto& item : node) all.push_back(text(item, "a member of " + what));
  if (all.empty()) object(node, what + " is empty", "leave it out, or say something");
  return all;
}

std::vector<std::string> YamlReader::one_or_more(const YAML::Node& node,
                                                 const std::string& what) const {
  if (node.IsScalar()) return {node.Scalar()};
  return texts(node, what);
}

std::size_t YamlReader::number(const YAML::Node& node, const std::string& what, std::size_t least,
                               std::size_t most) const {
  const std::string written = text(node, what);
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(written.data(), written.data() + written.size(), value);
  if (error != std::errc{} || end != written.data() + written.size() || value < least ||
      value > most)
    object(node, fmt::format("{} cannot be '{}'", what, written.substr(0, 80)),
           fmt::format("a number from {} to {}", least, most));
  return value;
}

bool YamlReader::yes_or_no(const YAML::Node& node, const std::string& what) const {
  const std::string written = text(node, what);
  if (written == "yes" || written == "true") return true;
  if (written == "no" || written == "false") return false;
  object(node, fmt::format("{} cannot be '{}'", what, written.substr(0, 80)), "yes or no");
}

}  // namespace tribunal
