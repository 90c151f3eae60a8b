// How much work the server does at once, and how much may wait; the reasons stand in docs/api.md
// ("Limits"), which a test compares with these numbers. Those of connections are
// connection_loop.hpp's, of requests request_frame.hpp's, of jobs jobs.hpp's.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace polyfleet {

/// Of answers that wait for nothing (files, lists, states of jobs); estimates have one a core.
inline constexpr std::size_t kLightThreads = 2;
/// Long work at once, each with as many threads as cores.
inline constexpr std::size_t kSlowThreads = 2;
/// Requests that wait for a thread, of each kind but long work.
inline constexpr std::size_t kMostWaiting = 512;
/// Long work that waits: jobs, and questions of slow commands.
inline constexpr std::size_t kMostSlow = 32;
/// A question that is answered within its request is told to stop by then.
inline constexpr std::chrono::seconds kQuickLimit{10}, kSlowLimit{120};
/// Of one answer.
inline constexpr std::int64_t kMostRunsListed = 1000;

}  // namespace polyfleet
