# Writes OUTPUT, a source file that holds the text files PAGE, STYLE and SCRIPTS (joined in order) as string literals.
# A raw literal may hold at most 64 KB in some compilers, so each is written as pieces, lines kept whole.
set(opening [==[R"~~~~(]==])
set(closing [==[)~~~~"]==])
set(literal_limit 12000)

function(literal_of variable)
  set(pieces "")
  foreach(file ${ARGN})
    file(READ ${file} text)
    while(NOT text STREQUAL "")
      string(LENGTH "${text}" length)
      if(length GREATER literal_limit)
        string(SUBSTRING "${text}" 0 ${literal_limit} piece)
        string(SUBSTRING "${text}" ${literal_limit} -1 text)
      else()
        set(piece "${text}")
        set(text "")
      endif()
      string(APPEND pieces "    ${opening}${piece}${closing}\n")
    endwhile()
  endforeach()
  set(${variable} "${pieces}" PARENT_SCOPE)
endfunction()

separate_arguments(SCRIPTS)
literal_of(page ${PAGE})
literal_of(style ${STYLE})
literal_of(script ${SCRIPTS})
file(WRITE ${OUTPUT} "#include \"reports/html/assets.h\"\n\nnamespace tribunal::assets {\n\n"
  "const std::string_view page =\n${page};\nconst std::string_view style =\n${style};\n"
  "const std::string_view script =\n${script};\n\n}  // namespace tribunal::assets\n")
