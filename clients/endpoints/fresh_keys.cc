#include "clients/endpoints/fresh_keys.h"

namespace tribunal {
namespace {

Call moved(Call call, Key by) {
  std::visit([by](auto& c) { c.key += by; }, call);
  return call;
}

class FreshKeys final : public Client {
 public:
  FreshKeys(Key base, std::unique_ptr<Client> client) : base_(base), client_(std::move(client)) {}
  Call invoke(const Call& call) override {
    return moved(client_->invoke(moved(call, base_)), -base_);
  }
  std::string token() const override { return client_->token(); }
  void carry(const std::string& token) override { client_->carry(token); }

 private:
  const Key base_;
  const std::unique_ptr<Client> client_;
};

}  // namespace

Key fresh_keys_at(std::int64_t unix_seconds) {
  constexpr std::int64_t begin = 1'577'836'800;  // 2020, so that 2^53 is far away
  return (unix_seconds - begin) << 24;
}

std::unique_ptr<Client> with_keys_from(Key base, std::unique_ptr<Client> client) {
  return std::make_unique<FreshKeys>(base, std::move(client));
}

}  // namespace tribunal
