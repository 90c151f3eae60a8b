#include "view/training_sources.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "report/training_explain.hpp"
#include "units/text.hpp"

namespace polyfleet {
namespace {

FigureSource source_of(const Source& source) {
  return {source.title.empty() ? source.key : source.title,
          source.url.starts_with("https://") ? source.url : std::string{}};
}

/// A section of the explanation as a table; a column of one value for all rows is kept.
DataTable table_of(const ExplanationSection& section) {
  DataTable table;
  for (std::size_t column = 0; column < section.titles.size(); ++column) {
    std::vector<std::string> cells;
    for (const auto& row : section.rows) cells.push_back(row[column]);
    table.word(section.titles[column], std::move(cells));
  }
  return table;
}

/// What a section says, for people.
struct SectionWords {
  std::string key, id, title, reading;
};

const std::vector<SectionWords>& section_words() {
  static const std::vector<SectionWords> words{
      {"kernels", "kernels", "Kernels",
       "Every kind of operator on one device and what answers for its time: a measured table of "
       "this part, a form fitted to it, or the nearest measured relative."},
      {"collectives", "collectives", "Collectives",
       "Every kind of exchange, once: its ranks, how many of them share a scale-up domain, its "
       "payload and what it takes alone, before any of it hides behind compute."},
      {"bases", "bases", "Other terms",
       "Where the factors beside kernels and exchanges come from."},
      {"figures", "published_figures", "Published figures",
       "The catalogue's figures that this answer uses, who states them and where."},
  };
  return words;
}

/// Utilisation by every way in which papers count FLOPs.
PageFigure flops_figure(const TrainingAnswer& answer, const FlopsPerSecond peak,
                        const TrainingSources& sources) {
  const TrainingEstimate& estimate = answer.estimate;
  const double devices = static_cast<double>(answer.scenario.devices);
  PageFigure figure{.id = "flops", .title = "Utilisation by definition of FLOPs"};
  std::vector<std::string> names;
  std::vector<double> work, shares;
  for (std::size_t i = 0; i < kFlopDefinitionCount; ++i) {
    const auto definition = static_cast<FlopDefinition>(i);
    const Flops flops = estimate.flops[definition];
    if (flops == 0 * flop) continue;
    names.emplace_back(name_of(definition));
    work.push_back(flops / (1000 * teraflop));
    shares.push_back(100 * (flops / (peak * estimate.time * devices)));
  }
  figure.reading = fmt::format(
      "The same step under every definition in use, over the dense {} peak: compare a published "
      "MFU with the bar of its own definition. The page's MFU is \"{}\".",
      name_of(estimate.mfu_dtype), name_of(FlopDefinition::model_causal));
  figure.chart = BarChart{.category = "FLOPs", .values = {"of the peak"}, .horizontal = true};
  figure.data.word("FLOPs", std::move(names))
      .number("of the peak", "%", std::move(shares))
      .number("of a step", "PFLOP", std::move(work));
  figure.assumptions = {
      fmt::format("Dense {} peak of {}.", name_of(estimate.mfu_dtype), print_quantity(peak))};
  figure.sources = sources.catalogue;
  return figure;
}

}  // namespace

std::vector<std::string> assumption_sentences(const std::vector<Assumption>& assumptions) {
  std::vector<std::string> sentences;
  for (const Assumption& each : assumptions)
    sentences.push_back(fmt::format("{} = {}: {}", each.setting, each.value, each.basis));
  return sentences;
}

PageFigure assumption_figure(const std::string& id, const std::vector<Assumption>& assumptions) {
  PageFigure figure{.id = id,
                    .title = "What was assumed",
                    .reading =
                        "Every setting that the question left open, what was put there and "
                        "on whose word. State a setting to replace it."};
  std::vector<std::string> settings, values, reasons;
  for (const Assumption& each : assumptions) {
    settings.push_back(each.setting);
    values.push_back(each.value);
    reasons.push_back(each.basis);
  }
  figure.data.word("setting", std::move(settings))
      .word("value", std::move(values))
      .word("why", std::move(reasons));
  return figure;
}

TrainingSources training_sources(const TrainingAnswer& answer, const Catalogue& catalogue) {
  TrainingSources sources;
  for (const Source& source : explanation_sources(answer, catalogue))
    sources.catalogue.push_back(source_of(source));
  for (const ExplanationSection& section : explanation_sections(answer, catalogue)) {
    if (section.key != "kernels") continue;
    for (const auto& row : section.rows) {
      FigureSource source{row.back(), {}};
      const bool known = std::any_of(sources.time.begin(), sources.time.end(),
                                     [&](const FigureSource& s) { return s.name == source.name; });
      if (!known) sources.time.push_back(std::move(source));
    }
  }
  const TrainingEstimate& estimate = answer.estimate;
  if (!answer.strict) sources.time.push_back({"software maturity: " + estimate.maturity.basis, {}});
  sources.time.push_back({"80 % interval: " + estimate.interval.basis, {}});
  const MemoryOverheads& overheads = answer.machine.memory_overheads;
  sources.memory.push_back({fmt::format("overheads of {} software ({}): {}", overheads.vendor,
                                        overheads.status, overheads.source),
                            {}});
  for (auto* list : {&sources.time, &sources.memory})
    list->insert(list->end(), sources.catalogue.begin(), sources.catalogue.end());
  return sources;
}

FigureSection basis_section(const TrainingAnswer& answer, const Catalogue& catalogue,
                            const TrainingSources& sources) {
  FigureSection section{"What it rests on", {}};
  const std::vector<ExplanationSection> explained = explanation_sections(answer, catalogue);
  for (const SectionWords& words : section_words()) {
    for (const ExplanationSection& each : explained) {
      if (each.key != words.key || each.rows.empty()) continue;
      PageFigure figure{.id = words.id, .title = words.title, .reading = words.reading};
      figure.data = table_of(each);
      if (words.key == "figures") figure.sources = sources.catalogue;
      section.figures.push_back(std::move(figure));
    }
  }
  if (const auto peak = answer.machine.accelerator.dense_peak(answer.estimate.mfu_dtype))
    section.figures.push_back(flops_figure(answer, peak->value, sources));
  if (!answer.scenario.assumptions.empty())
    section.figures.push_back(assumption_figure("assumptions", answer.scenario.assumptions));
  return section;
}

}  // namespace polyfleet
