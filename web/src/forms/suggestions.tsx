// Lists that inputs suggest while typing, from the catalogue and the server's choices.
import {useEffect, useState} from "preact/hooks";
import type {JsonTable} from "../documents";
import {resource} from "../resource";
import type {SuggestionList} from "./field";

export interface Suggestion {
  value: string;
  label: string;
}

const kShelves: readonly SuggestionList[] = ["models", "accelerators", "systems", "sites"];

function shelfSuggestion(entry: JsonTable): Suggestion {
  const parts = [entry.name, entry.vendor, entry.memory, entry["parameters (1e9)"] && `${entry["parameters (1e9)"]} B parameters`];
  const value = String(entry.id);
  return {value, label: parts.filter((part) => part && part !== value).join(", ")};
}

export async function suggestions(list: SuggestionList): Promise<Suggestion[]> {
  if (kShelves.includes(list)) return (await resource<JsonTable[]>(`catalogue/${list}`)).map(shelfSuggestion);
  const choices = await resource<Record<string, string[]>>("choices");
  return (choices[list] ?? []).map((value) => ({value, label: ""}));
}

export function useSuggestions(list: SuggestionList | undefined): Suggestion[] {
  const [found, setFound] = useState<Suggestion[]>([]);
  useEffect(() => {
    let current = true;
    // Without its suggestions an input is still an input.
    if (list) suggestions(list).then((made) => current && setFound(made), () => undefined);
    return () => {
      current = false;
    };
  }, [list]);
  return found;
}

export const listId = (list: SuggestionList): string => `suggest-${list}`;

/** One datalist that every input of this kind shares. */
export function SuggestionData({list}: {list: SuggestionList}) {
  return (
    <datalist id={listId(list)}>
      {useSuggestions(list).map(({value, label}) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
    </datalist>
  );
}
