/** Dialogs over the page: the browser's own modal dialog keeps the focus inside and Escape closes it. */

import { h } from "./dom.js";
import { icon } from "./icons.js";

/** Open a dialog; `leave` runs once when it closes, however that happens. Returns the dialog. */
export function openDialog({ label, className = "", content, leave }) {
  const dialog = h("dialog", { class: `dialog ${className}`, "aria-label": label }, content);
  dialog.addEventListener("close", () => {
    dialog.remove();
    leave?.(dialog.returnValue);
  });
  dialog.addEventListener("pointerdown", (event) => {
    if (event.target === dialog && !dialog.dataset.firm) dialog.close("");
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** The row on top of every dialog: its title and a way out. */
export function titleBar(title, away, lead) {
  return h(
    "header",
    { class: "dialog-bar" },
    lead,
    h("h2", { class: "dialog-title" }, title),
    h(
      "button",
      { class: "ghost", type: "button", "aria-label": "Close", title: "Close (Esc)", onclick: away },
      icon("close"),
    ),
  );
}

/** Ask before something is done. Resolves to true only when the person confirms. */
export function confirm({ title, text, yes, no, danger }) {
  return new Promise((resolve) => {
    const end = (word) => () => dialog.close(word);
    const dialog = openDialog({
      label: title,
      className: "dialog-small",
      content: [
        titleBar(title, () => dialog.close("")),
        h("div", { class: "dialog-body text" }, text),
        h(
          "footer",
          { class: "dialog-foot" },
          h("button", { class: "button", type: "button", onclick: end("") }, no),
          h(
            "button",
            {
              class: `button ${danger ? "button-danger" : "button-primary"}`,
              type: "button",
              autofocus: true,
              onclick: end("yes"),
            },
            yes,
          ),
        ),
      ],
      leave: (word) => resolve(word === "yes"),
    });
  });
}

/** Show an image as large as the window allows. */
export function lightbox(address, words) {
  const dialog = openDialog({
    label: words || "Image",
    className: "lightbox",
    content: [
      titleBar(words || "Image", () => dialog.close("")),
      h("img", { src: address, alt: words, onclick: () => dialog.close("") }),
    ],
  });
}

/** A menu of choices under `anchor`. `choices`: [{label, detail, pick, lead, selected}]. */
export function openMenu(anchor, label, choices, className = "") {
  const menu = h(
    "div",
    { class: `menu ${className}`, role: "menu", "aria-label": label, popover: "auto" },
    choices.map((choice) =>
      h(
        "button",
        {
          class: "menu-item",
          type: "button",
          role: choice.selected === undefined ? "menuitem" : "menuitemradio",
          "aria-checked": choice.selected === undefined ? undefined : String(choice.selected),
          onclick: () => {
            menu.hidePopover();
            choice.pick();
          },
        },
        choice.lead,
        h(
          "span",
          { class: "menu-words" },
          h("span", { class: "menu-label" }, choice.label),
          choice.detail ? h("span", { class: "menu-detail" }, choice.detail) : null,
        ),
        choice.hint ? h("kbd", {}, choice.hint) : null,
      ),
    ),
  );
  menu.addEventListener("keydown", (event) => {
    const items = [...menu.children];
    const at = items.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
    const digit = /^[1-9]$/.test(event.key) ? Number(event.key) - 1 : -1;
    if (to !== undefined) items[(to + items.length) % items.length].focus();
    else if (items[digit] && className.includes("menu-people")) items[digit].click();
    else if (event.key === "Tab") menu.hidePopover();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  menu.addEventListener("toggle", (event) => {
    if (event.newState !== "closed") return;
    anchor.setAttribute("aria-expanded", "false");
    const inside = menu.contains(document.activeElement) || document.activeElement === document.body;
    setTimeout(() => menu.remove());
    if (inside && anchor.isConnected) anchor.focus({ preventScroll: true });
  });
  (anchor.closest("dialog") ?? document.body).append(menu);
  menu.showPopover();
  anchor.setAttribute("aria-expanded", "true");
  const spot = anchor.getBoundingClientRect();
  const size = menu.getBoundingClientRect();
  const below = spot.bottom + size.height + 8 < innerHeight || spot.top < size.height;
  menu.style.top = `${below ? Math.min(spot.bottom + 4, innerHeight - size.height - 8) : spot.top - size.height - 4}px`;
  menu.style.left = `${Math.max(8, Math.min(spot.left, innerWidth - size.width - 8))}px`;
  (menu.querySelector("[aria-checked=true]") ?? menu.firstElementChild)?.focus();
}
