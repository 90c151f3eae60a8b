// What the tests of pages share: asking a question as the command line and the server do, and
// looking into the page that answers it.
#pragma once

#include <doctest/doctest.h>

#include <cmath>
#include <numeric>

#include "app/question.hpp"
#include "base/files.hpp"

namespace polyfleet {

inline Workspace& page_workspace() {
  static const auto opened = Workspace::open(std::string(POLYFLEET_SOURCE_DIR) + "/data");
  REQUIRE(opened.has_value());
  return **opened;
}

inline Reply page_reply(const Question& question, const RunControl& control = {}) {
  const Result<Reply> reply = ask(question, page_workspace(), control);
  REQUIRE_MESSAGE(reply.has_value(), (reply ? "" : to_text(reply.problems())));
  return *reply;
}

inline Question question_of(const std::string& command) {
  Question question;
  question.command = command;
  return question;
}

/// About a shipped scenario, by its path below scenarios/.
inline Question scenario_question(const std::string& command, const std::string& path) {
  const std::string file = std::string(POLYFLEET_SOURCE_DIR) + "/scenarios/" + path;
  const Result<std::string> text = read_file(file);
  REQUIRE(text.has_value());
  Question question = question_of(command);
  question.scenario = ScenarioText{file, *text};
  return question;
}

inline const PageFigure* find_figure(const FigurePage& page, std::string_view id) {
  for (const FigureSection& section : page.sections) {
    for (const PageFigure& figure : section.figures) {
      if (figure.id == id) return &figure;
    }
  }
  return nullptr;
}

inline const PageFigure& figure_of(const FigurePage& page, std::string_view id) {
  const PageFigure* figure = find_figure(page, id);
  REQUIRE_MESSAGE(figure != nullptr, std::string(id));
  return *figure;
}

inline const std::vector<double>& numbers_of(const PageFigure& figure, std::string_view column) {
  const DataColumn* found = figure.data.find(column);
  REQUIRE_MESSAGE(found != nullptr, std::string(column));
  return found->numbers;
}

inline double sum_of(const std::vector<double>& numbers) {
  return std::accumulate(numbers.begin(), numbers.end(), 0.0);
}

inline std::string fact_of(const FigurePage& page, std::string_view label) {
  for (const PageFact& fact : page.facts) {
    if (fact.label == label) return fact.value;
  }
  FAIL("no fact: " << label);
  return {};
}

/// Faults of the page, every figure explained and with its assumptions where it draws anything.
inline void check_page(const FigurePage& page) {
  for (const std::string& fault : page_faults(page)) FAIL_CHECK(fault);
  CHECK(!page.title.empty());
  CHECK(!page.subtitle.empty());
  for (const FigureSection& section : page.sections) {
    CAPTURE(section.title);
    CHECK(!section.figures.empty());
    for (const PageFigure& figure : section.figures) {
      CAPTURE(figure.id);
      CHECK(!figure.reading.empty());
      CHECK(!figure.data.columns.empty());
    }
  }
}

}  // namespace polyfleet
