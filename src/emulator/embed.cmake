# Writes the C++ source that carries files inside the executable.
# cmake -DFOLDER=src/emulator -DFILES=a;b -DBUILT=name=path;... -DOUTPUT=file.cpp -P embed.cmake
set(CODE "// Written by embed.cmake.\n#include \"emulator/embedded_files.hpp\"\n\nnamespace trowel::emulator {\n\n")
string(APPEND CODE "std::span<const EmbeddedFile> embeddedFiles() {\n  static constexpr EmbeddedFile kFiles[] = {\n")
foreach(FILE IN LISTS FILES BUILT)
  set(SOURCE ${FOLDER}/${FILE})
  if(FILE MATCHES "^([^=]+)=(.+)$")
    set(FILE ${CMAKE_MATCH_1})
    set(SOURCE ${CMAKE_MATCH_2})
  endif()
  # Hexadecimal: the text of a file would be taken apart by CMake's own brackets and semicolons.
  file(READ ${SOURCE} HEX HEX)
  string(LENGTH "${HEX}" LENGTH)
  math(EXPR LENGTH "${LENGTH} / 2")
  string(REGEX REPLACE "(..)" "\\\\x\\1" HEX "${HEX}")
  string(APPEND CODE "      {\"${FILE}\", {\"${HEX}\", ${LENGTH}}},\n")
endforeach()
string(APPEND CODE "  };\n  return kFiles;\n}\n\n}  // namespace trowel::emulator\n")
file(WRITE ${OUTPUT} "${CODE}")
