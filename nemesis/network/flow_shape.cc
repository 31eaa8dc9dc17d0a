#include "nemesis/network/flow_shape.h"

namespace tribunal {

NLOHMANN_JSON_SERIALIZE_ENUM(Jitter, {{Jitter::normal, "normal"},
                                      {Jitter::uniform, "uniform"},
                                      {Jitter::pareto, "pareto"}})
NLOHMANN_JSON_SERIALIZE_ENUM(Segments, {{Segments::all, "all"}, {Segments::closing, "closing"}})

void to_json(nlohmann::json& json, const FlowShape& shape) {
  json = {{"delay", shape.delay.count()},
          {"jitter", shape.jitter.count()},
          {"distribution", shape.distribution},
          {"loss", shape.loss},
          {"correlation", shape.correlation},
          {"duplicate", shape.duplicate},
          {"reorder", shape.reorder},
          {"corrupt", shape.corrupt},
          {"rate", shape.rate},
          {"hold", shape.hold},
          {"segments", shape.segments},
          {"limit", shape.limit}};
}

void from_json(const nlohmann::json& json, FlowShape& shape) {
  shape.delay = std::chrono::nanoseconds(json.at("delay").get<std::int64_t>());
  shape.jitter = std::chrono::nanoseconds(json.at("jitter").get<std::int64_t>());
  json.at("distribution").get_to(shape.distribution);
  json.at("loss").get_to(shape.loss);
  json.at("correlation").get_to(shape.correlation);
  json.at("duplicate").get_to(shape.duplicate);
  json.at("reorder").get_to(shape.reorder);
  json.at("corrupt").get_to(shape.corrupt);
  json.at("rate").get_to(shape.rate);
  json.at("hold").get_to(shape.hold);
  json.at("segments").get_to(shape.segments);
  json.at("limit").get_to(shape.limit);
}

}  // namespace tribunal
