// An answer that follows a question as it changes: a change waits a moment for the next one, the
// newest answer wins, and the old one stays until it is there.
import {useEffect, useRef, useState} from "preact/hooks";
import {ask, isAbort, problemsFrom} from "../api";
import type {Answer, Problem, Question} from "../documents";

export interface LiveAnswer {
  answer: Answer | null;
  problems: Problem[];
  /** An answer to the present question is on its way. */
  loading: boolean;
  /** Of the last answer: within the server (null = not said), and the whole request. */
  serverMillis: number | null;
  millis: number | null;
}

/** The last answer, and the question that it belongs to. */
interface Answered {
  asked: string | null;
  answer: Answer | null;
  problems: Problem[];
  serverMillis: number | null;
  millis: number | null;
}

const kNothing: Answered = {asked: null, answer: null, problems: [], serverMillis: null, millis: null};
/** Long enough to type the next digit, short enough to feel immediate. */
const kPauseMillis = 120;

export function serverMillisOf(headers: Headers): number | null {
  const found = /dur=([\d.]+)/.exec(headers.get("Server-Timing") ?? "");
  return found?.[1] ? Number(found[1]) : null;
}

/** Null = there is no question yet. */
export function useLive(command: string, question: Question | null): LiveAnswer {
  const [answered, setAnswered] = useState<Answered>(kNothing);
  const first = useRef(true);
  const text = question === null ? null : JSON.stringify(question);
  useEffect(() => {
    if (text === null) {
      setAnswered(kNothing);
      return;
    }
    const stop = new AbortController();
    const timer = setTimeout(
      () => {
        ask(command, JSON.parse(text) as Question, stop.signal).then(
          ({data, headers, millis}) => {
            if (stop.signal.aborted) return;
            setAnswered({asked: text, answer: data, problems: [], serverMillis: serverMillisOf(headers), millis});
          },
          (error: unknown) => {
            if (stop.signal.aborted || isAbort(error)) return;
            setAnswered((old) => ({...old, asked: text, problems: problemsFrom(error)}));
          },
        );
      },
      first.current ? 0 : kPauseMillis,
    );
    first.current = false;
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [command, text]);
  const {asked, ...last} = answered;
  // From the question itself, not from a flag set later: no moment shows an old answer as the new one.
  return {...last, loading: asked !== text};
}
