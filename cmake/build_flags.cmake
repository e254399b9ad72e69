# What every target of this project is compiled with: one interface target to link.
set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
if(NOT CMAKE_BUILD_TYPE AND PROJECT_IS_TOP_LEVEL)
    set(CMAKE_BUILD_TYPE RelWithDebInfo)
endif()

add_library(pgai_build_flags INTERFACE)
target_compile_definitions(pgai_build_flags INTERFACE _GNU_SOURCE)
target_compile_options(pgai_build_flags INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes
    -Wwrite-strings -Wvla $<$<BOOL:${PGAI_WERROR}>:-Werror>)

if(PGAI_SANITIZE)
    target_compile_options(pgai_build_flags INTERFACE
        -fsanitize=${PGAI_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    target_link_options(pgai_build_flags INTERFACE -fsanitize=${PGAI_SANITIZE})
else()
    target_compile_options(pgai_build_flags INTERFACE
        -fstack-protector-strong $<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE;-D_FORTIFY_SOURCE=2>)
endif()
if(PGAI_FUZZ)
    # Without it libFuzzer sees the branches of the target alone, and mutates blindly.
    target_compile_options(pgai_build_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(PGAI_COVERAGE)
    # Threads count at the same time.
    target_compile_options(pgai_build_flags INTERFACE --coverage -O0 -fprofile-update=atomic)
    target_link_options(pgai_build_flags INTERFACE --coverage)
endif()
