# What the differential tests and the engine's fuzz targets consist of.
if(TARGET pvm_differential)
  return()
endif()
set(differential_sources backends.cpp build.cpp check.cpp experiment.cpp host.cpp lockstep.cpp recipe.cpp)
list(TRANSFORM differential_sources PREPEND ${CMAKE_CURRENT_LIST_DIR}/)
add_library(pvm_differential STATIC ${differential_sources})
target_include_directories(pvm_differential
  PUBLIC ${CMAKE_CURRENT_LIST_DIR} ${PROJECT_SOURCE_DIR}/conformance)
target_link_libraries(pvm_differential PUBLIC pvm_engine_inside pvm_conformance pvm_program_builder PRIVATE pvm_warnings)
