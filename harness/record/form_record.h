// The records of Jepsen's histories, in EDN or as elle-cli's JSON: maps one after the other, in a
// list of their own or not.
#pragma once

#include <cstdint>
#include <string>

#include "harness/record/form_reader.h"
#include "harness/record/record_line.h"

namespace tribunal {

class FormRecords {
 public:
  // `text`: the whole file, which must outlive the records, as `values` must.
  FormRecords(Values& values, const Line& text, FormReader::Notation notation);

  // The next record, good until the one after it; null at the end. Throws Error(usage).
  const Record* next();

  bool cut_off() const { return cut_off_; }  // the last line holds the beginning of a record only

 private:
  bool at_record();
  void read_record();
  void read_field();
  void read_known(Record::Field field);
  void read_process();
  void read_type();
  void complete(const char* begin);
  bool whole(std::int64_t& number, Record::Field field, std::int64_t most);
  [[noreturn]] void fail_as_mistyped(Record::Field field, const std::string& wanted);

  Values& values_;
  const Line& text_;
  FormReader forms_;
  Record record_;
  std::uint32_t given_ = 0;      // bits of the fields seen
  const char* place_ = nullptr;  // of the value being read
  char closing_ = '\0';          // of the list that the records stand in; none: they stand alone
  bool begun_ = false;           // a record or that list was met
  bool over_ = false;            // that list was closed
  bool whole_ = false;           // the record was read to its end
  bool cut_off_ = false;
  std::string key_, f_, node_, error_;
};

}  // namespace tribunal
