#include "clients/endpoints/access.h"

#include <cstdlib>

#include "clients/described/yaml_reader.h"

namespace tribunal {
namespace {

std::string variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

}  // namespace

Access read_access(const std::filesystem::path& file) {
  Access access;
  access.user = variable("TRIBUNAL_USER");
  access.password = variable("TRIBUNAL_PASSWORD");
  if (file.empty()) return access;
  const YamlReader yaml(file);
  auto keys = yaml.map(yaml.load(), "an access file",
                       {"user", "password", "tls", "authority", "certificate", "key"});
  if (keys.contains("user")) access.user = yaml.text(keys["user"], "user");
  if (keys.contains("password")) access.password = yaml.text(keys["password"], "password");
  for (const auto& [name, path] : {std::pair{"authority", &access.authority},
                                   {"certificate", &access.certificate},
                                   {"key", &access.key}}) {
    if (!keys.contains(name)) continue;
    *path = (std::filesystem::absolute(file).parent_path() / yaml.text(keys[name], name)).string();
    if (!std::filesystem::exists(*path))
      yaml.object(keys[name], "there is no file " + *path, "the path of a file of PEM");
    access.tls = true;
  }
  if (access.certificate.empty() != access.key.empty())
    yaml.object(yaml.load(), "a certificate goes with its key", "give both, or neither");
  if (keys.contains("tls")) access.tls = yaml.yes_or_no(keys["tls"], "tls");
  return access;
}

}  // namespace tribunal
