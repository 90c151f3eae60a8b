// What can be done with an answer: keep it in the run history, save it as a report, as JSON, as a
// scenario. What happened is said in place.
import {useState} from "preact/hooks";
import {bytes, keep, problemsFrom, save, slugOf} from "../api";
import type {Json, Question} from "../documents";

export interface ActionsProps {
  command: string;
  question: Question;
  /** The answer's JSON, for a file. */
  result?: Json;
  /** Makes the question's scenario as TOML. */
  scenario?: () => string;
  /** The present address opens the same question. */
  shareable?: boolean;
}

interface Said {
  text: string;
  run?: string;
}

/** What was said of a question goes when another one is asked. */
interface SaidOf {
  question: string;
  said: Said;
}

export function Actions({command, question, result, scenario, shareable}: ActionsProps) {
  const asked = JSON.stringify(question);
  const [last, setLast] = useState<SaidOf | null>(null);
  const said = last?.question === asked ? last.said : null;
  const [busy, setBusy] = useState(false);
  const doing = (action: () => Promise<Said>) => async () => {
    setBusy(true);
    const say = (words: Said) => setLast({question: asked, said: words});
    try {
      say(await action());
    } catch (error) {
      say({text: problemsFrom(error).map((problem) => [problem.what, problem.fix].filter(Boolean).join(": ")).join("; ")});
    } finally {
      setBusy(false);
    }
  };
  const slug = slugOf(command);
  const keepIt = doing(async () => {
    const run = await keep(command, question);
    return {text: "Kept as ", run};
  });
  const report = doing(async () => {
    save(`${slug}.html`, await bytes(`report/${slug}`, {method: "POST", body: question}));
    return {text: `${slug}.html is saved`};
  });
  const copyLink = doing(async () => {
    await navigator.clipboard.writeText(location.href);
    return {text: "The link is copied"};
  });
  return (
    <div class="actions" role="group" aria-label="This answer">
      <button type="button" disabled={busy} onClick={() => void keepIt()}>
        Keep
      </button>
      <button type="button" disabled={busy} onClick={() => void report()}>
        Report
      </button>
      {scenario && (
        <button type="button" onClick={() => save("scenario.toml", scenario())}>
          Scenario
        </button>
      )}
      {result !== undefined && (
        <button type="button" onClick={() => save(`${slug}.json`, `${JSON.stringify(result, null, 2)}\n`, "application/json")}>
          JSON
        </button>
      )}
      {shareable && (
        <button type="button" onClick={() => void copyLink()}>
          Link
        </button>
      )}
      <span role="status" class="said">
        {said?.text}
        {said?.run && <a href={`#/runs/${said.run}`}>run {said.run}</a>}
      </span>
    </div>
  );
}
