// The page's address: "#/catalogue/amd_mi355x?edition=announced". Everything that can be opened has
// one, so that links, the back button and bookmarks work.
import {useEffect, useState} from "preact/hooks";

export interface Route {
  path: string[];
  query: URLSearchParams;
}

export function routeOf(hash: string): Route {
  const text = hash.replace(/^#\/?/, "");
  const mark = text.indexOf("?");
  const path = mark < 0 ? text : text.slice(0, mark);
  return {
    path: path.split("/").filter(Boolean).map(decodeURIComponent),
    query: new URLSearchParams(mark < 0 ? "" : text.slice(mark + 1)),
  };
}

export function addressOf(path: string[], query: Record<string, string> = {}): string {
  const search = new URLSearchParams(query).toString();
  return `#/${path.map(encodeURIComponent).join("/")}${search ? `?${search}` : ""}`;
}

export function go(path: string[], query: Record<string, string> = {}): void {
  location.hash = addressOf(path, query);
}

/** Another address for what is shown, without a step in the browser's history. */
export function replaceAddress(path: string[], query: Record<string, string> = {}): void {
  history.replaceState(null, "", addressOf(path, query));
}

export function useRoute(): Route {
  const [route, setRoute] = useState(() => routeOf(location.hash));
  useEffect(() => {
    const changed = () => setRoute(routeOf(location.hash));
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  }, []);
  return route;
}
