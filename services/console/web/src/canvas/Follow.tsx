import { useReactFlow, useStoreApi } from "@xyflow/react";
import { useEffect } from "react";

/** Moves the canvas, and no further than needed, so that this node is in sight. */
export function Follow({ node }: { readonly node: string | null }) {
  const { getNode, setCenter } = useReactFlow();
  const store = useStoreApi();
  useEffect(() => {
    if (node === null) return undefined;
    // Whatever opens beside the canvas has made it narrower by then.
    const later = setTimeout(() => follow(node), 60);
    return () => clearTimeout(later);
  }, [node]);
  const follow = (id: string) => {
    const box = getNode(id);
    if (!box) return;
    const { transform, width, height } = store.getState();
    const [x, y, zoom] = transform;
    const size = { width: box.measured?.width ?? 0, height: box.measured?.height ?? 0 };
    const left = box.position.x * zoom + x;
    const top = box.position.y * zoom + y;
    const isInSight = left >= 0 && top >= 0 && left + size.width * zoom <= width && top + size.height * zoom <= height;
    if (isInSight) return;
    void setCenter(box.position.x + size.width / 2, box.position.y + size.height / 2, { zoom, duration: 250 });
  };
  return null;
}
