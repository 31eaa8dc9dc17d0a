// Reads YAML so that every mistake is one error with its file, line and column.
#pragma once

#include <yaml-cpp/yaml.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace tribunal {

class YamlReader {
 public:
  explicit YamlReader(std::filesystem::path file) : file_(std::move(file)) {}

  YAML::Node load() const;  // throws Error(usage) on what is no YAML

  // Throws Error(usage) naming the place of `node`.
  [[noreturn]] void object(const YAML::Node& node, const std::string& what,
                           const std::string& fix) const;

  using Map = std::map<std::string, YAML::Node>;
  // `what` names it in errors: "a daemon". Keys beyond `known` are mistakes; empty: any are fine.
  Map map(const YAML::Node& node, const std::string& what,
          const std::vector<std::string>& known) const;
  std::string text(const YAML::Node& node, const std::string& what) const;
  std::vector<std::string> texts(const YAML::Node& node, const std::string& what) const;
  // A text alone counts as a list of one.
  std::vector<std::string> one_or_more(const YAML::Node& node, const std::string& what) const;
  std::size_t number(const YAML::Node& node, const std::string& what, std::size_t least,
                     std::size_t most) const;
  bool yes_or_no(const YAML::Node& node, const std::string& what) const;

  const std::filesystem::path& file() const { return file_; }
  std::string place(const YAML::Mark& mark) const;  // "x.yaml:3:1"

 private:
  std::filesystem::path file_;
};

}  // namespace tribunal
