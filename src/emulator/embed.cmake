# Writes the C++ source that carries files inside the executable.
# cmake -DFOLDER=src/emulator -DFILES=a;b -DPATHS=.../trowel_paths.so -DOUTPUT=file.cpp -P embed.cmake
set(CODE "// Written by embed.cmake.\n#include \"emulator/embedded_files.hpp\"\n\nnamespace trowel::emulator {\n\n")
string(APPEND CODE "std::span<const EmbeddedFile> embeddedFiles() {\n  static constexpr EmbeddedFile kFiles[] = {\n")
foreach(FILE IN LISTS FILES ITEMS paths.so)
  # Hexadecimal: the text of a file would be taken apart by CMake's own brackets and semicolons.
  if(FILE STREQUAL paths.so)
    file(READ ${PATHS} HEX HEX)
  else()
    file(READ ${FOLDER}/${FILE} HEX HEX)
  endif()
  string(LENGTH "${HEX}" LENGTH)
  math(EXPR LENGTH "${LENGTH} / 2")
  string(REGEX REPLACE "(..)" "\\\\x\\1" HEX "${HEX}")
  string(APPEND CODE "      {\"${FILE}\", {\"${HEX}\", ${LENGTH}}},\n")
endforeach()
string(APPEND CODE "  };\n  return kFiles;\n}\n\n}  // namespace trowel::emulator\n")
file(WRITE ${OUTPUT} "${CODE}")
