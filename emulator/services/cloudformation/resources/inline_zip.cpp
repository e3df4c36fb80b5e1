#include "emulator/services/cloudformation/resources/inline_zip.h"

#include <archive.h>
#include <archive_entry.h>

#include <memory>
#include <stdexcept>

namespace fractus::cloudformation {

std::string ZipOfOneFile(std::string_view name, std::string_view content) {
  const std::unique_ptr<archive, decltype(&archive_write_free)> writer(archive_write_new(),
                                                                       archive_write_free);
  const std::unique_ptr<archive_entry, decltype(&archive_entry_free)> entry(archive_entry_new(),
                                                                            archive_entry_free);
  // Room for the headers and for padding to libarchive's blocks.
  std::string zip(content.size() + 2 * name.size() + 16384, '\0');
  size_t used = 0;
  archive_write_set_format_zip(writer.get());
  archive_write_zip_set_compression_store(writer.get());
  archive_write_set_bytes_in_last_block(writer.get(), 1);
  archive_entry_set_pathname(entry.get(), std::string(name).c_str());
  archive_entry_set_size(entry.get(), static_cast<la_int64_t>(content.size()));
  archive_entry_set_filetype(entry.get(), AE_IFREG);
  archive_entry_set_perm(entry.get(), 0644);
  archive_entry_set_mtime(entry.get(), 315532800, 0);
  const bool written =
      archive_write_open_memory(writer.get(), zip.data(), zip.size(), &used) == ARCHIVE_OK &&
      archive_write_header(writer.get(), entry.get()) == ARCHIVE_OK &&
      archive_write_data(writer.get(), content.data(), content.size()) ==
          static_cast<la_ssize_t>(content.size()) &&
      archive_write_close(writer.get()) == ARCHIVE_OK;
  if (!written) throw std::runtime_error("inline code could not be zipped");
  zip.resize(used);
  return zip;
}

}  // namespace fractus::cloudformation
