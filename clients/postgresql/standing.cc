#include "clients/postgresql/standing.h"

#include <fmt/format.h>

namespace tribunal {
namespace {

std::size_t number_noted(const Deployment& deployment, const std::string& name) {
  const std::string text = deployment.notes->get(name);
  return text.empty() ? 0 : std::stoul(text);
}

}  // namespace

void Standing::begin() {
  if (!deployment_.notes->claim("formed")) return;
  elect(deployment_.hosts.front());
}

std::string Standing::primary() const { return deployment_.notes->get("primary"); }
void Standing::depose() { deployment_.notes->set("primary", ""); }

void Standing::elect(const std::string& host) {
  deployment_.notes->set("term", fmt::to_string(term() + 1));
  deployment_.notes->set("primary", host);
}

std::size_t Standing::term() const { return number_noted(deployment_, "term"); }

void Standing::follows(const std::string& host) {
  deployment_.notes->set(host + " follows in term", fmt::to_string(term()));
}

std::size_t Standing::last_followed(const std::string& host) const {
  return number_noted(deployment_, host + " follows in term");
}

bool Standing::is_whole(const std::string& host) const { return last_followed(host) == term(); }

bool Standing::replicated() const { return deployment_.options.at("layout") == "replicated"; }

bool Standing::quorum() const {
  return replicated() && deployment_.options.at("synchronous") == "quorum";
}

std::size_t Standing::to_be_consulted() const {
  return quorum() ? deployment_.hosts.size() - acknowledging() : 1;
}

bool Standing::can_do_without(const std::string& primary) const {
  std::size_t whole = 0;
  for (const auto& host : deployment_.hosts)
    if (host != primary && is_whole(host)) ++whole;
  return whole >= to_be_consulted();
}

}  // namespace tribunal
