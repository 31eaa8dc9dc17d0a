#include "clients/zookeeper/installation.h"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>

#include "harness/cluster/command.h"
#include "harness/record/error.h"

namespace tribunal {
namespace {

constexpr const char* debian_jar = "/usr/share/java/zookeeper.jar";
constexpr const char* install_zookeeper = "apt-get install zookeeper";

std::string jar_path(const std::string& binary) {
  std::error_code ignored;
  const std::filesystem::path path =
      binary.empty() ? debian_jar : std::filesystem::absolute(binary, ignored);
  if (std::filesystem::is_regular_file(path, ignored)) return path;
  if (binary.empty())
    throw Error(Blame::environment,
                fmt::format("ZooKeeper is not installed: there is no {}", debian_jar),
                install_zookeeper);
  throw Error(Blame::environment, fmt::format("there is no file {}", binary),
              fmt::format("give the path of ZooKeeper's jar, or: {}", install_zookeeper));
}

// "Apache ZooKeeper, version 3.8.0 2024-12-29 17:54 UTC" -> "3.8.0"; empty if it says nothing of
// the kind.
std::string zookeeper_version_in(const std::string& text) {
  const std::string label = "Apache ZooKeeper, version ";
  const std::size_t at = text.find(label);
  if (at == std::string::npos) return {};
  const std::size_t from = at + label.size();
  return text.substr(from, text.find_first_of(" -\r\n", from) - from);
}

// 3.5 was the first whose answer to a create has the transaction's number.
bool is_new_enough(const std::string& version) {
  char* end = nullptr;
  const long major = std::strtol(version.c_str(), &end, 10);
  return major > 3 || (major == 3 && *end == '.' && std::strtol(end + 1, nullptr, 10) >= 5);
}

// Debian has a logger that writes to stderr beside the jar; elsewhere what ZooKeeper came with is
// in the jar's folder.
std::string class_path(const std::filesystem::path& jar) {
  std::error_code ignored;
  const auto logger = jar.parent_path() / "slf4j-simple.jar";
  const bool debian = std::filesystem::exists(logger, ignored);
  return jar.string() + ":" + (debian ? logger : jar.parent_path() / "*").string();
}

}  // namespace

std::vector<std::string> zookeeper_java(const std::string& jar) {
  const auto java = find_program("java");
  if (!java)
    throw Error(Blame::environment, "there is no java on PATH to run ZooKeeper", install_zookeeper);
  return {*java,
          "-Xmx192m",
          "-XX:+UseSerialGC",
          "-XX:-UsePerfData",
          "-Dorg.slf4j.simpleLogger.showDateTime=true",
          "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSS",
          "-cp",
          class_path(jar)};
}

std::pair<std::string, std::string> find_zookeeper(const std::string& binary) {
  const std::string jar = jar_path(binary);
  std::vector<std::string> command = zookeeper_java(jar);
  command.push_back("org.apache.zookeeper.version.VersionInfoMain");
  const CommandResult result = run_command(command, std::chrono::seconds(20));
  const std::string version = zookeeper_version_in(result.out);
  if (!result.ok() || version.empty())
    throw Error(Blame::environment, fmt::format("{} does not answer as ZooKeeper's jar does", jar),
                install_zookeeper);
  if (!is_new_enough(version))
    throw Error(Blame::environment,
                fmt::format("{} is ZooKeeper {}, and 3.5 is the first that will do", jar, version),
                "install a later one and name its jar with --binary");
  return {jar, version};
}

}  // namespace tribunal
