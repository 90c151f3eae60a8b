// The figure's data as the report carries it: a CSV in the address of its link (src/chart/table_html.cpp). RFC 4180.

export function csvText(link: HTMLAnchorElement): string {
  const address = link.getAttribute("href") ?? "";
  return decodeURIComponent(address.slice(address.indexOf(",") + 1));
}

export function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = "";
  let quoted = false;
  const endCell = (): void => {
    row.push(cell);
    cell = "";
  };
  for (let at = 0; at < text.length; at++) {
    const c = text[at]!;
    if (quoted) {
      if (c !== "\"") cell += c;
      else if (text[at + 1] === "\"") cell += text[++at]!;
      else quoted = false;
    } else if (c === "\"") {
      quoted = true;
    } else if (c === ",") {
      endCell();
    } else if (c === "\n") {
      endCell();
      rows.push(row);
      row = [];
    } else if (c !== "\r") {
      cell += c;
    }
  }
  if (cell !== "" || row.length > 0) {
    endCell();
    rows.push(row);
  }
  return rows;
}

/** A number or a date (as seconds since 1970, as uPlot counts); null = unknown. */
export function numberOf(cell: string | undefined, date: boolean): number | null {
  if (cell === undefined || cell === "") return null;
  if (cell === "inf" || cell === "-inf") return null;
  const value = date ? Date.parse(cell.length > 10 ? `${cell.replace(" ", "T")}Z` : `${cell}T00:00Z`) / 1000 : Number(cell);
  return Number.isFinite(value) ? value : null;
}
