// The reports there are.
#include "reports/catalogue.h"

#include "reports/html/page.h"
#include "reports/junit.h"
#include "reports/markdown.h"

namespace tribunal {

const std::vector<Report>& reports() {
  static const std::vector<Report> catalogue = {
      {"html", "one self-contained page: verdict, timeline, counterexamples, every operation",
       write_html},
      {"junit", "JUnit XML for the test pages of CI systems", write_junit},
      {"markdown", "a summary of at most 64 KB for a CI page or a comment", write_markdown},
  };
  return catalogue;
}

}  // namespace tribunal
