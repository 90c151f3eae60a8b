namespace polyfleet {
namespace {
constexpr int kTwo = 4;  // compiled alone: no offence
}
}  // namespace polyfleet
