/**
 * Where people write: mentions with @, Baton's commands with /, Enter sends. Drafts stay with their conversation.
 * Words go out as typed: the workspace makes "@Mara Lind" a mention and "<" a plain sign.
 */

import * as api from "./api.js";
import { h, unique } from "./dom.js";
import { icon } from "./icons.js";
import { avatar } from "./avatar.js";
import { appName, people } from "./directory.js";
import { refresh, store } from "./store.js";
import { toast } from "./toasts.js";

const COMMANDS = [
  ["/baton status", "Is everything running? What waits?"],
  ["/baton pending", "What waits for a decision"],
  ["/baton signal ", "One signal by its id or name"],
  ["/baton summary ", "What happened, e.g. last week for Meta"],
  ["/baton ask ", "Ask about your numbers"],
  ["/baton help", "What Baton understands"],
];
const drafts = new Map();

/** A composer for one conversation: {channel, thread_ts?}. `sent` hears what the workspace said to it. */
export function composer({ channel, thread_ts: thread, placeholder, sent }) {
  const key = `${channel}/${thread ?? ""}`;
  const listId = unique("suggestions");
  let choices = [];
  let at = 0;
  const list = h(
    "div",
    { class: "suggestions", id: listId, role: "listbox", "aria-label": "Suggestions", hidden: true },
  );
  const field = h("textarea", {
    class: "composer-field",
    rows: 1,
    placeholder,
    "aria-label": placeholder,
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": listId,
    value: drafts.get(key) ?? "",
    oninput: () => changed(),
    onkeydown: (event) => typed(event),
    onblur: () => setTimeout(() => offer([]), 120),
  });
  const send = h(
    "button",
    { class: "button button-primary send", type: "submit", "aria-label": "Send" },
    icon("send", 18),
  );
  const insert = (words) => () => {
    field.focus();
    field.setRangeText(words, field.selectionStart, field.selectionEnd, "end");
    changed();
  };
  const form = h(
    "form",
    { class: "composer", onsubmit: (event) => submit(event) },
    list,
    field,
    h(
      "div",
      { class: "composer-row" },
      h(
        "button",
        {
          class: "ghost",
          type: "button",
          title: `Mention ${appName()}`,
          "aria-label": `Mention ${appName()}`,
          onclick: insert(`@${appName()} `),
        },
        "@",
      ),
      thread ? null : h(
        "button",
        { class: "ghost", type: "button", title: "Commands", "aria-label": "Commands", onclick: insert("/baton ") },
        "/",
      ),
      h(
        "span",
        { class: "composer-hint" },
        h("kbd", {}, "Enter"),
        " sends · ",
        h("kbd", {}, "Shift Enter"),
        " new line",
      ),
      send,
    ),
  );
  grow();
  send.disabled = !field.value.trim();
  return form;

  function changed() {
    drafts.set(key, field.value);
    send.disabled = !field.value.trim();
    grow();
    offer(suggestions());
  }

  function grow() {
    field.style.height = "auto";
    if (field.scrollHeight) field.style.height = `${Math.min(field.scrollHeight, 220)}px`;
  }

  function suggestions() {
    const before = field.value.slice(0, field.selectionStart);
    if (!thread && /^\/[^\n]*$/.test(field.value)) {
      return COMMANDS.filter(
        ([words]) => words.startsWith(field.value) && words.trim() !== field.value.trim(),
      ).map(([words, detail]) => ({ label: words.trim(), detail, take: () => put(0, words) }));
    }
    const found = /(^|[\s(])@([\p{L}]*)$/u.exec(before);
    if (!found) return [];
    const start = before.length - found[2].length - 1;
    const names = [{ id: store.app?.user, name: appName() }, ...people()];
    return names
      .filter(({ name }) => name.toLowerCase().split(" ").some((word) => word.startsWith(found[2].toLowerCase())))
      .slice(0, 6)
      .map(({ id, name }) => ({ label: name, lead: avatar(id, "tiny"), take: () => put(start, `@${name} `) }));
  }

  function put(start, words) {
    field.setRangeText(words, start, field.selectionStart, "end");
    changed();
    if (words.endsWith(" ")) offer([]);
    field.focus();
  }

  function offer(next) {
    choices = next;
    at = 0;
    show();
  }

  function show() {
    list.hidden = !choices.length;
    field.setAttribute("aria-expanded", String(Boolean(choices.length)));
    list.replaceChildren(
      ...choices.map((choice, place) =>
        h(
          "div",
          {
            class: "suggestion",
            id: `${listId}-${place}`,
            role: "option",
            "aria-selected": String(place === at),
            onpointerdown: (event) => event.preventDefault() || choice.take(),
          },
          choice.lead,
          h("strong", {}, choice.label),
          choice.detail ? h("span", {}, choice.detail) : null,
        ),
      ),
    );
    if (choices.length) field.setAttribute("aria-activedescendant", `${listId}-${at}`);
    else field.removeAttribute("aria-activedescendant");
  }

  function typed(event) {
    if (event.isComposing) return;
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (choices.length && move) {
      at = (at + move + choices.length) % choices.length;
      show();
    } else if (choices.length && (event.key === "Tab" || (event.key === "Enter" && !event.shiftKey))) {
      choices[at].take();
    } else if (choices.length && event.key === "Escape") {
      offer([]);
      event.stopPropagation();
    } else if (event.key === "Enter" && !event.shiftKey) {
      form.requestSubmit();
    } else return;
    event.preventDefault();
  }

  async function submit(event) {
    event.preventDefault();
    const words = field.value.trim();
    if (!words || form.hasAttribute("aria-busy")) return;
    form.setAttribute("aria-busy", "true");
    try {
      if (/^\/\w/.test(words) && thread) throw new Error("Commands work in the channel, not inside a thread.");
      let said = null;
      if (/^\/\w/.test(words)) await command(words);
      else said = await api.say({ user: store.me, channel, text: words, ...(thread ? { thread_ts: thread } : {}) });
      drafts.delete(key);
      field.value = "";
      changed();
      await refresh();
      sent?.(said);
    } catch (error) {
      toast(error.message, "bad");
    } finally {
      form.removeAttribute("aria-busy");
    }
  }

  async function command(words) {
    const [, name, text] = /^(\/\S+)\s*([\s\S]*)$/.exec(words);
    const answer = await api.command({ user: store.me, channel, command: name, text });
    if (answer?.acked === false) throw new Error(`${name} failed: ${appName()} did not answer in time.`);
  }
}
