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
  running: boolean;
  start: (question: Question) => Promise<void>;
  cancel: () => Promise<void>;
}

const kFirstPauseMillis = 150;
const kLongestPauseMillis = 1000;
const ends = (status: JobStatus): boolean => status.state !== "queued" && status.state !== "running";

/** `part` tells jobs of one command apart where several are looked at. */
export function useJob(command: string, part = ""): Job {
  const [id, setId] = useKept<string | null>(`job ${command} ${part}`, null);
  const [status, setStatus] = useState<JobStatus | null>(null);
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [problems, setProblems] = useState<Problem[]>([]);
  const [starting, setStarting] = useState(false);

  useEffect(() => {
    if (id === null) return;
    let current = true;
    let pause = kFirstPauseMillis;
    let timer = 0;
    const look = async () => {
      try {
        const seen = await jobStatus(id);
        if (!current) return;
        setStatus(seen);
        if (!ends(seen)) {
          timer = window.setTimeout(() => void look(), pause);
          pause = Math.min(pause * 1.5, kLongestPauseMillis);
          return;
        }
        setProblems(seen.problems ?? []);
        if (seen.state === "done") {
          const made = await jobAnswer(id);
          if (current) setAnswer(made);
        }
      } catch (error) {
        if (!current) return;
        // A server that was started anew knows no old jobs.
        if (error instanceof ApiError && error.status === 404) setId(null);
        else setProblems(problemsFrom(error));
        setStatus(null);
      }
    };
    void look();
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [id]);

  const start = useCallback(
    async (question: Question) => {
      setProblems([]);
      setStatus(null);
      setStarting(true);
      try {
        const made = await startJob(command, question);
        setAnswer(null);
        setId(made);
      } catch (error) {
        setProblems(problemsFrom(error));
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
      setProblems(problemsFrom(error));
    }
  }, [id]);

  const running = starting || (id !== null && status !== null && !ends(status));
  return {status, answer, problems, running, start, cancel};
}
