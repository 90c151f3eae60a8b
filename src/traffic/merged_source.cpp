#include "traffic/merged_source.hpp"

#include <unordered_map>

#include "traffic/prefix_hashes.hpp"

namespace polyfleet {
namespace {

class MergedSource final : public RequestSource {
 public:
  explicit MergedSource(std::vector<std::unique_ptr<RequestSource>> sources)
      : sources_(std::move(sources)) {}

  Picos next_arrival() override { return earliest().second; }
  Result<std::optional<ServingRequest>> next() override;
  bool exhausted() const override;
  void completed(std::int64_t id, Picos at) override;
  std::vector<std::string> remarks() const override;

 private:
  struct Origin {
    std::size_t source = 0;
    std::int64_t id = 0;
  };
  std::pair<std::size_t, Picos> earliest();

  std::vector<std::unique_ptr<RequestSource>> sources_;
  std::int64_t next_id_ = 0;
  std::unordered_map<std::int64_t, Origin> under_way_;
};

std::pair<std::size_t, Picos> MergedSource::earliest() {
  std::pair<std::size_t, Picos> best{0, kNever};
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    const Picos arrival = sources_[i]->next_arrival();
    if (arrival < best.second) best = {i, arrival};
  }
  return best;
}

Result<std::optional<ServingRequest>> MergedSource::next() {
  const auto [index, arrival] = earliest();
  if (arrival == kNever) return std::optional<ServingRequest>();
  Result<std::optional<ServingRequest>> taken = sources_[index]->next();
  if (!taken || !*taken) return taken;
  ServingRequest& request = **taken;
  under_way_.emplace(next_id_, Origin{index, request.id});
  request.id = next_id_++;
  if (index > 0) {  // the first keeps its hashes as they are
    for (std::uint64_t& hash : request.prefix_blocks) hash = mixed_hash(hash, index);
  }
  if (request.session >= 0) {
    const auto apart = static_cast<std::uint64_t>(request.session) * sources_.size() + index;
    request.session = static_cast<std::int32_t>(apart & 0x7fffffffu);
  }
  return taken;
}

bool MergedSource::exhausted() const {
  for (const auto& source : sources_) {
    if (!source->exhausted()) return false;
  }
  return true;
}

void MergedSource::completed(std::int64_t id, Picos at) {
  const auto found = under_way_.find(id);
  if (found == under_way_.end()) return;
  const Origin origin = found->second;
  under_way_.erase(found);
  sources_[origin.source]->completed(origin.id, at);
}

std::vector<std::string> MergedSource::remarks() const {
  std::vector<std::string> remarks;
  for (const auto& source : sources_) {
    for (std::string& remark : source->remarks()) remarks.push_back(std::move(remark));
  }
  return remarks;
}

}  // namespace

std::unique_ptr<RequestSource> merged_source(std::vector<std::unique_ptr<RequestSource>> sources) {
  return std::make_unique<MergedSource>(std::move(sources));
}

}  // namespace polyfleet
