// The frame of every page: skip link, navigation, the chosen page, the foot.
import type {ComponentChildren} from "preact";
import {useEffect, useRef, useState} from "preact/hooks";
import type {JsonTable} from "./documents";
import type {Heading} from "./heading";
import {HeadingContext} from "./heading";
import {useResource} from "./resource";
import {applyTheme, chosenTheme, kThemes} from "./theme";

export const kPages = [
  {path: "catalogue", title: "Catalogue"},
  {path: "train", title: "Train"},
  {path: "serve", title: "Serve"},
  {path: "fleet", title: "Fleet"},
  {path: "validation", title: "Validation"},
  {path: "runs", title: "Runs"},
] as const;

const kThemeTitles = {system: "Auto", light: "Light", dark: "Dark"} as const;

function ThemeButton() {
  const [theme, setTheme] = useState(chosenTheme());
  const next = kThemes[(kThemes.indexOf(theme) + 1) % kThemes.length] ?? "system";
  return (
    <button
      type="button"
      class="quiet theme"
      aria-label={`Colours: ${kThemeTitles[theme]}. Change to ${kThemeTitles[next]}.`}
      onClick={() => {
        applyTheme(next);
        setTheme(next);
      }}
    >
      <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
        <circle cx="8" cy="8" r="6.5" fill="none" stroke="currentColor" stroke-width="1.5" />
        <path d="M8 1.5a6.5 6.5 0 0 1 0 13z" fill="currentColor" />
      </svg>
      {kThemeTitles[theme]}
    </button>
  );
}

function Foot() {
  const {data} = useResource<JsonTable>("about");
  if (!data) return null;
  const version = String(data.version ?? "");
  return (
    <footer>
      {String(data.program ?? "polyfleet")} {version}
      {data.data ? `, data ${String(data.data).slice(0, 12)}` : ""}, <a href="api/v1/openapi.json">API</a>
    </footer>
  );
}

export interface ShellProps {
  page: string;
  /** Changes when another thing is shown: the heading is then read out. */
  place: string;
  children: ComponentChildren;
}

export function Shell({page, place, children}: ShellProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const first = useRef(true);
  const [own, setOwn] = useState<Heading | null>(null);
  const title = own ? own.title : (kPages.find((each) => each.path === page)?.title ?? "Not found");
  useEffect(() => {
    document.title = title ? `${title}, polyfleet` : "polyfleet";
  }, [title]);
  useEffect(() => {
    if (!first.current) {
      heading.current?.focus();
      scrollTo(0, 0);
    }
    first.current = false;
  }, [place]);
  return (
    <>
      <a
        class="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          heading.current?.focus();
        }}
      >
        Skip to the page
      </a>
      <header class="top">
        <a class="brand" href="#/catalogue">
          polyfleet
        </a>
        <nav aria-label="Pages">
          {kPages.map(({path, title: name}) => (
            <a key={path} href={`#/${path}`} aria-current={path === page ? "page" : undefined}>
              {name}
            </a>
          ))}
        </nav>
        <ThemeButton />
      </header>
      <main id="main">
        <div class="heading">
          {own?.up && <a href={own.up.address}>{own.up.title}</a>}
          <h1 tabIndex={-1} ref={heading}>
            {title}
          </h1>
        </div>
        <HeadingContext.Provider value={setOwn}>{children}</HeadingContext.Provider>
      </main>
      <Foot />
    </>
  );
}
