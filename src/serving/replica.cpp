#include "serving/replica.hpp"

#include "serving/replica_state.hpp"

namespace polyfleet {

Replica::Replica(const EngineTimes& times, const EngineSettings& settings,
                 ReplicaListener& listener, const ReplicaOptions& options)
    : state_(std::make_unique<State>(times, settings, listener, options)) {}
Replica::Replica(Replica&&) noexcept = default;
Replica& Replica::operator=(Replica&&) noexcept = default;
Replica::~Replica() = default;

void Replica::submit(RequestState& state, Picos now) { state_->submit(state, now); }
Picos Replica::next_event() const { return state_->next_event(); }
void Replica::advance(Picos until) { state_->advance(until); }
void Replica::withdraw(RequestState& state, Picos now) { state_->withdraw(state, now); }
std::vector<RequestState*> Replica::evict_all(Picos now) { return state_->evict_all(now); }
ReplicaLoad Replica::load() const { return state_->load(); }
const ReplicaTotals& Replica::totals() const { return state_->totals(); }
std::int64_t Replica::prefix_match(const ServingRequest& request) const {
  return state_->prefix_match(request);
}

}  // namespace polyfleet
