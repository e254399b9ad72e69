# pgai has a module of the same name, and must not meet this one.
if(NOT PROJECT_NAME STREQUAL "consumer")
    message(FATAL_ERROR "${PROJECT_NAME} includes a module of the project that adds it")
endif()
