// The fields of a question about one inference replica; the same keys as docs/serving.md and the
// command line.
import type {FieldGroup} from "../forms/field";

export const kServeGroups: readonly FieldGroup[] = [
  {
    title: "What is served, on what",
    fields: [
      {key: "model", label: "Model", kind: "text", suggest: "models", help: "catalogue id, or your own config.json below", span: 6},
      {key: "accelerator", label: "Accelerator", kind: "text", suggest: "accelerators", help: "catalogue id; @edition is allowed", span: 6},
      {key: "system", label: "System", kind: "text", suggest: "systems", help: "open: what the accelerator is usually built into", span: 3},
      {key: "engine", label: "Engine", kind: "text", suggest: "engines", help: "open: the usual one of the vendor", span: 3},
      {key: "formats", label: "Formats", kind: "text", suggest: "formats", help: "number formats of weights and products", span: 3},
      {key: "cache", label: "Cache format", kind: "text", help: "number format of the KV cache; open: the engine's", span: 3},
    ],
  },
  {
    title: "Load",
    fields: [
      {key: "load.input", label: "Prompt", kind: "number", unit: "tok", help: "mean prompt length", span: 3},
      {key: "load.output", label: "Output", kind: "number", unit: "tok", help: "mean output length", span: 3},
      {key: "load.concurrency", label: "Users", kind: "numbers", help: "users of a closed loop, one request each; several make a curve: 1,8,64", span: 6},
      {key: "load.rate", label: "Rate", kind: "numbers", unit: "req/s", help: "requests a second of an open stream, instead of users", span: 6},
      {key: "load.cached_share", label: "Cached share", kind: "number", help: "share of prompt tokens that the prefix cache holds"},
    ],
  },
  {
    title: "Latency bounds",
    fields: [
      {key: "slo.ttft", label: "First token", kind: "text", help: 'the highest rate with mean time to first token within: "500 ms"', span: 3},
      {key: "slo.tpot", label: "Each token", kind: "text", help: 'and mean time per output token within: "50 ms"', span: 3},
    ],
  },
  {
    title: "Parallel layout",
    fields: [
      {key: "tensor", label: "Tensor (TP)", kind: "integer", help: "tensor-parallel degree; open: the smallest that fits"},
      {key: "pipeline", label: "Pipeline (PP)", kind: "integer", help: "pipeline-parallel degree"},
      {key: "expert", label: "Expert (EP)", kind: "integer", help: "expert-parallel degree"},
      {key: "attention_data", label: "Attention DP", kind: "integer", help: "groups of ranks with their own attention"},
      {key: "context", label: "Context (CP)", kind: "integer", help: "context-parallel degree of prefill"},
    ],
  },
  {
    title: "Speculation, price and site",
    folded: true,
    fields: [
      {key: "draft_tokens", label: "Draft tokens", kind: "integer", help: "speculative tokens a step", span: 3},
      {key: "tokens_per_step", label: "Tokens a step", kind: "number", help: "tokens that a verified step yields on average", span: 3},
      {key: "release", label: "Release", kind: "text", help: "of the engine; open: the latest"},
      {key: "price", label: "Device price", kind: "text", help: 'of one accelerator: "2.5 USD/h"'},
      {key: "site", label: "Site", kind: "text", suggest: "sites", help: "price and carbon of electricity", span: 6},
    ],
  },
];

export const kServeStart: Record<string, string> = {
  model: "llama3.1-70b",
  accelerator: "amd_mi300x",
  formats: "fp8",
  tensor: "2",
  "load.input": "1024",
  "load.output": "1024",
  "load.concurrency": "1,8,32,64,128",
};
