# What every target of this project is compiled with: one interface target to link. What the
# project that adds this one has set goes before, but for what the library relies on.
if(NOT DEFINED CMAKE_C_STANDARD)
    set(CMAKE_C_STANDARD 11)
    set(CMAKE_C_EXTENSIONS OFF)
endif()
set(CMAKE_C_VISIBILITY_PRESET hidden)
# Names of a file are its own: files cannot be compiled as one.
set(CMAKE_UNITY_BUILD OFF)
# The shared library is made of the objects of the static one.
if(PGAI_SHARED OR NOT DEFINED CMAKE_POSITION_INDEPENDENT_CODE)
    set(CMAKE_POSITION_INDEPENDENT_CODE ON)
endif()
if(NOT CMAKE_BUILD_TYPE AND PROJECT_IS_TOP_LEVEL)
    set(CMAKE_BUILD_TYPE RelWithDebInfo)
endif()

add_library(pgai_build_flags INTERFACE)
target_compile_features(pgai_build_flags INTERFACE c_std_11)
target_compile_definitions(pgai_build_flags INTERFACE _GNU_SOURCE)
target_compile_options(pgai_build_flags INTERFACE
    "SHELL:-include \"${PROJECT_SOURCE_DIR}/cmake/fortify.h\"")
if(PROJECT_IS_TOP_LEVEL)
    target_compile_options(pgai_build_flags INTERFACE
        -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes
        -Wmissing-prototypes -Wwrite-strings -Wvla)
endif()
if(PGAI_WERROR)
    target_compile_options(pgai_build_flags INTERFACE -Werror)
endif()

if(PGAI_SANITIZE)
    target_compile_options(pgai_build_flags INTERFACE
        -fsanitize=${PGAI_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    target_link_options(pgai_build_flags INTERFACE -fsanitize=${PGAI_SANITIZE})
elseif(NOT CMAKE_C_FLAGS MATCHES "stack-protector")
    target_compile_options(pgai_build_flags INTERFACE -fstack-protector-strong)
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
