# What `cmake --install` puts in place: the libraries with their headers, the sandbox
# command, the CMake package `pgai` and one pkg-config file a library.
option(PGAI_INSTALL "Install the library" ${PROJECT_IS_TOP_LEVEL})
if(NOT PGAI_INSTALL)
    return()
endif()
include(CMakePackageConfigHelpers)

set(pgai_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/pgai)
set(pgai_pkgconfig_dir ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
# From a .pc file to the prefix, so that an installed tree can be moved.
cmake_path(RELATIVE_PATH CMAKE_INSTALL_FULL_LIBDIR
    BASE_DIRECTORY ${CMAKE_INSTALL_PREFIX} OUTPUT_VARIABLE pgai_libdir)
string(REGEX REPLACE "[^/]+" ".." pgai_up "${pgai_libdir}/pkgconfig")

install(DIRECTORY ${PROJECT_SOURCE_DIR}/core/include/pgai
    DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")

# pgai_install(TARGET NAME): a library as pgai::NAME, with its pkg-config file if it has one.
function(pgai_install target name)
    if(NOT TARGET ${target})
        return()
    endif()
    set_target_properties(${target} PROPERTIES EXPORT_NAME ${name})
    install(TARGETS ${target} EXPORT pgaiTargets)
    string(REPLACE "_" "-" module ${target})
    if(EXISTS ${PROJECT_SOURCE_DIR}/cmake/${module}.pc.in)
        configure_file(${PROJECT_SOURCE_DIR}/cmake/${module}.pc.in ${module}.pc @ONLY)
        install(FILES ${CMAKE_CURRENT_BINARY_DIR}/${module}.pc
            DESTINATION ${pgai_pkgconfig_dir})
    endif()
endfunction()

pgai_install(pgai pgai)
pgai_install(pgai_static pgai_static)
pgai_install(pgai_protocol protocol)
pgai_install(pgai_sandbox sandbox)
if(TARGET pgai-sandbox)
    install(TARGETS pgai-sandbox)
endif()

install(EXPORT pgaiTargets NAMESPACE pgai:: DESTINATION ${pgai_package_dir})
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/pgaiConfig.cmake.in
    pgaiConfig.cmake INSTALL_DESTINATION ${pgai_package_dir})
# Below 1.0 a minor version may break what an older one promised.
write_basic_package_version_file(pgaiConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES
    ${CMAKE_CURRENT_BINARY_DIR}/pgaiConfig.cmake
    ${CMAKE_CURRENT_BINARY_DIR}/pgaiConfigVersion.cmake
    DESTINATION ${pgai_package_dir})
