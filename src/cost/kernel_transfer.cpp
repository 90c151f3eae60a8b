#include "cost/kernel_transfer.hpp"

#include <fmt/format.h>

#include "base/csv.hpp"
#include "base/files.hpp"
#include "config/value.hpp"

namespace polyfleet {

namespace {

std::string text_at(const Value& table, std::string_view key) {
  const Value* value = table.find(key);
  return value == nullptr || value->text() == nullptr ? std::string() : *value->text();
}

double number_at(const Value& table, std::string_view key, double otherwise) {
  const Value* value = table.find(key);
  return value == nullptr ? otherwise : value->number().value_or(otherwise);
}

/// The entry that names the part, else its family, else its vendor, else "any".
const Value* best_entry(const Value* entries, const Accelerator& accelerator) {
  if (entries == nullptr || entries->array() == nullptr) return nullptr;
  const Value* best = nullptr;
  int best_rank = 0;
  for (const Value& entry : *entries->array()) {
    const std::string vendor = text_at(entry, "vendor"), family = text_at(entry, "family");
    int rank = 0;
    if (vendor == "any" || family == "any") rank = 1;
    if (vendor == accelerator.vendor) rank = 2;
    if (!family.empty() && accelerator.family.starts_with(family)) {
      rank = family == accelerator.family ? 4 : 3;
    }
    if (text_at(entry, "accelerator") == accelerator.id) rank = 5;
    if (rank > best_rank) {
      best = &entry;
      best_rank = rank;
    }
  }
  return best;
}

Result<Value> kernel_document(const std::filesystem::path& data_directory, const char* name) {
  return read_document((data_directory / "kernels" / name).string());
}

}  // namespace

Result<KernelRelatives> kernel_relatives(const Accelerator& accelerator,
                                         const std::filesystem::path& data_directory) {
  const Result<Value> document = kernel_document(data_directory, "relatives.toml");
  if (!document) return document.problems();
  const Value* entry = best_entry(document->find("relative"), accelerator);
  if (entry == nullptr)
    return problem_at(document->where(), "no entry with vendor = \"any\"",
                      "restore the shipped file");
  const Value *from = entry->find("from"), *sigma = entry->find("sigma"),
              *shapes = entry->find("shapes");
  const auto length = [](const Value* v) {
    return v == nullptr || v->array() == nullptr ? std::size_t{0} : v->array()->size();
  };
  if (length(from) == 0 || length(sigma) != length(from) || length(shapes) != length(from)) {
    return problem_at(entry->where(), "from, sigma and shapes must be lists of one length");
  }
  KernelRelatives relatives;
  relatives.reason = text_at(*entry, "reason");
  for (std::size_t i = 0; i < from->array()->size(); ++i) {
    const std::string* id = (*from->array())[i].text();
    const auto spread = (*sigma->array())[i].number();
    const bool* borrowed = (*shapes->array())[i].boolean();
    if (id == nullptr || !spread || borrowed == nullptr)
      return problem_at(entry->where(), "from holds texts, sigma numbers, shapes true or false");
    if (*id != accelerator.id) relatives.lenders.push_back({*id, *spread, *borrowed});
  }
  return relatives;
}

Result<GeneralKernelConstants> general_kernel_constants(
    const Accelerator& accelerator, const std::filesystem::path& data_directory) {
  const Result<Value> document = kernel_document(data_directory, "general.toml");
  if (!document) return document.problems();
  GeneralKernelConstants constants;
  const Value* backward = document->find("attention_backward");
  const Value* rate =
      backward == nullptr ? nullptr : best_entry(backward->find("rate"), accelerator);
  const Value* stream = best_entry(document->find("stream"), accelerator);
  if (rate == nullptr || stream == nullptr) {
    return problem_at(document->where(), "attention_backward.rate and stream need an entry for any",
                      "restore the shipped file");
  }
  constants.backward_work = number_at(*backward, "work", constants.backward_work);
  constants.backward_rate = number_at(*rate, "ratio", constants.backward_rate);
  constants.backward_source = text_at(*rate, "source");
  constants.stream_fraction = number_at(*stream, "fraction", constants.stream_fraction);
  constants.stream_launch_us = number_at(*stream, "launch_us", constants.stream_launch_us);
  constants.borrowed_reading = number_at(*stream, "borrowed_reading", 0);
  constants.stream_source = text_at(*stream, "source");
  if (const Value* training = best_entry(document->find("training_attention"), accelerator)) {
    constants.training_efficiency = number_at(*training, "efficiency", 0);
    constants.training_block_keys = number_at(*training, "block_keys", 0);
    constants.training_source = text_at(*training, "source");
  }
  if (const Value* size = best_entry(document->find("attention_head_size"), accelerator))
    constants.head_size_half = number_at(*size, "half", constants.head_size_half);
  const Value* early = document->find("early_stack");
  const Value* parts = early == nullptr ? nullptr : early->find("accelerators");
  if (parts != nullptr && parts->array() != nullptr) {
    for (const Value& part : *parts->array()) {
      if (part.text() != nullptr && *part.text() == accelerator.id) constants.early_stack = true;
    }
  }
  return constants;
}

Result<std::vector<PublishedProduct>> published_products(
    const std::filesystem::path& data_directory) {
  const std::filesystem::path path =
      data_directory / "measurements" / "kernels" / "matrix_products.csv";
  const Result<std::string> text = read_file(path);
  if (!text) return text.problems();
  const Result<CsvTable> table = CsvTable::parse(*text, path.string());
  if (!table) return table.problems();
  const auto columns = table->require(
      {"accelerator", "dtype", "m", "n", "k", "tflops", "shape_choice", "id", "source"});
  if (!columns) return columns.problems();
  const std::vector<std::size_t>& c = *columns;
  std::vector<PublishedProduct> products;
  Diagnostics problems;
  for (const CsvRow& row : table->rows()) {
    const auto dtype = dtype_named(row.cells[c[1]]);
    const auto m = parse_number(row.cells[c[2]]), n = parse_number(row.cells[c[3]]),
               k = parse_number(row.cells[c[4]]), rate = parse_number(row.cells[c[5]]);
    if (!dtype || !m || !n || !k || !rate) {
      problems.push_back(
          problem_at({path.string(), row.line, 1}, "not a format, three sizes and a rate"));
      continue;
    }
    products.push_back({row.cells[c[0]], *dtype, *m, *n, *k, *rate, row.cells[c[6]] == "best shape",
                        row.cells[c[7]], row.cells[c[8]]});
  }
  if (!problems.empty()) return problems;
  return products;
}

}  // namespace polyfleet
