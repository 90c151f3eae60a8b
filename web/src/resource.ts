// Something that the API gives and that does not change while the page is open; asked for once.
import {useEffect, useState} from "preact/hooks";
import {get, problemsFrom} from "./api";
import type {Problem} from "./documents";

const asked = new Map<string, Promise<unknown>>();
/** What has come, so that a page shown again is whole at once. */
const come = new Map<string, unknown>();

export function resource<T>(path: string): Promise<T> {
  let promise = asked.get(path);
  if (!promise) {
    promise = get<T>(path);
    promise.then(
      (data) => come.set(path, data),
      () => asked.delete(path), // the next look asks again
    );
    asked.set(path, promise);
  }
  return promise as Promise<T>;
}

export interface Resource<T> {
  data: T | null;
  problems: Problem[];
}

/** Null path = nothing is wanted yet. */
export function useResource<T>(path: string | null): Resource<T> {
  const [state, setState] = useState<Resource<T> & {path: string | null}>({data: null, problems: [], path: null});
  useEffect(() => {
    if (path === null || come.has(path)) return;
    let current = true;
    resource<T>(path).then(
      (data) => current && setState({data, problems: [], path}),
      (error: unknown) => current && setState({data: null, problems: problemsFrom(error), path}),
    );
    return () => {
      current = false;
    };
  }, [path]);
  if (path !== null && come.has(path)) return {data: come.get(path) as T, problems: []};
  return state.path === path ? state : {data: null, problems: []};
}
