// quorum-server: one node of a small replicated store that keeps the promises of its level, or
// breaks them where it is told to. See docs/quorum.md.
#include <cstdio>
#include <fstream>
#include <string_view>

#include "clients/quorum/server/http/service.h"

namespace {

namespace quorum = tribunal::quorum;

// How often this node was started, this time included, kept beside its log.
std::uint64_t next_life(const std::filesystem::path& data) {
  std::uint64_t life = 0;
  std::ifstream(data / "life") >> life;
  ++life;
  const auto fresh = data / "life.new";
  std::ofstream(fresh) << life << std::flush;
  std::filesystem::rename(fresh, data / "life");
  return life;
}

int run(const std::vector<std::string>& arguments) {
  const quorum::Settings settings = quorum::settings_from(arguments);
  std::filesystem::create_directories(settings.data);
  const std::uint64_t life = next_life(settings.data);
  quorum::Peers peers(settings);
  const auto level = quorum::make_level(settings, life, peers);
  std::fprintf(stderr, "quorum-server: node %zu of %zu, life %llu, on %s\n", settings.index,
               settings.nodes.size(), static_cast<unsigned long long>(life),
               settings.nodes[settings.index].c_str());
  quorum::serve(settings, life, *level);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() == 1 && arguments[0] == "--version") {
    std::puts("quorum-server " TRIBUNAL_VERSION);
    return 0;
  }
  try {
    return run(arguments);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "quorum-server: %s\n", error.what());
    return 1;
  }
}
