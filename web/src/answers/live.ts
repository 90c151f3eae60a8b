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

const kNothing: LiveAnswer = {answer: null, problems: [], loading: false, serverMillis: null, millis: null};
/** Long enough to type the next digit, short enough to feel immediate. */
const kPauseMillis = 120;

export function serverMillisOf(headers: Headers): number | null {
  const found = /dur=([\d.]+)/.exec(headers.get("Server-Timing") ?? "");
  return found?.[1] ? Number(found[1]) : null;
}

/** Null = there is no question yet. */
export function useLive(command: string, question: Question | null): LiveAnswer {
  const [live, setLive] = useState<LiveAnswer>(kNothing);
  const first = useRef(true);
  const text = question === null ? null : JSON.stringify(question);
  useEffect(() => {
    if (text === null) {
      setLive(kNothing);
      return;
    }
    const stop = new AbortController();
    setLive((old) => ({...old, loading: true}));
    const timer = setTimeout(
      () => {
        ask(command, JSON.parse(text) as Question, stop.signal).then(
          ({data, headers, millis}) => {
            if (stop.signal.aborted) return;
            setLive({answer: data, problems: [], loading: false, serverMillis: serverMillisOf(headers), millis});
          },
          (error: unknown) => {
            if (stop.signal.aborted || isAbort(error)) return;
            setLive((old) => ({...old, problems: problemsFrom(error), loading: false}));
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
  return live;
}
