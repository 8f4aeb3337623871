/** Building and patching the page. Data only ever becomes text nodes and checked attributes, never markup. */

const SVG = "http://www.w3.org/2000/svg";
const FOCUSABLE = "a[href], button:not([disabled]), input:not([disabled]), select:not([disabled]), textarea:not([disabled]), summary, [tabindex]:not([tabindex='-1'])";

/** Make an element: h("button", {class: "quiet", onclick: press, "aria-label": "Close"}, "×"). */
export function h(tag, props, ...children) {
  return fill(document.createElement(tag), props, children);
}

/** Make an SVG element the same way. */
export function svg(tag, props, ...children) {
  return fill(document.createElementNS(SVG, tag), props, children);
}

function fill(node, props, children) {
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "style") Object.assign(node.style, value);
    else if (name === "vars") for (const [key, text] of Object.entries(value)) node.style.setProperty(key, text);
    else if (name === "data") Object.assign(node.dataset, value);
    else if (name === "value" || name === "checked" || name === "indeterminate") node[name] = value;
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat(Infinity).filter(
    (child) => child !== null && child !== undefined && child !== false && child !== "",
  ));
  return node;
}

/** Everything inside `node` the Tab key can reach, in order. */
export function focusables(node) {
  return [...node.querySelectorAll(FOCUSABLE)].filter((each) => each.getClientRects().length > 0);
}

/** Replace `old` by `fresh` and leave the keyboard where it was. */
export function swap(old, fresh) {
  const held = old.contains(document.activeElement) ? focusables(old).indexOf(document.activeElement) : -2;
  old.replaceWith(fresh);
  if (held === -2) return fresh;
  const places = focusables(fresh);
  (places[Math.min(Math.max(held, 0), places.length - 1)] ?? fresh).focus({ preventScroll: true });
  return fresh;
}

/**
 * Make the children of `parent` show `items`, touching only what changed.
 * `key` names an item, `sign` is a text that differs when its picture would, `draw` makes the element.
 */
export function reconcile(parent, items, { key, sign, draw }) {
  const before = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  let cursor = parent.firstElementChild;
  for (const item of items) {
    const name = String(key(item));
    const signature = sign(item);
    let node = before.get(name);
    before.delete(name);
    if (!node || node.signature !== signature) {
      const fresh = draw(item);
      fresh.dataset.key = name;
      fresh.signature = signature;
      if (node) {
        if (cursor === node) cursor = fresh;
        swap(node, fresh);
      }
      node = fresh;
    }
    if (node === cursor) cursor = cursor.nextElementSibling;
    else parent.insertBefore(node, cursor);
  }
  for (const gone of before.values()) gone.remove();
}

/** Show exactly one element in `parent`, drawn again only when `signature` changes. */
export function settle(parent, signature, draw) {
  reconcile(parent, [signature], { key: () => "only", sign: (text) => text, draw });
}

/** Arrow keys move among the children matching `selector`; Home and End jump. Returns a keydown listener. */
export function roving(selector, { previous = "ArrowUp", next = "ArrowDown" } = {}) {
  return (event) => {
    const step = { [previous]: -1, [next]: 1, Home: -Infinity, End: Infinity }[event.key];
    if (!step || event.target.closest("input, textarea, select")) return;
    const all = [...event.currentTarget.querySelectorAll(selector)];
    const at = all.findIndex((each) => each.contains(document.activeElement));
    const to = all[Math.min(Math.max(at + step, 0), all.length - 1)];
    if (!to) return;
    event.preventDefault();
    to.focus();
    to.scrollIntoView({ block: "nearest" });
  };
}

let serial = 0;

/** An id no other element has, for labels and descriptions. */
export function unique(stem) {
  serial += 1;
  return `${stem}-${serial}`;
}
