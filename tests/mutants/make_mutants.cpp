// SPDX-License-Identifier: Apache-2.0 OR MIT
// Writes a copy of ref in which each fault of the mutant lists can be switched on at run time.
#include <algorithm>
#include <cctype>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

// One fault; tests/mutants/README.md explains the members.
struct Mutant {
  std::string name, clause, file, in, find, with, why, unobservable;
  bool is_statement = false;
  std::string place;  // list file and line, for errors
};

// A piece of a source file and the faults that replace it.
struct Piece {
  std::size_t begin = 0, end = 0;
  std::vector<std::size_t> mutants;  // indices, from 0
};

struct Failure {
  std::string text;
};

template <typename... Parts>
std::string joined(const Parts&... parts) {
  std::string text;
  (text.append(parts), ...);
  return text;
}

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Failure{path.string() + ": cannot be read"};
  return {std::istreambuf_iterator<char>(file), {}};
}

// An unchanged file keeps its time, so that only what has changed is compiled again.
void write(const fs::path& path, const std::string& text) {
  if (fs::exists(path) && read(path) == text) return;
  fs::create_directories(path.parent_path());
  std::ofstream file(path, std::ios::binary);
  file << text;
  if (!file.flush()) throw Failure{path.string() + ": cannot be written"};
}

// What the fault is switched on by: its name's FNV-1a hash, so that editing a list changes no other fault's number.
std::uint32_t number_of(const Mutant& mutant) {
  std::uint32_t hash = 0x811c9dc5;
  for (const char character : mutant.name) hash = (hash ^ static_cast<unsigned char>(character)) * 0x01000193;
  return hash;
}

std::vector<Mutant> read_list(const fs::path& path) {
  std::vector<Mutant> mutants;
  std::istringstream lines(read(path));
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    if (line.empty() || line[0] == '#') continue;
    const std::string place = path.filename().string() + ":" + std::to_string(number);
    const std::size_t space = line.find(' ');
    const std::string key = line.substr(0, space);
    std::string value = space == std::string::npos ? "" : line.substr(line.find_first_not_of(' ', space));
    if (key == "mutant") {
      mutants.emplace_back();
      mutants.back().name = value;
      mutants.back().place = place;
      continue;
    }
    if (mutants.empty()) throw Failure{place + ": a list begins with a mutant"};
    Mutant& mutant = mutants.back();
    const std::map<std::string, std::string*> members = {{"clause", &mutant.clause},
                                                         {"file", &mutant.file},
                                                         {"in", &mutant.in},
                                                         {"find", &mutant.find},
                                                         {"with", &mutant.with},
                                                         {"why", &mutant.why},
                                                         {"unobservable", &mutant.unobservable}};
    const auto member = members.find(key == "do" ? "with" : key);
    if (member == members.end()) throw Failure{joined(place, ": unknown word '", key, "'")};
    if (!member->second->empty()) throw Failure{joined(place, ": '", key, "' is given twice")};
    if (value.empty()) throw Failure{joined(place, ": '", key, "' says nothing")};
    if (key == "do") mutant.is_statement = true;
    *member->second = std::move(value);
  }
  for (const Mutant& mutant : mutants) {
    if (mutant.clause.empty() || mutant.file.empty() || mutant.find.empty() || mutant.with.empty() || mutant.why.empty()) {
      throw Failure{mutant.place + ": " + mutant.name + " lacks clause, file, find, with (or do), or why"};
    }
  }
  return mutants;
}

// A text without its white space, and where each character stood: so faults survive a change of the formatting.
struct Dense {
  std::string text;
  std::vector<std::size_t> places;

  explicit Dense(const std::string& original) {
    for (std::size_t place = 0; place < original.size(); ++place) {
      if (std::isspace(static_cast<unsigned char>(original[place])) != 0) continue;
      text += original[place];
      places.push_back(place);
    }
  }
};

// Where `what` stands in `text`, if exactly once; white space apart.
std::size_t find_once(const std::string& text, const std::string& what, const Mutant& mutant) {
  const std::size_t at = text.find(what);
  const bool again = at != std::string::npos && text.find(what, at + 1) != std::string::npos;
  if (at != std::string::npos && !again) return at;
  throw Failure{mutant.place + ": mutant " + mutant.name + ": ref/" + mutant.file +
                (again ? " holds more than once: " : " does not hold: ") + what};
}

// The pieces of one file, outer ones before those inside them.
std::vector<Piece> place_all(const std::string& text, const std::vector<Mutant>& mutants, const std::string& file) {
  std::vector<Piece> pieces;
  const Dense source(text);
  for (std::size_t index = 0; index < mutants.size(); ++index) {
    const Mutant& mutant = mutants[index];
    if (mutant.file != file) continue;
    const std::string find = Dense(mutant.find).text;
    std::size_t at = 0;
    if (mutant.in.empty()) {
      at = find_once(source.text, find, mutant);
    } else {
      const std::string context = Dense(mutant.in).text;
      at = find_once(source.text, context, mutant) + find_once(context, find, mutant);
    }
    const std::size_t begin = source.places[at], end = source.places[at + find.size() - 1] + 1;
    const auto same = std::find_if(pieces.begin(), pieces.end(), [&](const Piece& p) { return p.begin == begin && p.end == end; });
    if (same != pieces.end()) {
      same->mutants.push_back(index);
    } else {
      pieces.push_back({begin, end, {index}});
    }
  }
  std::sort(pieces.begin(), pieces.end(),
            [](const Piece& a, const Piece& b) { return a.begin != b.begin ? a.begin < b.begin : a.end > b.end; });
  return pieces;
}

// text[begin, end) with the pieces from `next` on that begin in it replaced; `next` moves behind them.
std::string render(const std::string& text, std::size_t begin, std::size_t end, const std::vector<Piece>& pieces, std::size_t& next,
                   const std::vector<Mutant>& mutants) {
  std::string result;
  while (next < pieces.size() && pieces[next].begin < end) {
    const Piece& piece = pieces[next++];
    const Mutant& first = mutants[piece.mutants.front()];
    if (piece.end > end) throw Failure{first.place + ": mutant " + first.name + " overlaps another one's piece"};
    result += text.substr(begin, piece.begin - begin);
    begin = piece.end;
    std::string inner = render(text, piece.begin, piece.end, pieces, next, mutants);
    for (const std::size_t index : piece.mutants) {
      const Mutant& mutant = mutants[index];
      const std::string condition = "pvm::ref::mutant_is(" + std::to_string(number_of(mutant)) + "u)";
      inner = mutant.is_statement ? joined("if (", condition, ") { ", mutant.with, " } else { ", inner, " }")
                                  : joined("(", condition, " ? (", mutant.with, ") : (", inner, "))");
    }
    result += inner;
  }
  return result + text.substr(begin, end - begin);
}

std::string quoted(const std::string& text) {
  return "R\"~(" + text + ")~\"";
}

std::string list_source(const std::vector<Mutant>& mutants) {
  std::string text =
      "// Generated by make-mutants.\n#include \"pvm/ref/mutant.hpp\"\n\nnamespace pvm::ref {\n\nstd::uint32_t active_mutant = 0;\n\n";
  text += "const std::vector<Mutant>& all_mutants() {\n  static const std::vector<Mutant> mutants = {\n";
  for (const Mutant& m : mutants) {
    text += "      {" + std::to_string(number_of(m)) + "u, " + quoted(m.name) + ", " + quoted(m.clause) + ", " + quoted(m.file) + ", " +
            quoted(m.find) + ", " + quoted(m.with) + ", " + quoted(m.why) + ", " + quoted(m.unobservable) + "},\n";
  }
  return text + "  };\n  return mutants;\n}\n\n}  // namespace pvm::ref\n";
}

constexpr const char* header = R"(// Generated by make-mutants.
#pragma once

#include <cstdint>
#include <string_view>
#include <type_traits>
#include <vector>

namespace pvm::ref {

struct Mutant {
  std::uint32_t number;
  std::string_view name, clause, file, find, with, why;
  std::string_view unobservable;  // the proof; empty: a vector must notice the fault
};

const std::vector<Mutant>& all_mutants();
// Number of the fault that is switched on; 0: none.
extern std::uint32_t active_mutant;

constexpr bool mutant_is(std::uint32_t number) { return !std::is_constant_evaluated() && active_mutant == number; }

}  // namespace pvm::ref
)";

void run(const fs::path& source, const fs::path& destination, const std::vector<fs::path>& lists) {
  std::vector<Mutant> mutants;
  for (const fs::path& list : lists) {
    for (Mutant& mutant : read_list(list)) mutants.push_back(std::move(mutant));
  }
  std::set<std::uint32_t> numbers = {0};
  for (const Mutant& mutant : mutants) {
    if (!numbers.insert(number_of(mutant)).second) throw Failure{mutant.place + ": another mutant is called (or hashes as) " + mutant.name};
    if (!fs::exists(source / mutant.file)) throw Failure{mutant.place + ": mutant " + mutant.name + ": no file ref/" + mutant.file};
  }
  for (const auto& entry : fs::recursive_directory_iterator(source)) {
    const fs::path extension = entry.path().extension();
    if (extension != ".cpp" && extension != ".hpp") continue;
    const std::string file = fs::relative(entry.path(), source).generic_string();
    const std::string text = read(entry.path());
    const std::vector<Piece> pieces = place_all(text, mutants, file);
    std::size_t next = 0;
    const std::string include = pieces.empty() ? "" : "#include \"pvm/ref/mutant.hpp\"\n";
    write(destination / file, joined(include, "#line 1 \"ref/", file, "\"\n", render(text, 0, text.size(), pieces, next, mutants)));
  }
  write(destination / "include/pvm/ref/mutant.hpp", header);
  write(destination / "mutant_list.cpp", list_source(mutants));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::cerr << "usage: make-mutants REF-DIRECTORY DESTINATION LIST...\n";
    return 2;
  }
  try {
    run(argv[1], argv[2], {argv + 3, argv + argc});
  } catch (const Failure& failure) {
    std::cerr << "make-mutants: " << failure.text << '\n';
    return 1;
  } catch (const std::exception& error) {
    std::cerr << "make-mutants: " << error.what() << '\n';
    return 1;
  }
}
