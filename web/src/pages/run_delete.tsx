// Deleting a run asks first; nothing else on the page can destroy anything.
import {useRef, useState} from "preact/hooks";
import {call, problemsFrom} from "../api";

export function DeleteRun({id, onGone}: {id: number; onGone: () => void}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [said, setSaid] = useState("");
  const remove = async () => {
    try {
      await call(`runs/${id}`, {method: "DELETE"});
      dialog.current?.close();
      onGone();
    } catch (error) {
      setSaid(problemsFrom(error).map((problem) => problem.what).join("; "));
    }
  };
  return (
    <>
      <button
        type="button"
        class="quiet"
        aria-label={`Delete run ${id}`}
        onClick={() => {
          setSaid("");
          dialog.current?.showModal();
        }}
      >
        Delete
      </button>
      <dialog ref={dialog} aria-labelledby={`delete-${id}`}>
        <h2 id={`delete-${id}`}>Delete run {id}?</h2>
        <p>Its question, result and figures are gone for good.</p>
        {said && <p class="problem">{said}</p>}
        <div class="row">
          <button type="button" class="danger" onClick={() => void remove()}>
            Delete
          </button>
          <button type="button" autoFocus onClick={() => dialog.current?.close()}>
            Keep it
          </button>
        </div>
      </dialog>
    </>
  );
}
