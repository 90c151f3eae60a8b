// One number for the content of a folder: what a kept rate or a recorded run depended on. FNV-1a
// (Fowler, Noll, Vo) over 64 bits: tells accidental differences apart, no protection against
// someone who wants two contents to look alike.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace polyfleet {

inline constexpr std::uint64_t kNoContent = 14695981039346656037ULL;  // FNV-1a, offset basis

/// `hash` continued by the text, eight bytes at a time for long ones.
std::uint64_t hash_of_text(std::string_view text, std::uint64_t hash = kNoContent);
/// `hash` continued by the file's bytes; unchanged where it cannot be read.
std::uint64_t hash_of_file(const std::filesystem::path& file, std::uint64_t hash = kNoContent);

using FileFilter = std::function<bool(const std::filesystem::path& relative)>;
/// `hash` continued by the relative name and bytes of every file below the folder that the filter
/// lets through, in the order of their names.
std::uint64_t hash_of_folder(const std::filesystem::path& folder, const FileFilter& filter,
                             std::uint64_t hash = kNoContent);

/// The content of the data folder, as 16 hexadecimal digits. It is computed anew only when a
/// file's name, size, or time of change (the system's own, which nothing can set back) differs from
/// what `cache` says; `cache`: a folder for that note, empty = always anew. The note is written
/// where possible: without it the answer only takes longer.
std::string data_fingerprint(const std::filesystem::path& data_directory,
                             const std::filesystem::path& cache);

/// $XDG_CACHE_HOME/polyfleet, else ~/.cache/polyfleet; empty where neither is set.
std::filesystem::path usual_cache_folder();

}  // namespace polyfleet
