/** Puts the page together: fetch the state, follow the stream, and let every part redraw what changed. */

import { follow } from "./api.js";
import { ads } from "./ads.js";
import { avatar } from "./avatar.js";
import { clock, pass, putAway } from "./clock.js";
import { calledOwner, inChannel, inThread, openCard, replySummaries } from "./conversation.js";
import { appName, channelName, isApp, isChat, partner, people, placeName, rolesOf, userName } from "./directory.js";
import { h, settle } from "./dom.js";
import { didOpenThread, guide } from "./guide.js";
import { home } from "./home.js";
import { baton, icon } from "./icons.js";
import { keyboard } from "./keyboard.js";
import { modal } from "./modal.js";
import { permalink, plain } from "./mrkdwn.js";
import { conversation } from "./pane.js";
import { arrive, closeThread, markRead, newSince, openThread, title } from "./place.js";
import { pickPerson, sidebar } from "./sidebar.js";
import { change, heardStatus, refresh, refreshAds, refreshHome, store, subscribe } from "./store.js";
import { themeButton } from "./theme.js";
import { announce } from "./toasts.js";

const part = (id) => document.getElementById(id);
const channelPane = conversation("Messages");
const threadPane = conversation("Thread");
const threadBar = h("div", {});
part("channel").append(...channelPane.nodes);
part("thread").append(threadBar, ...threadPane.nodes);

const keys = keyboard({
  compose: () => (store.thread ? threadPane : channelPane).compose(),
  messages: () => (store.thread ? threadPane : channelPane).focus(),
});
part("brand").prepend(baton(26));
part("tools").append(
  themeButton(),
  h(
    "button",
    {
      class: "ghost on-dark",
      type: "button",
      "aria-label": "Keyboard shortcuts",
      title: "Keyboard shortcuts (?)",
      onclick: keys,
    },
    icon("keys"),
  ),
);
part("menu").append(icon("menu"));
part("menu").addEventListener("click", () => document.body.classList.toggle("drawer-open"));
part("veil").addEventListener("click", () => document.body.classList.remove("drawer-open"));
for (const skip of document.querySelectorAll("[data-skip]")) {
  skip.addEventListener(
    "click",
    () => ({
      messages: () => channelPane.focus(),
      write: () => channelPane.compose(),
      you: pickPerson,
    })[skip.dataset.skip](),
  );
}

const parts = [
  sidebar(part("side")),
  clock(part("clock"), part("report")),
  guide(part("guide"), pass),
  home(part("home")),
  ads(part("ads")),
];

function draw() {
  if (!store.me || !store.loaded) return;
  const { kind, id } = store.place;
  document.title = title();
  document.body.dataset.place = kind;
  document.body.classList.toggle("with-thread", Boolean(store.thread));
  part("channel").hidden = kind !== "channel";
  part("home").hidden = kind !== "home";
  part("ads").hidden = kind !== "ads";
  part("thread").hidden = !store.thread;
  settle(
    part("head"),
    JSON.stringify([
      kind,
      id,
      store.users.length,
      store.channels.find((each) => each.id === id)?.members,
      store.me,
      store.app?.connected,
    ]),
    drawHead,
  );
  part("company").textContent = store.team?.name ?? store.ads?.company ?? (store.demo ? "Demo company" : "Local");
  for (const update of parts) update();
  if (kind === "channel" && id) drawChannel(id);
  openAnswer(id);
  if (store.thread) drawThread(store.thread);
  drawLink();
  modal();
  markRead();
}

function drawHead() {
  const { kind, id } = store.place;
  const names = {
    home: [baton(22), "Baton home", `What waits for ${userName(store.me)}`],
    ads: [icon("ads"), "Ad account", "The demo company's campaigns, live"],
  };
  if (names[kind]) return h(
    "div",
    { class: "head" },
    names[kind][0],
    h("h1", { tabindex: -1 }, names[kind][1]),
    h("span", { class: "quiet" }, names[kind][2]),
  );
  const channel = store.channels.find((each) => each.id === id);
  if (isChat(channel)) return h(
    "div",
    { class: "head" },
    avatar(partner(channel), "small"),
    h("h1", { tabindex: -1 }, channelName(id)),
    h(
      "span",
      { class: "quiet" },
      isApp(partner(channel)) ? (
        store.app?.connected === false ? "not connected" : "Ask about your numbers"
      ) : rolesOf(partner(channel)),
    ),
  );
  const members = (channel?.members ?? people().map((user) => user.id)).filter((user) => !isApp(user));
  return h(
    "div",
    { class: "head" },
    icon("hash"),
    h("h1", { tabindex: -1 }, channelName(id) ?? "…"),
    h(
      "span",
      { class: "members", title: members.map(userName).join(", ") },
      members.slice(0, 4).map((user) => avatar(user, "tiny")),
      h("span", { class: "quiet" }, `${members.length} people`),
    ),
  );
}

let asked = null;

/** When Baton answers in a thread what was just asked here, open that thread: nobody should have to look for it. */
function openAnswer(channel) {
  if (!asked || asked.channel !== channel || !replySummaries(channel).has(asked.ts)) return;
  const { ts } = asked;
  asked = null;
  openThread(channel, ts);
}

function drawChannel(channel) {
  const messages = inChannel(channel);
  channelPane.show({
    id: `${store.me} ${channel}`,
    channel,
    messages,
    summaries: replySummaries(channel),
    mark: newSince(channel),
    placeholder: `Message ${placeName(channel)}`,
    sent: (said) => (asked = said ? { channel, ts: said.ts } : null),
    empty: messages.length ? null : {
      sign: channel,
      draw: () => h(
        "div",
        { class: "empty-words" },
        baton(44),
        h("p", {}, h("strong", {}, `This is ${placeName(channel)}`)),
        h("p", {}, emptyWords(channel)),
      ),
    },
  });
}

function emptyWords(channel) {
  const found = store.channels.find(({ id }) => id === channel);
  if (isChat(found)) return "Ask anything about your numbers: “How did Meta do last week?”";
  const listens = found?.members?.includes(store.app?.user);
  return `Nothing here yet. ${listens ? "Baton posts when your numbers need somebody." : "Baton is not in this channel."}`;
}

function drawThread({ channel, ts }) {
  const { root, replies } = inThread(channel, ts);
  settle(threadBar, `${channel} ${store.me}`, () => h(
    "header",
    { class: "thread-bar" },
    h("h2", {}, "Thread"),
    h("span", { class: "quiet" }, placeName(channel)),
    h(
      "button",
      { class: "ghost", type: "button", "aria-label": "Close thread", title: "Close (Esc)", onclick: closeThread },
      icon("close"),
    ),
  ));
  threadPane.show({
    id: `${store.me} ${channel} ${ts}`,
    channel,
    thread_ts: ts,
    messages: root ? [root, ...replies] : replies,
    placeholder: "Reply…",
    sent: () => {},
    empty: root ? null : { sign: "gone", draw: () => h("p", { class: "empty-words" }, "This message is gone.") },
  });
}

const LINKS = {
  lost: "Connection lost. Trying again…",
  down: "The workspace does not answer. Is the demo still running? Trying again…",
};

function drawLink() {
  const banner = part("banner");
  const words = LINKS[store.link] ?? (
    store.app?.connected === false
      ? `${appName()} is not connected. Nobody answers buttons and questions until it is back.`
      : ""
  );
  banner.hidden = !words;
  banner.dataset.link = store.link;
  if (banner.textContent !== words) banner.textContent = words;
}

const growing = new Set();

/** Read a new message of Baton's aloud; one that grows is read when it is whole, not piece by piece. */
function readAloud({ channel, message, change: how }) {
  if (!isApp(message?.user)) return;
  const key = `${channel}/${message.ts}`;
  const ended = growing.has(key) && !message.streaming;
  const begun = how !== "edited";
  if (ended) growing.delete(key);
  if (message.streaming) growing.add(key);
  if (message.streaming && begun) announce(`${appName()} is answering in ${placeName(channel)}`);
  else if (begun || ended) announce(
    `${appName()} in ${placeName(channel)}: ${plain(message.text).slice(0, ended ? 600 : 200)}`,
  );
}

function hear(event) {
  const { type } = event;
  if (type === "typing") heardStatus(event);
  if (type === "message") readAloud(event);
  if (type === "message" && event.message) heardStatus({
    channel: event.channel,
    thread_ts: event.message.thread_ts,
    text: "",
  });
  if (type === "clock" && event.clock) change({ clock: event.clock });
  if (type === "home" || type === "poll" || type === "reopened") if (store.place.kind === "home") refreshHome();
  // What Baton executed it also says, so a message is when the ad account may have changed.
  if (["clock", "message", "reopened"].includes(type) || (
    type === "poll" && store.place.kind === "ads"
  )) refreshAds();
  if (type !== "typing") refresh();
}

function choosePerson() {
  const wanted = new URLSearchParams(location.search).get("user") ?? localStorage.getItem("baton.user");
  const known = people();
  const asked = openCard() && calledOwner(openCard());
  const found = known.find(
    (user) => user.id === wanted || user.name === wanted,
  ) ?? known.find((user) => user.id === asked) ?? known.find((user) => user.roles?.length) ?? known[0];
  if (found && found.id !== store.me) change({ me: found.id });
  return Boolean(found);
}

async function start() {
  subscribe(draw);
  await refresh();
  await refreshAds();
  while (!choosePerson()) {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    await refresh();
  }
  await refresh();
  const linked = permalink(location.href);
  if (linked) history.replaceState(null, "", `/${linked}`);
  arrive();
  document.body.classList.remove("loading");
  addEventListener("hashchange", arrive);
  addEventListener("hashchange", putAway);
  document.addEventListener("visibilitychange", () => !document.hidden && markRead());
  follow(hear, (link) => change({ link }));
}

let opened = null;
subscribe(() => {
  const now = store.thread ? `${store.thread.channel}/${store.thread.ts}` : null;
  if (now && now !== opened) {
    didOpenThread();
    const busy = document.activeElement?.closest("textarea, dialog");
    if (!busy) queueMicrotask(() => threadPane.focus({ preventScroll: true }));
  }
  opened = now;
});
start();
