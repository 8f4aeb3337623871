/** Small pictures of who speaks: initials on a colour for people, the baton for Baton. */

import { h } from "./dom.js";
import { baton } from "./icons.js";
import { initials, isApp, tint } from "./directory.js";

export function avatar(id, size = "") {
  if (isApp(id)) return h(
    "span",
    { class: `avatar avatar-app ${size}`, "aria-hidden": "true" },
    baton(size === "tiny" ? 14 : 22),
  );
  return h("span", { class: `avatar tint-${tint(id)} ${size}`, "aria-hidden": "true" }, initials(id));
}
