#include "traffic/request_csv.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/csv.hpp"
#include "traffic/trace_time.hpp"

namespace polyfleet {
namespace {

namespace fs = std::filesystem;

std::string time_cell(Picos time) { return time == kNever ? "" : picos_text(time); }

std::string name_cell(std::int32_t index, const std::vector<std::string>& names) {
  const auto place = static_cast<std::size_t>(index);
  return index >= 0 && place < names.size() ? csv_cell(names[place]) : fmt::format("{}", index);
}

std::string prefix_cells(const ServingRequest& request) {
  if (request.prefix_blocks.empty()) return ",";
  std::string cells = fmt::format("{},", request.prefix_block_tokens);
  for (std::size_t i = 0; i < request.prefix_blocks.size(); ++i) {
    if (i > 0) cells += ' ';
    fmt::format_to(std::back_inserter(cells), "{}", request.prefix_blocks[i]);
  }
  return cells;
}

std::string media_cells(const ServingRequest& request) {
  if (!request.media) return ",,,,";
  const ServingRequest::Media& media = *request.media;
  return fmt::format("{},{},{},{},{}", media.frames, media.height, media.width, media.steps,
                     media.guidance_passes);
}

}  // namespace

std::string_view request_csv_header() {
  return "id,arrival,model,class,priority,session,input_tokens,output_tokens,cancelled_after,"
         "prefix_block_tokens,prefix_hashes,frames,height,width,steps,guidance,end,started,"
         "first_token,last_token,cached_tokens,pool,replica,preemptions,restarts";
}

std::string request_csv_line(const ServingRequest& request, const RequestResult& result,
                             const TrafficNames& names) {
  const std::string session = request.session < 0 ? "" : fmt::format("{}", request.session);
  const std::string replica = result.replica < 0 ? "" : fmt::format("{}", result.replica);
  return fmt::format(
      "{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}\n", request.id,
      picos_text(request.arrival), name_cell(request.model, names.models),
      name_cell(request.slo_class, names.classes), request.priority, session, request.input_tokens,
      request.output_tokens, time_cell(request.cancelled_after), prefix_cells(request),
      media_cells(request), result.end, time_cell(result.started), time_cell(result.first_token),
      time_cell(result.last_token), result.cached_tokens, csv_cell(result.pool), replica,
      result.preemptions, result.restarts);
}

/// The open file, what waits for earlier requests, and the first fault.
struct RequestCsvWriter::File {
  fs::path target, written;
  std::FILE* stream = nullptr;
  TrafficNames names;
  std::int64_t next_id = 0;
  std::map<std::int64_t, std::string> waiting;
  std::string fault;

  ~File() {
    if (stream == nullptr) return;
    std::fclose(stream);
    std::error_code ignored;
    if (written != target) fs::remove(written, ignored);
  }
  void write(std::string_view text) {
    if (fault.empty() && std::fwrite(text.data(), 1, text.size(), stream) != text.size())
      fault = std::strerror(errno);
  }
  /// Flushes to the disk and closes.
  void close() {
    const bool is_file = written != target;
    if (fault.empty() && (std::fflush(stream) != 0 || (is_file && ::fsync(::fileno(stream)) != 0)))
      fault = std::strerror(errno);
    if (std::fclose(stream) != 0 && fault.empty()) fault = std::strerror(errno);
    stream = nullptr;
  }
};

RequestCsvWriter::RequestCsvWriter(std::unique_ptr<File> file) : file_(std::move(file)) {}
RequestCsvWriter::RequestCsvWriter(RequestCsvWriter&&) noexcept = default;
RequestCsvWriter& RequestCsvWriter::operator=(RequestCsvWriter&&) noexcept = default;
RequestCsvWriter::~RequestCsvWriter() = default;

Result<RequestCsvWriter> RequestCsvWriter::open(const fs::path& path, TrafficNames names) {
  auto file = std::make_unique<File>();
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  const bool in_place = fs::exists(status) && !fs::is_regular_file(status);
  file->target = fs::is_symlink(path, error) ? fs::weakly_canonical(path, error) : path;
  file->written = in_place ? file->target
                           : fs::path(file->target.string() + ".part" + std::to_string(::getpid()));
  file->names = std::move(names);
  file->stream = std::fopen(file->written.c_str(), "wb");
  if (file->stream == nullptr) {
    return problem_at({path.string(), 0, 0},
                      std::string("cannot be written: ") + std::strerror(errno),
                      "choose a folder that exists and can be written");
  }
  file->write(request_csv_header());
  file->write("\n");
  return RequestCsvWriter(std::move(file));
}

void RequestCsvWriter::add(const ServingRequest& request, const RequestResult& result) {
  File& file = *file_;
  std::string line = request_csv_line(request, result, file.names);
  if (request.id != file.next_id) {
    file.waiting.emplace(request.id, std::move(line));
    return;
  }
  file.write(line);
  ++file.next_id;
  while (!file.waiting.empty() && file.waiting.begin()->first == file.next_id) {
    file.write(file.waiting.begin()->second);
    file.waiting.erase(file.waiting.begin());
    ++file.next_id;
  }
}

Result<std::monostate> RequestCsvWriter::finish() {
  File& file = *file_;
  for (const auto& [id, line] : file.waiting) file.write(line);
  file.waiting.clear();
  file.close();
  std::error_code error;
  if (file.fault.empty() && file.written != file.target) {
    fs::rename(file.written, file.target, error);
    if (error) file.fault = error.message();
  }
  if (file.fault.empty()) return std::monostate{};
  std::error_code ignored;
  if (file.written != file.target) fs::remove(file.written, ignored);
  return problem_at({file.target.string(), 0, 0}, "cannot be written: " + file.fault);
}

}  // namespace polyfleet
