// What the functions of one database tell each other during a run: who was promoted, what was
// formed already.
#pragma once

#include <map>
#include <mutex>
#include <string>

namespace tribunal {

// Texts by name; safe from any thread.
class Notes {
 public:
  void set(const std::string& name, const std::string& text) {
    const std::scoped_lock lock(mutex_);
    texts_[name] = text;
  }
  std::string get(const std::string& name) const {  // empty: never set
    const std::scoped_lock lock(mutex_);
    const auto it = texts_.find(name);
    return it == texts_.end() ? std::string() : it->second;
  }
  // True for the first who asks.
  bool claim(const std::string& name) {
    const std::scoped_lock lock(mutex_);
    return texts_.try_emplace(name).second;
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::string> texts_;
};

}  // namespace tribunal
