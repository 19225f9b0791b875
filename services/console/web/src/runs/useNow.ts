import { useEffect, useState } from "react";

/** The time (ms), again every few seconds: what is told relative to it stays true. */
export function useNow(every_ms = 5_000): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), every_ms);
    return () => clearInterval(timer);
  }, [every_ms]);
  return now;
}
