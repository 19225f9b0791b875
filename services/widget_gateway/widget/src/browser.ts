import { newId } from "./ids";
import type { World } from "./link";
import { SUBPROTOCOL } from "./protocol";
import { plain } from "./text";

/** Sockets to the gateway at `base`, the browser's clock and its chance. */
export function browserWorld(base: string): World {
  const address = new URL("ws", base);
  address.protocol = address.protocol === "http:" ? "ws:" : "wss:";
  return {
    connect(events) {
      const socket = new WebSocket(address, SUBPROTOCOL);
      socket.onopen = () => events.opened();
      socket.onmessage = (message: MessageEvent<unknown>) => {
        if (typeof message.data === "string") events.received(message.data);
      };
      socket.onclose = ({ code }) => events.closed(code);
      return {
        send: (text) => {
          if (socket.readyState === WebSocket.OPEN) socket.send(text);
        },
        close: () => socket.close(),
      };
    },
    alone(action) {
      // Locks exist in secure contexts only; without them two new tabs may be two visitors for a moment.
      const { locks } = navigator as Partial<Navigator>;
      if (locks) void locks.request("frontdesk", () => new Promise<void>((done) => action(done)));
      else action(() => {});
    },
    later(ms, action) {
      const timer = setTimeout(action, ms);
      return () => clearTimeout(timer);
    },
    now: () => Date.now(),
    random: () => Math.random(),
    newId: () => newId(),
  };
}

/** What the gateway may know of the page, cut to what it takes. */
export function currentPage(): { url: string; title: string; referrer: string } {
  return {
    url: plain(location.href, 2048),
    title: plain(document.title, 512),
    referrer: plain(document.referrer, 2048),
  };
}
