// The fields of a training question; the same keys as docs/scenarios.md and the command line.
import type {FieldGroup} from "../forms/field";

export const kTrainGroups: readonly FieldGroup[] = [
  {
    title: "What is trained, on what",
    fields: [
      {key: "model", label: "Model", kind: "text", suggest: "models", help: "catalogue id, or your own config.json below", span: 6},
      {key: "accelerator", label: "Accelerator", kind: "text", suggest: "accelerators", help: "catalogue id; @edition is allowed", span: 6},
      {key: "system", label: "System", kind: "text", suggest: "systems", help: "open: what the accelerator is usually built into", span: 4},
      {key: "devices", label: "Devices", kind: "integer", help: "number of accelerators"},
    ],
  },
  {
    title: "Batch and numbers",
    fields: [
      {key: "plan.global_batch", label: "Global batch", kind: "integer", unit: "seq", span: 3, help: "sequences per step"},
      {key: "plan.micro_batch", label: "Micro-batch", kind: "integer", unit: "seq", span: 3, help: "sequences per micro-batch"},
      {key: "plan.sequence_length", label: "Sequence", kind: "integer", unit: "tok", span: 3, help: "tokens per sequence"},
      {key: "precision", label: "Precision", kind: "text", suggest: "precisions", span: 3, help: "recipe: bf16, fp8, mxfp8, nvfp4, ..."},
    ],
  },
  {
    title: "Parallel layout",
    fields: [
      {key: "plan.layout.tensor", label: "Tensor (TP)", kind: "integer", help: "tensor-parallel degree"},
      {key: "plan.layout.pipeline", label: "Pipeline (PP)", kind: "integer", help: "pipeline-parallel degree"},
      {key: "plan.layout.data", label: "Data (DP)", kind: "integer", help: "data-parallel degree; open: what the others leave"},
      {key: "plan.layout.expert", label: "Expert (EP)", kind: "integer", help: "expert-parallel degree"},
      {key: "plan.layout.context", label: "Context (CP)", kind: "integer", help: "context-parallel degree"},
      {key: "plan.layout.virtual_stages", label: "Virtual stages", kind: "integer", help: "virtual stages per pipeline rank"},
    ],
  },
  {
    title: "Memory and schedule",
    folded: true,
    fields: [
      {key: "plan.recompute", label: "Recompute", kind: "choice", help: "activation recomputation", span: 3},
      {key: "plan.sharding", label: "Sharding", kind: "choice", help: "what the data-parallel group shards: optimiser states, gradients, parameters (FSDP)", span: 3},
      {key: "plan.schedule", label: "Schedule", kind: "choice", help: "pipeline schedule", span: 3},
      {key: "plan.layout.sequence_parallel", label: "Sequence parallel", kind: "truth", help: "shard norms and residuals over the tensor group", span: 3},
      {key: "plan.layout.expert_tensor", label: "Expert tensor", kind: "integer", help: "tensor parallel inside an expert", span: 3},
      {key: "plan.lora.rank", label: "LoRA rank", kind: "integer", help: "fine-tune with adapters of this rank; 0 = all weights train", span: 3},
    ],
  },
  {
    title: "Software, price and site",
    folded: true,
    fields: [
      {key: "framework", label: "Framework", kind: "text", suggest: "frameworks", help: "whose defaults fill what is left open; none = no framework overheads", span: 3},
      {key: "release", label: "Release", kind: "text", help: "software of this month, YYYY-MM; open: the latest", span: 3},
      {key: "prices.device", label: "Device price", kind: "text", help: 'of one accelerator: "2.5 USD/h"', span: 3},
      {key: "prices.energy", label: "Energy price", kind: "text", help: 'of electricity: "79 USD/MWh"', span: 3},
      {key: "site", label: "Site", kind: "text", suggest: "sites", help: "price and carbon of electricity", span: 6},
    ],
  },
];

/** What the planner is asked beside the question itself; docs/planner.md. */
export const kSearchGroups: readonly FieldGroup[] = [
  {
    title: "The search",
    fields: [
      {key: "search.objective", label: "Objective", kind: "choice", span: 3, help: "what is best; open: time"},
      {key: "search.head_room", label: "Head room", kind: "number", help: "share of the usable memory that must stay free: 0.05", span: 3},
      {key: "search.max_tensor", label: "Largest tensor degree", kind: "integer", help: "open: what the system's domain carries", span: 3},
      {key: "search.power_cap", label: "Power cap", kind: "text", help: 'facility power of the accelerators in use: "50 MW"', span: 3},
      {key: "search.top", label: "Plans shown", kind: "integer", help: "number of best plans; open: 5", span: 3},
      {key: "search.tokens", label: "Tokens of the run", kind: "number", help: "for its end and energy: 15e12", span: 3},
    ],
  },
];

/** What the page begins with: a run that fits and can be changed at once. */
export const kTrainStart: Record<string, string> = {
  model: "llama3.1-70b",
  accelerator: "amd_mi355x",
  devices: "64",
  "plan.global_batch": "128",
  "plan.sequence_length": "8192",
  precision: "mxfp8",
  "plan.layout.tensor": "8",
};

/** Keys that a search may choose; the others say what is asked. */
export const isPlanChoice = (key: string): boolean =>
  key.startsWith("plan.") && key !== "plan.global_batch" && key !== "plan.sequence_length" && !key.startsWith("plan.lora");
