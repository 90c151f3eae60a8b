// `polyfleet runs again`: a kept question asked once more, from the files as they were kept.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <thread>

#include "app/content_fingerprint.hpp"
#include "app/run_record.hpp"
#include "cli/interrupt.hpp"
#include "cli/output.hpp"
#include "cli/runs_command.hpp"
#include "cli/runs_store.hpp"
#include "report/runs_report.hpp"
#include "workload/model_reader.hpp"

namespace polyfleet {
namespace {

/// The stored question asked now. Documents as they would be read from the history: what JSON does
/// not tell apart is no difference.
Result<RunRecord> asked_again(const Question& question, Workspace& workspace, InputFiles& inputs) {
  const InputFilesScope watched(&inputs);
  const InterruptFlag interrupt;
  RunControl control;
  control.progress = [](const std::string& what, double share) {
    show_progress(share < 0 ? what : fmt::format("{} ... {:.0f} %", what, 100 * share));
  };
  control.stop = &interrupt.raised();
  control.threads = std::max(1U, std::thread::hardware_concurrency());
  const auto begun = std::chrono::system_clock::now();
  const Result<Reply> reply = ask(question, workspace, control);
  show_progress({});
  if (!reply) return reply.problems();
  const std::chrono::duration<double> took = std::chrono::system_clock::now() - begun;
  RunRecord run =
      run_record(question, *reply,
                 {.begun = begun,
                  .seconds = took.count(),
                  .data = data_fingerprint(workspace.data_directory(), usual_cache_folder()),
                  .inputs = &inputs});
  for (Value* document : {&run.result, &run.page}) {
    Result<Value> read = parse_json(to_json(*document, -1), "the answer");
    if (!read) return read.problems();
    *document = *std::move(read);
  }
  return run;
}

/// Texts that came with the question are not on any disk: they are taken from what was kept.
Diagnostics lend_sent(const RunRecord& stored, Workspace& workspace, InputFiles& inputs) {
  std::map<std::string, ModelSpec, std::less<>> models;
  Diagnostics problems;
  for (const InputFile& file : stored.files.value_or(std::vector<InputFile>{})) {
    if (!file.sent) continue;
    if (!file.content) {
      problems.push_back(problem("the model '" + file.name + "' was sent and is not kept",
                                 "ask the question anew, with the model"));
      continue;
    }
    inputs.add_sent(file.name, *file.content);
    Result<ModelSpec> model = read_model_text(*file.content, file.name);
    if (model) {
      models.emplace(file.name, *std::move(model));
    } else {
      problems.insert(problems.end(), model.problems().begin(), model.problems().end());
    }
  }
  workspace.lend_models(std::move(models));
  return problems;
}

/// What is to be said of one file of the stored run; empty = nothing.
std::string note_of(const InputFile& file, std::int64_t run) {
  const InputFile now = input_on_disk(file.name);
  if (file.hash.empty() || now.hash == file.hash)
    return file.hash.empty() ? file.name + " is no regular file: it was read anew" : std::string();
  const std::string state = now.hash.empty()
                                ? file.name + " is not on the disk, seen from this folder"
                                : fmt::format("{} is another file by now ({}, was {})", file.name,
                                              input_text(now), input_text(file));
  if (!file.kept) return state + "; the old one was too large to be kept";
  const std::string advice =
      now.hash.empty() ? std::string()
                       : fmt::format(
                             "; polyfleet runs again {} --present-files takes the present "
                             "one",
                             run);
  return state + ": answered from the kept one" + advice;
}

std::vector<std::string> notes_of(const RunRecord& stored, const InputFiles& inputs, bool present) {
  std::vector<std::string> notes;
  if (!stored.files) {
    if (!inputs.empty())
      notes.emplace_back(
          "the earlier version that kept this run did not keep its input files: they were read as "
          "they are now");
    return notes;
  }
  for (const InputFile& file : *stored.files) {
    if (file.sent || present) continue;
    if (std::string note = note_of(file, stored.summary.id); !note.empty())
      notes.push_back(std::move(note));
  }
  for (const std::string& name : inputs.not_kept())
    notes.push_back(name + " was not read by the stored run: it was read as it is now");
  return notes;
}

/// Whether the answers are the same document, the resolved question included.
bool is_the_same_answer(const RunsComparison& comparison) {
  return comparison.same_result() && comparison.resolved.empty();
}

std::string verdict_text(const RunsComparison& comparison) {
  if (is_the_same_answer(comparison)) return "\nThe stored answer is confirmed.\n";
  if (!comparison.files.empty()) return "\nThe answer moved: input files are others.\n";
  const bool same_program = comparison.before.program == comparison.after.program;
  if (same_program && comparison.before.data == comparison.after.data)
    return std::string("\nThe answer moved with the same version and data: ") +
           (comparison.unknown_before
                ? "the program was built anew, or a file that the question names has changed.\n"
                : "the program was built anew.\n");
  return "\nThe answer moved: the program or its data changed since.\n";
}

void print_answer(const RunsAgainArguments& arguments, const RunsComparison& comparison,
                  const std::vector<std::string>& notes) {
  if (arguments.json) {
    Value document = runs_comparison_json(comparison);
    Value list{Array{}};
    for (const std::string& note : notes) list.push(note);
    document.set("notes", std::move(list));
    return print_json(document);
  }
  std::string text = runs_comparison_text(comparison, arguments.all, output_style());
  if (!notes.empty()) text += '\n';
  for (const std::string& note : notes) text += "note: " + note + '\n';
  print(text + verdict_text(comparison));
}

/// The run with the contents that are needed to ask it again.
Result<RunRecord> stored_run(const RunHistory& history, const RunsAgainArguments& arguments) {
  const auto id = run_id(history, arguments.run);
  if (!id) return id.problems();
  Result<RunRecord> stored = history.find(*id);
  if (!stored || !stored->files) return stored;
  // Of the present files none is needed from the history, and a spoilt one does no harm then.
  for (InputFile& file : *stored->files) file.kept = file.kept && (file.sent || !arguments.present);
  if (const auto loaded = history.load(*stored->files); !loaded) return loaded.problems();
  return stored;
}

int again(const RunsAgainArguments& arguments) {
  Result<RunHistory> history = existing_history(arguments.store);
  if (!history) return bad_input(history.problems());
  const Result<RunRecord> stored = stored_run(*history, arguments);
  if (!stored) return bad_input(stored.problems());
  const Result<Question> question = question_from_value(stored->question);
  if (!question) return bad_input(question.problems());
  const auto workspace = Workspace::open();
  if (!workspace) return bad_input(workspace.problems());
  InputFiles inputs(program_folders(**workspace), arguments.present ? std::nullopt : stored->files);
  if (const Diagnostics unsent = lend_sent(*stored, **workspace, inputs); !unsent.empty())
    return bad_input(unsent);
  Result<RunRecord> now = asked_again(*question, **workspace, inputs);
  if (!now) return bad_input(now.problems());
  Diagnostics unkept;
  if (arguments.keep) {
    const auto kept = history->add(*now);
    if (kept) {
      now->summary.id = *kept;
    } else {
      unkept = kept.problems();
    }
  }
  const RunsComparison comparison = compare_runs(*stored, *now);
  print_answer(arguments, comparison, notes_of(*stored, inputs, arguments.present));
  if (!unkept.empty()) return bad_input(unkept);
  if (now->summary.verdict == name_of(Verdict::interrupted)) return kExitInterrupted;
  return is_the_same_answer(comparison) ? kExitOk : kExitInfeasible;
}

}  // namespace

CommandSpec runs_again_command(RunsAgainArguments& arguments) {
  return {{"runs", "again"},
          "Asks a kept question again and says what moved",
          "",
          {{.names = "run", .target = &arguments.run, .help = "which one", .required = true},
           {.names = "--present-files",
            .target = &arguments.present,
            .help = "read the files that the question names as they are now, not as they were"},
           {.names = "--keep", .target = &arguments.keep, .help = "keep the new answer as a run"},
           {.names = "--all",
            .target = &arguments.all,
            .help = "every number that changed, not only those that changed most"},
           store_option(arguments.store),
           {.names = "--json", .target = &arguments.json, .help = "as JSON, with every change"}},
          [&] { return again(arguments); }};
}

}  // namespace polyfleet
