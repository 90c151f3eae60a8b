# Several files of a room in one compilation (docs/decisions/0011): headers are read once for all of them, and a cold
# build takes two thirds of the time. Names local to a file must then be unique in their room: scripts/check_names.py.
option(POLYFLEET_UNITY "Compile several files of a room at once: fast when cold, slow after a change" OFF)

# Files a compilation: more save less and less, hold more memory and leave the last of a room to one core.
set(POLYFLEET_UNITY_BATCH 10)

# Heavy headers stay in a compilation of their own: layers.toml names the one file of each.
file(STRINGS ${CMAKE_SOURCE_DIR}/layers.toml heavy_lines REGEX "^\"[^\"]+\" = \"src/[^\"]+\"")
foreach(line IN LISTS heavy_lines)
  string(REGEX REPLACE ".* = \"(src/[^\"]+)\".*" "\\1" file "${line}")
  set_source_files_properties(${CMAKE_SOURCE_DIR}/${file} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endforeach()

function(polyfleet_unity target)
  if(POLYFLEET_UNITY)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE ${POLYFLEET_UNITY_BATCH})
  endif()
endfunction()
