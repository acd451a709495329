/** Gives the pages the journey they are on. */
import { createContext } from "svelte";

import type { Journey } from "./journey.svelte";

export const [useJourney, provideJourney] = createContext<Journey>();
