# pgai_protocol_newer: the protocol of a version to come, whose contacts have two more fields,
# the one in the middle of the table and read-only, the other at its end and writable.
set(newer ${CMAKE_CURRENT_BINARY_DIR}/newer)
set(include ${PROJECT_SOURCE_DIR}/core/include/pgai)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
    ${include}/contact.h ${include}/options.h)

# pgai_edit(TEXT OLD NEW): the text must have it.
function(pgai_edit text old new)
    string(FIND "${${text}}" "${old}" at)
    if(at EQUAL -1)
        message(FATAL_ERROR "newer.cmake: there is no \"${old}\" in the ${text}")
    endif()
    string(REPLACE "${old}" "${new}" ${text} "${${text}}")
    set(${text} "${${text}}" PARENT_SCOPE)
endfunction()

file(READ ${include}/contact.h contact)
string(REGEX MATCHALL "\n    X\\([A-Z_]+, [0-9]+, [^)]+\\)" fields "${contact}")
list(LENGTH fields next)
list(GET fields -1 last)
math(EXPR after "${next} + 1")
pgai_edit(contact "\n    X(LINKEDIN_URL,"
    "\n    X(TESTED_LONG, ${next}, tested_with_a_long_name, LISTED, READONLY) \\\n    X(LINKEDIN_URL,")
pgai_edit(contact "${last}" "${last} \\\n    X(TESTED_NEW, ${after}, tested_new, DETAIL, WRITABLE)")
file(CONFIGURE OUTPUT ${newer}/pgai/contact.h CONTENT "${contact}" @ONLY)

file(READ ${include}/options.h options)
pgai_edit(options "} pgai_contact_fields;" "    const char *tested_new;\n} pgai_contact_fields;")
pgai_edit(options "sizeof(pgai_contact_fields)," "sizeof(pgai_contact_fields), NULL,")
file(CONFIGURE OUTPUT ${newer}/pgai/options.h CONTENT "${options}" @ONLY)

get_target_property(sources pgai_protocol_objects SOURCES)
list(TRANSFORM sources PREPEND ${PROJECT_SOURCE_DIR}/core/)
add_library(pgai_protocol_newer STATIC ${sources})
target_include_directories(pgai_protocol_newer PRIVATE
    ${newer} ${PROJECT_SOURCE_DIR}/core/include ${PROJECT_SOURCE_DIR}/core)
# It takes a third of the time to build like this.
target_compile_options(pgai_protocol_newer PRIVATE -O0 -g0)
target_link_libraries(pgai_protocol_newer PRIVATE pgai_build_flags PkgConfig::PGAI_JANSSON)
