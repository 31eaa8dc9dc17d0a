#include "clients/quorum/server/store/update.h"

#include <stdexcept>

namespace tribunal::quorum {

using nlohmann::json;

Kind kind_from(const std::string& name) {
  for (const auto& [known, kind] :
       {std::pair("register", Kind::reg), std::pair("set", Kind::set),
        std::pair("counter", Kind::counter), std::pair("list", Kind::list)}) {
    if (name == known) return kind;
  }
  throw std::invalid_argument("there is no kind of object called " + name);
}

json to_json(const ObjectId& id) { return {std::string(1, static_cast<char>(id.kind)), id.key}; }

ObjectId object_id_from(const json& entry) {
  const auto kind = entry.at(0).get<std::string>();
  if (kind.size() != 1 || std::string("rscl").find(kind) == std::string::npos)
    throw std::invalid_argument("no kind of object");
  return {static_cast<Kind>(kind[0]), entry.at(1).get<std::int64_t>()};
}

json to_json(const Update& update) {
  json result{{"dot", {update.dot.origin, update.dot.number}},
              {"stamp", {update.stamp.counter, update.stamp.origin}},
              {"object", to_json(update.object)},
              {"effect", std::string(1, static_cast<char>(update.effect))},
              {"value", update.value}};
  if (!update.needs.empty()) result["needs"] = update.needs.to_json();
  if (!update.context.empty()) result["context"] = update.context.to_json();
  return result;
}

Update update_from(const json& record) {
  Update update;
  const auto& dot = record.at("dot");
  update.dot = {dot.at(0).get<Origin>(), dot.at(1).get<std::uint64_t>()};
  const auto& stamp = record.at("stamp");
  update.stamp = {stamp.at(0).get<std::uint64_t>(), stamp.at(1).get<Origin>()};
  update.object = object_id_from(record.at("object"));
  update.effect = record.at("effect").get<std::string>() == "-" ? Effect::erases : Effect::puts;
  update.value = record.at("value").get<std::int64_t>();
  if (const auto needs = record.find("needs"); needs != record.end())
    update.needs = Seen::from_json(*needs);
  if (const auto context = record.find("context"); context != record.end())
    update.context = Seen::from_json(*context);
  return update;
}

}  // namespace tribunal::quorum
