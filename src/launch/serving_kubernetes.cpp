#include "launch/serving_kubernetes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "launch/shell_script.hpp"
#include "launch/yaml_text.hpp"

namespace polyfleet {
namespace {

/// Loading some hundred gigabytes of weights and capturing graphs takes minutes: half an hour.
constexpr int kProbeSeconds = 10, kStartupProbes = 180, kFailures = 3;

class PoolManifest {
 public:
  PoolManifest(const ServingLaunchJob& job, const ServingLaunchPool& pool,
               const ServingToolTables& tables, LaunchExport& made)
      : job_(job),
        pool_(pool),
        tables_(tables),
        table_(pool.engine == "sglang" ? tables.sglang : tables.vllm),
        made_(made),
        name_(plain_name(job) + "-" + pool.name),
        health_(health_of(table_)) {}

  void write() {
    find_place();
    const bool spans = pool_.nodes_per_replica() > 1;
    add("workload", spans ? leader_worker_set() : deployment());
    add("service", service());
    leave_out("rdma", pool_.role == PoolRole::aggregated && !spans ? "none" : "between nodes",
              "network resources and their names are the cluster's own");
  }

 private:
  void add(const char* what, const Value& object) {
    made_.files.push_back(
        {fmt::format("{}-{}.yaml", pool_.name, what), "# Made by polyfleet.\n" + to_yaml(object)});
  }
  void leave_out(const char* what, std::string value, std::string why) {
    if (value == "none") return;
    made_.unexpressed.push_back(
        {fmt::format("{}: {}", pool_.name, what), std::move(value), std::move(why)});
  }
  const std::string* cluster_entry(std::string_view section, std::string_view entry,
                                   std::string_view key) const {
    const Value* found = tables_.cluster.find(section);
    if (found != nullptr) found = found->find(entry);
    if (found != nullptr && !key.empty()) found = found->find(key);
    return found == nullptr ? nullptr : found->text();
  }

  /// Resource, node label and image of the vendor; what is unknown is listed once.
  void find_place() {
    const std::string id = pool_.accelerator.substr(0, pool_.accelerator.find('@'));
    const std::string* resource = cluster_entry("vendors", pool_.vendor, "resource");
    const std::string* label = cluster_entry("vendors", pool_.vendor, "node_label");
    const std::string* product = cluster_entry("products", id, "");
    const std::string* image = table_text(table_, "images", pool_.vendor);
    limits_ = Value(Table{});
    if (resource != nullptr)
      limits_.set(*resource, std::min(pool_.layout.accelerators(), pool_.accelerators_per_node));
    else
      leave_out("resource", pool_.vendor, "no device plugin of this vendor is known");
    if (label != nullptr && product != nullptr)
      selector_.set(*label, *product);
    else
      leave_out("accelerator", id, "no node label is known for it: add a nodeSelector");
    std::string vendor;
    for (const char c : pool_.vendor)
      vendor += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    image_ = image != nullptr ? *image : fmt::format("{}-{}", pool_.engine, vendor);
    if (image == nullptr)
      leave_out("image", image_, "no general image of this engine is known for the vendor");
    if (job_.weights.empty())
      leave_out("MODEL", job_.model_id, "where the checkpoint lies is not part of a plan");
  }

  Value labels() const { return table_with({{"app", plain_name(job_)}, {"pool", pool_.name}}); }

  Value probe(int failures) const {
    return table_with({{"httpGet", table_with({{"path", health_.path}, {"port", health_.port}})},
                       {"periodSeconds", kProbeSeconds},
                       {"failureThreshold", failures}});
  }

  Value environment() const {
    Value list{Array{}};
    list.push(table_with(
        {{"name", "MODEL"}, {"value", job_.weights.empty() ? job_.model_id : job_.weights}}));
    if (pool_.engine == "vllm" && pool_.role != PoolRole::aggregated) {
      const Value field = table_with({{"fieldPath", "status.podIP"}});
      list.push(table_with({{"name", "VLLM_NIXL_SIDE_CHANNEL_HOST"},
                            {"valueFrom", table_with({{"fieldRef", field}})}}));
    }
    return list;
  }

  /// `serves`: answers HTTP (a worker of several nodes does not).
  Value container(const NodeWords& nodes, bool serves) {
    ServingArguments arguments = serving_arguments(job_, pool_, tables_, nodes);
    if (!serves && pool_.engine == "vllm") arguments.flag("worker");
    if (serves) {
      for (Unexpressed& each : arguments.take_unexpressed())
        made_.unexpressed.push_back(std::move(each));
    }
    std::string command = "exec ";
    for (const CommandWord& word : arguments.words())
      command +=
          (command.size() > 5 ? " " : "") + (word.verbatim ? word.text : shell_quoted(word.text));
    Value words{Array{}};
    for (const std::string& word : {std::string("bash"), std::string("-c"), command})
      words.push(word);
    Value box = table_with({{"name", pool_.engine},
                            {"image", image_},
                            {"command", words},
                            {"env", environment()},
                            {"resources", table_with({{"limits", limits_}})}});
    if (serves) {
      box.set("ports", Array{table_with({{"name", "http"}, {"containerPort", health_.port}})});
      box.set("startupProbe", probe(kStartupProbes));
      box.set("readinessProbe", probe(kFailures));
      box.set("livenessProbe", probe(kFailures));
    }
    box.set("volumeMounts", Array{table_with({{"name", "shm"}, {"mountPath", "/dev/shm"}})});
    return box;
  }

  Value pod(const NodeWords& nodes, bool serves) {
    Value spec{Table{}};
    if (selector_.table() != nullptr && !selector_.table()->empty())
      spec.set("nodeSelector", selector_);
    spec.set("containers", Array{container(nodes, serves)});
    spec.set(
        "volumes",
        Array{table_with({{"name", "shm"}, {"emptyDir", table_with({{"medium", "Memory"}})}})});
    return table_with({{"metadata", table_with({{"labels", labels()}})}, {"spec", spec}});
  }

  Value deployment() {
    const Value spec = table_with({{"replicas", pool_.replicas},
                                   {"selector", table_with({{"matchLabels", labels()}})},
                                   {"template", pod({}, true)}});
    return table_with({{"apiVersion", "apps/v1"},
                       {"kind", "Deployment"},
                       {"metadata", table_with({{"name", name_}, {"labels", labels()}})},
                       {"spec", spec}});
  }

  Value leader_worker_set() {
    const NodeWords nodes{
        "\"$LWS_GROUP_SIZE\"", "\"$LWS_WORKER_INDEX\"",
        pool_.engine == "sglang" ? "\"$LWS_LEADER_ADDRESS:20000\"" : "\"$LWS_LEADER_ADDRESS\""};
    Value leader = pod(nodes, true);
    leader.table()->front().second.table()->front().second.set("role", "leader");
    const Value group = table_with({{"size", pool_.nodes_per_replica()},
                                    {"restartPolicy", "RecreateGroupOnPodRestart"},
                                    {"leaderTemplate", leader},
                                    {"workerTemplate", pod(nodes, false)}});
    return table_with(
        {{"apiVersion", "leaderworkerset.x-k8s.io/v1"},
         {"kind", "LeaderWorkerSet"},
         {"metadata", table_with({{"name", name_}, {"labels", labels()}})},
         {"spec", table_with({{"replicas", pool_.replicas}, {"leaderWorkerTemplate", group}})}});
  }

  Value service() const {
    Value selector = labels();
    if (pool_.nodes_per_replica() > 1) selector.set("role", "leader");
    const Value port =
        table_with({{"name", "http"}, {"port", health_.port}, {"targetPort", "http"}});
    return table_with({{"apiVersion", "v1"},
                       {"kind", "Service"},
                       {"metadata", table_with({{"name", name_}, {"labels", labels()}})},
                       {"spec", table_with({{"selector", selector}, {"ports", Array{port}}})}});
  }

  const ServingLaunchJob& job_;
  const ServingLaunchPool& pool_;
  const ServingToolTables& tables_;
  const ToolTable& table_;
  LaunchExport& made_;
  std::string name_, image_;
  HealthCheck health_;
  Value limits_, selector_{Table{}};
};

}  // namespace

LaunchExport export_serving_kubernetes(const ServingLaunchJob& job,
                                       const ServingToolTables& tables) {
  LaunchExport made;
  for (const ServingLaunchPool& pool : job.pools) PoolManifest(job, pool, tables, made).write();
  return made;
}

}  // namespace polyfleet
