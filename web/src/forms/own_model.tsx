// A model that the catalogue does not have: its Hugging Face config.json pasted or chosen as a file.
import {useState} from "preact/hooks";
import type {Problem} from "../documents";
import {ProblemLine} from "./field_input";

export interface OwnModelText {
  name: string;
  text: string;
}

export interface OwnModelProps {
  form: string;
  model: OwnModelText | null;
  problems: Problem[];
  onModel: (model: OwnModelText | null) => void;
}

const kUsualName = "config.json";

export function OwnModel({form, model, problems, onModel}: OwnModelProps) {
  const [open, setOpen] = useState(false);
  const choose = async (file: File | undefined) => {
    if (file) onModel({name: file.name, text: await file.text()});
  };
  return (
    <details class="own-model" open={open || model !== null} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        Own config.json
        {model && <span class="count">{model.name} is used</span>}
      </summary>
      <label for={`${form}-own`}>Paste a Hugging Face config.json</label>
      <textarea
        id={`${form}-own`}
        rows={5}
        spellcheck={false}
        placeholder='{"architectures": ["LlamaForCausalLM"], "hidden_size": 4096, ...}'
        value={model?.text ?? ""}
        aria-invalid={problems.length > 0}
        onInput={(event) => {
          const text = event.currentTarget.value;
          onModel(text.trim() ? {name: model?.name ?? kUsualName, text} : null);
        }}
      />
      {problems.length > 0 && (
        <p class="problem">
          {problems.map((problem, at) => (
            <ProblemLine key={at} problem={problem} />
          ))}
        </p>
      )}
      <div class="row">
        <label class="button">
          Choose a file
          <input
            type="file"
            class="unseen"
            accept=".json,application/json"
            onChange={(event) => void choose(event.currentTarget.files?.[0])}
          />
        </label>
        {model && (
          <button type="button" class="quiet" onClick={() => onModel(null)}>
            Remove
          </button>
        )}
      </div>
    </details>
  );
}
