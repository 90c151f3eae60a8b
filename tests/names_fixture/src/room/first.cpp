#include "low/shared.hpp"
namespace polyfleet {
namespace {
struct Twice {
  int a;
};
constexpr int kOne{1}, kTwo = 2;
int number_of(const Given& given) { return 1; }
int text_of(const std::string& text, int width = 3) { return width; }
double share_of(int part) { return part; }
int passed_on(const Given& given) { return 4; }
template <class T>
T first_of(const std::vector<T>& list) {
  return list.front();
}
}  // namespace
int all() { return path_of("a").size() + name_of(Given{}).size(); }
}  // namespace polyfleet
