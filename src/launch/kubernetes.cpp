#include "launch/kubernetes.hpp"

#include <fmt/format.h>

#include "launch/cluster_start.hpp"
#include "launch/pool_files.hpp"
#include "launch/yaml_text.hpp"

namespace polyfleet {
namespace {

Value variable(const char* name, const std::string& text) {
  return table_with({{"name", name}, {"value", text}});
}

/// The nodes' environment: where the pool's first node is, and which node this is.
Value environment(const std::string& job_name, const PoolStart& start, const ClusterStart& all) {
  Value list{Array{}};
  list.push(variable("MASTER_ADDR", fmt::format("{0}-{1}-0-0.{0}", job_name, start.pool->name)));
  list.push(variable("MASTER_PORT", "29500"));
  list.push(variable("NNODES", fmt::format("{}", start.nodes)));
  list.push(variable("GPUS_PER_NODE", fmt::format("{}", start.devices_on_node)));
  list.push(variable("JOB_NODES", fmt::format("{}", all.nodes)));
  list.push(variable("JOB_RANKS", fmt::format("{}", all.ranks)));
  list.push(variable("POOL_FIRST_NODE", fmt::format("{}", start.first_node)));
  list.push(variable("POOL_FIRST_RANK", fmt::format("{}", start.first_rank)));
  const Value field = table_with(
      {{"fieldPath", "metadata.annotations['batch.kubernetes.io/job-completion-index']"}});
  list.push(table_with({{"name", "NODE_RANK"}, {"valueFrom", table_with({{"fieldRef", field}})}}));
  return list;
}

class Manifest {
 public:
  Manifest(const LaunchJob& job, const ToolTables& tables, ClusterStart& start)
      : tables_(tables), start_(start), name_(plain_name(job)) {}

  Value document() {
    Value jobs{Array{}};
    for (const PoolStart& each : start_.pools) jobs.push(replicated_job(each));
    const Value network = table_with({{"enableDNSHostnames", true}});
    return table_with({{"apiVersion", "jobset.x-k8s.io/v1alpha2"},
                       {"kind", "JobSet"},
                       {"metadata", table_with({{"name", name_}})},
                       {"spec", table_with({{"network", network}, {"replicatedJobs", jobs}})}});
  }
  const std::string& name() const { return name_; }

 private:
  Value replicated_job(const PoolStart& start) {
    Value pod_spec{Table{}};
    pod_spec.set("restartPolicy", "Never");
    if (const Value selector = node_selector(start); !selector.is_null())
      pod_spec.set("nodeSelector", selector);
    pod_spec.set("containers", Array{container(start)});
    pod_spec.set(
        "volumes",
        Array{
            table_with({{"name", "plan"}, {"configMap", table_with({{"name", name_ + "-plan"}})}}),
            table_with({{"name", "shm"}, {"emptyDir", table_with({{"medium", "Memory"}})}})});
    const Value job = table_with({{"parallelism", start.nodes},
                                  {"completions", start.nodes},
                                  {"completionMode", "Indexed"},
                                  {"backoffLimit", 0},
                                  {"template", table_with({{"spec", pod_spec}})}});
    return table_with(
        {{"name", start.pool->name}, {"replicas", 1}, {"template", table_with({{"spec", job}})}});
  }

  Value container(const PoolStart& start) {
    const std::string& vendor = start.pool->vendor;
    const std::string* resource = cluster_text(tables_, "vendors", vendor, "resource");
    std::string lower;
    for (const char c : vendor) lower += static_cast<char>(std::tolower(c));
    leave_out(start, "image", fmt::format("training-{}", lower),
              "a plan names no container image: put the framework's there");
    Value limits{Table{}};
    if (resource != nullptr)
      limits.set(*resource, start.devices_on_node);
    else
      leave_out(start, "resource", vendor, "no device plugin of this vendor is known");
    const Value mounts = Array{table_with({{"name", "plan"}, {"mountPath", "/plan"}}),
                               table_with({{"name", "shm"}, {"mountPath", "/dev/shm"}})};
    Value words{Array{}};
    words.push("bash");
    words.push("-c");
    words.push("export PYTHONPATH=/plan:$PYTHONPATH; cp /plan/* . && " + start.command);
    return table_with({{"name", "training"},
                       {"image", "training-" + lower},
                       {"command", words},
                       {"env", environment(name_, start, start_)},
                       {"resources", table_with({{"limits", limits}})},
                       {"volumeMounts", mounts}});
  }

  Value node_selector(const PoolStart& start) {
    const std::string id = start.pool->accelerator.substr(0, start.pool->accelerator.find('@'));
    const std::string* label = cluster_text(tables_, "vendors", start.pool->vendor, "node_label");
    const std::string* product = cluster_text(tables_, "products", id);
    if (label == nullptr || product == nullptr) {
      leave_out(start, "accelerator", id, "no node label is known for it: add a nodeSelector");
      return {};
    }
    Value selector{Table{}};
    selector.set(*label, *product);
    return selector;
  }

  void leave_out(const PoolStart& start, std::string_view what, std::string value,
                 std::string why) {
    start_.files.unexpressed.push_back(
        {fmt::format("{}: {}", start.pool->name, what), std::move(value), std::move(why)});
  }

  const ToolTables& tables_;
  ClusterStart& start_;
  std::string name_;
};

}  // namespace

Result<LaunchExport> export_kubernetes(const LaunchJob& job, const ToolTables& tables) {
  Result<ClusterStart> start = cluster_start(job, tables);
  if (!start) return start.problems();
  Manifest manifest(job, tables, *start);
  const Value document = manifest.document();
  std::string text = fmt::format(
      "# Made by polyfleet. The files beside this one go into a ConfigMap first:\n"
      "# kubectl create configmap {}-plan --from-file=<this folder>\n{}",
      manifest.name(), to_yaml(document));
  LaunchExport made = std::move(start->files);
  made.files.insert(made.files.begin(), {"jobset.yaml", std::move(text)});
  return made;
}

}  // namespace polyfleet
