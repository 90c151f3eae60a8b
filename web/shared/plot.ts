// A long line chart drawn by uPlot in place of its still picture: zoom by dragging, values in the legend. What is drawn how
// comes from data-plot (src/chart/plot_spec.cpp), the numbers from the figure's CSV link.
import uPlot from "uplot";
import {csvText, numberOf, parseCsv} from "./csv";

interface PlotSpec {
  x: number;
  date: boolean;
  values: {column: number; name: string; series: number}[];
  bands: {low: number; high: number; label: string}[];
  stacked: boolean;
  steps: boolean;
  logx: boolean;
  logy: boolean;
  limit?: number;
  limitLabel?: string;
  factor?: number;
  unit?: string;
}

const HEIGHT = 320;

function paint(figure: HTMLElement, name: string, fallback: string): string {
  return getComputedStyle(figure).getPropertyValue(name).trim() || fallback;
}

/** "12,3": as the tables print numbers. */
function shown(value: number | null): string {
  if (value === null || value === undefined) return "–";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e15)) return value.toExponential(3);
  return value.toLocaleString("en-US", size >= 1e4 ? {maximumFractionDigits: 0} : {maximumSignificantDigits: 5});
}

function inUnit(spec: PlotSpec, value: number | null): string {
  if (value === null) return "–";
  return `${shown(value / (spec.factor ?? 1))}${spec.unit ? ` ${spec.unit}` : ""}`;
}

/** Labels of an axis: thousands as k, M, G from ten thousand on. */
function tickLabels(values: readonly (number | null)[]): string[] {
  const largest = Math.max(...values.map((value) => Math.abs(value ?? 0)));
  const steps: [number, string][] = [[1e15, "P"], [1e12, "T"], [1e9, "G"], [1e6, "M"], [1e4, "k"]];
  const [divisor, suffix] = steps.find(([from]) => largest >= from) ?? [1, ""];
  const by = divisor === 1e4 ? 1e3 : divisor;
  return values.map((value) => value === null ? "" : `${(value / by).toLocaleString("en-US", {maximumSignificantDigits: 4})}${suffix}`);
}

interface Columns {
  data: (number | null)[][];
  heads: string[];
}

function columnsOf(spec: PlotSpec, csv: string): Columns {
  const rows = parseCsv(csv);
  const heads = rows.shift() ?? [];
  const column = (place: number, date: boolean): (number | null)[] => rows.map((row) => numberOf(row[place], date));
  const x = column(spec.x, spec.date);
  const order = x.map((_, row) => row).filter((row) => x[row] !== null).sort((a, b) => x[a]! - x[b]!);
  const ordered = (values: (number | null)[]): (number | null)[] => order.map((row) => values[row]!);
  return {
    data: [ordered(x), ...spec.values.map((value) => ordered(column(value.column, false))),
      ...spec.bands.flatMap((band) => [ordered(column(band.high, false)), ordered(column(band.low, false))])],
    heads,
  };
}

/** Stacked areas: each series is the sum up to it, drawn from the last so that the first lies on top. */
function stack(data: (number | null)[][], count: number): (number | null)[][] {
  const sums = data.slice(0, 1);
  for (let i = 1; i <= count; i++) {
    const below = i === 1 ? null : sums[i - 1]!;
    sums.push(data[i]!.map((value, row) => (value ?? 0) + (below === null ? 0 : below[row]!)));
  }
  return sums.concat(data.slice(count + 1));
}

function seriesOf(spec: PlotSpec, figure: HTMLElement, columns: Columns): uPlot.Series[] {
  const raw = columns.data;
  const path = spec.steps ? uPlot.paths.stepped?.({align: 1}) : undefined;
  const values = spec.values.map((value, i): uPlot.Series => {
    const colour = paint(figure, `--series-${value.series}`, "#0072b2");
    return {
      label: value.name,
      stroke: colour,
      width: spec.stacked ? 1 : 1.5,
      fill: spec.stacked ? `${colour}cc` : undefined,
      paths: path,
      points: {show: false},
      value: (_, __, ___, row) => row === null ? "–" : inUnit(spec, raw[i + 1]![row] ?? null),
    };
  });
  const bands = spec.bands.flatMap((band): uPlot.Series[] => ["high", "low"].map((end) => ({
    label: `${band.label}, ${end}`,
    stroke: "transparent",
    points: {show: false},
    value: (_, value) => inUnit(spec, value),
  })));
  return [{label: columns.heads[spec.x] ?? "", value: (_, value) => value === null ? "–" : spec.date ? dateText(value) : shown(value)},
    ...values, ...bands];
}

function dateText(seconds: number): string {
  const text = new Date(seconds * 1000).toISOString();
  return text.endsWith("T00:00:00.000Z") ? text.slice(0, 10) : `${text.slice(0, 10)} ${text.slice(11, 16)}`;
}

function bandsOf(spec: PlotSpec, figure: HTMLElement): uPlot.Band[] {
  if (spec.stacked) {
    return spec.values.slice(1).map((_, i): uPlot.Band => ({series: [i + 2, i + 1]}));
  }
  const first = 1 + spec.values.length;
  return spec.bands.map((_, i): uPlot.Band => {
    const value = spec.values[spec.bands.length === spec.values.length ? i : 0];
    return {series: [first + 2 * i, first + 2 * i + 1], fill: `${paint(figure, `--series-${value?.series ?? 1}`, "#0072b2")}33`};
  });
}

/** The dashed rule of a limit, with its label, over the finished drawing. */
function limitHook(spec: PlotSpec, figure: HTMLElement): (plot: uPlot) => void {
  return (plot) => {
    if (spec.limit === undefined || spec.limitLabel === undefined) return;
    const y = plot.valToPos(spec.limit, "y", true);
    const {left, top, width, height} = plot.bbox;
    if (y < top || y > top + height) return;
    const ctx = plot.ctx;
    ctx.save();
    ctx.strokeStyle = ctx.fillStyle = paint(figure, "--ink", "#1f2328");
    ctx.setLineDash([6, 4]);
    ctx.beginPath();
    ctx.moveTo(left, y);
    ctx.lineTo(left + width, y);
    ctx.stroke();
    ctx.textAlign = "right";
    ctx.fillText(spec.limitLabel, left + width - 4, y - top < 20 ? y + 14 : y - 5);
    ctx.restore();
  };
}

function optionsOf(spec: PlotSpec, figure: HTMLElement, columns: Columns, width: number): uPlot.Options {
  const ink = paint(figure, "--ink-faint", "#59636e");
  const grid = {stroke: paint(figure, "--grid", "#e4e7eb"), width: 1};
  const font = "12px system-ui, sans-serif";
  return {
    width,
    height: HEIGHT,
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
    cursor: {drag: {x: true, y: false}},
    scales: {
      x: {time: spec.date, distr: spec.logx ? 3 : 1},
      y: {distr: spec.logy ? 3 : 1, range: spec.logy ? undefined : (_, low, high) => {
        const from = Math.min(low, spec.limit ?? low), to = Math.max(high, spec.limit ?? high);
        const nearZero = from >= 0 && from < 0.6 * to;
        return uPlot.rangeNum(spec.stacked || nearZero ? 0 : from, to, {min: {pad: 0.05, soft: 0, mode: 1}, max: {pad: 0.05, soft: 0, mode: 2}});
      }},
    },
    axes: [{stroke: ink, grid: {show: false}, ticks: grid, font, values: spec.date ? undefined : (_, ticks) => tickLabels(ticks)},
      {stroke: ink, grid, ticks: {show: false}, font, size: 58, label: spec.unit || undefined, labelFont: font, labelSize: 18,
        values: (_, ticks) => tickLabels(ticks.map((tick) => tick === null ? null : tick / (spec.factor ?? 1)))}],
    series: seriesOf(spec, figure, columns),
    bands: bandsOf(spec, figure),
    hooks: {draw: [limitHook(spec, figure)]},
  };
}

/** Draws the figure's series; returns what takes the drawing away again. */
export function enlivenPlot(figure: HTMLElement): () => void {
  const link = figure.querySelector<HTMLAnchorElement>("a.csv");
  const text = figure.dataset["plot"];
  if (link === null || text === undefined) return () => undefined;
  const spec = JSON.parse(text) as PlotSpec;
  const columns = columnsOf(spec, csvText(link));
  const data = (spec.stacked ? stack(columns.data, spec.values.length) : columns.data) as uPlot.AlignedData;
  const box = document.createElement("div");
  box.className = "plot";
  box.setAttribute("aria-hidden", "true");  // the table says the same in words
  const hint = document.createElement("p");
  hint.className = "hint";
  hint.textContent = "Drag to zoom, double-click for all.";
  figure.querySelector(".picture")?.before(box);
  let plot: uPlot | undefined;
  const draw = (): void => {
    plot?.destroy();
    box.textContent = "";
    plot = new uPlot(optionsOf(spec, figure, columns, Math.max(240, box.clientWidth)), data, box);
    box.append(hint);
  };
  figure.classList.add("live");
  draw();
  const size = new ResizeObserver(() => plot?.setSize({width: Math.max(240, box.clientWidth), height: HEIGHT}));
  size.observe(box);
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  scheme.addEventListener("change", draw);
  const theme = new MutationObserver(draw);
  theme.observe(document.documentElement, {attributes: true, attributeFilter: ["data-theme"]});
  return () => {
    size.disconnect();
    theme.disconnect();
    scheme.removeEventListener("change", draw);
    plot?.destroy();
    box.remove();
    figure.classList.remove("live");
  };
}
