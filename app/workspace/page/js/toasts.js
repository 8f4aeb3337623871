/** Short notes at the edge of the page. Read aloud, gone after a while, never in the way of a dialog. */

import { h } from "./dom.js";
import { icon } from "./icons.js";

const shelf = h("div", { class: "toasts", role: "status", "aria-live": "polite" });

/** Show a note; `tone` is "plain", "good" or "bad". The same words twice at once are said once. */
export function toast(words, tone = "plain") {
  (document.querySelector("dialog[open]:last-of-type") ?? document.body).append(shelf);
  if ([...shelf.children].some((note) => note.dataset.words === words)) return;
  const note = h(
    "div",
    { class: `toast toast-${tone}`, data: { words } },
    icon(tone === "bad" ? "warn" : tone === "good" ? "check" : "eye", 18),
    h("span", {}, words),
    h(
      "button",
      { class: "ghost small", type: "button", "aria-label": "Dismiss", onclick: () => note.remove() },
      icon("close", 14),
    ),
  );
  shelf.append(note);
  setTimeout(() => note.remove(), Math.max(5000, words.length * 90));
}

/** Take all notes away: another person sits down, and they were not for that one. */
export function clearNotes() {
  shelf.replaceChildren();
  announce("");
}

/** Say something to screen readers only. */
export function announce(words) {
  const live = document.getElementById("announcer");
  if (live) live.textContent = words;
}
