# The build's side of embed.cmake: which files, and when to write them anew.
file(GLOB_RECURSE EMBEDDED RELATIVE ${CMAKE_CURRENT_LIST_DIR} CONFIGURE_DEPENDS
     ${CMAKE_CURRENT_LIST_DIR}/python/*.py ${CMAKE_CURRENT_LIST_DIR}/demo/*)
list(TRANSFORM EMBEDDED PREPEND ${CMAKE_CURRENT_LIST_DIR}/ OUTPUT_VARIABLE EMBEDDED_PATHS)
set(EMBEDDED_SOURCE ${PROJECT_BINARY_DIR}/generated/emulator/embedded_files.cpp)
add_custom_command(
  OUTPUT ${EMBEDDED_SOURCE}
  COMMAND ${CMAKE_COMMAND} -DFOLDER=${CMAKE_CURRENT_LIST_DIR} "-DFILES=${EMBEDDED}" -DOUTPUT=${EMBEDDED_SOURCE}
          -P ${CMAKE_CURRENT_LIST_DIR}/embed.cmake
  DEPENDS ${EMBEDDED_PATHS} ${CMAKE_CURRENT_LIST_DIR}/embed.cmake
  VERBATIM COMMENT "Generating the emulator's embedded files")
target_sources(trowel_emulator PRIVATE ${EMBEDDED_SOURCE})
