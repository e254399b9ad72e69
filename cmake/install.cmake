# What `cmake --install` puts in place: the libraries with their headers, the sandbox
# command, the CMake package `pgai` and one pkg-config file a library.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(pgai_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/pgai)
set(pgai_pkgconfig_dir ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
# From a .pc file to the prefix, so that an installed tree can be moved. An absolute folder is
# named as it is.
if(IS_ABSOLUTE "${CMAKE_INSTALL_LIBDIR}")
    set(pgai_pc_prefix ${CMAKE_INSTALL_PREFIX})
else()
    string(REGEX REPLACE "[^/]+" ".." pgai_up ${pgai_pkgconfig_dir})
    set(pgai_pc_prefix "\${pcfiledir}/${pgai_up}")
endif()
cmake_path(APPEND pgai_pc_libdir "\${prefix}" ${CMAKE_INSTALL_LIBDIR})
cmake_path(APPEND pgai_pc_includedir "\${prefix}" ${CMAKE_INSTALL_INCLUDEDIR})
# What pkg-config prints is words; it escapes \${pcfiledir} itself.
foreach(folder prefix libdir includedir)
    string(REPLACE " " "\\ " pgai_pc_${folder} ${pgai_pc_${folder}})
endforeach()
# Who links the static library links what it needs; the shared one sees to that itself.
if(PGAI_SHARED)
    set(pgai_pc_private .private)
endif()

install(DIRECTORY ${PROJECT_SOURCE_DIR}/core/include/pgai
    DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")

# pgai_install(TARGET COMPONENT): a library, if it is built, as pgai::COMPONENT.
set(pgai_installed "")
function(pgai_install target component)
    if(NOT TARGET ${target})
        return()
    endif()
    set_target_properties(${target} PROPERTIES EXPORT_NAME ${component})
    install(TARGETS ${target} EXPORT pgai-${component}
        INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
    # A file each, so that each asks only for what it needs itself.
    install(EXPORT pgai-${component} NAMESPACE pgai:: DESTINATION ${pgai_package_dir})
    set(pgai_installed ${pgai_installed} ${component} PARENT_SCOPE)
endfunction()

# pgai_install_pc(TARGET NAME): the pkg-config file of a library, if that is built.
function(pgai_install_pc target name)
    if(NOT TARGET ${target})
        return()
    endif()
    configure_file(${PROJECT_SOURCE_DIR}/cmake/${name}.pc.in ${name}.pc @ONLY)
    install(FILES ${CMAKE_CURRENT_BINARY_DIR}/${name}.pc DESTINATION ${pgai_pkgconfig_dir})
endfunction()

pgai_install(pgai_protocol protocol)
pgai_install(pgai_sandbox sandbox)
pgai_install(pgai_static pgai_static)
pgai_install(pgai pgai)
pgai_install_pc(pgai_protocol pgai-protocol)
pgai_install_pc(pgai_sandbox pgai-sandbox)
pgai_install_pc(pgai_static pgai)
if(TARGET pgai-sandbox)
    install(TARGETS pgai-sandbox)
endif()

configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/pgaiConfig.cmake.in
    pgaiConfig.cmake INSTALL_DESTINATION ${pgai_package_dir})
# Below 1.0 a minor version may break what an older one promised.
write_basic_package_version_file(pgaiConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES
    ${CMAKE_CURRENT_BINARY_DIR}/pgaiConfig.cmake
    ${CMAKE_CURRENT_BINARY_DIR}/pgaiConfigVersion.cmake
    DESTINATION ${pgai_package_dir})
