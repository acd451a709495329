// Starts the window.
import { mount } from "svelte";

import App from "./App.svelte";
import { tauri } from "./lib/backend";
import "./styles/tokens.css";
import "./styles/app.css";

mount(App, { target: document.body, props: { backend: tauri } });
