# The one table of who may use whom. A room is a static library: src/<room> + include/trowel/<room>.
# The build links what stands behind USES and LINKS; tests/tidy reads USES against the #includes.

# add_room(NAME [USES rooms...] [LINKS third-party targets...])
function(add_room NAME)
  cmake_parse_arguments(ROOM "" "" "USES;LINKS" ${ARGN})
  file(GLOB_RECURSE SOURCES CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${NAME}/*.cpp)
  list(FILTER SOURCES EXCLUDE REGEX "/main\\.cpp$|_preload\\.cpp$")
  add_library(trowel_${NAME} STATIC ${SOURCES})
  target_link_libraries(trowel_${NAME} PUBLIC trowel_flags ${ROOM_LINKS})
  target_include_directories(trowel_${NAME} PRIVATE ${PROJECT_SOURCE_DIR}/src)
  foreach(USED IN LISTS ROOM_USES)
    target_link_libraries(trowel_${NAME} PUBLIC trowel_${USED})
  endforeach()
endfunction()

# protocol has its folder at the top of the tree; protocol/CMakeLists.txt makes the library (USES core rpc).
add_room(core LINKS fmt::fmt nlohmann_json::nlohmann_json OpenSSL::Crypto Threads::Threads)
add_dependencies(trowel_core protocol_generated)
add_room(os USES core LINKS spdlog::spdlog SQLite::SQLite3)
add_room(rpc USES core)
add_room(http USES core os LINKS fmt::fmt OpenSSL::SSL OpenSSL::Crypto ZLIB::ZLIB)
add_room(databricks USES core http)
add_room(auth USES core os http LINKS OpenSSL::Crypto)
add_room(connection USES core os http auth databricks LINKS yaml-cpp)
add_room(notebook USES core)
add_room(kernel USES core databricks notebook)
add_room(sync USES core os)
add_room(features USES core os rpc protocol http auth databricks connection notebook kernel sync LINKS yaml-cpp)
# An independent reading of the API: never uses databricks, http, auth or notebook, so that one mistake cannot cancel another.
add_room(emulator USES core os LINKS fmt::fmt OpenSSL::SSL OpenSSL::Crypto ZLIB::ZLIB)
include(${PROJECT_SOURCE_DIR}/src/emulator/embed_rules.cmake)
target_precompile_headers(trowel_emulator PRIVATE ${PROJECT_SOURCE_DIR}/src/emulator/json_library.hpp)
add_room(app USES core os rpc protocol http auth databricks connection notebook kernel sync features emulator)
