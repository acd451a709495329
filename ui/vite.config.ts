// Builds the window into ui/dist, and runs the unit tests.
import { fileURLToPath } from "node:url";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [svelte()],
  clearScreen: false,
  resolve: {
    alias: { "@locales": fileURLToPath(new URL("../content/locales", import.meta.url)) },
    // Without this, vitest would take Svelte's server build, which renders nothing that can be clicked.
    ...(process.env.VITEST ? { conditions: ["browser"] } : {}),
  },
  server: { port: 5173, strictPort: true, fs: { allow: [".."] } },
  build: {
    outDir: "dist",
    emptyOutDir: true,
    // The oldest engines that know light-dark(), on which the theme rests: WebKitGTK 2.44 and its contemporaries.
    target: ["safari17.5", "chrome123"],
    // The content security policy forbids scripts inside the page, and the engine knows module preloading.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
  },
  test: {
    environment: "jsdom",
    include: ["src/**/*.test.ts"],
  },
});
