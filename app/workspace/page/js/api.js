/** The control API: everything the page reads and everything a person does. */

/** A call that did not work, in words for the person. */
export class ApiError extends Error {
  constructor(message, status, body) {
    super(message);
    this.status = status;
    this.body = body;
  }
}

async function call(path, init) {
  let response;
  try {
    response = await fetch(path, { ...init, headers: { Accept: "application/json", ...init?.headers } });
  } catch {
    throw new ApiError("The workspace does not answer. Is the demo still running?", 0);
  }
  const text = await response.text();
  let body = null;
  try {
    body = text ? JSON.parse(text) : null;
  } catch {
    if (response.ok) throw new ApiError(`The workspace answered something unreadable to ${path}.`, response.status);
  }
  const problem = body?.error ?? body?.detail ?? body?.message;
  if (!response.ok || body?.ok === false) {
    throw new ApiError(
      typeof problem === "string" ? problem : `${path} failed (${response.status}).`,
      response.status,
      body,
    );
  }
  return body;
}

const get = (path) => call(path);
const post = (path, body) =>
  call(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

export const state = (user) => get(`/control/state${user ? `?user=${encodeURIComponent(user)}` : ""}`);
export const say = (body) => post("/control/say", body);
export const click = (body) => post("/control/click", body);
export const submit = (body) => post("/control/submit", body);
export const close = (body) => post("/control/close", body);
export const command = (body) => post("/control/command", body);
export const openHome = (user) => post("/control/home", { user });
export const home = (user) => get(`/control/home?user=${encodeURIComponent(user)}`);
export const read = (body) => post("/control/read", body);
export const openChat = (user, other) => post("/control/open", { user, with: other });
export const passDays = (days) => post("/control/clock", { days });
export const ads = () => get("/control/ads");

/**
 * Follow the server's events. `hear` gets each event, `link` is told "live", "lost" or "polling".
 * The browser reconnects a dropped stream by itself; where there is no stream at all, we ask every two seconds.
 */
export function follow(hear, link) {
  let timer = null;
  const poll = () => {
    timer ??= setInterval(() => hear({ type: "poll" }), 2000);
  };
  const rest = () => {
    clearInterval(timer);
    timer = null;
  };
  let wait = 500;
  const open = () => {
    const stream = new EventSource("/control/stream");
    stream.onopen = () => {
      wait = 500;
      rest();
      link("live");
      hear({ type: "reopened" });
    };
    stream.onmessage = ({ data }) => {
      try {
        hear(JSON.parse(data));
      } catch {
        hear({ type: "unknown" });
      }
    };
    stream.onerror = () => {
      link("lost");
      poll();
      if (stream.readyState !== EventSource.CLOSED) return;
      stream.close();
      setTimeout(open, wait);
      wait = Math.min(wait * 2, 8000);
    };
  };
  open();
}
