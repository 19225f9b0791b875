import { useStore } from "@xyflow/react";
import { useEffect } from "react";

/** Below this zoom nothing but names can be read, and only they are drawn. */
const FAR = 0.42;

/** Marks the canvas, for the stylesheets, while it is looked at from afar. */
export function Distance() {
  const isFar = useStore(({ transform }) => transform[2] < FAR);
  const canvas = useStore(({ domNode }) => domNode);
  useEffect(() => {
    canvas?.toggleAttribute("data-far", isFar);
  }, [canvas, isFar]);
  return null;
}
