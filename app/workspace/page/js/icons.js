/** Our own line icons, 20 × 20, drawn in the colour of the text around them. */

import { svg } from "./dom.js";

const PATHS = {
  hash: "M7.6 3.5 6.2 16.5 M13.8 3.5 12.4 16.5 M3.8 7.5H16.6 M3.4 12.5H16.2",
  home: "M3.5 9.4 10 3.8l6.5 5.6 M5.3 8.4v7.8h9.4V8.4 M8.4 16.2v-4h3.2v4",
  ads: "M3.5 16.5h13 M5.5 13.6V10 M9 13.6V6.4 M12.5 13.6V8.6 M16 13.6V3.6",
  sun: "M10 6.6a3.4 3.4 0 1 0 0 6.8 3.4 3.4 0 1 0 0-6.8 M10 2v1.8 M10 16.2V18 M2 10h1.8 M16.2 10H18 M4.4 4.4l1.2 1.2 M14.4 14.4l1.2 1.2 M15.6 4.4l-1.2 1.2 M5.6 14.4l-1.2 1.2",
  moon: "M16.4 12.1A6.9 6.9 0 0 1 7.9 3.6a6.9 6.9 0 1 0 8.5 8.5Z",
  keys: "M2.8 5.4h14.4v9.2H2.8Z M5.6 8.4h.01 M8.5 8.4h.01 M11.5 8.4h.01 M14.4 8.4h.01 M6.4 11.6h7.2",
  close: "M5 5l10 10 M15 5 5 15",
  menu: "M3.5 5.6h13 M3.5 10h13 M3.5 14.4h13",
  send: "M3.4 10 16.6 4l-4 12.6-3-5.4Z M9.6 11.2 16.6 4",
  thread: "M4 4.6h12v8.2H9.4L6 15.8v-3H4Z",
  more: "M5 10h.01 M10 10h.01 M15 10h.01",
  down: "M10 4v11 M5.4 10.6 10 15.2l4.6-4.6",
  caret: "M6 8l4 4 4-4",
  warn: "M10 3.6 17.2 16H2.8Z M10 8.2v3.6 M10 13.9h.01",
  check: "M4.4 10.6l3.8 3.8 7.4-8.6",
  eye: "M2.6 10S5.4 5 10 5s7.4 5 7.4 5-2.8 5-7.4 5-7.4-5-7.4-5Z M10 8a2 2 0 1 0 0 4 2 2 0 1 0 0-4",
  up: "M6 17.2V9.2l3.2-6c1.4 0 2 1 1.7 2.4L10.5 8h4.7c1 0 1.6.9 1.4 1.8l-1.1 5.2c-.2 1-1 1.6-1.9 1.6H6 M3.4 9.2v8",
  thumbdown: "M14 2.8v8l-3.2 6c-1.4 0-2-1-1.7-2.4l.4-2.4H4.8c-1 0-1.6-.9-1.4-1.8l1.1-5.2c.2-1 1-1.6 1.9-1.6H14 M16.6 10.8v-8",
  clock: "M10 3.2a6.8 6.8 0 1 0 0 13.6 6.8 6.8 0 1 0 0-13.6 M10 6.2V10l2.6 1.8",
  wide: "M3.6 10h12.8 M6.6 6.8 3.4 10l3.2 3.2 M13.4 6.8l3.2 3.2-3.2 3.2",
  back: "M12.5 4.5 7 10l5.5 5.5",
};

/** An icon by name; decorative, so hidden from screen readers. */
export function icon(name, size = 20) {
  return svg(
    "svg",
    { class: "icon", viewBox: "0 0 20 20", width: size, height: size, "aria-hidden": "true" },
    svg("path", { d: PATHS[name] ?? PATHS.more }),
  );
}

/** The baton: two hands' colours on one stick. */
export function baton(size = 22) {
  return svg(
    "svg",
    { class: "baton", viewBox: "0 0 24 24", width: size, height: size, "aria-hidden": "true" },
    svg("path", { class: "baton-near", d: "M5.2 18.8 12 12" }),
    svg("path", { class: "baton-far", d: "M12 12l6.8-6.8" }),
  );
}
