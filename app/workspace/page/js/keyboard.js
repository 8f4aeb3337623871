/** Shortcuts, and the sheet that lists them. Single keys rest while somebody types or a dialog is open. */

import { h } from "./dom.js";
import { pass, putAway } from "./clock.js";
import { openDialog, titleBar } from "./dialog.js";
import { appName, myChannels } from "./directory.js";
import { closeThread, go, goChat, openThread } from "./place.js";
import { pickPerson } from "./sidebar.js";
import { store } from "./store.js";
import { toggleTheme } from "./theme.js";

/** [keys, what they do, the key pressed, the doing]. */
function shortcuts({ compose, messages }) {
  return [
    ["U", "Be somebody else", "u", pickPerson],
    ["1 … 9", "Go to a channel", null, null],
    ["H", "Baton's home", "h", () => go("home")],
    ["B", `Chat with ${appName()}`, "b", () => goChat(store.app?.user)],
    ["A", "Ad account", "a", () => store.demo && go("ads")],
    ["M", "Into the messages (then ↑ ↓)", "m", messages],
    ["T", "Thread of the message in focus", "t", threadHere],
    ["C", "Write a message", "c", compose],
    ["Shift N", "Next day", "N", () => pass(1)],
    ["Shift W", "Next week", "W", () => pass(7)],
    ["D", "Dark or light", "d", toggleTheme],
    ["Esc", "Close what is open", null, null],
    ["?", "This sheet", "?", () => sheet(shortcuts({ compose, messages }))],
  ];
}

function threadHere() {
  const row = document.activeElement?.closest?.(".message[data-ts]") ?? document.querySelector(
    "#channel .message[tabindex='0']",
  );
  if (row && store.place.id && !row.classList.contains("ephemeral")) openThread(store.place.id, row.dataset.ts);
}

/** Listen. `compose` and `messages` move the focus there. Returns how to open the sheet. */
export function keyboard(tools) {
  const all = shortcuts(tools);
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || document.querySelector(
      "dialog[open], [popover]:popover-open",
    )) return;
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (event.key === "Escape") return escape(typing);
    if (typing) return;
    const channel = /^[1-9]$/.test(event.key) ? myChannels()[Number(event.key) - 1] : null;
    const found = all.find(([, , key]) => key === event.key);
    if (!channel && !found) return;
    event.preventDefault();
    if (channel) go(channel.id);
    else found[3]();
  });
  return () => sheet(all);
}

function escape(typing) {
  putAway();
  if (document.body.classList.contains("drawer-open")) document.body.classList.remove("drawer-open");
  else if (typing && !typing.closest("#thread")) typing.blur();
  else closeThread();
}

function sheet(all) {
  const dialog = openDialog({
    label: "Keyboard shortcuts",
    className: "dialog-small",
    content: [
      titleBar("Keyboard shortcuts", () => dialog.close("")),
      h(
        "dl",
        { class: "dialog-body keys" },
        all.map(([keys, words]) => h(
          "div",
          {},
          h("dt", {}, keys.split(" ").map((key) => (key === "…" ? "…" : h("kbd", {}, key)))),
          h("dd", {}, words),
        )),
      ),
    ],
  });
}
