#include "clients/described/template.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <functional>

namespace tribunal {
namespace {

using std::string;

// Calls `fill` for what stands between each {{ and }} and puts its answer there. What does not
// begin like a name is none of ours, such as {{1, 'integer'}} in a script of Lua. False: the last
// one has no end.
bool replace_blanks(string& text, const std::function<string(const string&)>& fill) {
  for (std::size_t at = 0; (at = text.find("{{", at)) != string::npos;) {
    const auto begin = text.find_first_not_of(' ', at + 2);
    if (begin == string::npos || std::isalpha(static_cast<unsigned char>(text[begin])) == 0) {
      ++at;
      continue;
    }
    const auto end = text.find("}}", at);
    if (end == string::npos) return false;
    string blank = text.substr(at + 2, end - at - 2);
    blank.erase(0, blank.find_first_not_of(' '));
    blank.erase(blank.find_last_not_of(' ') + 1);
    const string filled = fill(blank);
    text.replace(at, end + 2 - at, filled);
    at += filled.size();
  }
  return true;
}

void replace_all(string& text, const string& what, const string& by) {
  for (std::size_t at = 0; (at = text.find(what, at)) != string::npos; at += by.size())
    text.replace(at, what.size(), by);
}

// The text once for each node but `without`.
string for_each_node(const string& text, const Deployment& deployment, std::size_t without) {
  string all;
  for (std::size_t i = 0; i < deployment.hosts.size(); ++i) {
    if (i == without) continue;
    string one = text;
    replace_all(one, "NAME", deployment.hosts[i]);
    replace_all(one, "ADDRESS", deployment.addresses[i]);
    replace_all(one, "INDEX", fmt::to_string(i + 1));
    all += (all.empty() ? "" : ",") + one;
  }
  return all;
}

}  // namespace

const std::vector<std::pair<string, string>>& blank_names() {
  static const std::vector<std::pair<string, string>> all = {
      {"name", "of the node: n1"},
      {"address", "of the node"},
      {"index", "of the node: 1, 2, ..."},
      {"data", "the node's own folder, where it stays over a kill"},
      {"first", "the address of n1"},
      {"addresses", "of all nodes, with commas"},
      {"nodes", "how many there are"},
      {"port", "as the description says"},
      {"binary", "the server, with its whole path"},
      {"folder", "where the description is"},
      {"joins",
       "yes on a node that was wiped, and has to join the members that there are; else no"},
  };
  return all;
}

string blank_of_a_node(const string& text) {
  string found;
  string passing = text;
  replace_blanks(passing, [&](const string& blank) {
    for (const char* name : {"name", "address", "index", "data", "first", "joins"})
      if (blank == name && found.empty()) found = blank;
    return string();
  });
  return found;
}

string mistake_in_template(const string& text, const std::vector<string>& options) {
  string mistake;
  string passing = text;
  const bool whole = replace_blanks(passing, [&](const string& blank) {
    if (blank.starts_with("all ") || blank.starts_with("others ")) return string();
    std::vector<string> known = options;
    for (const auto& [name, meaning] : blank_names()) known.push_back(name);
    if (std::find(known.begin(), known.end(), blank) == known.end() && mistake.empty())
      mistake = fmt::format("there is no {{{{{}}}}}; one of: {}, all TEXT, others TEXT",
                            blank.substr(0, 80), fmt::join(known, ", "));
    return string();
  });
  return whole || !mistake.empty() ? mistake : "a {{ has no }}";
}

string filled_in(const string& text, const Blanks& blanks, const Deployment& deployment,
                 std::size_t index) {
  string filled = text;
  replace_blanks(filled, [&](const string& blank) {
    if (blank.starts_with("all ")) return for_each_node(blank.substr(4), deployment, SIZE_MAX);
    if (blank.starts_with("others ")) return for_each_node(blank.substr(7), deployment, index);
    const auto known = blanks.find(blank);
    return known == blanks.end() ? string() : known->second;
  });
  return filled;
}

}  // namespace tribunal
