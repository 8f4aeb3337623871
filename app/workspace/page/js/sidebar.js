/** The left side: who you are, and where you can go. */

import { h, reconcile, roving, settle } from "./dom.js";
import { avatar } from "./avatar.js";
import { openMenu } from "./dialog.js";
import { appName, channelName, isApp, myChannels, myChats, partner, people, rolesOf, userName } from "./directory.js";
import { baton, icon } from "./icons.js";
import { become, goChat } from "./place.js";
import { store } from "./store.js";

/** Fill the sidebar; returns what to call on every change. */
export function sidebar(root) {
  const you = h("div", { class: "you" });
  const faces = h(
    "div",
    {
      class: "faces",
      role: "radiogroup",
      "aria-label": "Switch to another person",
      onkeydown: roving(".face", { previous: "ArrowLeft", next: "ArrowRight" }),
    },
  );
  const list = h("nav", { class: "places", "aria-label": "Places", onkeydown: roving("a") });
  root.append(h("section", { class: "who", "aria-label": "You" }, you, faces), list);
  return () => {
    settle(you, JSON.stringify([store.me, userName(store.me), rolesOf(store.me)]), drawYou);
    reconcile(
      faces,
      people(),
      {
        key: ({ id }) => id,
        sign: ({ id, name, roles }) => JSON.stringify([name, roles, id === store.me, people().length]),
        draw: face,
      },
    );
    reconcile(list, places(), { key: ({ key }) => key, sign: (place) => JSON.stringify(place), draw: drawPlace });
  };
}

function drawYou() {
  return h(
    "button",
    {
      class: "you-button",
      type: "button",
      "aria-haspopup": "menu",
      "aria-expanded": "false",
      title: "Switch person (U)",
      onclick: pickPerson,
    },
    avatar(store.me),
    h(
      "span",
      { class: "you-words" },
      h("span", { class: "you-are" }, "You are"),
      h("span", { class: "you-name" }, userName(store.me)),
      h("span", { class: "you-role" }, rolesOf(store.me)),
    ),
    icon("caret", 18),
  );
}

/** The list of people with names and roles: click, arrow keys or a digit. */
export function pickPerson() {
  const anchor = document.querySelector(".you-button");
  if (!anchor?.getClientRects().length) document.body.classList.add("drawer-open");
  if (!anchor || anchor.getAttribute("aria-expanded") === "true") return;
  openMenu(
    anchor,
    "Who do you want to be?",
    people().map(({ id, name }, at) => ({
      label: name,
      detail: rolesOf(id),
      lead: avatar(id, "small"),
      hint: at < 9 ? String(at + 1) : null,
      selected: id === store.me,
      pick: () => become(id),
    })),
    "menu-people",
  );
}

function face({ id, name }) {
  const words = `${name}, ${rolesOf(id)}`;
  return h(
    "button",
    {
      class: "face",
      type: "button",
      role: "radio",
      "aria-checked": String(id === store.me),
      "aria-label": words,
      title: words,
      onclick: () => become(id),
    },
    avatar(id, "small"),
  );
}

function places() {
  const at = (kind, id = null) => store.place.kind === kind && store.place.id === id;
  const channels = myChannels().map(({ id }) => ({
    key: id,
    kind: "channel",
    name: channelName(id),
    current: at("channel", id),
    unread: store.unread[id] ?? 0,
  }));
  const chats = myChats().filter((chat) => !isApp(partner(chat))).map((chat) => ({
    key: chat.id,
    kind: "chat",
    user: partner(chat),
    name: channelName(chat.id),
    current: at("channel", chat.id),
    unread: store.unread[chat.id] ?? 0,
  }));
  const own = myChats().find((chat) => isApp(partner(chat)));
  return [
    { key: "t-channels", kind: "title", name: "Channels" },
    ...channels,
    { key: "t-app", kind: "title", name: "Baton" },
    { key: "home", kind: "home", name: "Home", detail: "your inbox", current: at("home") },
    {
      key: "app-chat",
      kind: "app",
      name: `Chat with ${appName()}`,
      target: own?.id ?? null,
      connected: store.app?.connected !== false,
      current: Boolean(own) && at("channel", own.id),
      unread: own ? (store.unread[own.id] ?? 0) : 0,
    },
    ...(chats.length ? [{ key: "t-people", kind: "title", name: "People" }, ...chats] : []),
    ...(
      store.demo ? [
        { key: "t-company", kind: "title", name: "Company" },
        { key: "ads", kind: "ads", name: "Ad account", current: at("ads") },
      ] : []
    ),
  ];
}

function drawPlace({ kind, key, name, detail, current, unread, target, user, connected }) {
  if (kind === "title") return h("h2", { class: "places-title" }, name);
  const leads = {
    channel: () => icon("hash", 18),
    home: () => icon("home", 18),
    ads: () => icon("ads", 18),
    app: () => h("span", { class: `presence ${connected ? "" : "away"}` }, baton(18)),
    chat: () => avatar(user, "tiny"),
  };
  const address = kind === "app" ? (target ?? "chat") : key;
  return h(
    "a",
    {
      class: `place${unread ? " has-unread" : ""}`,
      href: `#${encodeURIComponent(address)}`,
      "aria-current": current ? "page" : undefined,
      onclick: (event) => {
        document.body.classList.remove("drawer-open");
        if (kind !== "app" || target) return;
        event.preventDefault();
        goChat(store.app?.user);
      },
    },
    h("span", { class: "place-lead" }, leads[kind]()),
    h("span", { class: "place-name" }, name),
    detail ? h("span", { class: "place-detail" }, detail) : null,
    kind === "app" && !connected ? h("span", { class: "place-detail" }, "not connected") : null,
    unread ? h("span", { class: "count" }, String(unread), h("span", { class: "unseen" }, " unread")) : null,
  );
}
