# SPDX-License-Identifier: EUPL-1.2
find_program(MSGFMT msgfmt REQUIRED)
find_program(MSGCMP msgcmp REQUIRED)
find_program(MSGMERGE msgmerge REQUIRED)
find_program(XGETTEXT xgettext REQUIRED)

# seinhuis_translations(SOURCES a.c b.c): builds po/nl.po of this folder into <build>/locale, extracts the
# sentences of SOURCES and of the lists named in po/words.c into a template, and adds a test that each of
# them has its translation.  'cmake --build ... --target translations' brings po/nl.po up to date.
function(seinhuis_translations)
  cmake_parse_arguments(ARG "" "" "SOURCES" ${ARGN})
  set(po ${CMAKE_CURRENT_SOURCE_DIR}/po/nl.po)
  set(folder ${CMAKE_BINARY_DIR}/locale/nl/LC_MESSAGES)
  set(words ${CMAKE_CURRENT_BINARY_DIR}/words.i.c)
  set(pot ${CMAKE_CURRENT_BINARY_DIR}/seinhuis.pot)
  file(MAKE_DIRECTORY ${folder})

  add_custom_command(OUTPUT ${folder}/seinhuis.mo
    COMMAND ${MSGFMT} --check -o ${folder}/seinhuis.mo ${po}
    DEPENDS ${po} COMMENT "msgfmt nl.po" VERBATIM)
  add_custom_command(OUTPUT ${words}
    COMMAND ${CMAKE_C_COMPILER} -E -P -I${CMAKE_SOURCE_DIR} -MD -MF words.d -MT ${words}
            -o ${words} ${CMAKE_CURRENT_SOURCE_DIR}/po/words.c
    DEPENDS po/words.c DEPFILE words.d COMMENT "words for translation" VERBATIM)
  set(absolute ${ARG_SOURCES})
  list(TRANSFORM absolute PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/)
  add_custom_command(OUTPUT ${pot}
    COMMAND ${XGETTEXT} --omit-header --no-wrap --no-location --sort-output --from-code=UTF-8 --language=C
            -k -k_ -kN_ -kEXTRACT -kngettext:1,2 --flag=say_error:3:c-format --flag=say_note:1:c-format
            -o ${pot} ${absolute} ${words}
    DEPENDS ${ARG_SOURCES} ${words} COMMENT "xgettext" VERBATIM)
  add_custom_target(catalogues ALL DEPENDS ${folder}/seinhuis.mo ${pot})
  add_custom_target(translations
    COMMAND ${MSGMERGE} --update --backup=none --no-fuzzy-matching --no-wrap --no-location --sort-output ${po} ${pot}
    DEPENDS ${pot} VERBATIM)
  add_test(NAME every_sentence_is_translated COMMAND ${MSGCMP} ${po} ${pot})
  set_tests_properties(every_sentence_is_translated PROPERTIES LABELS unit)
endfunction()
