#include "harness/assemble/verdict_json.h"

#include "harness/record/run_json.h"

namespace tribunal {

std::string verdict_lines(const Judged& judged) {
  std::string text;
  for (const auto& verdict : judged.verdicts) {
    Json fields = to_json(verdict);
    const Json word = fields["judgement"], checking = fields["seconds"];
    fields.erase("judgement");
    fields["seconds"] = {{"parsing", judged.seconds_of_reading}, {"checking", checking}};
    fields["truncated"] = judged.history.truncated;
    Json line = {{"verdict", word}};
    line.update(fields);
    text += json_text(line, -1) + "\n";
  }
  return text;
}

}  // namespace tribunal
