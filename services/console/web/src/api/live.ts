import { useEffect, useSyncExternalStore } from "react";
import type { AgentAway, AgentTyping, InboxOpened, LiveFrame, Online, Watch } from "../contract";
import { queries } from "./queries";

/** Whether the service answers, and the bus behind it. `down` until the first answer. */
export type Link = "up" | "bus_away" | "down";

/** How the service closes the socket of a session that has ended. */
const NO_SESSION = 4401;
const SILENCE_MS = 45_000;
const LONGEST_WAIT_MS = 10_000;

type Listener = (frame: LiveFrame) => void;
type ClientFrame = Watch | Online | AgentAway | InboxOpened | AgentTyping;

const listeners = new Set<Listener>();
const linkListeners = new Set<() => void>();
/** What is said at the start of each socket. */
const standing = new Set<ClientFrame>();
let socket: WebSocket | null = null;
let link: Link = "up";
let failures = 0;
/** How many look at the link. Nobody does before somebody is signed in, and the service would only refuse. */
let users = 0;
let retry: ReturnType<typeof setTimeout> | undefined;
let silence: ReturnType<typeof setTimeout> | undefined;

/** The state of the link to the service; the first caller opens it, and the last one closes it. */
export function useLive(): { readonly link: Link } {
  useEffect(() => {
    users += 1;
    if (!socket) connect();
    return () => {
      users -= 1;
      if (users === 0) hangUp();
    };
  }, []);
  return { link: useSyncExternalStore(subscribeLink, () => link) };
}

/** Hear every live frame while mounted. */
export function useLiveFrames(listen: Listener): void {
  useEffect(() => {
    listeners.add(listen);
    return () => void listeners.delete(listen);
  }, [listen]);
}

/** Say something now; when the service is away it is lost, which is all right for what is true only now. */
export function say(frame: ClientFrame): void {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
}

/** Say something now and each time that the socket is opened anew, until the result is called. */
export function keepSaying(frame: ClientFrame): () => void {
  standing.add(frame);
  say(frame);
  return () => void standing.delete(frame);
}

function connect(): void {
  const address = new URL("/api/live", window.location.href);
  address.protocol = address.protocol.replace("http", "ws");
  socket = new WebSocket(address);
  socket.onmessage = ({ data }) => hear(JSON.parse(String(data)) as LiveFrame);
  socket.onopen = () => standing.forEach(say);
  socket.onclose = lost;
}

function hangUp(): void {
  clearTimeout(retry);
  clearTimeout(silence);
  const ended = socket;
  socket = null;
  failures = 0;
  if (ended) ended.onclose = null;
  ended?.close();
}

function hear(frame: LiveFrame): void {
  clearTimeout(silence);
  silence = setTimeout(() => socket?.close(), SILENCE_MS);
  if (frame.type === "bus") arrive(frame.is_up ? "up" : "bus_away");
  for (const listen of listeners) listen(frame);
}

function arrive(state: Link): void {
  const wasAway = link !== "up" || failures > 0;
  failures = 0;
  tell(state);
  // What happened meanwhile was missed.
  if (state === "up" && wasAway) void queries.invalidateQueries();
}

function lost({ code }: CloseEvent): void {
  clearTimeout(silence);
  // Ended on another device, or in another tab: the way in is shown at once, which closes the link.
  if (code === NO_SESSION) queries.setQueryData(["me"], null);
  failures += 1;
  if (failures > 1) tell("down");
  const wait = Math.min(250 * 2 ** failures, LONGEST_WAIT_MS) * (0.5 + Math.random() / 2);
  retry = setTimeout(connect, wait);
}

function tell(state: Link): void {
  if (state === link) return;
  link = state;
  for (const listen of linkListeners) listen();
}

function subscribeLink(listen: () => void): () => void {
  linkListeners.add(listen);
  return () => linkListeners.delete(listen);
}
