// The heading of what is shown: the page's own title until the content has a better one.
import {createContext} from "preact";
import {useContext, useEffect} from "preact/hooks";

export interface Heading {
  title: string;
  /** Where this belongs: a link above the heading. */
  up?: {title: string; address: string};
}

export const HeadingContext = createContext<(heading: Heading | null) => void>(() => undefined);

/** Null = not known yet. */
export function useHeading(title: string | null, upTitle: string, upAddress: string): void {
  const set = useContext(HeadingContext);
  useEffect(() => {
    set({title: title ?? "", up: {title: upTitle, address: upAddress}});
    return () => set(null);
  }, [title, upTitle, upAddress]);
}
