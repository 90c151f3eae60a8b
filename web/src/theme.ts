// Light or dark: as the system says until the reader chooses; the choice is kept in this browser.
export type Theme = "system" | "light" | "dark";
const kName = "polyfleet-theme";
export const kThemes: Theme[] = ["system", "light", "dark"];

export function chosenTheme(): Theme {
  try {
    const stored = localStorage.getItem(kName);
    return stored === "light" || stored === "dark" ? stored : "system";
  } catch {
    return "system";
  }
}

export function applyTheme(theme: Theme): void {
  const root = document.documentElement;
  if (theme === "system") delete root.dataset.theme;
  else root.dataset.theme = theme;
  try {
    if (theme === "system") localStorage.removeItem(kName);
    else localStorage.setItem(kName, theme);
  } catch {
    // Not kept; the page still shows the choice.
  }
  dispatchEvent(new Event("polyfleet-theme"));
}
