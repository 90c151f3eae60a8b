// The page of `polyfleet ui`: index.html with one script and one style sheet of fixed names.
import {defineConfig} from "vite";
import {kPageBanner} from "./licences";

export default defineConfig({
  base: "./",
  esbuild: {jsx: "automatic", jsxImportSource: "preact", legalComments: "inline"},
  build: {
    outDir: process.env.POLYFLEET_WEB_OUT ?? "dist",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: false,
    assetsInlineLimit: 0,
    rollupOptions: {
      output: {
        banner: kPageBanner,
        entryFileNames: "assets/[name].js",
        chunkFileNames: "assets/[name].js",
        assetFileNames: "assets/[name][extname]",
      },
    },
  },
});
