// A plain editor for scenarios: line numbers, and problems marked at their line and column. Tab
// moves on to the next control, as everywhere on the page.
import {useRef} from "preact/hooks";
import type {Problem} from "../documents";

export interface TomlEditorProps {
  id: string;
  label: string;
  text: string;
  problems: Problem[];
  rows?: number;
  onText: (text: string) => void;
}

const placed = (problem: Problem): problem is Problem & {line: number} => (problem.line ?? 0) > 0;

/** The line's text cut where the problem's word begins and ends. */
function wordAt(line: string, column: number): [string, string, string] {
  const begin = Math.min(Math.max(column - 1, 0), line.length);
  const length = /^[^\s=,\]]+/.exec(line.slice(begin))?.[0].length ?? 0;
  return [line.slice(0, begin), line.slice(begin, begin + length), line.slice(begin + length)];
}

function offsetOf(text: string, line: number, column: number): number {
  const before = text.split("\n").slice(0, line - 1);
  return before.reduce((sum, each) => sum + each.length + 1, 0) + Math.max(column - 1, 0);
}

export function TomlEditor({id, label, text, problems, rows = 22, onText}: TomlEditorProps) {
  const area = useRef<HTMLTextAreaElement>(null);
  const back = useRef<HTMLDivElement>(null);
  const lines = text.split("\n");
  const listed = problems.filter(placed).sort((a, b) => a.line - b.line || (a.column ?? 0) - (b.column ?? 0));
  const marks = new Map(listed.map((problem) => [problem.line, problem]));
  const follow = () => {
    if (area.current && back.current) {
      back.current.scrollTop = area.current.scrollTop;
      back.current.scrollLeft = area.current.scrollLeft;
    }
  };
  const jump = (problem: Problem & {line: number}) => {
    const field = area.current;
    if (!field) return;
    const at = offsetOf(text, problem.line, problem.column ?? 1);
    field.focus();
    field.setSelectionRange(at, at);
    const height = field.scrollHeight / Math.max(lines.length, 1);
    field.scrollTop = Math.max(0, (problem.line - 4) * height);
    follow();
  };
  return (
    <div class="editor">
      <label for={id}>{label}</label>
      <div class="sheet">
        <div class="back" ref={back} aria-hidden="true">
          {lines.map((line, place) => {
            const problem = marks.get(place + 1);
            const [before, word, after] = wordAt(line, problem?.column ?? 1);
            return (
              <div key={place} class={problem ? "line wrong" : "line"}>
                <span class="number">{place + 1}</span>
                <span class="code">{problem ? <>{before}<mark>{word}</mark>{after}</> : line || " "}</span>
              </div>
            );
          })}
        </div>
        <textarea
          id={id}
          ref={area}
          wrap="off"
          spellcheck={false}
          autoComplete="off"
          autoCapitalize="off"
          rows={rows}
          value={text}
          aria-invalid={problems.length > 0}
          aria-describedby={`${id}-problems`}
          onScroll={follow}
          onInput={(event) => onText(event.currentTarget.value)}
        />
      </div>
      <ul id={`${id}-problems`} class="editor-problems" aria-live="polite">
        {listed.map((problem, place) => (
          <li key={place} class="problem">
            <button type="button" class="link" onClick={() => jump(problem)}>
              Line {problem.line}
              {problem.column ? `, column ${problem.column}` : ""}
            </button>
            <span class="what">{problem.what}</span>
            {problem.fix && <span class="fix">{problem.fix}</span>}
          </li>
        ))}
      </ul>
    </div>
  );
}
