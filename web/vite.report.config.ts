// What a one-file report carries: one script and one style sheet, beside the page's own.
import {defineConfig} from "vite";
import {kReportBanner} from "./licences";

export default defineConfig({
  esbuild: {legalComments: "inline"},
  build: {
    outDir: `${process.env.POLYFLEET_WEB_OUT ?? "dist"}/report`,
    emptyOutDir: true,
    target: "es2022",
    lib: {
      entry: "report/report.ts",
      formats: ["iife"],
      name: "polyfleetReport",
      fileName: () => "report.js",
      cssFileName: "report",
    },
    rollupOptions: {output: {banner: kReportBanner}},
  },
});
