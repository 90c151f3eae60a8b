// State that outlives its page: what was typed is still there after a look at another page or a
// reload of the tab. Ends with the tab.
import {useCallback, useState} from "preact/hooks";

const memory = new Map<string, unknown>();

function read<T>(name: string, initial: T): T {
  if (memory.has(name)) return memory.get(name) as T;
  try {
    const text = sessionStorage.getItem(name);
    if (text !== null) return JSON.parse(text) as T;
  } catch {
    // Storage is switched off or holds something else: begin anew.
  }
  return initial;
}

function write(name: string, value: unknown): void {
  memory.set(name, value);
  try {
    sessionStorage.setItem(name, JSON.stringify(value));
  } catch {
    // Full or switched off: memory is enough until a reload.
  }
}

export type Change<T> = (next: T | ((old: T) => T)) => void;

export function useKept<T>(name: string, initial: T): [T, Change<T>] {
  const [value, setValue] = useState<T>(() => read(name, initial));
  const change = useCallback<Change<T>>(
    (next) => {
      const old = read(name, initial);
      const made = typeof next === "function" ? (next as (old: T) => T)(old) : next;
      write(name, made);
      setValue(made);
    },
    [name],
  );
  return [value, change];
}

/** For links from one page into another's form. */
export const keepFor = write;
export const keptFor = read;
