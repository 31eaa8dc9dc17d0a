// A tool's end of its socket to the controller: descriptor 0, lines of JSON both ways, one answer a
// question. Used by one thread.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace tribunal {

class ToolChannel {
 public:
  int descriptor() const { return 0; }  // to poll for reading

  // A question, if a whole line has come or comes before read() would wait again; call it until it
  // gives nothing, whenever descriptor() is readable.
  std::optional<nlohmann::json> next();
  bool closed() const { return closed_; }  // the controller is gone: exit

  // False: the controller is gone.
  bool answer(const nlohmann::json& body);

 private:
  std::string received_;
  bool closed_ = false;
};

// Answers questions until the controller is gone; for tools that do nothing meanwhile or have
// threads for it. What `reply` throws is answered as {"failed": what}.
void answer_all(const std::function<nlohmann::json(const nlohmann::json&)>& reply);

}  // namespace tribunal
