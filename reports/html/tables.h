// The parts of the page that read without a script: what was claimed and done, the verdicts, where
// it ran.
#pragma once

#include <string>

#include "harness/record/history.h"
#include "reports/run_record.h"

namespace tribunal {

std::string notes_html(const RunRecord& record);
std::string claim_html(const RunRecord& record);
std::string done_html(const RunRecord& record, const History& history);
std::string verdicts_html(const RunRecord& record);
std::string environment_html(const RunRecord& record, const std::string& folder);

// A judgement as its icon and word; never by colour alone.
std::string badge_html(Judgement judgement);
std::string_view icon_of(Judgement judgement);

}  // namespace tribunal
