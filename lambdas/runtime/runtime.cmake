# The runtime hosts: shared objects beside the binary, loaded when first needed.
enable_language(C)

set(runtime_folder ${PROJECT_SOURCE_DIR}/lambdas/runtime)

# Finds and loads the hosts; linked by the lambdas room.
add_library(lambda_runtime STATIC ${runtime_folder}/runtime_hosts.cpp)
target_include_directories(lambda_runtime PUBLIC ${PROJECT_SOURCE_DIR})
target_link_libraries(lambda_runtime PUBLIC ${CMAKE_DL_LIBS} Threads::Threads)

# Interposes the clock in executables that run handlers; they must export their symbols.
add_library(clock_shim OBJECT ${runtime_folder}/clock_shim.cpp)
target_include_directories(clock_shim PUBLIC ${PROJECT_SOURCE_DIR})

# The same for worker processes, preloaded into programs that know nothing of sanitizers.
add_library(fractus_clock_preload MODULE ${runtime_folder}/clock_shim.cpp)
target_include_directories(fractus_clock_preload PRIVATE ${PROJECT_SOURCE_DIR})
target_compile_definitions(fractus_clock_preload PRIVATE FRACTUS_CLOCK_PRELOAD)
target_compile_options(fractus_clock_preload PRIVATE -fno-sanitize=all)
target_link_options(fractus_clock_preload PRIVATE -fno-sanitize=all)
target_link_libraries(fractus_clock_preload PRIVATE ${CMAKE_DL_LIBS})

set(python_sources channel environment gil_request host interpreter output runner sources tenant zygote)
list(TRANSFORM python_sources PREPEND ${runtime_folder}/python/)
list(TRANSFORM python_sources APPEND .cpp)
list(TRANSFORM python_sources REPLACE "gil_request.cpp" "gil_request.c")
add_library(fractus_python MODULE ${python_sources})
target_include_directories(fractus_python PRIVATE ${PROJECT_SOURCE_DIR})
target_link_libraries(fractus_python PRIVATE Python3::Python nlohmann_json::nlohmann_json fmt::fmt Threads::Threads
                      ${CMAKE_DL_LIBS})
# The assembler finds boot.py and its neighbours there.
target_compile_options(fractus_python PRIVATE -Wa,-I${runtime_folder}/python)
file(GLOB boot_texts CONFIGURE_DEPENDS ${runtime_folder}/python/*.py)
set_source_files_properties(${runtime_folder}/python/sources.cpp PROPERTIES OBJECT_DEPENDS "${boot_texts}")
# CPython's own insides are not written for our warnings, nor are those for C.
set_source_files_properties(${runtime_folder}/python/gil_request.c PROPERTIES COMPILE_OPTIONS "-w;-Wno-error")

add_library(fractus_native MODULE ${runtime_folder}/native/environment.cpp ${runtime_folder}/native/host.cpp
            ${runtime_folder}/native/loading.cpp)
target_include_directories(fractus_native PRIVATE ${PROJECT_SOURCE_DIR})
target_link_libraries(fractus_native PRIVATE nlohmann_json::nlohmann_json fmt::fmt Threads::Threads ${CMAKE_DL_LIBS})

foreach(plugin fractus_python fractus_native fractus_clock_preload)
  set_target_properties(${plugin} PROPERTIES PREFIX "" LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}
                        CXX_VISIBILITY_PRESET hidden C_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
endforeach()
set(runtime_plugins fractus_python fractus_native fractus_clock_preload)

# The executable and the room are declared around this file.
function(fractus_use_runtime)
  if(TARGET fractus)
    target_link_libraries(fractus PRIVATE clock_shim)
    add_dependencies(fractus ${runtime_plugins})
  endif()
  if(TARGET lambdas)
    get_target_property(type lambdas TYPE)
    if(type STREQUAL "INTERFACE_LIBRARY")
      target_link_libraries(lambdas INTERFACE lambda_runtime)
    else()
      target_link_libraries(lambdas PUBLIC lambda_runtime)
    endif()
  endif()
  if(TARGET lambdas_test)
    target_link_libraries(lambdas_test PRIVATE clock_shim)
    target_sources(lambdas_test PRIVATE ${PROJECT_SOURCE_DIR}/lambdas/runtime/testing/sanitizers.cpp)
    set_target_properties(lambdas_test PROPERTIES ENABLE_EXPORTS ON)
    add_dependencies(lambdas_test ${runtime_plugins})
  endif()
endfunction()
cmake_language(DEFER CALL fractus_use_runtime)

if(FRACTUS_TESTS)
  # A function in C++, as a user would build it.
  add_library(runtime_test_handlers MODULE ${runtime_folder}/testing/native_handlers.cpp)
  target_include_directories(runtime_test_handlers PRIVATE ${PROJECT_SOURCE_DIR})
  set_target_properties(runtime_test_handlers PROPERTIES PREFIX "lib" LIBRARY_OUTPUT_DIRECTORY
                        ${CMAKE_BINARY_DIR}/tests/native)
  file(GLOB runtime_tests CONFIGURE_DEPENDS ${runtime_folder}/*_test.cpp)
  list(APPEND runtime_tests ${runtime_folder}/testing/tls_server.cpp ${runtime_folder}/testing/sanitizers.cpp)
  add_executable(lambda_runtime_test ${runtime_tests} ${runtime_folder}/python/output.cpp)
  target_link_libraries(lambda_runtime_test PRIVATE lambda_runtime clock_shim nlohmann_json::nlohmann_json fmt::fmt
                        OpenSSL::SSL OpenSSL::Crypto GTest::gmock GTest::gtest_main)
  set_target_properties(lambda_runtime_test PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests
                        ENABLE_EXPORTS ON)
  add_dependencies(lambda_runtime_test ${runtime_plugins} runtime_test_handlers)
  add_test(NAME lambda_runtime COMMAND lambda_runtime_test WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
endif()
