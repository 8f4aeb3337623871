/** Baton's App Home: the published view, with working buttons. */

import { h, reconcile, settle } from "./dom.js";
import { blocks } from "./blocks.js";
import { store } from "./store.js";

/** Fill the home pane; returns what to call on every change. */
export function home(root) {
  const note = h("div", {});
  const body = h("div", { class: "home blocks" });
  root.append(h("div", { class: "scroll", tabindex: -1 }, note, body));
  let owner = null;
  return () => {
    const { view, problem, user } = store.home ?? {};
    if (user !== owner) body.replaceChildren();
    owner = user;
    const words = problem ?? (
      store.home && !view ? "Baton has not published a home for you yet." : store.home ? "" : "Opening…"
    );
    settle(note, words, () => (words ? h("p", { class: "empty" }, words) : h("span")));
    const counts = new Map();
    const items = (view?.blocks ?? []).map((block) => {
      const stem = block.type === "divider" ? "divider" : (block.block_id ?? block.type);
      counts.set(stem, (counts.get(stem) ?? 0) + 1);
      return { key: `${stem}-${counts.get(stem)}`, block };
    });
    reconcile(
      body,
      items,
      {
        key: ({ key }) => key,
        sign: ({ block }) => JSON.stringify([block, view.id, store.users.length]),
        draw: ({ block }) => blocks([block], { view_id: view.id })[0] ?? h("span"),
      },
    );
  };
}
