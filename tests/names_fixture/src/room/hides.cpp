#include "low/shared.hpp"
namespace polyfleet {
namespace {
enum class Twice { a };
constexpr int kTwo = 3;
int number_of(const std::string& other) { return 2; }  // another type: no offence
std::string_view text_of(std::string_view text) { return text; }
double share_of(double part) { return part; }
int passed_on(const std::string& other) { return 4; }
template <class T>
T first_of(const std::map<int, T>& list) {  // another type: no offence
  return list.at(0);
}
int path_of(const Given& given) { return 3; }
int name_of(int number) { return 4; }  // no offence
double length_of(Ticks ticks) { return 5; }
const double kWhole = 2;
}  // namespace
int apply(int (*what)(const std::string&));
int applied() { return apply(passed_on); }
double shadowed() {
  constexpr int kOne = 1;
  return kOne;
}
}  // namespace polyfleet
