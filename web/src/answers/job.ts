// A question that takes longer than a request: started, watched, cancelled. The job goes on while
// other pages are looked at; its id is kept, so that coming back shows it again.
import {useCallback, useEffect, useState} from "preact/hooks";
import {ApiError, cancelJob, jobAnswer, jobStatus, problemsFrom, startJob} from "../api";
import type {Answer, JobStatus, Problem, Question} from "../documents";
import {useKept} from "../kept";

export interface Job {
  status: JobStatus | null;
  answer: Answer | null;
  problems: Problem[];
  /** From the press of the button until the job has ended and its answer is here. */
  running: boolean;
  start: (question: Question) => Promise<void>;
  cancel: () => Promise<void>;
}

/** What is known of one job; `over`: nothing more will come. */
interface Seen {
  id: string | null;
  status: JobStatus | null;
  answer: Answer | null;
  problems: Problem[];
  over: boolean;
}

const kUnseen: Seen = {id: null, status: null, answer: null, problems: [], over: false};
const kFirstPauseMillis = 150;
const kLongestPauseMillis = 1000;
const ends = (status: JobStatus): boolean => status.state !== "queued" && status.state !== "running";

/** Looks at a job until it is over; the returned function stops looking. */
function watch(id: string, tell: (part: Partial<Seen>) => void, forget: () => void): () => void {
  let current = true;
  let pause = kFirstPauseMillis;
  let timer = 0;
  const say = (part: Partial<Seen>) => current && tell(part);
  const look = async () => {
    const status = await jobStatus(id);
    if (!ends(status)) {
      say({status});
      if (!current) return;
      timer = window.setTimeout(go, pause);
      pause = Math.min(pause * 1.5, kLongestPauseMillis);
    } else if (status.state === "done") {
      say({status, answer: await jobAnswer(id), over: true});
    } else {
      say({status, answer: null, problems: status.problems ?? [], over: true});
    }
  };
  const go = () => {
    look().catch((error: unknown) => {
      // A server that was started anew knows no old jobs.
      if (current && error instanceof ApiError && error.status === 404) forget();
      else say({status: null, answer: null, problems: problemsFrom(error), over: true});
    });
  };
  go();
  return () => {
    current = false;
    clearTimeout(timer);
  };
}

/** `part` tells jobs of one command apart where several are looked at. */
export function useJob(command: string, part = ""): Job {
  const [id, setId] = useKept<string | null>(`job ${command} ${part}`, null);
  const [last, setLast] = useState<Seen>(kUnseen);
  const [starting, setStarting] = useState(false);
  const [refused, setRefused] = useState<Problem[]>([]);

  useEffect(() => {
    if (id === null) return;
    // What is said of a job never lands on another one; the former answer stays until this one is over.
    const tell = (more: Partial<Seen>) =>
      setLast((old) => ({...(old.id === id ? old : {...kUnseen, answer: old.answer}), id, ...more}));
    return watch(id, tell, () => setId(null));
  }, [id]);

  const start = useCallback(
    async (question: Question) => {
      setRefused([]);
      setStarting(true);
      try {
        setId(await startJob(command, question));
      } catch (error) {
        setRefused(problemsFrom(error));
      } finally {
        setStarting(false);
      }
    },
    [command],
  );
  const cancel = useCallback(async () => {
    if (id === null) return;
    try {
      await cancelJob(id);
    } catch (error) {
      setRefused(problemsFrom(error));
    }
  }, [id]);

  const seen = last.id === id ? last : {...kUnseen, answer: last.answer};
  const running = starting || (id !== null && !seen.over);
  return {
    status: starting ? null : seen.status,
    answer: seen.answer,
    problems: starting ? [] : [...refused, ...seen.problems],
    running,
    start,
    cancel,
  };
}
