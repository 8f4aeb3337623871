/** Dark and light: what the system says until the person chooses. */

import { h } from "./dom.js";
import { icon } from "./icons.js";

const KEPT = "baton.theme";
const system = matchMedia("(prefers-color-scheme: dark)");
const current = () => document.documentElement.dataset.theme ?? (system.matches ? "dark" : "light");

/** Change to the other one and remember it. */
export function toggleTheme() {
  const next = current() === "dark" ? "light" : "dark";
  document.documentElement.dataset.theme = next;
  localStorage.setItem(KEPT, next);
  document.dispatchEvent(new Event("themed"));
}

/** The button in the top bar. */
export function themeButton() {
  const button = h("button", { class: "ghost on-dark", type: "button", onclick: toggleTheme });
  const draw = () => {
    const other = current() === "dark" ? "light" : "dark";
    button.replaceChildren(icon(other === "dark" ? "moon" : "sun"));
    button.setAttribute("aria-label", `Use ${other} colours`);
    button.title = `Use ${other} colours (D)`;
  };
  system.addEventListener("change", draw);
  document.addEventListener("themed", draw);
  draw();
  return button;
}
