import { useSyncExternalStore } from "react";
import { currentSettings, type Settings, subscribeSettings } from "./settings";

/** What the agent has chosen in this browser, as it changes. */
export function useSettings(): Settings {
  return useSyncExternalStore(subscribeSettings, currentSettings);
}
