// The YAML form of a spec: one flat map with the flags' names. Values may be scalars, lists of
// scalars (as a,b) or maps of scalars (as a=1,b=2).
#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <set>

#include "harness/assemble/spec.h"
#include "harness/record/error.h"
#include "harness/record/run_folder.h"

namespace tribunal {
namespace {

std::string at(const std::filesystem::path& file, const YAML::Mark& mark) {
  return fmt::format("{}:{}:{}", file.string(), mark.line + 1, mark.column + 1);
}

std::string scalar(const YAML::Node& node, const std::filesystem::path& file) {
  if (node.IsNull()) return "none";
  if (!node.IsScalar()) {
    throw Error(Blame::usage, at(file, node.Mark()) + ": too deep",
                "a spec is a flat map of names to values");
  }
  return node.Scalar();
}

std::string flattened(const YAML::Node& node, const std::filesystem::path& file) {
  std::string text;
  if (node.IsSequence()) {
    for (const auto& item : node) text += (text.empty() ? "" : ",") + scalar(item, file);
    return text.empty() ? "none" : text;
  }
  if (node.IsMap()) {
    for (const auto& item : node) {
      text +=
          (text.empty() ? "" : ",") + scalar(item.first, file) + "=" + scalar(item.second, file);
    }
    return text.empty() ? "none" : text;
  }
  return scalar(node, file);
}

YAML::Node load(const std::filesystem::path& file) {
  try {
    return YAML::Load(read_file(file));
  } catch (const YAML::Exception& trouble) {
    throw Error(Blame::usage,
                fmt::format("{}: this is no YAML: {}", at(file, trouble.mark), trouble.msg),
                "a spec is lines such as `nodes: 5`");
  }
}

}  // namespace

void read_yaml(Spec& spec, const std::filesystem::path& file) {
  const auto root = load(file);
  if (!root.IsMap()) {
    throw Error(Blame::usage, file.string() + ": this is no map of names to values",
                "a spec is lines such as `nodes: 5`");
  }
  std::set<std::string> seen;
  for (const auto& item : root) {
    const auto name = scalar(item.first, file);
    const auto place = at(file, item.first.Mark());
    if (!seen.insert(name).second) {
      throw Error(Blame::usage, fmt::format("{}: '{}' is there twice", place, name),
                  "keep one of them");
    }
    set_field(spec, name, flattened(item.second, file), place);
  }
}

}  // namespace tribunal
