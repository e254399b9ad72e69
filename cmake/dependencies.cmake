# What the library is linked with. libcurl 7.80 is the first with CURLOPT_PREREQFUNCTION, which
# the at-most-once guard needs; jansson 2.13 the first with json_loadb's strict NUL handling as
# the tests expect it.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
if(PGAI_CLIENT)
    pkg_check_modules(PGAI_CURL REQUIRED IMPORTED_TARGET libcurl>=7.80)
endif()
pkg_check_modules(PGAI_JANSSON REQUIRED IMPORTED_TARGET jansson>=2.13)
