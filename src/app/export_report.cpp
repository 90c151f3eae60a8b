#include "app/export_report.hpp"

#include <fmt/format.h>

namespace polyfleet {

std::string exports_text(const std::vector<ExportedPlan>& exports, PageStyle style) {
  TextTable table({"exported", "folder", "files", "settings that it cannot say"});
  for (const ExportedPlan& each : exports) {
    std::string files, unsaid;
    for (const LaunchFile& file : each.files.files)
      files += (files.empty() ? "" : ", ") + file.name;
    for (const Unexpressed& setting : each.files.unexpressed)
      unsaid += fmt::format("{}{} = {} ({})", unsaid.empty() ? "" : "; ", setting.setting,
                            setting.value, setting.why);
    table.row({std::string(name_of(each.request.format)), each.request.folder, files,
               unsaid.empty() ? "none" : unsaid});
  }
  return table.empty() ? "" : '\n' + table.text(style);
}

Value exports_json(const std::vector<ExportedPlan>& exports) {
  Value list{Array{}};
  for (const ExportedPlan& each : exports) {
    Value one{Table{}};
    one.set("format", name_of(each.request.format));
    one.set("folder", each.request.folder);
    Value files{Array{}};
    for (const LaunchFile& file : each.files.files) files.push(file.name);
    one.set("files", std::move(files));
    Value unsaid{Array{}};
    for (const Unexpressed& setting : each.files.unexpressed) {
      Value row{Table{}};
      row.set("setting", setting.setting);
      row.set("value", setting.value);
      row.set("why", setting.why);
      unsaid.push(std::move(row));
    }
    one.set("unexpressed", std::move(unsaid));
    list.push(std::move(one));
  }
  return list;
}

}  // namespace polyfleet
