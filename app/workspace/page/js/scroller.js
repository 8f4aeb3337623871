/** A list that stays where the reader is: at the end it follows what comes, further up it does not move. */

const NEAR = 48;

/** Watch `view` (the scrolling box) and `list` inside it; `below(count)` hears how many rows wait unseen below. */
export function scroller(view, list, below) {
  let following = true;
  let held = false;
  let unseen = 0;
  const atEnd = () => view.scrollHeight - view.scrollTop - view.clientHeight < NEAR;
  const tell = () => below(following || atEnd() ? -1 : unseen);
  view.addEventListener(
    "scroll",
    () => {
      following = !held && atEnd();
      if (atEnd()) unseen = 0;
      tell();
    },
    { passive: true },
  );
  for (const kind of [
    "wheel",
    "touchmove",
    "keydown",
    "pointerdown",
  ]) view.addEventListener(kind, () => (held = false), { passive: true });
  const stick = () => {
    if (following) view.scrollTop = view.scrollHeight;
  };
  const size = new ResizeObserver(stick);
  size.observe(list);
  size.observe(view);
  return {
    stick,
    /** Tell how many new messages were just added. */
    grew(count) {
      if (!following) unseen += count;
      stick();
      tell();
    },
    toEnd() {
      held = false;
      following = true;
      unseen = 0;
      view.scrollTop = view.scrollHeight;
      tell();
    },
    /** Put `node` near the top and stay there, even while images below it still grow. */
    to(node) {
      held = true;
      following = false;
      view.scrollTop += node.getBoundingClientRect().top - view.getBoundingClientRect().top - 28;
      tell();
    },
    following: () => following,
  };
}
