/** What the page knows. One object, one way to change it, and everybody who draws is told once per frame. */

import { normal } from "./account.js";
import * as api from "./api.js";
import { toast } from "./toasts.js";

/** The last answer of the workspace, and what the person is looking at. */
export const store = {
  loaded: false,
  loadedFor: null,
  users: [],
  channels: [],
  messages: [],
  ephemerals: [],
  files: [],
  unread: {},
  views: {},
  app: null,
  clock: null,
  team: null,
  me: null,
  place: { kind: "channel", id: null },
  thread: null,
  marks: {},
  statuses: new Map(),
  home: null,
  ads: null,
  demo: null,
  link: "live",
  passing: null,
};

const listeners = new Set();
let scheduled = false;

/** Call `listener` after every change (many changes in one turn count as one). */
export function subscribe(listener) {
  listeners.add(listener);
}

/** Merge `patch` into the store and let everybody redraw. */
export function change(patch) {
  Object.assign(store, patch);
  if (scheduled) return;
  scheduled = true;
  queueMicrotask(() => {
    scheduled = false;
    for (const listener of listeners) listener(store);
  });
}

/** `fetch` for many callers: calls that overlap share the next answer. */
function shared(fetch) {
  let asking = null;
  let again = false;
  const ask = () => {
    if (asking) {
      again = true;
      return asking;
    }
    asking = fetch().finally(() => {
      asking = null;
      if (!again) return;
      again = false;
      ask();
    });
    return asking;
  };
  return ask;
}

/** Fetch the workspace's state. */
export const refresh = shared(fetchState);

async function fetchState() {
  const asked = store.me;
  try {
    const answer = await api.state(asked);
    if (asked !== store.me) {
      refresh();
      return;
    }
    change({
      loaded: true,
      loadedFor: asked,
      users: answer.users ?? [],
      channels: answer.channels ?? [],
      messages: answer.messages ?? [],
      ephemerals: answer.ephemerals ?? [],
      files: answer.files ?? [],
      unread: answer.unread ?? {},
      views: answer.views ?? {},
      app: answer.app ?? null,
      team: answer.team ?? answer.company ?? null,
      clock: answer.clock ?? null,
      demo: answer.demo ?? store.demo,
      link: store.link === "down" ? "live" : store.link,
    });
  } catch (error) {
    if (error.status === 0) change({ link: "down" });
    else toast(error.message, "bad");
  }
}

let homeAsked = 0;

/** Fetch the published App Home of the current person. */
export async function refreshHome() {
  homeAsked += 1;
  const turn = homeAsked;
  const user = store.me;
  try {
    const answer = await api.home(user);
    if (turn === homeAsked && user === store.me) change({ home: { user, view: answer?.view ?? answer } });
  } catch (error) {
    if (turn === homeAsked) change({ home: { user, view: null, problem: error.message } });
  }
}

/** Fetch the demo ad account. A 404 means: no demo here, so no ads tab and no clock. */
export const refreshAds = shared(fetchAds);

async function fetchAds() {
  if (store.demo === false) return;
  try {
    change({ ads: normal(await api.ads()), demo: true });
  } catch (error) {
    if (error.status === 404) change({ demo: false, ads: null });
    else if (error.status) toast(error.message, "bad");
  }
}

/** Words of the status line Baton shows while it works, per channel and thread. */
export function heardStatus({ channel, thread_ts: thread, text }) {
  const statuses = new Map(store.statuses);
  const key = `${channel}/${thread ?? ""}`;
  if (text) statuses.set(key, text);
  else statuses.delete(key);
  change({ statuses });
}
