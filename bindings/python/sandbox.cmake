# The extension pgai._sandbox: the emulator of the service, in the process of the tests that
# use it.
add_library(pgai_python_sandbox MODULE sandbox.c)
target_compile_definitions(pgai_python_sandbox PRIVATE Py_LIMITED_API=0x030B0000)
target_include_directories(pgai_python_sandbox SYSTEM PRIVATE ${Python_INCLUDE_DIRS})
# Slots of types are functions behind void *, which ISO C does not know but POSIX does.
set_source_files_properties(sandbox.c PROPERTIES COMPILE_OPTIONS -Wno-pedantic)
target_link_libraries(pgai_python_sandbox PRIVATE pgai_build_flags pgai_sandbox Threads::Threads)
target_link_options(pgai_python_sandbox PRIVATE -Wl,--exclude-libs,ALL)
set_target_properties(pgai_python_sandbox PROPERTIES
    PREFIX "" OUTPUT_NAME _sandbox SUFFIX .abi3.so
    LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/python/pgai)
install(TARGETS pgai_python_sandbox LIBRARY DESTINATION pgai COMPONENT python EXCLUDE_FROM_ALL)
