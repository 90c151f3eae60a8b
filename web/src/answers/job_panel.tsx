// How far a job is, with its cancel button; says so to screen readers when its state changes.
import type {Job} from "./job";

const kStates = {
  queued: "Waiting for its turn",
  running: "Running",
  done: "Done",
  failed: "Failed",
  cancelled: "Cancelled",
} as const;

const seconds = (value: number): string => (value < 10 ? `${value.toFixed(1)} s` : `${Math.round(value)} s`);

export function JobPanel({job}: {job: Job}) {
  const {status} = job;
  if (!status) return <div class="job" role="status" aria-live="polite" />;
  const share = status.progress?.share;
  const known = typeof share === "number" && share >= 0;
  return (
    <div class={`job state-${status.state}`}>
      <div class="line">
        <span role="status" aria-live="polite">
          {kStates[status.state]}
        </span>
        <span class="what">{job.running ? status.progress?.what : ""}</span>
        <span class="seconds">
          {known && job.running ? `${Math.floor(share * 100)} %, ` : ""}
          {seconds(status.seconds)}
        </span>
        {job.running && (
          <button type="button" onClick={() => void job.cancel()}>
            Cancel
          </button>
        )}
        {status.state === "done" && status.run != null && <a href={`#/runs/${status.run}`}>Run {status.run}</a>}
      </div>
      {job.running && (
        <progress aria-label="Progress" max={1} {...(known ? {value: share} : {})} />
      )}
    </div>
  );
}
