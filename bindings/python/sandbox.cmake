# The extension pgai._sandbox: the emulator of the service, in the process of the tests that
# use it.
add_library(pgai_python_sandbox MODULE sandbox.c)
# Slots of types are functions behind void *, which ISO C does not know but POSIX does.
set_source_files_properties(sandbox.c PROPERTIES COMPILE_OPTIONS -Wno-pedantic)
target_link_libraries(pgai_python_sandbox PRIVATE pgai_build_flags pgai_sandbox Threads::Threads)
pgai_python_extension(pgai_python_sandbox _sandbox)
