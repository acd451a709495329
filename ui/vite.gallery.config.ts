// Serves the gallery: the pages with recorded views, for looking at them in a browser. Never part of the build.
import { mergeConfig } from "vite";

import base from "./vite.config";

export default mergeConfig(base, {
  server: { port: 5174 },
  build: { outDir: "gallery-dist", rollupOptions: { input: "src/test/gallery.html" }, target: "esnext" },
});
