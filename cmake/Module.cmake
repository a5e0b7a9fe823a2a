# rehearse_module(NAME base SOURCES a.cpp ... [USES module ...] [LINKS target ...])
#
# A module is a folder under src/, a namespace and a static library. USES names the modules whose public headers it
# includes (the table in src/README.md; ci/check-layers holds the two together). LINKS are the outside libraries whose
# only door this module is: they are private.
function(rehearse_module)
    cmake_parse_arguments(M "" "NAME" "SOURCES;USES;LINKS" ${ARGN})
    add_library(rehearse_${M_NAME} STATIC ${M_SOURCES})
    target_include_directories(rehearse_${M_NAME} PRIVATE ${CMAKE_SOURCE_DIR}/src ${CMAKE_CURRENT_BINARY_DIR})
    target_link_libraries(rehearse_${M_NAME} PUBLIC rehearse_settings)
    foreach(used ${M_USES})
        target_link_libraries(rehearse_${M_NAME} PUBLIC rehearse_${used})
    endforeach()
    target_link_libraries(rehearse_${M_NAME} PRIVATE ${M_LINKS})
endfunction()

# rehearse_test(NAME sql_unit LABELS unit SOURCES ... USES sql ...)
#
# One test program; each of its GoogleTest cases is one CTest test with the given labels. With ONE_PROCESS the whole
# program is one CTest test: where its cases share something dear, such as a server.
function(rehearse_test)
    cmake_parse_arguments(T "ONE_PROCESS" "NAME;TIMEOUT" "SOURCES;USES;LABELS" ${ARGN})
    if(NOT T_TIMEOUT)
        set(T_TIMEOUT 300)
    endif()
    add_executable(${T_NAME} ${T_SOURCES})
    target_include_directories(${T_NAME} PRIVATE ${CMAKE_SOURCE_DIR}/src ${CMAKE_SOURCE_DIR}/tests)
    foreach(used ${T_USES})
        target_link_libraries(${T_NAME} PRIVATE rehearse_${used})
    endforeach()
    target_link_libraries(${T_NAME} PRIVATE rehearse_test_support GTest::gmock GTest::gtest GTest::gtest_main)
    target_compile_definitions(${T_NAME} PRIVATE
        REHEARSE_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
        REHEARSE_BINARY="${CMAKE_BINARY_DIR}/src/cli/rehearse")
    if(T_ONE_PROCESS)
        add_test(NAME ${T_NAME} COMMAND ${T_NAME})
        set_tests_properties(${T_NAME} PROPERTIES LABELS "${T_LABELS}" TIMEOUT ${T_TIMEOUT}
            SKIP_REGULAR_EXPRESSION "\\[  SKIPPED \\]")
        return()
    endif()
    include(GoogleTest)
    gtest_discover_tests(${T_NAME} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
        PROPERTIES LABELS "${T_LABELS}" TIMEOUT ${T_TIMEOUT})
endfunction()
