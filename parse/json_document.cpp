// SPDX-License-Identifier: Apache-2.0
#include "parse/json_document.hpp"

#include <algorithm>
#include <memory>
#include <memory_resource>
#include <optional>
#include <stdexcept>
#include <vector>

#include "common/log/mask.hpp"
#include "parse/json_scan.hpp"
#include "parse/text.hpp"

// A separate namespace, because other files may include the library with another assert.
#define RAPIDJSON_NAMESPACE trunkline_rapidjson
#define RAPIDJSON_NAMESPACE_BEGIN namespace trunkline_rapidjson {
#define RAPIDJSON_NAMESPACE_END }
#define RAPIDJSON_ASSERT(x) ((x) ? static_cast<void>(0) : throw std::logic_error("RapidJSON: " #x))
#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>

namespace trunkline::parse {
namespace {

namespace json = trunkline_rapidjson;

// Maximum capacity of each buffer that is kept between documents.
constexpr std::size_t kept_bytes = 256 * 1024;

struct thread_memory {
  std::string bytes;  // the body, repaired, then unescaped in place
  std::vector<json_value> values;
  std::vector<json_member> members;
  std::vector<std::byte> first_block = std::vector<std::byte>(64 * 1024);
  std::optional<std::pmr::monotonic_buffer_resource> nodes;

  void start(std::string_view body) {
    bytes.assign(body);
    nodes.emplace(first_block.data(), first_block.size());
  }
  void finish() {
    nodes.reset();
    if (bytes.capacity() > kept_bytes) std::string().swap(bytes);
    if (values.capacity() * sizeof(json_value) > kept_bytes) std::vector<json_value>().swap(values);
    if (members.capacity() * sizeof(json_member) > kept_bytes) {
      std::vector<json_member>().swap(members);
    }
  }
};

thread_memory& memory() {
  thread_local thread_memory instance;
  return instance;
}

// Returns a name that two members share, or a view without data.
std::string_view find_duplicate(std::span<const json_member> members) {
  if (members.size() <= 16) {
    for (std::size_t i = 1; i < members.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        if (members[i].name == members[j].name) return members[i].name;
      }
    }
    return {};
  }
  std::vector<std::string_view> names;
  names.reserve(members.size());
  for (const json_member& member : members) names.push_back(member.name);
  std::sort(names.begin(), names.end());
  const auto found = std::adjacent_find(names.begin(), names.end());
  return found == names.end() ? std::string_view{} : *found;
}

// Builds the tree from the reader's callbacks. Complete values are in `values` until their array or
// object ends; keys are in `members`.
class builder {
 public:
  builder(thread_memory& mem, std::string_view body) : memory_(mem), body_(body) {
    memory_.values.clear();
    memory_.members.clear();
  }

  const std::string& duplicate() const { return duplicate_; }
  json_value root() const { return memory_.values.at(0); }

  bool Null() { return push({}); }
  bool Bool(bool value) { return push(json_value::boolean(value)); }
  bool RawNumber(const char* text, json::SizeType length, bool) {
    // The original digits: numbers that exceed a double are zeros in the copy.
    const auto offset = static_cast<std::size_t>(text - memory_.bytes.data());
    return push(json_value::text(json_value::type::number, body_.substr(offset, length)));
  }
  bool String(const char* text, json::SizeType length, bool) {
    return push(json_value::text(json_value::type::string, {text, length}));
  }
  bool StartObject() {
    memory_.members.push_back({});  // a mark before the keys of this object
    return true;
  }
  bool Key(const char* text, json::SizeType length, bool) {
    memory_.members.push_back({{text, length}, {}});
    return true;
  }
  bool EndObject(json::SizeType count) {
    const std::span<json_member> members = take_members(count);
    memory_.values.resize(memory_.values.size() - count);
    memory_.members.resize(memory_.members.size() - count - 1);
    note_duplicate(members);
    return push(json_value::object(members));
  }
  bool StartArray() {
    memory_.members.push_back({});
    return true;
  }
  bool EndArray(json::SizeType count) {
    auto* items = allocate<json_value>(count);
    std::copy_n(memory_.values.end() - count, count, items);
    memory_.values.resize(memory_.values.size() - count);
    memory_.members.pop_back();
    return push(json_value::array({items, count}));
  }
  // Not called, because the reader passes numbers as text.
  bool Int(int) { return false; }
  bool Uint(unsigned) { return false; }
  bool Int64(std::int64_t) { return false; }
  bool Uint64(std::uint64_t) { return false; }
  bool Double(double) { return false; }

 private:
  template <class T>
  T* allocate(std::size_t count) {
    auto* raw = static_cast<T*>(memory_.nodes->allocate(count * sizeof(T) + 1, alignof(T)));
    std::uninitialized_value_construct_n(raw, count);
    return raw;
  }

  bool push(json_value value) {
    memory_.values.push_back(value);
    return true;
  }

  std::span<json_member> take_members(std::size_t count) {
    auto* members = allocate<json_member>(count);
    std::copy_n(memory_.members.end() - static_cast<std::ptrdiff_t>(count), count, members);
    for (std::size_t i = 0; i < count; ++i) {
      members[i].value = memory_.values[memory_.values.size() - count + i];
    }
    return {members, count};
  }

  // Reading continues after a duplicate: whether the rest is JSON decides in which column the bytes
  // are stored.
  void note_duplicate(std::span<const json_member> members) {
    const std::string_view twice = find_duplicate(members);
    if (twice.data() == nullptr || !duplicate_.empty()) return;
    duplicate_ = "duplicate key \"" + mask_key(twice) + "\" in " + path();
  }

  // Returns the position of the reader, made of the keys of unfinished objects: "data.object".
  std::string path() const {
    std::string result;
    for (std::size_t i = 0; i < memory_.members.size(); ++i) {
      const bool mark = memory_.members[i].name.data() == nullptr;
      const bool last_of_object = !mark && (i + 1 == memory_.members.size() ||
                                            memory_.members[i + 1].name.data() == nullptr);
      if (last_of_object) {
        if (!result.empty()) result += '.';
        result += mask_key(memory_.members[i].name);
      }
    }
    return result.empty() ? "the top level" : std::string(cut(result, 200));
  }

  thread_memory& memory_;
  std::string_view body_;
  std::string duplicate_;
};

std::string reader_problem(json::ParseErrorCode code, std::size_t offset) {
  std::string why = json::GetParseError_En(code);
  while (why.ends_with('.')) why.pop_back();
  if (!why.empty() && why[0] >= 'A' && why[0] <= 'Z') why[0] = static_cast<char>(why[0] + 32);
  return "not JSON: " + why + " at byte " + std::to_string(offset);
}

// Reads the copy and returns "", or why it is not JSON. Duplicate keys are in build.duplicate().
// Recursion is safe because the scan has limited the depth. The iterative reader is not used: it
// does arithmetic on a null pointer, which the sanitizers report.
std::string read(thread_memory& mem, builder& build) {
  constexpr unsigned flags = json::kParseInsituFlag | json::kParseValidateEncodingFlag |
                             json::kParseFullPrecisionFlag | json::kParseNumbersAsStringsFlag;
  json::InsituStringStream stream(mem.bytes.data());
  json::Reader reader;
  try {
    const json::ParseResult result = reader.Parse<flags>(stream, build);
    return result.IsError() ? reader_problem(result.Code(), result.Offset()) : std::string();
  } catch (const std::logic_error& assertion) {
    return std::string("not JSON: ") + assertion.what();
  }
}

}  // namespace

json_document::json_document(std::string_view body) {
  thread_memory& mem = memory();
  mem.start(body);
  if (body.empty()) {
    problem_ = "not JSON: the body is empty";
    return;
  }
  const scan_result scan = scan_json(mem.bytes);
  if (!scan.problem.empty()) {
    problem_ = scan.problem;
    return;
  }
  builder build(mem, body);
  problem_ = read(mem, build);
  if (!problem_.empty()) return;
  is_json_text_ = !scan.replaced;
  problem_ = build.duplicate();
  if (problem_.empty()) root_ = build.root();
}

json_document::~json_document() {
  memory().finish();
}

}  // namespace trunkline::parse
