# The build's side of embed.cmake: which files, and when to write them anew.
file(GLOB_RECURSE EMBEDDED RELATIVE ${CMAKE_CURRENT_LIST_DIR} CONFIGURE_DEPENDS
     ${CMAKE_CURRENT_LIST_DIR}/python/*.py ${CMAKE_CURRENT_LIST_DIR}/demo/*)
list(TRANSFORM EMBEDDED PREPEND ${CMAKE_CURRENT_LIST_DIR}/ OUTPUT_VARIABLE EMBEDDED_PATHS)
# What stands between user code and the C library: on its own, without our flags and libraries, because it is loaded into
# programs that we did not build.
add_library(trowel_paths MODULE ${CMAKE_CURRENT_LIST_DIR}/execution/paths_preload.cpp)
set_target_properties(trowel_paths PROPERTIES PREFIX "" CXX_VISIBILITY_PRESET hidden)
target_compile_options(trowel_paths PRIVATE -O2 -g0 -fno-exceptions -fno-rtti -fno-threadsafe-statics -fno-builtin
                       -fno-sanitize=all -Wall -Wextra -Wpedantic -Wshadow -Wconversion)
target_link_options(trowel_paths PRIVATE -nostartfiles -nodefaultlibs -s)
target_link_libraries(trowel_paths PRIVATE -lc)
# The parent of user code, likewise on its own.
add_executable(trowel_keeper ${CMAKE_CURRENT_LIST_DIR}/keeper/main.cpp)
target_compile_options(trowel_keeper PRIVATE -O2 -g0 -fno-exceptions -fno-rtti -fno-sanitize=all -Wall -Wextra
                       -Wpedantic -Wshadow -Wconversion)
target_link_options(trowel_keeper PRIVATE -s)
set(EMBEDDED_BUILT "paths.so=$<TARGET_FILE:trowel_paths>" "keeper=$<TARGET_FILE:trowel_keeper>")
set(EMBEDDED_SOURCE ${PROJECT_BINARY_DIR}/generated/emulator/embedded_files.cpp)
add_custom_command(
  OUTPUT ${EMBEDDED_SOURCE}
  COMMAND ${CMAKE_COMMAND} -DFOLDER=${CMAKE_CURRENT_LIST_DIR} "-DFILES=${EMBEDDED}" -DOUTPUT=${EMBEDDED_SOURCE}
          "-DBUILT=${EMBEDDED_BUILT}" -P ${CMAKE_CURRENT_LIST_DIR}/embed.cmake
  DEPENDS ${EMBEDDED_PATHS} ${CMAKE_CURRENT_LIST_DIR}/embed.cmake trowel_paths trowel_keeper
  VERBATIM COMMENT "Generating the emulator's embedded files")
target_sources(trowel_emulator PRIVATE ${EMBEDDED_SOURCE})
