# The web page and what one-file reports carry: built from web/ with npm and Vite, embedded as bytes. Node's packages are
# installed by scripts/install_dependencies.sh (web/node_modules); nothing is fetched while configuring or building.
set(POLYFLEET_WEB ${CMAKE_SOURCE_DIR}/web CACHE PATH "Folder of the web page's sources")
find_program(NPM npm REQUIRED)
if(NOT EXISTS ${POLYFLEET_WEB}/node_modules/.polyfleet-lock)
  message(FATAL_ERROR "web/node_modules is missing: run scripts/install_dependencies.sh")
endif()
file(GLOB_RECURSE web_sources CONFIGURE_DEPENDS ${POLYFLEET_WEB}/src/* ${POLYFLEET_WEB}/report/*
     ${POLYFLEET_WEB}/shared/*)
file(GLOB web_settings CONFIGURE_DEPENDS ${POLYFLEET_WEB}/*.json ${POLYFLEET_WEB}/*.ts
     ${POLYFLEET_WEB}/*.html)
set(web_dist ${CMAKE_BINARY_DIR}/web)
set(web_list ${CMAKE_BINARY_DIR}/generated/asset_list.cpp)
add_custom_command(
  OUTPUT ${web_list}
  COMMAND ${CMAKE_COMMAND} -E env POLYFLEET_WEB_OUT=${web_dist} ${NPM} --silent run build
  COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/cmake/embed_assets.py ${web_dist} ${web_list}
  DEPENDS ${web_sources} ${web_settings} ${POLYFLEET_WEB}/node_modules/.polyfleet-lock
          ${CMAKE_SOURCE_DIR}/cmake/embed_assets.py
  WORKING_DIRECTORY ${POLYFLEET_WEB}
  COMMENT "Building the web page"
  VERBATIM)
target_sources(polyfleet_assets PRIVATE ${web_list})
set_source_files_properties(${web_list} PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
