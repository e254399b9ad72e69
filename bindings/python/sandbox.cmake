# pgai._sandbox: the emulator of the service, in the process of the tests that use it.
python_add_library(pgai_python_sandbox MODULE USE_SABI 3.11 WITH_SOABI sandbox.c)
set_target_properties(pgai_python_sandbox PROPERTIES
    OUTPUT_NAME _sandbox LIBRARY_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/pgai)
target_link_libraries(pgai_python_sandbox PRIVATE pgai_build_flags pgai::sandbox Threads::Threads)
# Slots of types and modules are functions kept as object pointers, as Python asks for.
target_compile_options(pgai_python_sandbox PRIVATE -Wno-pedantic)
target_link_options(pgai_python_sandbox PRIVATE -Wl,--exclude-libs,ALL)
install(TARGETS pgai_python_sandbox LIBRARY DESTINATION pgai COMPONENT python)
