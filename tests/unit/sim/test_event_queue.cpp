#include <doctest/doctest.h>

#include <string>

#include "sim/event_queue.hpp"

using namespace polyfleet;

TEST_CASE("events leave in order of time, equal times in order of arrival") {
  EventQueue<std::string> queue;
  queue.push(30, "c");
  queue.push(10, "a1");
  queue.push(20, "b");
  queue.push(10, "a2");
  queue.push(10, "a3");
  CHECK(queue.next_time() == 10);
  std::string order;
  while (!queue.empty()) {
    const auto [time, event] = queue.pop();
    order += event + "@" + std::to_string(time) + " ";
  }
  CHECK(order == "a1@10 a2@10 a3@10 b@20 c@30 ");
}

TEST_CASE("an event may push events at its own time: they come after those waiting") {
  EventQueue<int> queue;
  queue.push(5, 1);
  queue.push(5, 2);
  CHECK(queue.pop().second == 1);
  queue.push(5, 3);
  CHECK(queue.pop().second == 2);
  CHECK(queue.pop().second == 3);
}

TEST_CASE("times are whole nanoseconds, rounded to the nearest") {
  CHECK(ticks_of(1 * second) == 1000000000);
  CHECK(ticks_of(1.4e-9 * second) == 1);
  CHECK(ticks_of(1.6e-9 * second) == 2);
  CHECK(ticks_of(-1.6e-9 * second) == -2);
  CHECK(seconds_of(ticks_of(3 * day)) == 3 * day);
  Tick sum = 0;
  for (int i = 0; i < 10; ++i) sum += ticks_of(0.1 * second);
  CHECK(seconds_of(sum) == 1 * second);  // the same sum of doubles is not 1
}
