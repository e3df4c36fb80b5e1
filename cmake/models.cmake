# AWS's service models, taken from the installed botocore, stripped and embedded. Never copied into the repository.
set(FRACTUS_SERVICES dynamodb dynamodbstreams cognito-idp lambda apigateway cloudformation logs sns cloudwatch iam sts secretsmanager)
file(GLOB_RECURSE patches CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/dynamo/patches.json ${PROJECT_SOURCE_DIR}/cognito/patches.json
     ${PROJECT_SOURCE_DIR}/lambdas/patches.json ${PROJECT_SOURCE_DIR}/gateway/patches.json
     ${PROJECT_SOURCE_DIR}/emulator/services/*/patches.json)
set(model_dir ${CMAKE_BINARY_DIR}/models)
file(MAKE_DIRECTORY ${model_dir})
add_custom_command(
  OUTPUT ${model_dir}/models.S ${model_dir}/models.cpp
  COMMAND ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/emulator/model/embed.py ${model_dir} ${patches} -- ${FRACTUS_SERVICES}
  DEPENDS ${PROJECT_SOURCE_DIR}/emulator/model/embed.py ${patches}
  COMMENT "Embedding botocore's service models")
set_source_files_properties(${model_dir}/models.S PROPERTIES OBJECT_DEPENDS ${model_dir}/models.cpp)
add_library(fractus_models STATIC ${model_dir}/models.S ${model_dir}/models.cpp)
target_include_directories(fractus_models PUBLIC ${PROJECT_SOURCE_DIR})
