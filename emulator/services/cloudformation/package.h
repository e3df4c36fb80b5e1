// What `sam package` does to a template, without uploads: local paths become places that the
// emulator reads itself.
#pragma once

#include <filesystem>

#include "emulator/core/json.h"

namespace fractus::cloudformation {

// Rewrites every local path of a template (parsed, see yaml::Parse) that lies in `template_folder`:
//   AWS::Serverless::Function CodeUri (also in Globals; absent: the template's folder)  →
//   "s3://hot-reload//absolute/folder" AWS::Serverless::LayerVersion ContentUri → the same
//   AWS::Lambda::Function Code, AWS::Lambda::LayerVersion Content given as a local path →
//   {S3Bucket: "hot-reload", S3Key} AWS::Serverless::Api DefinitionUri → DefinitionBody with what
//   the file says
// URIs, functions (Ref and so on) and inline code stay. Throws std::runtime_error with a sentence
// for the user when a path does not exist or a definition cannot be read.
json PackageTemplate(json document, const std::filesystem::path& template_folder);

}  // namespace fractus::cloudformation
