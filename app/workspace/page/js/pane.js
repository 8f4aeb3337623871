/** A conversation on the page: its list of messages, the way to the newest, the status line, the composer. */

import { h, reconcile, roving, settle } from "./dom.js";
import { composer } from "./composer.js";
import { icon } from "./icons.js";
import { drawRow, rows, rowSign, statusWords } from "./messages.js";
import { scroller } from "./scroller.js";

/**
 * The standing parts of a conversation pane. Returns {nodes, show}: `show` is called on every change with
 * {id, channel, thread_ts?, messages, summaries?, mark?, placeholder, empty, sent} and touches only what changed.
 */
export function conversation(label) {
  const list = h("ol", { class: "messages", "aria-label": label, onkeydown: roving(".message"), onfocusin: keepPlace });
  const empty = h("div", { class: "empty" });
  const view = h("div", { class: "scroll", tabindex: -1 }, empty, list);
  const jump = h(
    "button",
    { class: "jump", type: "button", hidden: true, onclick: () => reader.toEnd() },
    icon("down", 16),
    h("span", {}, "Jump to latest"),
  );
  const status = h("p", { class: "typing", "aria-live": "polite" });
  const foot = h("div", { class: "foot" });
  const reader = scroller(view, list, (count) => {
    jump.hidden = count < 0;
    jump.classList.toggle("has-new", count > 0);
    jump.lastChild.textContent = count > 0 ? `${count} new ${count === 1 ? "message" : "messages"}` : "Jump to latest";
  });
  let shown = null;
  let newest = "0";

  function show(what) {
    const moved = what.id !== shown;
    if (moved) list.replaceChildren();
    reconcile(
      list,
      rows(what.messages, { summaries: what.summaries, mark: what.mark, inThread: what.thread_ts }),
      { key: (row) => row.key, sign: rowSign, draw: drawRow },
    );
    settle(empty, what.empty ? what.empty.sign : "", () => what.empty?.draw() ?? h("span"));
    empty.hidden = !what.empty;
    if (!list.querySelector(".message[tabindex='0']")) list.querySelector(".message:last-of-type")?.setAttribute("tabindex", "0");
    settle(foot, what.id, () => composer({
      channel: what.channel,
      thread_ts: what.thread_ts,
      placeholder: what.placeholder,
      sent: (said) => what.sent(said, reader.toEnd()),
    }));
    status.textContent = statusWords(what.channel, what.thread_ts);
    const added = what.messages.filter((message) => Number(message.ts) > Number(newest)).length;
    newest = what.messages.reduce((latest, { ts }) => (Number(ts) > Number(latest) ? ts : latest), "0");
    shown = what.id;
    if (!moved) reader.grew(added);
    else start(what);
  }

  function start({ mark, thread_ts: thread }) {
    reader.toEnd();
    const line = list.querySelector(thread ? ".line-count" : ".line-new");
    const last = list.querySelector(".message:last-child");
    if (line && (mark || thread)) reader.to(line);
    else if (!thread && last && last.offsetHeight > view.clientHeight) reader.to(last);
  }

  function keepPlace(event) {
    const row = event.target.closest(".message");
    if (!row) return;
    for (const other of list.querySelectorAll(".message[tabindex='0']")) other.setAttribute("tabindex", "-1");
    row.setAttribute("tabindex", "0");
  }

  return {
    nodes: [h("div", { class: "stream" }, view, jump), status, foot],
    show,
    focus: (how) => (list.querySelector(".message[tabindex='0']") ?? view).focus(how),
    compose: () => foot.querySelector("textarea")?.focus(),
  };
}
