// Deploying a template from a folder to a running emulator, and showing what came of it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "emulator/cli/api_client.h"
#include "emulator/cli/options.h"

namespace fractus::cli {

// The template's file: the path itself, or template.yaml / template.yml / template.json in it when
// it is a folder.
std::filesystem::path FindTemplate(const std::filesystem::path& path);
// Throws UserError when the template cannot be read or names code that is not there.
void CheckTemplate(const std::filesystem::path& template_file);
// A stack name made of the template's folder: letters, digits and hyphens, starting with a letter.
std::string DefaultStackName(const std::filesystem::path& template_file);

// Creates or updates the stack, prints its events and waits for the end. Code is taken from the
// folders that the template names. Throws UserError: exit code 2 for a template that cannot be
// read, 1 for a stack that failed, with the first reason.
void Deploy(const ApiClient& client, const StackOptions& options);

struct Output {
  std::string key, value, description;
};
std::vector<Output> Outputs(const ApiClient& client, const std::string& stack_name);
// Stack names of the emulator that are not deleted.
std::vector<std::string> Stacks(const ApiClient& client);

// Aligned columns, one output a line.
void PrintOutputs(const std::vector<Output>& outputs, const std::string& title);

}  // namespace fractus::cli
