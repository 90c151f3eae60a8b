// Reading the loose wording of published tables: case, blanks, numbers inside text, patterns with
// *. ASCII only; other bytes pass through unchanged.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace polyfleet {

std::string_view trimmed(std::string_view text);
std::string lower(std::string_view text);
/// Whether `text`, whatever its case, contains `part` (given in lower case).
bool mentions(std::string_view text, std::string_view part);
/// Lower-case letters and digits only: "Llama-3.1 70B" and "llama31_70b" agree.
std::string letters_and_digits(std::string_view text);
/// Every unsigned whole number in the text, in order ("50257 padded to 50688" -> 50257, 50688).
std::vector<std::int64_t> whole_numbers(std::string_view text);
/// The whole number that directly follows `mark` (lower case) in the text, whatever its case.
std::optional<std::int64_t> number_after(std::string_view text, std::string_view mark);
/// Shell-like pattern: * is any text, [abc] one of these characters, all else itself.
bool fits_pattern(std::string_view text, std::string_view pattern);

}  // namespace polyfleet
