#include "clients/quorum/outcome.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace tribunal {
namespace {

struct Row {
  std::optional<long> status;
  Outcome write, read;
};
constexpr auto any = std::nullopt;
constexpr Outcome ok = Outcome::ok, failed = Outcome::failed, unknown = Outcome::unknown;

// The first line that fits counts; what is failed for a write has its reason here. A read has no
// effect however it ended.
const Row table[] = {
    {200, ok, ok},          {400, failed, failed},  // not understood, so nothing was tried
    {404, failed, failed},  // no such path: another server, or another version
    {409, failed, failed},  // refused before it could take effect, or taken back: the server's word
    {503, failed, failed},  // the server gave up before it had changed or sent anything
    {any, unknown, failed},  // 504 among them: too few acknowledged, and some may have it
};

std::string words_of(const Exchange& exchange, const nlohmann::json& answer) {
  constexpr std::size_t longest = 160;
  if (answer.is_object()) {
    const auto error = answer.find("error");
    if (error != answer.end() && error->is_string()) {
      auto text = error->get<std::string>().substr(0, longest);
      // Whoever answered may not be a server of ours: one line, and plain letters.
      std::replace_if(
          text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c >= 0x7f; }, ' ');
      return text;
    }
  }
  return fmt::format("HTTP {}", exchange.status);
}

}  // namespace

Finding find_quorum_outcome(const Exchange& exchange, const nlohmann::json& answer, Effect effect,
                            Milliseconds timeout) {
  if (exchange.code != CURLE_OK) return find_failure(exchange, effect, timeout);
  const Row& row = *std::find_if(std::begin(table), std::end(table), [&](const Row& candidate) {
    return !candidate.status || *candidate.status == exchange.status;
  });
  Finding finding{effect == Effect::reads ? row.read : row.write, {}};
  if (finding.outcome != ok) return {finding.outcome, words_of(exchange, answer)};
  if (answer.is_object()) return finding;
  return {effect == Effect::reads ? failed : unknown, "answer is no JSON object"};
}

}  // namespace tribunal
