#include "clients/quorum/server/store/object.h"

#include <algorithm>

namespace tribunal::quorum {
namespace {

bool replaces(const Object::Version& a, const Object::Version& b, Conflicts conflicts) {
  if (conflicts == Conflicts::newest) return b.stamp < a.stamp;
  return a.stamp != b.stamp && a.context.covers(b.context);
}

bool offer(std::vector<Object::Version>& versions, const Object::Version& offered,
           Conflicts conflicts) {
  for (const auto& version : versions) {
    if (version.stamp == offered.stamp || replaces(version, offered, conflicts)) return false;
  }
  std::erase_if(versions,
                [&](const auto& version) { return replaces(offered, version, conflicts); });
  const auto place =
      std::upper_bound(versions.begin(), versions.end(), offered,
                       [](const auto& a, const auto& b) { return a.stamp < b.stamp; });
  versions.insert(place, offered);
  return true;
}

bool offer(std::map<std::int64_t, Object::Element>& elements, std::int64_t value,
           const Object::Element& offered) {
  const auto [at, fresh] = elements.try_emplace(value, offered);
  if (fresh) return true;
  if (!(at->second.stamp < offered.stamp)) return false;
  at->second = offered;
  return true;
}

const Object::Version& shown_version(const Object& object, Conflicts conflicts) {
  if (conflicts != Conflicts::merge) return object.versions.back();
  return *std::max_element(object.versions.begin(), object.versions.end(),
                           [](const auto& a, const auto& b) { return a.value < b.value; });
}

nlohmann::json shown_register(const Object& object, Conflicts conflicts) {
  nlohmann::json answer{{"value", nullptr}};
  if (object.versions.empty()) return answer;
  if (const auto& version = shown_version(object, conflicts); version.value)
    answer["value"] = *version.value;
  if (object.versions.size() > 1) answer["siblings"] = object.versions.size();
  return answer;
}

}  // namespace

void apply(Object& object, const Update& update, Conflicts conflicts) {
  const bool puts = update.effect == Effect::puts;
  switch (update.object.kind) {
    case Kind::reg:
      offer(object.versions,
            {update.stamp, update.context,
             puts ? std::optional(update.value) : std::optional<std::int64_t>()},
            conflicts);
      break;
    case Kind::set:
      offer(object.elements, update.value, {update.stamp, puts});
      break;
    case Kind::counter: {
      Object::Part& part = object.parts[update.dot.origin];
      ++part.count;
      part.sum += update.value;
      break;
    }
    case Kind::list:
      object.items.emplace(update.stamp, update.value);
      break;
  }
}

bool join(Object& into, const Object& from, Conflicts conflicts) {
  bool changed = false;
  for (const auto& version : from.versions) changed |= offer(into.versions, version, conflicts);
  for (const auto& [value, element] : from.elements)
    changed |= offer(into.elements, value, element);
  for (const auto& [origin, part] : from.parts) {
    Object::Part& mine = into.parts[origin];
    if (mine.count >= part.count) continue;
    mine = part;
    changed = true;
  }
  for (const auto& [stamp, item] : from.items) changed |= into.items.emplace(stamp, item).second;
  return changed;
}

nlohmann::json shown(const Object& object, Kind kind, Conflicts conflicts) {
  if (kind == Kind::reg) return shown_register(object, conflicts);
  if (kind == Kind::counter) {
    if (object.parts.empty()) return {{"value", nullptr}};
    std::int64_t sum = 0;
    for (const auto& [origin, part] : object.parts) sum += part.sum;
    return {{"value", sum}};
  }
  auto elements = nlohmann::json::array();
  for (const auto& [value, element] : object.elements)
    if (element.present) elements.push_back(value);
  for (const auto& [stamp, item] : object.items) elements.push_back(item);
  return {{"elements", std::move(elements)}};
}

Stamp shown_stamp(const Object& object) {
  return object.versions.empty() ? Stamp{} : object.versions.back().stamp;
}

Stamp largest_stamp(const Object& object) {
  Stamp largest = shown_stamp(object);
  for (const auto& [value, element] : object.elements) largest = std::max(largest, element.stamp);
  if (!object.items.empty()) largest = std::max(largest, object.items.rbegin()->first);
  return largest;
}

nlohmann::json to_json(const Object& object) {
  using nlohmann::json;
  json result = json::object();
  for (const auto& version : object.versions) {
    json value = nullptr;
    if (version.value) value = *version.value;
    result["versions"].push_back(
        {version.stamp.counter, version.stamp.origin, version.context.to_json(), std::move(value)});
  }
  for (const auto& [value, element] : object.elements)
    result["elements"].push_back(
        {value, element.stamp.counter, element.stamp.origin, element.present});
  for (const auto& [origin, part] : object.parts)
    result["parts"].push_back({origin, part.count, part.sum});
  for (const auto& [stamp, item] : object.items)
    result["items"].push_back({stamp.counter, stamp.origin, item});
  return result;
}

Object object_from(const nlohmann::json& json) {
  static const auto none = nlohmann::json::array();
  const auto list = [&](const char* name) -> const nlohmann::json& {
    const auto at = json.find(name);
    return at == json.end() ? none : *at;
  };
  const auto stamp = [](const nlohmann::json& entry, std::size_t at) {
    return Stamp{entry.at(at).get<std::uint64_t>(), entry.at(at + 1).get<Origin>()};
  };
  Object object;
  for (const auto& entry : list("versions")) {
    Object::Version version{stamp(entry, 0), Seen::from_json(entry.at(2)), std::nullopt};
    if (!entry.at(3).is_null()) version.value = entry.at(3).get<std::int64_t>();
    object.versions.push_back(std::move(version));
  }
  for (const auto& entry : list("elements"))
    object.elements[entry.at(0).get<std::int64_t>()] = {stamp(entry, 1), entry.at(3).get<bool>()};
  for (const auto& entry : list("parts"))
    object.parts[entry.at(0).get<Origin>()] = {entry.at(1).get<std::uint64_t>(),
                                               entry.at(2).get<std::int64_t>()};
  for (const auto& entry : list("items"))
    object.items[stamp(entry, 0)] = entry.at(2).get<std::int64_t>();
  return object;
}

}  // namespace tribunal::quorum
